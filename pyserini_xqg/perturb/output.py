"""The folder that the stage writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import read_json, write_json
from pyserini_xqg.files.whole import is_vacant
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.perturb.paraphrase.meaning import Judged

VARIANTS = "variants.jsonl"
SETTINGS = "perturb.json"


class TopicsWriter:
    """Writes topics and variants, language by language.

    :param folder: an empty folder.
    :param seed: what chance was drawn from.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._variants = (folder / VARIANTS).open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> TopicsWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._variants.close()

    def write_topics(self, name: str, topics: Sequence[Topic], texts: Sequence[str]) -> None:
        """One language's topics with the texts that stand for theirs."""
        with (self._folder / name).open("w", encoding="utf-8", newline="\n") as stream:
            for topic, text in zip(topics, texts, strict=True):
                stream.write(f"{topic.qid}\t{text}\n")

    def write_variants(self, topic: Topic, code: str, judged: Sequence[Judged], chosen: Judged | None) -> None:
        """Every variant of one topic, valid or not."""
        for mine in judged:
            self._variants.write(json.dumps(self._record(topic, code, mine, mine is chosen), ensure_ascii=False) + "\n")

    def _record(self, topic: Topic, code: str, judged: Judged, chosen: bool) -> dict[str, Any]:
        variant = judged.variant
        record: dict[str, Any] = {
            "qid": topic.qid,
            "language": code,
            "kind": str(variant.kind),
            "operation": str(variant.operation),
            "original": topic.text,
            "text": variant.text,
            "words": [
                {
                    "index": change.index,
                    "before": change.before,
                    "after": change.after,
                    "operations": [str(done) for done in change.operations],
                }
                for change in variant.changes
            ],
            "similarity": None if judged.similarity is None else round(judged.similarity, 4),
            "verdict": str(judged.verdict),
            "chosen": chosen,
            "seed": self._seed,
        }
        return record | ({"source": variant.source} if variant.source else {})


def write_settings(folder: Path, identity: Mapping[str, Any], counts: Mapping[str, Any]) -> None:
    """Write what decided the output, what came of it, and the hashes of its files."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    write_json(folder / SETTINGS, {"identity": identity, "languages": counts, "files": files})


def counts_there(folder: Path, identity: Mapping[str, Any]) -> dict[str, Any] | None:
    """The counts of the very same result where it is there already and whole; None where nothing is there.

    :raises OutputError: something else is there.
    """
    if is_vacant(folder):
        return None
    try:
        found = read_json(folder / SETTINGS)
        if found["identity"] == json.loads(json.dumps(identity)):
            changed = [
                name
                for name, digest in found["files"].items()
                if not (folder / name).is_file() or sha256(folder / name) != digest
            ]
            if not changed:
                return dict(found["languages"])
            held = f"topics perturbed in the same way, of which {changed[0]} is gone or was changed since"
        else:
            held = "topics perturbed in another way or from other input"
    except (InputError, KeyError, TypeError, AttributeError):
        held = "something else than perturbed topics"
    raise OutputError(f"{folder} is there already and holds {held}; choose another --output, or remove it")
