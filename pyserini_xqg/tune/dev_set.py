"""Topics and qrels of a dev set, a file a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.evaluate.inputs.judgments import Judgments, read_judgments
from pyserini_xqg.evaluate.inputs.places import ALL, files_for
from pyserini_xqg.input.topics import Topic, read_topics


@dataclass(frozen=True, slots=True)
class DevSet:
    """What a setting is judged by.

    :param topics: language -> its topics; a file whose name tells no language has
        :data:`~pyserini_xqg.evaluate.inputs.places.ALL`.
    :param judgments: language -> its judgments.
    """

    topics: dict[str, list[Topic]]
    judgments: dict[str, Judgments]


def read_dev_set(topics: Path, qrels: Path, only: Sequence[str] = ()) -> DevSet:
    """Read a topics file, or the ``topics.LANG.tsv`` of a folder, and the qrels that go with them.

    :param only: the topics' languages to keep; empty for all.
    :raises InputError: topics or qrels are missing or bad.
    :raises UsageError: a language has topics but no qrels.
    """
    files = _find_topics(topics)
    if only:
        lacking = [code for code in only if code not in files]
        if lacking:
            raise InputError(Location(topics), f"holds no topics in {', '.join(lacking)}; it has {', '.join(files)}")
        files = {code: files[code] for code in only}
    judgments = {code: read_judgments(path) for code, path in files_for(qrels, tuple(files), "qrels").items()}
    return DevSet({code: list(read_topics(path)) for code, path in files.items()}, judgments)


def _find_topics(place: Path) -> dict[str, Path]:
    if not place.is_dir():
        name = place.name.removesuffix(".gz").removesuffix(".tsv")
        return {name.rpartition(".")[2] if name.startswith("topics.") else ALL: place}
    found = {path.name.removesuffix(".gz").split(".")[1]: path for path in sorted(place.glob("topics.*.tsv*"))}
    if not found:
        raise InputError(Location(place), "holds no topics.LANG.tsv")
    return found
