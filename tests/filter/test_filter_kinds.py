"""Translations and glosses through the filter: each kind goes by the checks that suit it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filter_stage import counts, dropped
from tiny_corpus import write_jsonl

from pyserini_xqg.errors import UsageError
from pyserini_xqg.filter.filter_queries import filter_queries
from pyserini_xqg.filter.reasons import DropReason
from pyserini_xqg.filter.settings import FilterSettings

PASSAGE = "The bridge over the river was built by the Romans, and people still cross it every day on foot."
TRANSLATED = "Die Brücke über den Fluss wurde von den Römern gebaut, und noch heute gehen jeden Tag Menschen darüber."
LONG = " ".join(
    f"Im Jahr {year} wurde die {number}te Brücke von {name} über einen anderen Fluss gebaut."
    for year, (number, name) in enumerate(
        enumerate(["Anna", "Bert", "Cem", "Dora", "Emil", "Fritz", "Gül", "Ida"]), 1900
    )
)
SETTINGS = FilterSettings(skip=frozenset({DropReason.INCONSISTENT}))


def filtered(folder: Path, **texts: dict[str, list[str]]) -> tuple[dict[str, object], dict[str, str]]:
    """What stays of a passage's texts, and why the others went: text -> reason."""
    corpus = write_jsonl(folder / "corpus.jsonl", [{"id": "d1", "contents": PASSAGE}])
    queries = write_jsonl(folder / "queries.jsonl", [{"id": "d1", **texts}])
    filter_queries(corpus=corpus, queries=queries, judge=None, output=folder / "out", settings=SETTINGS)
    (line,) = (folder / "out/queries.jsonl").read_text(encoding="utf-8").splitlines()
    return json.loads(line), {record["query"]: record["reason"] for record in dropped(folder / "out")}


def test_a_translation_must_be_one(tmp_path: Path):
    texts = {
        "the passage": PASSAGE,
        "too long": " ".join([TRANSLATED] * 5),
        "longer": LONG,
        "too short": "Die Brücke.",
        "in another script": "الجسر فوق النهر بناه الرومان، ولا يزال الناس يعبرونه كل يوم سيرا على الأقدام.",
        "right": TRANSLATED,
    }
    kept, gone = filtered(tmp_path, translations={"de": list(texts.values())})
    assert kept == {"id": "d1", "translations": {"de": [TRANSLATED]}}
    assert gone.pop(texts["the passage"]) in ("language", "copy")
    assert gone == {
        texts["too long"]: "repetition",
        texts["longer"]: "length",
        texts["too short"]: "length",
        texts["in another script"]: "script",
    }


def test_a_gloss_may_say_a_word_again_and_hold_names(tmp_path: Path):
    glosses = ["мост река мост река мост река мост Romans", "мост река мост река мост река мост Romans", "\x07 мост"]
    kept, gone = filtered(tmp_path, glosses={"ru": glosses}, queries={"ru": ["Кто построил мост?"]})
    assert kept == {"id": "d1", "queries": {"ru": ["Кто построил мост?"]}, "glosses": {"ru": glosses[:2]}}
    assert gone == {glosses[2]: "control"}
    assert counts(tmp_path / "out")["ru.gloss"]["kept"] == "2"


def test_a_ratio_that_is_none(tmp_path: Path):
    with pytest.raises(UsageError, match=r"--max-length-ratio is 1; it must be above 1"):
        FilterSettings(max_length_ratio=1)
