"""What one passage with 35 queries costs (5 in each of 7 languages), ours against the reference implementation's way.

The reference's way: torch without gradients, every query padded to 32 tokens and every passage to 128 (longer ones
cut), a file of float32 a language and rank beside the passages, then all of them loaded and summed. Ours is the stage
`encode` into a store of fp16 sums and the paper's fusion out of it: once with the passages at full length, once with
texts cut to the same 32 and 128 tokens, so that both sides see the same. Each measurement is a process of its own;
loading the model is not timed. The paragraphs are XQuAD's, the queries their questions' translations.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from augment_side import LANGUAGES, RANKS
from common import ROOT, data_dir, flags, head, say, stage, table, work_folder
from peak import Measured, measure
from timing import Times

from pyserini_xqg.encoder.folder import CONFIG, read_config, write_config
from pyserini_xqg.encoder.precision import cpu_computes_bf16, has_openvino
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.store.meta import prepare_store
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

_CUT = (32, 128)


@dataclass(frozen=True, slots=True)
class Side:
    """One way of doing the work: what augment_side.py is called with beside data and output."""

    name: str
    words: tuple[str | Path, ...]
    kind: str = "ours"


def main() -> None:
    """Print the tables."""
    args = flags(__doc__).parse_args()
    passages, rounds = (3, 1) if args.quick else (32, 3)
    head("One passage with 35 queries: encode and fuse", args)
    with work_folder(args) as work:
        _collection(work, passages)
        encoder = resolve_encoder("e5-small", quantize=True)
        sides = _sides(encoder, _cut(encoder, work / "encoder-cut"))
        found: dict[str, list[Measured]] = {side.name: [] for side in sides}
        for turn in range(rounds):
            for side in sides if turn % 2 == 0 else reversed(sides):
                found[side.name].append(_run(side, work))
                say(f"round {turn + 1} of {rounds}: {side.name} {found[side.name][-1].figures['seconds']:.1f} s")
        print(
            f"{passages} paragraphs with {len(LANGUAGES) * RANKS} queries each, {rounds} rounds in turns, each in a "
            "process of its own.\n"
        )
        print(
            table(
                [
                    "",
                    "s a passage, best",
                    "quicker than the reference (rounds)",
                    "peak memory",
                    "cosine with it, least",
                ],
                _rows(found, work),
            )
        )
        print(_disk(work, passages))


def _sides(encoder: Path, cut: Path) -> list[Side]:
    precisions = ["fp32", *(["bf16"] if has_openvino() and cpu_computes_bf16() else []), "int8"]
    ours = [Side(f"ours, {precision}, full length", (encoder, precision)) for precision in precisions]
    alike = [Side(f"ours, {precision}, cut to 32 and 128", (cut, precision)) for precision in precisions]
    return [Side("reference's way", (), "reference"), *ours, *alike]


def _run(side: Side, work: Path) -> Measured:
    output = _output(work, side.name)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    return measure(ROOT / "benchmarks" / "augment_side.py", side.kind, work / "collection", output, *side.words)


def _output(work: Path, name: str) -> Path:
    return work / "".join(letter if letter.isalnum() else "-" for letter in name)


def _rows(found: dict[str, list[Measured]], work: Path) -> list[list[str]]:
    times = {name: Times(tuple(measured.figures["seconds"] for measured in runs)) for name, runs in found.items()}
    theirs = next(iter(times.values()))
    expected = np.load(_output(work, next(iter(times))) / "fused.npy")
    rows = []
    for name, taken in times.items():
        fused = np.load(_output(work, name) / "fused.npy")
        cosines = (fused * expected).sum(1) / np.linalg.norm(fused, axis=1) / np.linalg.norm(expected, axis=1)
        memory = max(measured.mebibytes for measured in found[name])
        rows.append(
            [
                name,
                f"{taken.best / len(fused):.3f}",
                taken.times_quicker(theirs),
                f"{memory:.0f} MiB",
                f"{cosines.min():.4f}",
            ]
        )
    return rows


def _disk(work: Path, passages: int) -> str:
    store = VectorStore(_output(work, "ours, fp32, full length") / "store")
    theirs = sum(
        path.stat().st_size for path in _output(work, "reference's way").glob("*.npy") if path.name != "fused.npy"
    )
    sizes = {
        "a sum a language, fp16": _size(store.folder),
        "one sum, fp16": _size(_total(store, work / "store-total").folder),
    }
    rows = [[f"reference: {len(LANGUAGES) * RANKS} files and passages, fp32", f"{theirs / passages:,.0f}", "1"]]
    rows += [[f"ours: {name}", f"{size / passages:,.0f}", f"**{theirs / size:.1f}**"] for name, size in sizes.items()]
    return table(["on disk", "bytes a passage", "times less"], rows)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _total(store: VectorStore, folder: Path) -> VectorStore:
    """What ``encode --keep total`` would have kept of this store; only its size is looked at."""
    shutil.rmtree(folder, ignore_errors=True)
    prepare_store(folder, replace(store.meta, keep=Keep.TOTAL))
    for number, shard in enumerate(store.shards()):
        total = np.sum(
            [matrix for ranks in shard.query_matrices(LANGUAGES) for matrix in ranks], axis=0, dtype=np.float32
        )
        counts = shard.counts(LANGUAGES).sum(axis=1, keepdims=True, dtype=np.int32)
        contents = ShardContents(
            shard.docids(), np.array(shard.passages()), counts, {"sum": total.astype(store.meta.dtype)}
        )
        write_shard(folder, number, contents)
    return VectorStore(folder)


def _collection(work: Path, passages: int) -> None:
    """The first paragraphs that have at least five questions, with the first five in each language."""
    data = work / "xquad"
    if not (data / "dataset.json").is_file():
        stage("dataset", "xquad", "--input", data_dir() / "xquad", "--output", data)
    asked: dict[str, dict[str, list[str]]] = {}
    for code in LANGUAGES:
        paragraph = {judgment.qid: judgment.docid for judgment in read_qrels(data / f"qrels.{code}.txt")}
        for topic in read_topics(data / f"topics.{code}.tsv"):
            asked.setdefault(paragraph[topic.qid], {}).setdefault(code, []).append(topic.text)
    enough = [
        passage for passage in read_passages(data / "corpus.jsonl") if len(asked[passage.docid][LANGUAGES[0]]) >= RANKS
    ][:passages]
    folder = work / "collection"
    folder.mkdir(exist_ok=True)
    _write(folder / "corpus.jsonl", [{"id": passage.docid, "contents": passage.contents} for passage in enough])
    _write(
        folder / "queries.jsonl",
        [
            {"id": passage.docid, "queries": {code: texts[:RANKS] for code, texts in asked[passage.docid].items()}}
            for passage in enough
        ],
    )


def _write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def _cut(encoder: Path, folder: Path) -> Path:
    """The same encoder with the reference's limits of length."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in encoder.iterdir():
        if path.name != CONFIG:
            _link(path, folder / path.name)
    write_config(folder, replace(read_config(encoder), query_max_length=_CUT[0], passage_max_length=_CUT[1]))
    return folder


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
