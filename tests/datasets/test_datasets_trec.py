"""CIRAL and MIRACL: small files in their public shapes, whole and wrong in one place each.

The lines of CIRAL's qrels are of its published Yoruba development part, whose docids are like ``BBC#788#6``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pyserini_xqg.datasets import ciral, miracl
from pyserini_xqg.datasets.ciral import CiralOptions
from pyserini_xqg.datasets.miracl import MiraclOptions
from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.topics import read_topics


def text(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def passage(docid: str, words: str = "Ọ̀rọ̀", title: str = "Àkọlé") -> str:
    return json.dumps({"docid": docid, "title": title, "text": words, "url": "https://example.org"}, ensure_ascii=False)


@pytest.fixture
def african(tmp_path: Path) -> Path:
    """Two languages; Hausa without its passages."""
    place = tmp_path / "ciral"
    for name, code in (("yoruba", "yo"), ("hausa", "ha")):
        text(
            place / f"ciral-{name}" / "topics" / f"topics.ciral-v1.0-{code}-test-a.tsv",
            "2\tWhat is said?",
            "4\tWho  came?",
            "5\tWhen?",
        )
        text(place / f"ciral-{name}" / "topics" / f"topics.ciral-v1.0-{code}-dev.tsv", "2\tWhat is said?")
        judged = ("2\tQ0\tBBC#788#6\t1", "2\tQ0\tBBC#788#7\t0", "4\tQ0\tVON#2541#0\t1", "9\tQ0\tBBC#1#0\t1")
        text(place / f"ciral-{name}" / "qrels" / f"qrels.ciral-v1.0-{code}-test-a.tsv", *judged)
        text(
            place / f"ciral-{name}" / "qrels" / f"qrels.ciral-v1.0-{code}-test-a-pools.tsv",
            *judged,
            "5\tQ0\tBBC#788#6\t1",
        )
    text(
        place / "ciral-yoruba" / "topics" / "topics.ciral-v1.0-yo-test-a-native.tsv",
        "2\tKí ni wọ́n sọ?",
        "4\tTa ló wá?",
        "5\tNígbà wo?",
    )
    text(
        place / "passages-v1.0" / "yoruba_passages.jsonl",
        passage("BBC#788#6"),
        passage("BBC#788#7", title=""),
        passage("BBC#9#0", " "),
    )
    return place


def of_ciral(place: Path, output: Path, **chosen: object) -> DatasetRecord:
    return write_dataset(output, lambda folder: ciral.build(place, folder, CiralOptions(**chosen)))[0]  # type: ignore[arg-type]


def test_ciral(african: Path, tmp_path: Path):
    found = of_ciral(african, tmp_path / "out")
    out = tmp_path / "out"
    assert {passage.docid: passage.contents for passage in read_passages(out / "corpus.yo.jsonl")} == {
        "BBC#788#6": "Àkọlé Ọ̀rọ̀",
        "BBC#788#7": "Ọ̀rọ̀",
    }
    assert [(topic.qid, topic.text) for topic in read_topics(out / "topics.yo.tsv")] == [
        ("2", "What is said?"),
        ("4", "Who  came?"),
        ("5", "When?"),
    ]
    assert [topic.text for topic in read_topics(out / "topics-native.yo.tsv")] == [
        "Kí ni wọ́n sọ?",
        "Ta ló wá?",
        "Nígbà wo?",
    ]
    assert [(line.qid, line.docid, line.relevance) for line in read_qrels(out / "qrels.ha.txt")] == [
        ("2", "BBC#788#6", 1),
        ("2", "BBC#788#7", 0),
        ("4", "VON#2541#0", 1),
    ]
    assert not (out / "topics-native.ha.tsv").exists()
    assert {remark.what.split(":")[0]: dict(remark.counts) for remark in found.remarks} == {
        "judgments of queries that the topics lack": {"ha": 1, "yo": 1},
        "topics without a relevant passage": {"ha": 1, "yo": 1},
        "languages without their passages here": {"ha": 1},
        "passages without a text": {"yo": 1},
        "judged passages that the corpus lacks": {"yo": 1},
    }
    assert {source.as_published for source in found.sources} == {None}
    assert len(found.sources) == 6


def test_ciral_from_pools_and_one_language(african: Path, tmp_path: Path):
    found = of_ciral(african, tmp_path / "out", pools=True, languages=("yor",))
    assert found.counts == {"corpus.yo.jsonl": 2, "qrels.yo.txt": 4, "topics-native.yo.tsv": 3, "topics.yo.tsv": 3}


def miracl_files(place: Path) -> Path:
    text(
        place / "miracl-v1.0-sw" / "topics" / "topics.miracl-v1.0-sw-dev.tsv",
        "0\tMji mkuu ni upi?",
        "29\tNani alishinda?",
    )
    text(place / "miracl-v1.0-sw" / "topics" / "topics.miracl-v1.0-sw-test-b.tsv", "7\tLini?")
    text(
        place / "miracl-v1.0-sw" / "qrels" / "qrels.miracl-v1.0-sw-dev.tsv",
        "0\tQ0\t151236#1\t1",
        "0\tQ0\t151236#0\t0",
        "29\tQ0\t233622#0\t1",
    )
    corpus = place / "miracl-corpus-v1.0-sw"
    corpus.mkdir(parents=True)
    for number, docid in ((0, "151236#0"), (2, "151236#1"), (10, "233622#0")):
        with gzip.open(corpus / f"docs-{number}.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.write(json.dumps({"docid": docid, "title": "Dodoma", "text": f"Maandishi {number}."}) + "\n")
    return place


def of_miracl(place: Path, output: Path, **chosen: object) -> DatasetRecord:
    return write_dataset(output, lambda folder: miracl.build(place, folder, MiraclOptions(**chosen)))[0]  # type: ignore[arg-type]


def test_miracl(tmp_path: Path):
    found = of_miracl(miracl_files(tmp_path / "in"), tmp_path / "out")
    passages = list(read_passages(tmp_path / "out" / "corpus.sw.jsonl"))
    assert [passage.docid for passage in passages] == ["151236#0", "151236#1", "233622#0"]
    assert passages[1].contents == "Dodoma Maandishi 2."
    assert found.counts == {"corpus.sw.jsonl": 3, "qrels.sw.txt": 3, "topics.sw.tsv": 2}
    assert found.remarks == ()


def test_a_part_without_public_judgments(tmp_path: Path):
    found = of_miracl(miracl_files(tmp_path / "in"), tmp_path / "out", split=miracl.MiraclSplit.TEST_B)
    assert found.counts == {"corpus.sw.jsonl": 3, "topics.sw.tsv": 1}


def spoil_text(path: str, *lines: str) -> Callable[[Path], object]:
    return lambda place: text(place / path, *lines)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda place: next(place.rglob("qrels.miracl*")).unlink(),
            r"holds no file named qrels\.miracl-v1\.0-sw-dev\.tsv.*huggingface",
        ),
        (
            lambda place: next(place.rglob("topics.miracl*dev.tsv")).unlink(),
            r"holds no file named topics\.miracl-v1\.0-ar-dev\.tsv",
        ),
        (spoil_text("more/topics.miracl-v1.0-sw-dev.tsv", "0\tx"), r"holds .*topics.*sw-dev\.tsv and .*; keep one"),
        (
            spoil_text("miracl-v1.0-sw/qrels/qrels.miracl-v1.0-sw-dev.tsv", "0\tQ0\td"),
            r"sw-dev\.tsv:1: expected 'qid 0 docid relevance'",
        ),
        (
            spoil_text("miracl-v1.0-sw/qrels/qrels.miracl-v1.0-sw-dev.tsv", "8\tQ0\td\t1"),
            r"judges no query of the topics",
        ),
        (spoil_text("miracl-corpus-v1.0-sw/docs-3.jsonl", '{"docid": "1", "text": 3}'), r"docs-3\.jsonl:1: expected"),
        (spoil_text("miracl-corpus-v1.0-sw/docs-3.jsonl", '{"title": "", "text": "x"}'), r"docs-3\.jsonl:1: no id"),
        (spoil_text("miracl-corpus-v1.0-sw/docs-3.jsonl", "{"), r"docs-3\.jsonl:1: malformed JSON"),
        (
            lambda place: (place / "miracl-corpus-v1.0-sw" / "docs-0.jsonl.gz").write_bytes(
                gzip.compress(b"x" * 9000)[:20]
            ),
            r"docs-0\.jsonl\.gz:1: the gzip stream is cut short",
        ),
    ],
)
def test_bad_files_are_named_and_nothing_is_written(tmp_path: Path, spoil: Callable[[Path], object], message: str):
    spoil(miracl_files(tmp_path / "in"))
    with pytest.raises(InputError, match=message):
        of_miracl(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_flags_that_do_not_fit(african: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="only test-a was judged from pools, not dev"):
        of_ciral(african, tmp_path / "out", split=ciral.CiralSplit.DEV, pools=True)
    with pytest.raises(UsageError, match=r"--languages: ciral has no zu; it has ha, so, sw, yo"):
        of_ciral(african, tmp_path / "out", languages=("zu",))
    with pytest.raises(InputError, match=r"holds no file named topics\.ciral-v1\.0-so-test-a\.tsv"):
        of_ciral(african, tmp_path / "out", languages=("so",))
    with pytest.raises(InputError, match=r"is no folder; give one with the published files"):
        of_ciral(tmp_path / "nowhere", tmp_path / "out")
