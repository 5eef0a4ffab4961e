"""Glosses on real data: XQuAD's English paragraphs, asked in Chinese, with CC-CEDICT out of its wheel, by Lucene."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.evaluate.inputs.judgments import read_judgments
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures

pytestmark = pytest.mark.slow

PLAIN, GLOSSED = 12.3, 72.2
LEEWAY = 2.0


def mrr(data: Path, run: Path) -> float:
    rankings: dict[str, dict[str, float]] = {}
    for line in run.read_text(encoding="utf-8").splitlines():
        qid, _, docid, _, score, _ = line.split()
        rankings.setdefault(qid, {})[docid] = float(score)
    judgments = read_judgments(data / "qrels.zh.txt")
    return 100 * score_rankings(rankings, judgments, parse_measures(["MRR@10"])).mean("MRR@10")


def test_a_dictionary_lets_bm25_answer_in_chinese(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS"):  # other dictionaries of this machine's
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.delenv("XQG_DICTIONARIES", raising=False)
    data, xquad = tmp_path / "data", data_dir / "xquad"
    assert main(["dataset", "xquad", "--input", str(xquad), "--output", str(data)]) == 0
    corpus = ["--corpus", str(data / "corpus.jsonl")]
    glosses = ["--generator", "dictionary", "--languages", "zh", "--output", str(tmp_path / "glosses")]
    assert main(["expand", *corpus, *glosses]) == 0
    index = str(tmp_path / "bm25")
    assert main(["index-sparse", *corpus, "--queries", str(tmp_path / "glosses"), "--output", index]) == 0
    asked = ["search", "lucene", "--index", index, "--topics", str(data / "topics.zh.tsv"), "--hits", "10"]
    found = {}
    for name, fields in {"plain": ["contents=1"], "glossed": ["contents=1", "xqg_LANG_gloss=1"]}.items():
        run = tmp_path / f"{name}.zh.txt"
        assert main([*asked, "--language", "zh", "--fields", *fields, "--output", str(run)]) == 0
        found[name] = mrr(data, run)
    assert found == pytest.approx({"plain": PLAIN, "glossed": GLOSSED}, abs=LEEWAY)
