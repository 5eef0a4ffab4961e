"""Every weighting of a BM25 index's fields on a dev set, and the best one.

Each weighting is searched for: Lucene adds the fields' scores up over all passages, where adding up ranked lists would
lose the passages that one of the lists leaves out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.evaluate.inputs.places import ALL
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.files.text import write_text
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.sparse import read_sparse_manifest
from pyserini_xqg.progress import progress
from pyserini_xqg.search.searchers.fields import as_words, choose_fields, parse_weight
from pyserini_xqg.tune.dev_set import DevSet
from pyserini_xqg.tune.measure import tunable

_DEPTH_WITHOUT_CUTOFF = 1000
_PLACES = 9
"""Decimals to which two weightings must be proportional to rank alike."""


@dataclass(frozen=True, slots=True)
class FieldTuning:
    """The score of each weighting.

    :param weightings: field -> weight, as asked for; of those that rank alike the first.
    :param alike: how many were left out because they rank like another.
    :param languages: language -> score of each weighting, 0 to 1.
    :param average: the mean over languages of each weighting.
    """

    measure: str
    weightings: tuple[dict[str, float], ...]
    alike: int
    languages: Mapping[str, tuple[float, ...]]
    average: tuple[float, ...]

    @property
    def best(self) -> int:
        """Which weighting has the highest average; the first of those that tie."""
        return max(range(len(self.weightings)), key=lambda place: (self.average[place], -place))


def parse_grid(words: Iterable[str]) -> dict[str, tuple[float, ...]]:
    """Turn ``contents=0.5,1 xqg_ar=1`` into the weights to try for each field.

    :raises UsageError: a word of another shape, a weight that is no number of at least 0, or a field twice.
    """
    grid: dict[str, tuple[float, ...]] = {}
    for word in words:
        name, equals, values = word.partition("=")
        if not name or not equals:
            raise UsageError(f"--fields {word!r}: expected FIELD=WEIGHT,WEIGHT,…, such as contents=0.5,1,2")
        if name in grid:
            raise UsageError(f"--fields names {name!r} twice")
        grid[name] = tuple(dict.fromkeys(parse_weight(name, value) for value in values.split(",")))
    return grid


def weightings_of(grid: Mapping[str, Sequence[float]]) -> tuple[list[dict[str, float]], int]:
    """Every combination of the grid's weights but those of nothing, one of each that rank alike, and how many were left
    out for that.

    Weights that differ by a factor rank alike: (1, 2) as (0.5, 1).
    """
    kept: dict[tuple[float, ...], dict[str, float]] = {}
    combinations = [weights for weights in product(*grid.values()) if any(weights)]
    for weights in combinations:
        kept.setdefault(
            tuple(round(weight / max(weights), _PLACES) for weight in weights), dict(zip(grid, weights, strict=True))
        )
    return list(kept.values()), len(combinations) - len(kept)


def tune_fields(
    *, index: Path, dev: DevSet, measure: Measure, grid: Mapping[str, Sequence[float]], k1: float = 0.9, b: float = 0.4
) -> FieldTuning:
    """Score a dev set with every weighting.

    :param grid: field -> the weights to try; ``xqg_LANG`` is the field of each topics file's own language.
    :param k1: BM25's k1, and ``b`` its b; Anserini's defaults.
    :raises UsageError: a field that the index has not, or a measure that needs more than qrels.
    :raises StoreError: ``index`` is not a BM25 index of ours, or is damaged.
    :raises SetupError: Java, Pyserini or the bridge is missing or does not fit.
    """
    tunable(measure)
    if not (k1 >= 0 and 0 <= b <= 1):
        raise UsageError(f"--k1 is {k1:g} and --b is {b:g}; k1 must be at least 0, and b from 0 to 1")
    manifest = read_sparse_manifest(index)
    if manifest is None:
        raise StoreError(
            f"{index} is not a BM25 index that `pyserini-xqg index-sparse` made: it has no xqg.json of one"
        )
    weightings, alike = weightings_of(grid)
    if not weightings:
        raise UsageError("every weighting is of nothing but 0")
    chosen = {
        code: [choose_fields(manifest, weights, None if code == ALL else code) for weights in weightings]
        for code in dev.topics
    }
    bridge.join()
    import_pyserini("pyserini.search.lucene")
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    searcher = XqgLuceneSearcher(str(index))
    searcher.set_bm25(k1, b)
    languages: dict[str, tuple[float, ...]] = {}
    with progress("tuning", "searches", sum(map(len, dev.topics.values())) * len(weightings)) as bar:
        for code, topics in dev.topics.items():
            texts, qids = [topic.text for topic in topics], [topic.qid for topic in topics]
            scores: list[float] = []
            for fields in chosen[code]:
                hits = searcher.batch_search(
                    texts, qids, measure.cutoff or _DEPTH_WITHOUT_CUTOFF, available_cores(), fields=fields
                )
                rankings = {qid: {hit.docid: hit.score for hit in found} for qid, found in hits.items()}
                scores.append(score_rankings(rankings, dev.judgments[code], [measure]).mean(measure.name))
                bar.advance(len(topics))
            languages[code] = tuple(scores)
    return FieldTuning(
        measure.name, tuple(weightings), alike, languages, tuple(map(fmean, zip(*languages.values(), strict=True)))
    )


def as_text(tuning: FieldTuning) -> str:
    """A table in percent, a line a weighting, the best marked."""
    names = [" ".join(as_words(weights)) for weights in tuning.weightings]
    width = max(map(len, [*names, tuning.measure]))
    lines = [f"{tuning.measure:<{width}}" + "".join(f"{code:>7}" for code in tuning.languages) + f"{'mean':>8}"]
    for place, name in enumerate(names):
        cells = "".join(f"{100 * scores[place]:7.1f}" for scores in tuning.languages.values())
        lines.append(
            f"{name:<{width}}{cells}{100 * tuning.average[place]:8.1f}{'  best' if place == tuning.best else ''}"
        )
    return "\n".join(lines)


def write_csv(tuning: FieldTuning, path: Path) -> None:
    """The same as CSV: a column a field, a language, and the mean; whole or not at all."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*tuning.weightings[0], *tuning.languages, "mean"])
    for place, weights in enumerate(tuning.weightings):
        scores = [scores[place] for scores in tuning.languages.values()]
        rows.writerow([*weights.values(), *(f"{score:.6f}" for score in (*scores, tuning.average[place]))])
    write_text(path, text.getvalue())
