"""Published data sets, cut to a few items: real ones where the data are at hand, else in their public shapes."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import help_samples
from docs_files import PASSAGES, Parts, head, texts, write_lines, write_text


def datasets(parts: Parts, folder: Path) -> None:
    """Each data set's files as `dataset` takes them, cut short."""
    for path in (parts.data / "xquad").glob("xquad.*.json"):
        articles = json.loads(path.read_text(encoding="utf-8"))
        write_text(folder / "XQUAD-FOLDER" / path.name, json.dumps({**articles, "data": articles["data"][:2]}))
    for path in (parts.data / "afriqa").glob("*.swa.*"):
        write_text(folder / "AFRIQA-FOLDER" / path.name, *head(path, 6))
    with (
        zipfile.ZipFile(parts.data / "locomo" / "locomo10.zip") as whole,
        zipfile.ZipFile(folder / "locomo10.zip", "w") as cut,
    ):
        for name in sorted(name for name in whole.namelist() if name.endswith(".json"))[:2]:
            cut.writestr(name, json.dumps(_short_conversation(json.loads(whole.read(name)))))
    (questions,) = (parts.data / "xor_retrieve").glob("*.jsonl")
    write_text(folder / questions.name, *head(questions, 20))
    _xor(parts, folder / "XOR")
    passage = json.dumps({"docid": "BBC#788#6", "title": "Àkọlé", "text": "Ọ̀rọ̀"})
    write_text(folder / "CIRAL" / "topics.ciral-v1.0-yo-test-a.tsv", "2\tWhat is said?")
    write_text(folder / "CIRAL" / "qrels.ciral-v1.0-yo-test-a.tsv", "2\tQ0\tBBC#788#6\t1")
    write_text(folder / "CIRAL" / "yoruba_passages.jsonl", passage)
    for code in ("sw", "yo"):
        write_text(folder / "MIRACL" / f"topics.miracl-v1.0-{code}-dev.tsv", "2\tNini?")
        write_text(folder / "MIRACL" / f"qrels.miracl-v1.0-{code}-dev.tsv", "2\tQ0\tBBC#788#6\t1")
        place = folder / "MIRACL" / f"miracl-corpus-v1.0-{code}" / "docs-0.jsonl.gz"
        place.parent.mkdir()
        place.write_bytes(gzip.compress(passage.encode()))
    help_samples.packages(folder / "HELP")


def xor_tydi(parts: Parts, folder: Path) -> None:
    """XOR-TyDi's files, the authors' models and queries."""
    _xor(parts, folder / "XOR-DEV")
    _xor(parts, folder / "XOR-TRAIN")
    parts.link("bert", folder / "ielabgroup" / "bert-base-multilingual-cased-xor-tydi")
    parts.link("mt5", folder / "ielabgroup" / "xor-tydi-docTquery-mt5-base")
    languages = ("ar", "bn", "fi", "ja", "ko", "ru", "te")
    published = [
        {"docid": str(number), "generated_queries": {code: ["Mikä?", "Missä?"] for code in languages}}
        for number in range(PASSAGES)
    ]
    write_lines(folder / "xqg-augmented" / "queries.jsonl", published)


def _xor(parts: Parts, place: Path) -> None:
    """XOR-TyDi's files: real development questions, a few of each language, also as training ones; passages and
    examples in their public shapes.
    """
    (questions,) = (parts.data / "xor_retrieve").glob("*.jsonl")
    by_language: dict[str, list[str]] = {}
    for line in head(questions, 2110):
        by_language.setdefault(json.loads(line)["lang"], []).append(line)
    some = [line for lines in by_language.values() for line in lines[:3]]
    passages = [f"{number}\t{text}\tTitle" for number, text in enumerate(texts(parts))]
    example = {"question": json.loads(some[0])["question"], "positive_ctxs": [{"title": "a", "text": "b"}]}
    write_text(place / questions.name, *some)
    write_text(place / questions.name.replace("dev", "train"), *some)
    write_text(place / "enwiki_20190201_w100.tsv", "id\ttext\ttitle", *passages)
    write_text(place / "dpr_train_data.json", json.dumps([example]))


def _short_conversation(whole: dict[str, object]) -> dict[str, object]:
    """A conversation's first session, with the questions about it."""
    kept = {
        name: value
        for name, value in whole.items()
        if name == "qa" or "session" not in name or name.startswith("session_1_") or name == "session_1"
    }
    asked = kept["qa"]
    assert isinstance(asked, list)
    about = [
        question
        for question in asked
        if question.get("evidence") and all(evidence.startswith("D1:") for evidence in question["evidence"])
    ]
    return {**kept, "qa": about}
