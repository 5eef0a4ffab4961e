"""Paraphrases that somebody else made: a human translation, a published set of query variations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.input.records import OnError, read_records
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.languages import language
from pyserini_xqg.perturb.edits.misspell import Untouched
from pyserini_xqg.perturb.makers import Made, distinct
from pyserini_xqg.perturb.operations import Operation

_ANY = ""
_Key = tuple[str, str]
"""A topic's id, and its language or :data:`_ANY`."""


@dataclass(frozen=True, slots=True)
class FileMaker:
    """Variations out of a file: ``qid<TAB>text``, ``qid<TAB>language<TAB>text``, or JSONL with ``qid``, ``text`` and,
    if wanted, ``language``.

    A topic may have several lines. A line without a language is for the topic of that id in every language.

    :param number: variants a query, at most.
    """

    path: Path
    number: int
    texts: Mapping[_Key, Sequence[str]]

    @classmethod
    def read(cls, path: Path, number: int) -> FileMaker:
        """Read the file.

        :raises InputError: with file and line, for a line of another shape, or an unknown language.
        """
        found: dict[_Key, list[str]] = {}
        rows = _from_jsonl(path) if ".json" in "".join(path.suffixes) else _from_tsv(path)
        for where, qid, code, text in rows:
            if not qid or not text:
                raise InputError(where, "the variation's id or text is empty")
            found.setdefault((qid, _known(code, where)), []).append(text)
        if not found:
            raise InputError(Location(path), "holds no variation; expected lines 'qid<TAB>text'")
        return cls(path, number, found)

    def identity(self) -> Mapping[str, object]:
        """The file's hash."""
        return {"variations": sha256(self.path)}

    def make(self, topics: Sequence[Topic], code: str, stops: AbstractSet[str]) -> list[Made]:
        """Each topic's own lines first, then those without a language."""
        del stops
        return [self._made(topic, code) for topic in topics]

    def _made(self, topic: Topic, code: str) -> Made:
        texts = [*self.texts.get((topic.qid, code), ()), *self.texts.get((topic.qid, _ANY), ())]
        variants = distinct(texts, topic.text, Operation.FILE, self.path.name, self.number)
        return Made(variants, None if variants else Untouched.NO_WORDING)


def _from_tsv(path: Path) -> list[tuple[Location, str, str, str]]:
    found = []
    for number, line in numbered_lines(path):
        where = Location(path, number)
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) not in (2, 3):
            raise InputError(
                where, f"expected 'qid<TAB>text' or 'qid<TAB>language<TAB>text', found {len(columns)} columns"
            )
        found.append((where, columns[0], columns[1] if len(columns) == 3 else _ANY, columns[-1]))
    return found


def _from_jsonl(path: Path) -> list[tuple[Location, str, str, str]]:
    found = []
    for where, record in read_records([path], OnError.STOP):
        qid, text, code = record.get("qid"), record.get("text"), record.get("language", _ANY)
        if not all(isinstance(value, str) for value in (qid, text, code)):
            raise InputError(where, 'expected {"qid": "…", "text": "…"} and, if wanted, "language", all strings')
        found.append((where, str(qid).strip(), str(code).strip(), " ".join(str(text).split())))
    return found


def _known(code: str, where: Location) -> str:
    try:
        return language(code).code if code else _ANY
    except UsageError as error:
        raise InputError(where, str(error)) from error
