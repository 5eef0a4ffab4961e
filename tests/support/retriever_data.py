"""A tiny data set for training retrievers, and the command line that trains on it."""

from __future__ import annotations

import json
from pathlib import Path

TOPICS = [
    "river",
    "bridge",
    "school",
    "market",
    "temple",
    "garden",
    "castle",
    "museum",
    "harbour",
    "library",
    "station",
    "theatre",
]
TOWNS = ["Lima", "Oslo", "Cairo"]
FORMS = {"en": "When did the {topic} in {town} open?", "es": "¿Cuándo abrió el {topic} en {town}?"}


def write_towns(folder: Path, *, labelled: bool = True) -> Path:
    """A folder of ``dataset``: 36 passages, each with a query in English and one in Spanish."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [(topic, town) for topic in TOPICS for town in TOWNS]
    corpus = [
        json.dumps({"id": f"p{n}", "contents": f"The old {topic} of {town} opened in {1900 + n}."})
        for n, (topic, town) in enumerate(names)
    ]
    (folder / "corpus.jsonl").write_text("\n".join(corpus) + "\n")
    for code, form in FORMS.items():
        topics = [f"{code}{n}\t{form.format(topic=topic, town=town)}\n" for n, (topic, town) in enumerate(names)]
        (folder / f"topics.{code}.tsv").write_text("".join(topics))
        if labelled:
            (folder / f"qrels.{code}.txt").write_text("".join(f"{code}{n} 0 p{n} 1\n" for n in range(len(names))))
    return folder


def command(data: Path, model: Path, passages: Path | None, output: Path, *more: object) -> list[str]:
    """Twelve steps of eight queries with a checkpoint every four; ``more`` comes last and so has the last word."""
    words = [
        "--train",
        data,
        "--dev-share",
        0.2,
        "--model",
        model,
        "--output",
        output,
        "--steps",
        12,
        "--batch-size",
        8,
        "--checkpoint-every",
        4,
    ]
    words += [
        "--learning-rate",
        1e-3,
        "--warmup",
        0,
        "--precision",
        "fp32",
        "--threads",
        1,
        *(["--passage-encoder", passages] if passages else []),
    ]
    return ["train", "retriever", *map(str, words), *map(str, more)]
