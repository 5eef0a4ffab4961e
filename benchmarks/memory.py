"""Peak memory of `encode` and `index` at 10,000 and at 100,000 passages: it must not grow with the corpus.

The encoder is tiny, so that what is measured is the pipeline and not the model. Each run is a process of its own, the
command that a user would run; queries are 2 in each of 3 languages for every passage.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from common import ROOT, flags, head, say, table, work_folder
from peak import Measured, measure
from tiny_encoder import tiny_encoder, words

_LANGUAGES = ("ar", "ja", "ru")
_PASSAGE_WORDS, _QUERY_WORDS = 60, 8


def main() -> None:
    """Print the table."""
    args = flags(__doc__).parse_args()
    sizes = (500, 5_000) if args.quick else (10_000, 100_000)
    head("Peak memory by the number of passages", args)
    rows = []
    with work_folder(args) as work:
        encoder = tiny_encoder(work)
        found = {size: _measure(work, encoder, size) for size in sizes}
    for stage in found[sizes[0]]:
        small, large = (found[size][stage] for size in sizes)
        ratio = large.mebibytes / small.mebibytes
        took = " and ".join(f"{measured.figures['seconds']:.0f} s" for measured in (small, large))
        rows.append(
            [f"`{stage}`", f"{small.mebibytes:.0f} MiB", f"{large.mebibytes:.0f} MiB", f"**{ratio:.3f}**", took]
        )
    print(table(["", *(f"{size:,} passages" for size in sizes), "ratio", "time"], rows))


def _measure(work: Path, encoder: Path, size: int) -> dict[str, Measured]:
    corpus, queries = _collection(work / f"collection-{size}", size)
    store = work / f"store-{size}"
    shutil.rmtree(store, ignore_errors=True)
    stages: dict[str, tuple[str | Path, ...]] = {
        "encode": ("encode", "--corpus", corpus, "--queries", queries, "--encoder", encoder, "--output", store),
        "index": ("index", "--store", store, "--output", work / "index"),
        "index --fusion views": ("index", "--store", store, "--output", work / "index", "--fusion", "views"),
    }
    found = {}
    for name, command in stages.items():
        found[name] = measure(ROOT / "benchmarks" / "peak.py", *command)
        shutil.rmtree(work / "index", ignore_errors=True)
        say(f"{name}, {size:,} passages: {found[name].mebibytes:.0f} MiB")
    return found


def _collection(folder: Path, size: int) -> tuple[Path, Path]:
    """Random words; no two texts are alike."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(size)
    corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
    with corpus.open("w") as passages, queries.open("w") as asked:
        for number in range(size):
            drawn = chance.integers(500, size=_PASSAGE_WORDS + 6 * _QUERY_WORDS).tolist()
            short = [
                words(drawn[start : start + _QUERY_WORDS]) for start in range(_PASSAGE_WORDS, len(drawn), _QUERY_WORDS)
            ]
            passages.write(json.dumps({"id": f"d{number}", "contents": words(drawn[:_PASSAGE_WORDS])}) + "\n")
            asked.write(
                json.dumps(
                    {
                        "id": f"d{number}",
                        "queries": {code: short[2 * i : 2 * i + 2] for i, code in enumerate(_LANGUAGES)},
                    }
                )
                + "\n"
            )
    return corpus, queries


if __name__ == "__main__":
    main()
