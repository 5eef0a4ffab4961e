"""Weights of fields on a dev set: every weighting is what a search with it gives."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from statistics import fmean

import pytest
from bm25_index import DEMO, build_demo

from pyserini_xqg.commands import main
from pyserini_xqg.errors import InputError, StoreError, UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_run
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.search.run_topics import write_run
from pyserini_xqg.search.searchers.fields import choose_fields
from pyserini_xqg.tune.dev_set import DevSet, read_dev_set
from pyserini_xqg.tune.fields import FieldTuning, as_text, parse_grid, tune_fields, weightings_of

(MRR,) = parse_measures(["MRR@10"])
GRID = {"contents": (0.0, 0.5, 1.0), "xqg_LANG": (0.0, 1.0)}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import_pyserini("pyserini.search.lucene")
    return build_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def dev() -> DevSet:
    return read_dev_set(DEMO, DEMO, ("ar", "fi", "sw"))


@pytest.fixture(scope="module")
def tuning(index: Path, dev: DevSet) -> FieldTuning:
    return tune_fields(index=index, dev=dev, measure=MRR, grid=GRID)


def test_the_grid_of_the_flags():
    assert parse_grid(["contents=0.5,1,1", "xqg_ar=2"]) == {"contents": (0.5, 1.0), "xqg_ar": (2.0,)}
    for words, problem in [
        (["contents"], "expected FIELD=WEIGHT,WEIGHT"),
        (["contents=1", "contents=2"], "names 'contents' twice"),
        (["contents=1,,2"], "--fields contents=: a weight must be"),
        (["contents=1,-2"], "--fields contents=-2"),
    ]:
        with pytest.raises(UsageError, match=re.escape(problem)):
            parse_grid(words)


def test_weightings_that_rank_alike_are_tried_once():
    found, alike = weightings_of({"contents": (0, 0.5, 1, 2), "xqg_ar": (0, 1, 2)})
    assert [tuple(weights.values()) for weights in found] == [(0, 1), (0.5, 0), (0.5, 1), (0.5, 2), (1, 1), (2, 1)]
    assert alike == 4 * 3 - 1 - 6
    assert weightings_of({"contents": (0.0,)}) == ([], 0)


def test_each_weighting_scores_as_a_search_with_it(index: Path, tuning: FieldTuning, tmp_path: Path):
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    searcher = XqgLuceneSearcher(str(index))
    assert [tuple(weights.values()) for weights in tuning.weightings] == [(0, 1), (0.5, 0), (0.5, 1), (1, 1)]
    for place, weights in enumerate(tuning.weightings):
        for code in ("ar", "fi", "sw"):
            fields = choose_fields(searcher.manifest, weights, code)

            class Weighted:
                def batch_search(self, queries, qids, k, threads, fields=fields):
                    return searcher.batch_search(queries, qids, k, threads, fields=fields)

            run = tmp_path / "run.txt"
            write_run(
                searcher=Weighted(), topics=list(read_topics(DEMO / f"topics.{code}.tsv")), hits=10, tag="tag", run=run
            )
            expected = score_run(run, DEMO / f"qrels.{code}.txt", ["MRR@10"]).mean("MRR@10")
            assert tuning.languages[code][place] == pytest.approx(expected, abs=1e-9)
        assert tuning.average[place] == pytest.approx(fmean(scores[place] for scores in tuning.languages.values()))


def test_the_best_beats_plain_bm25(tuning: FieldTuning):
    plain = next(
        place for place, weights in enumerate(tuning.weightings) if weights == {"contents": 0.5, "xqg_LANG": 0.0}
    )
    assert tuning.average[tuning.best] == max(tuning.average) > tuning.average[plain] + 0.05
    text = as_text(tuning).splitlines()
    assert text[0].split() == ["MRR@10", "ar", "fi", "sw", "mean"]
    assert [line.endswith("best") for line in text].index(True) == tuning.best + 1


def test_bm25s_parameters_and_measures_count(index: Path, dev: DevSet, tuning: FieldTuning):
    one = {"contents": (1.0,), "xqg_LANG": (1.0,)}
    assert tune_fields(index=index, dev=dev, measure=MRR, grid=one, k1=2.0, b=0.9).average != tuning.average[-1:]
    (recall,) = parse_measures(["R@1"])
    assert tune_fields(index=index, dev=dev, measure=recall, grid=one).measure == "R@1"


def test_what_does_not_go_is_named(index: Path, dev: DevSet, tmp_path: Path):
    for grid, problem in [
        ({"contents": (1.0,), "xqg_fr": (1.0,)}, "the index has no field 'xqg_fr'; it has contents"),
        ({"contents": (0.0,)}, "every weighting is of nothing but 0"),
    ]:
        with pytest.raises(UsageError, match=problem):
            tune_fields(index=index, dev=dev, measure=MRR, grid=grid)
    with pytest.raises(UsageError, match="k1 must be at least 0"):
        tune_fields(index=index, dev=dev, measure=MRR, grid=GRID, k1=-1)
    with pytest.raises(UsageError, match="needs answers"):
        tune_fields(index=index, dev=dev, measure=parse_measures(["R@2kt"])[0], grid=GRID)
    with pytest.raises(StoreError, match="is not a BM25 index that"):
        tune_fields(index=tmp_path, dev=dev, measure=MRR, grid=GRID)
    with pytest.raises(InputError, match="holds no topics in fr; it has ar, bn"):
        read_dev_set(DEMO, DEMO, ("fr",))
    nameless = tmp_path / "dev.tsv"
    nameless.write_bytes((DEMO / "topics.ar.tsv").read_bytes())
    with pytest.raises(UsageError, match="xqg_LANG stands for the field of --language"):
        tune_fields(index=index, dev=read_dev_set(nameless, DEMO / "qrels.ar.txt"), measure=MRR, grid=GRID)
    assert tune_fields(
        index=index, dev=read_dev_set(nameless, DEMO / "qrels.ar.txt"), measure=MRR, grid={"xqg_ar": (1.0,)}
    ).languages.keys() == {"all"}


def test_the_command_prints_the_way_on(
    index: Path, tuning: FieldTuning, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    flags = [
        "--index",
        str(index),
        "--topics",
        str(DEMO),
        "--qrels",
        str(DEMO),
        "--topic-languages",
        "ar,fi,sw",
        "--fields",
        "contents=0,0.5,1",
    ]
    assert main(["tune", "fields", *flags, "xqg_LANG=0,1", "--output", str(tmp_path / "fields.csv")]) == 0
    printed = capsys.readouterr().out
    assert as_text(tuning) in printed
    best = tuning.weightings[tuning.best]
    words = f"contents={best['contents']:g} xqg_LANG={best['xqg_LANG']:g}"
    assert (
        f"search lucene --index {index} --topics TOPICS.tsv --fields {words} --language LANG --output RUN.txt"
        in printed
    )
    rows = list(csv.reader((tmp_path / "fields.csv").open()))
    assert rows[0] == ["contents", "xqg_LANG", "ar", "fi", "sw", "mean"]
    assert [float(row[-1]) for row in rows[1:]] == pytest.approx(tuning.average, abs=1e-6)
    assert main(["tune", "fields", *flags, "xqg_fr=1"]) == 2
    assert "no field 'xqg_fr'" in capsys.readouterr().err
