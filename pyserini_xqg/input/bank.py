"""Question banks: questions about anything, by language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.fusion.bank import BankKind
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.languages import LANGUAGES, language

EMBEDDED = "embedded"
"""The bank that comes with the package, in all languages of its table."""
_SUFFIXES = (".txt", ".tsv")


@dataclass(frozen=True, slots=True)
class QuestionBank:
    """A bank's texts.

    :param name: ``embedded``, or where it lies, from the root.
    :param texts: language -> its texts, each once.
    """

    name: str
    kind: BankKind
    texts: dict[str, tuple[str, ...]]

    def choose(self, languages: tuple[str, ...]) -> QuestionBank:
        """The same with these languages alone, those of them that it has; all where none is named."""
        wanted = languages or tuple(self.texts)
        return QuestionBank(self.name, self.kind, {code: self.texts[code] for code in wanted if code in self.texts})

    @property
    def sha256(self) -> str:
        """Of its texts, whatever files they stood in."""
        digest = hashlib.sha256(str(self.kind).encode())
        for code, texts in sorted(self.texts.items()):
            digest.update("\n".join((f"\t{code}", *texts, "")).encode())
        return digest.hexdigest()


def read_bank(place: str, kind: BankKind = BankKind.QUESTIONS) -> QuestionBank:
    """Read a bank.

    :param place: ``embedded``; a queries file (JSONL, as ``expand`` writes it) or a folder of them; or a folder of
        ``LANG.txt``, a text a line, or of ``topics.LANG.tsv``.
    :raises InputError: there is none, it is empty, or it has a file in a language that the table has not.
    """
    if place == EMBEDDED:
        with as_file(files("pyserini_xqg") / "resources" / "bank") as folder:
            return QuestionBank(place, BankKind.QUESTIONS, _by_file(folder))
    path = Path(place)
    texts = _by_file(path) if path.is_dir() and _text_files(path) else _by_query(path)
    if not texts:
        raise InputError(Location(path), "the bank holds no text; give a queries file, or a folder of LANG.txt")
    return QuestionBank(str(path.resolve()), kind, texts)


def _text_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)


def _by_file(folder: Path) -> dict[str, tuple[str, ...]]:
    texts: dict[str, dict[str, None]] = {}
    for path in _text_files(folder):
        name = path.stem.rpartition(".")[2]
        try:
            code = language(name).code
        except UsageError as error:
            raise InputError(
                Location(path), f"{error}; a bank's files are called LANG.txt or topics.LANG.tsv"
            ) from error
        texts.setdefault(code, {}).update(dict.fromkeys(_lines(path)))
    return {code: tuple(found) for code, found in texts.items() if found}


def _lines(path: Path) -> Iterator[str]:
    for _, line in numbered_lines(path):
        text = (line.rpartition("\t")[2] if path.suffix == ".tsv" else line).strip()
        if text:
            yield text


def _by_query(path: Path) -> dict[str, tuple[str, ...]]:
    texts: dict[str, dict[str, None]] = {}
    for passage in read_queries(path):
        for code, queries in passage.queries.items():
            texts.setdefault(code, {}).update(dict.fromkeys(queries))
    order = [code for code in LANGUAGES if code in texts]
    return {code: tuple(texts[code]) for code in order}
