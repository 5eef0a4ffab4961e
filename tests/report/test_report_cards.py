"""The pieces of a card: YAML that the hub reads as it was meant, and Markdown that holds whatever a name holds."""

from __future__ import annotations

import pytest
import yaml

from pyserini_xqg.report.cards.licences import licence_of, licence_text
from pyserini_xqg.report.cards.markdown import code, facts, front_matter, name_of, shell, table


def test_the_head_is_read_as_it_was_meant():
    fields = {
        "license": "unknown",
        "language": ["ar", "no", "on"],
        "base_model": "intfloat/multilingual-e5-small",
        "tags": ["a b", 'say "x": y', "1.0"],
    }
    head = front_matter({**fields, "pipeline_tag": "", "datasets": []})
    first, _, last = head.partition("\n")
    assert (first, last.rpartition("\n")[2]) == ("---", "---")
    assert yaml.safe_load(head.strip("-")) == fields


def test_a_table_holds_whatever_a_cell_holds():
    assert table(("a", "b"), [("x|y", "two\nlines")]) == "| a | b |\n| --- | --- |\n| x\\|y | two lines |"
    assert facts([("there", "1"), ("not there", "")]).splitlines()[2:] == ["| there | 1 |"]


@pytest.mark.parametrize(("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "none")])
def test_code_holds_backticks(text: str, shown: str):
    assert code(text) == shown


def test_commands_can_be_copied():
    assert shell([["x", "--prefix", "query: ", "--to", ""]]) == "```bash\nx --prefix 'query: ' --to ''\n```"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/home/me/models/bert", "bert"),
        ("./bert", "bert"),
        ("~/x/bert", "bert"),
        ("intfloat/multilingual-e5-small", "intfloat/multilingual-e5-small"),
    ],
)
def test_no_machines_path_goes_into_a_card(place: str, name: str):
    assert name_of(place) == name


def test_a_licence_is_known_or_said_to_be_unknown():
    assert licence_of("e5-small") == licence_of("intfloat/multilingual-e5-small") == "mit"
    assert licence_of("smollm2") == "apache-2.0"
    assert licence_of("some/model") == "unknown"
    assert licence_text("some/model") == "not known to this tool; see the model's own page"
