"""What `filter` finds, and what that is worth: planted noise on XQuAD, retrieval before and after, and languages told
apart.

Queries: the even-numbered questions' human translations (as in xquad.py). Noise replaces a share of them, half by a
question about another paragraph in the same language, half by the same question in another language. Recall: noise that
went; precision: noise among what went (XQuAD's own repeated questions and untranslated ones count as mistakes).
Consistency is measured once and cut in several ways. R@1 is that of the odd-numbered questions, by the real index and
search; stores of filtered queries are cut out of the unfiltered ones.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from bootstrap import interval
from common import data_dir, flags, head, say, stage, table, work_folder
from quality import Asked, System, encoded, score
from xquad_data import LANGUAGES, Topics, prepare_data, prepare_store, read_language

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision, resolve
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.filter.checks.detector import LanguageDetector
from pyserini_xqg.filter.output import COUNTS, DROPPED
from pyserini_xqg.filter.settings import DEFAULTS
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.store.meta import prepare_store as start_store
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

_SEED = 11
_CUTS: dict[str, tuple[str, ...]] = {
    "defaults (zscore ≥ 1)": (),
    "zscore ≥ 2": ("--min-consistency", "2"),
    "zscore, lowest 20%": ("--drop-lowest", "20"),
    "cosine, lowest 20% (Doc2Query−−)": ("--consistency", "cosine", "--drop-lowest", "20"),
    "without consistency": ("--skip", "inconsistent"),
}
_KINDS = ("another paragraph's", "another language's")
_SYSTEMS = (System("mean", Recipe()), System("views", Recipe("views")))
_TRIED = 250

type Place = tuple[str, str, int]
"""Docid, language, rank."""


def main() -> None:
    """Print the tables."""
    args = flags(__doc__).parse_args()
    precision = resolve(Precision.AUTO)
    head("Filtering generated queries", args)
    _print_languages(args.quick)
    with work_folder(args) as work:
        data = prepare_data(work)
        clean = prepare_store(work, precision)
        encoder = Encoder(resolve_encoder("e5-small", quantize=precision is Precision.INT8), precision)
        topics = {code: read_language(data, code) for code in LANGUAGES}
        if args.quick:
            topics = {
                code: Topics(mine.qids[:40], mine.texts[:40], mine.paragraphs[:40]) for code, mine in topics.items()
            }
        asked = encoded(encoder, topics)
        folder = work / "filter"
        shutil.rmtree(folder, ignore_errors=True)
        scores = {"no augmentation": _r1(clean, System("no augmentation", Recipe(alpha=0.0)), asked, folder)}
        for share in (0, 20) if args.quick else (0, 20, 50):
            queries, planted = _noisy(data, folder / f"noise-{share}.jsonl", share)
            store = _encoded(data, queries, folder / f"store-{share}", precision) if share else clean
            scores |= _rows(f"{share}% noise", store, asked, folder)
            found = []
            for name, words in _CUTS.items():
                output = folder / f"kept-{share}-{len(found)}"
                _filter(
                    data,
                    queries,
                    output,
                    folder / f"scores-{share}-{'cosine' in words}-{'inconsistent' in words}",
                    precision,
                    words,
                )
                dropped = _dropped(output / DROPPED)
                found.append([name, *_found(dropped, planted, queries)])
                if share or not words:
                    part = _without(store, dropped, _ids(data), folder / f"{output.name}-store")
                    scores |= _rows(f"{share}% noise, {name}", part, asked, folder)
            if share:
                part = _without(store, set(planted), _ids(data), folder / f"kept-{share}-right-store")
                scores |= _rows(f"{share}% noise, without exactly the noise (upper bound)", part, asked, folder)
            print(f"### {share}% noise: what goes\n")
            header = ["", "queries that go", *(f"recall: {kind}" for kind in _KINDS), "precision", "right ones that go"]
            print(table(header, found))
            if share:
                _print_counts(folder / f"kept-{share}-0" / COUNTS)
    _print_scores(scores, asked)


def _noisy(data: Path, path: Path, share: int) -> tuple[Path, dict[Place, str]]:
    """The queries with noise, written to ``path``, and which are noise of what kind."""
    records = [json.loads(line) for line in (data / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    records = [
        {"id": record["id"], "queries": {code: record["queries"][code] for code in LANGUAGES}} for record in records
    ]
    chance = random.Random(_SEED)
    planted: dict[Place, str] = {}
    noisy = []
    for record in records:
        queries = {code: list(texts) for code, texts in record["queries"].items()}
        for code, texts in queries.items():
            for rank in range(len(texts)):
                if chance.random() >= share / 100:
                    continue
                kind = chance.choice(_KINDS)
                planted[record["id"], code, rank] = kind
                if kind == _KINDS[0]:
                    other = chance.choice([one for one in records if one is not record])
                    texts[rank] = chance.choice(other["queries"][code])
                else:
                    texts[rank] = record["queries"][chance.choice([one for one in LANGUAGES if one != code])][rank]
        noisy.append({"id": record["id"], "queries": queries})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in noisy), encoding="utf-8")
    return path, planted


def _encoded(data: Path, queries: Path, store: Path, precision: Precision) -> VectorStore:
    say(f"encoding {queries.name}")
    files = ("--corpus", data / "corpus.jsonl", "--queries", queries, "--output", store)
    stage("encode", *files, "--encoder", "e5-small", "--precision", precision, "--keep", "ranks")
    return VectorStore(store)


def _filter(data: Path, queries: Path, output: Path, scores: Path, precision: Precision, words: Iterable[str]) -> None:
    say(f"filtering {queries.name}: {' '.join(words) or 'defaults'}")
    files = ("--corpus", data / "corpus.jsonl", "--queries", queries, "--output", output, "--scores", scores)
    stage("filter", *files, "--encoder", "e5-small", "--precision", precision, *words)


def _dropped(path: Path) -> set[Place]:
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(record["id"], record["language"], record["rank"]) for record in records}


def _found(dropped: set[Place], planted: dict[Place, str], queries: Path) -> list[str]:
    number = sum(
        len(texts)
        for line in queries.read_text(encoding="utf-8").splitlines()
        for texts in json.loads(line)["queries"].values()
    )
    cells = [f"{len(dropped):,} ({len(dropped) / number:.1%})"]
    for kind in _KINDS:
        mine = {place for place, what in planted.items() if what == kind}
        cells.append(f"{len(mine & dropped) / len(mine):.1%}" if mine else "–")
    cells.append(f"{len(dropped & planted.keys()) / len(dropped):.1%}" if planted and dropped else "–")
    return [*cells, f"{len(dropped - planted.keys()) / (number - len(planted)):.1%}"]


def _ids(data: Path) -> list[str]:
    return [json.loads(line)["id"] for line in (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]


def _without(store: VectorStore, dropped: set[Place], docids: Sequence[str], folder: Path) -> VectorStore:
    """The store that encoding the queries that stay would have made: sums and numbers of their vectors, which are all
    there already.
    """
    shard = next(store.shards())
    counts = shard.counts(LANGUAGES).copy()
    sums = {}
    for column, (code, ranks) in enumerate(zip(LANGUAGES, shard.query_matrices(LANGUAGES), strict=True)):
        total = np.zeros((len(docids), store.meta.dimension), dtype=np.float32)
        there = counts[:, column].copy()
        for rank, matrix in enumerate(ranks):
            stays = np.array(
                [rank < there[row] and (docid, code, rank) not in dropped for row, docid in enumerate(docids)]
            )
            total[stays] += matrix[stays]
            counts[:, column] -= (rank < there) & ~stays
        sums[f"sum.{code}"] = total
    start_store(folder, replace(store.meta, keep=Keep.LANGUAGES, ranks=0, dtype="float32"))
    write_shard(folder, 0, ShardContents(list(docids), shard.passages().astype(np.float32), counts, sums))
    return VectorStore(folder)


def _rows(name: str, store: VectorStore, asked: Asked, folder: Path) -> dict[str, np.ndarray]:
    say(f"searching: {name}")
    return {f"{system.name}: {name}": _r1(store, system, asked, folder) for system in _SYSTEMS}


def _r1(store: VectorStore, system: System, asked: Asked, folder: Path) -> np.ndarray:
    return score(store, system, {"": asked}, folder / "indexes")[""]["R@1"]


def _print_scores(scores: dict[str, np.ndarray], asked: Asked) -> None:
    print("### R@1, with the difference from the same noise unfiltered (95% interval, paragraphs resampled)\n")
    rows = []
    for name, found in sorted(scores.items(), key=lambda item: item[0].partition(":")[0]):
        unfiltered = scores[name.partition(", ")[0]]
        difference = "–"
        if unfiltered is not found:
            low, high = interval(found - unfiltered, asked.paragraphs)
            difference = f"{100 * (found - unfiltered).mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
        rows.append(
            [name, *(f"{100 * value:.1f}" for value in found.mean(axis=1)), f"**{100 * found.mean():.1f}**", difference]
        )
    print(table(["R@1", *LANGUAGES, "macro", "to unfiltered"], rows))


def _print_counts(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    columns = [
        number for number, name in enumerate(header) if number < 3 or any(row[number] not in ("0", "") for row in rows)
    ]
    print("With the defaults, by reason and language:\n")
    print(table([header[number] for number in columns], [[row[number] for number in columns] for row in rows]))


def _print_languages(quick: bool) -> None:
    """How the language check does on real questions."""
    questions = _questions()
    detector = LanguageDetector()
    chance = random.Random(_SEED)
    tried = {
        code: chance.sample(texts, min(20 if quick else _TRIED, len(texts)))
        for code, texts in sorted(questions.items())
    }
    known = [code for code in tried if detector.knows(code)]
    began = time.perf_counter()
    right = {
        code: np.mean([detector.judge(text, code)[0] >= DEFAULTS.min_language for text in tried[code]])
        for code in known
    }
    rate = sum(len(tried[code]) for code in known) / (time.perf_counter() - began)
    print(
        f"### Languages: real questions, {LanguageDetector.name()}, kept at a probability of {DEFAULTS.min_language}\n"
    )
    print(f"AfriQA, XQuAD, XOR-TyDi; at most {_TRIED} a language; {rate:,.0f} questions/s on one core.\n")
    rows = []
    for code in known:
        foreign = {
            other: np.mean([detector.judge(text, code)[0] >= DEFAULTS.min_language for text in tried[other]])
            for other in tried
            if other != code
        }
        worst = max(foreign, key=lambda other: foreign[other])
        rows.append(
            [
                code,
                str(len(tried[code])),
                f"{right[code]:.1%}",
                f"{np.mean(list(foreign.values())):.1%}",
                f"{worst} {foreign[worst]:.1%}",
            ]
        )
    header = ["", "questions", "of its own that stay", "of the other languages that stay", "most of them"]
    print(table(header, rows))
    print(
        "Not known to the detector, so checked by script alone: "
        f"{', '.join(code for code in tried if code not in known)}.\n"
    )


def _questions() -> dict[str, list[str]]:
    """Language -> distinct questions, in order."""
    found: dict[str, dict[str, None]] = {}
    names = {"hau": "ha", "ibo": "ig", "kin": "rw", "swa": "sw", "twi": "tw"}
    for path in sorted((data_dir() / "afriqa").glob("*.json")):
        code = path.name.split(".")[2]
        for line in path.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)["question_lang"]
            if isinstance(question, str) and question.strip():
                found.setdefault(names.get(code, code), {})[question.strip()] = None
    for path in sorted((data_dir() / "xquad").glob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                found.setdefault(path.name.split(".")[1], {}).update(
                    (asked["question"].strip(), None) for asked in paragraph["qas"]
                )
    for line in (
        (data_dir() / "xor_retrieve" / "xor_dev_retrieve_eng_span_v1_1.jsonl").read_text(encoding="utf-8").splitlines()
    ):
        record = json.loads(line)
        found.setdefault(record["lang"], {})[record["question"].strip()] = None
    return {code: list(texts) for code, texts in found.items()}


if __name__ == "__main__":
    main()
