"""Which file holds which system's run in which language: the names of files are the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.languages import language

ALL = "all"
"""Stands for the language of a file whose name carries none."""
_GENERIC = "run"
_NOT_RUNS = frozenset({"qrels", "topics", "answers"})

type Runs = Mapping[str, Mapping[str, Path]]
"""System -> language -> run file."""


@dataclass(frozen=True, slots=True)
class JudgmentPlaces:
    """Where judgments are, each a file or a folder with a file a language; None for what there is not. The fields are
    flags of ``evaluate``, their metadata is its help.
    """

    qrels: Path | None = field(default=None, metadata={"help": "a qrels file, or a folder with qrels.LANG.txt"})
    answers: Path | None = field(
        default=None,
        metadata={"help": "for R@kt: a JSONL file with id, answers, lang, or a folder with answers.LANG.jsonl"},
    )
    corpus: Path | None = field(default=None, metadata={"help": "for R@kt: the corpus that was searched"})
    evidence: Path | None = field(
        default=None,
        metadata={"help": "for LoCoMo@k: a JSONL file with id and evidence, or a folder with evidence.LANG.jsonl"},
    )


def find_runs(places: Sequence[Path]) -> dict[str, dict[str, Path]]:
    """System -> language -> run file.

    ``NAME.LANG.txt`` is system NAME in language LANG; ``run.LANG.txt`` takes the name of its folder; ``NAME.txt`` has
    the language :data:`ALL`. From a folder the files ``*.LANG.txt`` and ``*.LANG.txt.gz`` are taken; qrels and topics
    among them are not runs.

    :raises InputError: a place is missing, or a folder holds no run.
    :raises UsageError: two files claim the same system and language.
    """
    found: dict[str, dict[str, Path]] = {}
    for place in places:
        for path in _run_files(place):
            system, code = system_and_language(path)
            languages = found.setdefault(system, {})
            if code in languages:
                raise UsageError(
                    f"{languages[code]} and {path} are both system {system!r} in {code!r}; rename one of the files or "
                    "folders"
                )
            languages[code] = path
    return {system: dict(sorted(languages.items())) for system, languages in found.items()}


def languages_of(runs: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
    """The languages of all systems, by code."""
    return tuple(sorted({code for languages in runs.values() for code in languages}))


def each_run(runs: Runs) -> list[tuple[str, str, Path]]:
    """``(system, language, run file)`` of every run."""
    return [(system, code, path) for system, languages in runs.items() for code, path in languages.items()]


def _run_files(place: Path) -> list[Path]:
    if place.is_dir():
        files = [
            path
            for path in _text_files(place)
            if system_and_language(path)[1] != ALL and _parts(path)[0] not in _NOT_RUNS
        ]
        if not files:
            raise InputError(Location(place), "holds no run file named NAME.LANG.txt, such as run.ar.txt")
        return files
    if not place.is_file():
        raise InputError(Location(place), "there is no such run file or folder")
    return [place]


def _text_files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.is_file() and path.name.removesuffix(".gz").endswith(".txt")
    )


def system_and_language(run: Path) -> tuple[str, str]:
    """The system and the language that a run file's name tells; a file called ``run`` takes its folder's name."""
    stem, code = _parts(run)
    return (run.resolve().parent.name if stem == _GENERIC else stem), code


def _parts(path: Path) -> tuple[str, str]:
    stem = Path(path.name.removesuffix(".gz")).stem
    head, dot, tail = stem.rpartition(".")
    if dot:
        try:
            return head, language(tail).code
        except UsageError:
            pass
    return stem, ALL


def by_language(place: Path, what: str) -> dict[str, Path]:
    """Language -> file: the file itself, or those in the folder that are called ``WHAT.LANG.SUFFIX`` or, without a
    language, ``WHAT.SUFFIX``.

    :raises InputError: there is nothing there, or no such file in the folder.
    """
    if place.is_file():
        return {_parts(place)[1]: place}
    if not place.is_dir():
        raise InputError(Location(place), f"there is no such {what} file or folder")
    found = {
        code: path
        for path in sorted(place.iterdir())
        if path.is_file()
        for stem, code in [_parts(path)]
        if stem == what
    }
    if not found:
        raise InputError(Location(place), f"holds no file named {what}.LANG, such as {what}.ar.txt")
    return found


def files_for(place: Path, languages: Sequence[str], what: str) -> dict[str, Path]:
    """The file of each of these languages at ``place``. A single file serves a single language, whatever it is called.

    :raises InputError: there is nothing there.
    :raises UsageError: a language has no file.
    """
    if place.is_file() and len(languages) == 1:
        return {languages[0]: place}
    return pick(by_language(place, what), languages, what, place)


def for_languages[Value](
    found: Mapping[str, Value], languages: Sequence[str], what: str, place: Path
) -> dict[str, Value]:
    """What was found for each of these languages; the only one serves the only one, whatever it is called.

    :raises UsageError: nothing was found for one.
    """
    if len(found) == len(languages) == 1:
        return dict(zip(languages, found.values(), strict=True))
    return pick(found, languages, what, place)


def pick[Value](found: Mapping[str, Value], languages: Sequence[str], what: str, place: Path) -> dict[str, Value]:
    """What was found for each of these languages.

    :raises UsageError: nothing was found for one.
    """
    lacking = [code for code in languages if code not in found]
    if lacking:
        raise UsageError(
            f"{place} has {what} for {', '.join(found)}, but there are runs for {', '.join(lacking)}; the language is "
            f"the part of a file's name before its suffix, as in run.ar.txt and {what}.ar.txt"
        )
    return {code: found[code] for code in languages}
