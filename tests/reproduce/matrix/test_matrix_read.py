"""Reading matrices: what they may say, and what is told of those that say something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.errors import InputError
from pyserini_xqg.reproduce.matrix.library import AT_HAND, MATRICES, open_matrix
from pyserini_xqg.reproduce.matrix.model import Condition, Expected, Matrix, RequirementKind, Topics
from pyserini_xqg.reproduce.matrix.names import runs_in
from pyserini_xqg.reproduce.matrix.read import read_matrix

GOOD = """\
name: mine
tolerance: 0.01
baseline: dense
variables: {corpus: $out/corpus.jsonl}
judgments: {topics: $out/topics.$key.tsv, qrels: $out}
steps:
  - name: store
    command: pyserini-xqg encode --corpus $corpus --output $out/store
    output: $out/store
conditions:
  - name: dense
    command: pyserini-xqg search faiss --index $index --topics $topics --output $output
    needs: [store]
    index: $out/index
    topics:
      - {topic_key: sw, scores: [{R@1: 0.5, MRR@10: {score: 0.6, tolerance: 0}}]}
      - {topic_key: macro, scores: [{R@1: 0.5}]}
  - name: fused
    command: pyserini-xqg fuse --runs ${run:dense} ${run:dense} --output $output
    topics: [{topic_key: sw}]
"""


CLAIMS = """\
claims:
  - says: Fusing with itself changes nothing
    elsewhere: "nobody has said"
    measure: MRR@10
    keys: [sw]
    pairs:
      - [fused, dense]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_matrix(tmp_path: Path):
    found = read_matrix(write(tmp_path, GOOD))
    assert (found.name, found.display, found.measures) == ("mine", "mine", ("R@1", "MRR@10"))
    dense, fused = found.conditions
    assert dense.topics[0] == Topics("sw", "sw", (Expected("R@1", 0.5, 0.01), Expected("MRR@10", 0.6, 0.0)))
    assert [topics.key for topics in dense.asked] == ["sw"]
    assert dense.settings == {"index": "$out/index"}
    assert fused.where.line == 18


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("baseline: dense", "base: dense", r"mine\.yaml:3: the key 'base' is not known here; known are name, display"),
        ("baseline: dense", "baseline: sparse", r"mine\.yaml:3: there is no condition 'sparse'"),
        ("tolerance: 0.01", "tolerance: 3", r"mine\.yaml:2: the tolerance is 3; it is a difference of scores"),
        (
            "{R@1: 0.5, MRR@10",
            "{R@1: much, MRR@10",
            r"mine\.yaml:16: the score of R@1 is 'much', which is not a number",
        ),
        (
            "{R@1: 0.5, MRR@10",
            "{R@1: .nan, MRR@10",
            r"mine\.yaml:16: the score of R@1 is '\.nan', which is not a number",
        ),
        ("{R@1: 0.5, MRR@10", "{R@1: 50, MRR@10", r"mine\.yaml:16: the score of R@1 is 50; scores run from 0 to 1"),
        ("{R@1: 0.5, MRR@10", "{Rat1: 0.5, MRR@10", r"mine\.yaml:16: .*Rat1"),
        ("scores: [{R@1: 0.5, MRR@10: {score: 0.6, tolerance: 0}}]", "scores: []", r"mine\.yaml:16: names no measure"),
        (
            "scores: [{R@1: 0.5, MRR@10: {score: 0.6, tolerance: 0}}]",
            "scores: [{R@1: 0.5}, {R@1: 0.6}]",
            r"mine\.yaml:16: the measure 'R@1' is "
            r"there already",
        ),
        ("needs: [store]", "needs: [shop]", r"mine\.yaml:11: 'dense' needs the step 'shop', and there is none"),
        (
            "output: $out/store",
            "output: $out/store\n    needs: [store]",
            r"mine\.yaml:7: these need each other in a circle: store -> store",
        ),
        ("--index $index", "--index ${run:fused}", r"in a circle: (dense -> fused -> dense|fused -> dense -> fused)"),
        (
            "--index $index",
            "--index ${run:other}",
            r"mine\.yaml:11: 'dense' speaks of the condition 'other', and there is none",
        ),
        (
            "--index $index",
            "--index $indexes",
            r"mine\.yaml:11: \$indexes stands for nothing; known are \$corpus, \$data, \$index, .*\$\{run:CONDITION\}",
        ),
        ("--index $index", "--index $5", r"mine\.yaml:11: '\$5' holds a \$ that no name follows"),
        (
            "variables: {corpus: $out/corpus.jsonl}",
            "variables: {corpus: $place/c}",
            r"mine\.yaml:4: \$place stands for nothing",
        ),
        (
            "pyserini-xqg search",
            "rm -r",
            r"mine\.yaml:12: a command begins with `pyserini-xqg` or `python -m`, not with 'rm'",
        ),
        ("--output $out/store", "--output '$out/store", r"mine\.yaml:8: not a command line: no closing quotation"),
        ("qrels: $out", "corpus: $out", r"mine\.yaml:5: names no judgments"),
        ("topics: [{topic_key: sw}]", "topics: [{topic_key: macro}]", r"mine\.yaml:20: asks no topics"),
        (
            "topics: [{topic_key: sw}]",
            "topics: [{topic_key: yo}]",
            r"mine\.yaml:18: 'fused' asks 'yo', and 'dense', which it speaks of, does not",
        ),
        (
            "topics: [{topic_key: sw}]",
            "topics: [{topic_key: sw}, {topic_key: sw}]",
            r"mine\.yaml:20: the topic_key 'sw' is there already",
        ),
        ("name: fused", "name: dense", r"mine\.yaml:18: the name 'dense' is there already, in line 11"),
        ("name: fused", "name: f/used", r"mine\.yaml:18: 'f/used' cannot be a name"),
        ("name: fused", "name: ", r"mine\.yaml:18: expected some text"),
        ("name: mine\n", "", r"mine\.yaml:1: the key 'name' is missing"),
        ("name: mine\n", "name: mine\nname: mine\n", r"mine\.yaml:2: the key 'name' is there twice"),
        ("name: mine\n", "name: [mine\n", r"mine\.yaml:\d+: is no YAML"),
        (GOOD, "", r"mine\.yaml: is empty"),
        (GOOD, "- a\n", r"mine\.yaml:1: expected a mapping"),
        (GOOD[GOOD.index("conditions:") :], "conditions: []\n", r"mine\.yaml:10: holds no condition"),
        (
            "    topics:\n      - {topic_key: sw, scores",
            "    topics:\n      - {topic_key: sw, nope: 1, scores",
            r"mine\.yaml:16: the key 'nope' is not "
            r"known here",
        ),
    ],
)
def test_a_bad_matrix_is_told_by_its_line(tmp_path: Path, old: str, new: str, message: str):
    assert old in GOOD
    with pytest.raises(InputError, match=message):
        read_matrix(write(tmp_path, GOOD.replace(old, new)))


def test_claims(tmp_path: Path):
    (claim,) = read_matrix(write(tmp_path, GOOD + CLAIMS)).claims
    assert (claim.says, claim.elsewhere) == ("Fusing with itself changes nothing", "nobody has said")
    assert (claim.measure, claim.keys, claim.pairs) == ("MRR@10", ("sw",), (("fused", "dense"),))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    says: F", "    tells: F", r"the key 'tells' is not known here"),
        ("  - says: Fusing with itself changes nothing\n    e", "  - e", r"mine\.yaml:22: the key 'says' is missing"),
        ("[fused, dense]", "[fused]", r"mine\.yaml:27: expected two conditions"),
        ("[fused, dense]", "[fused, sparse]", r"mine\.yaml:22: the claim speaks of the condition 'sparse'"),
        ("[fused, dense]", "[fused, fused]", r"mine\.yaml:22: the claim compares 'fused' with itself"),
        ("keys: [sw]", "keys: [sw, yo]", r"mine\.yaml:22: the claim is about 'yo', which 'fused' does not ask"),
        ("MRR@10", "Rat1", r"mine\.yaml:24: .*Rat1"),
        ("MRR@10", "R@7", r"mine\.yaml:22: no condition expects a score of R@7; there are R@1, MRR@10"),
    ],
)
def test_a_bad_claim_is_told_by_its_line(tmp_path: Path, old: str, new: str, message: str):
    text = CLAIMS.replace("  - says", "  -\n    says") if old.startswith("    says") else CLAIMS
    assert old in text
    with pytest.raises(InputError, match=message):
        read_matrix(write(tmp_path, GOOD + text.replace(old, new)))


def test_a_claim_about_conditions_that_share_no_topics(tmp_path: Path):
    other = "\n".join(
        [
            "  - name: other",
            "    command: pyserini-xqg search faiss --index $out/index --topics $topics --output $output",
            "    topics: [{topic_key: yo}]",
            "",
        ]
    )
    claims = CLAIMS.replace("    keys: [sw]\n", "").replace("[fused, dense]", "[fused, other]")
    with pytest.raises(InputError, match=r"'fused' and 'other', which the claim compares, ask nothing alike"):
        read_matrix(write(tmp_path, GOOD + other + claims))


@pytest.mark.parametrize("name", ["en", "en-ar-de", "en-xx"])
def test_a_dictionary_that_cannot_be(tmp_path: Path, name: str):
    text = GOOD.replace("    needs: [store]\n", f"    needs: [store]\n    requires: [{{dictionary: {name}}}]\n")
    with pytest.raises(InputError, match=r"mine\.yaml:14: .*(does not name two languages|xx)"):
        read_matrix(write(tmp_path, text))


def test_no_score_at_all(tmp_path: Path):
    text = GOOD.replace(", scores: [{R@1: 0.5, MRR@10: {score: 0.6, tolerance: 0}}]", "").replace(
        "      - {topic_key: macro, scores: [{R@1: 0.5}]}\n", ""
    )
    with pytest.raises(InputError, match="no condition expects a score"):
        read_matrix(write(tmp_path, text))


def test_no_such_file(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read: No such file"):
        read_matrix(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", MATRICES)
def test_the_matrices_that_come_with_the_package(name: str):
    with open_matrix(name) as path:
        found = read_matrix(path)
    assert found.name == name
    assert found.source
    assert all(requirement.how for requirement in found.requires if requirement.kind is RequirementKind.DATA)
    if name in AT_HAND:
        # What a dictionary of this machine's gives is nobody's to expect.
        checked = [one for one in found.conditions if not needs_dictionaries(found, one)]
        assert all(topics.scores for condition in checked for topics in condition.topics)
        assert len(checked) > len(found.conditions) / 2


def needs_dictionaries(found: Matrix, one: Condition) -> bool:
    """Whether it, or a condition whose runs it uses, needs a dictionary that is installed."""
    by_name = {other.name: other for other in found.conditions}
    return any(needed.kind is RequirementKind.DICTIONARY for needed in one.requires) or any(
        needs_dictionaries(found, by_name[name]) for name in runs_in(one.command)
    )
