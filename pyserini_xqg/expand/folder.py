"""The output folder: whole or absent, gone on with after a kill, and the same bytes whoever made which part.

::

    expand.json               what it was made from and with; every file was made under exactly this
    queries-NNNNN.jsonl       the queries of one group of chunks, a line a passage in the corpus's order; whole or
    absent groups/NNNNN.json         what that file holds: passages, queries, what was dropped and why, bytes and
    SHA-256 .units-NNNNN/             finished units of a group that is not whole yet; gone with the last one
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pyserini_xqg.errors import GeneratorError, InputError, OutputError
from pyserini_xqg.expand.wording.taming import Repair
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.lock import remove_locks
from pyserini_xqg.files.makes import differences
from pyserini_xqg.files.text import read_json, write_json, write_text
from pyserini_xqg.files.versioned import VersionedJson
from pyserini_xqg.files.whole import is_vacant, remove_partials, replacing
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.input.queries import PassageQueries, by_key
from pyserini_xqg.input.query_folder import GROUPS, SETTINGS, group_record, queries_file

_FILE = VersionedJson(
    format=1, error=GeneratorError, renew="expand into another folder", mend="expand into another folder"
)


@dataclass(frozen=True, slots=True)
class ExpandRecord:
    """What ``expand.json`` holds: enough to tell whether two outputs are of one make.

    :param generator: the generator as people know it.
    :param fingerprint: a hash of all that decides its answers.
    :param arithmetic: the arithmetic it ran in and the engine, such as ``fp32/torch``.
    :param languages: canonical codes, in the order asked for.
    :param queries_per_language: how many are asked for; fewer remain where answers are dropped.
    :param chunk_size: passages a unit of work.
    :param group_size: passages a file.
    :param passages: how many there are queries for in all.
    :param inputs: SHA-256 of the corpus's files.
    :param sample: what those passages are a sample of the corpus by, such as ``10%``; None where they are all of it.
    :param corpus_passages: how many the corpus has; None without a sample.
    :param kind: what the texts are to their passages.
    """

    generator: str
    fingerprint: str
    arithmetic: str
    languages: tuple[str, ...]
    queries_per_language: int
    seed: int
    chunk_size: int
    group_size: int
    passages: int
    inputs: str
    sample: str | None = None
    corpus_passages: int | None = None
    kind: str = TextKind.QUESTIONS

    @property
    def groups(self) -> int:
        """The number of groups of the whole output."""
        return -(-self.passages // self.group_size)


@dataclass(slots=True)
class ExpandTally:
    """What came of some passages.

    :param queries: language to the number of queries that are kept.
    :param dropped: language to reason to the number of answers that are no queries.
    :param repaired: what was taken off answers, or out of them, to the number of such answers.
    :param cut: passages, each counted once a language, that were cut to fit the generator's window.
    :param short: passages, each counted once a language, with fewer queries than were asked for.
    :param unfinished: answers that break off at the greatest length. They stay: on XQuAD they find their passage as
        often as others do.
    """

    passages: int = 0
    queries: Counter[str] = field(default_factory=Counter)
    dropped: dict[str, Counter[str]] = field(default_factory=dict)
    repaired: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    short: int = 0
    unfinished: int = 0

    def add(self, other: ExpandTally) -> None:
        """Count what another one counted too."""
        self.passages += other.passages
        self.queries += other.queries
        for code, reasons in other.dropped.items():
            self.drop(code, reasons)
        self.repaired += other.repaired
        self.cut += other.cut
        self.short += other.short
        self.unfinished += other.unfinished

    def drop(self, code: str, reasons: Iterable[str] | Counter[str]) -> None:
        """Count answers in the language ``code`` that were dropped."""
        self.dropped.setdefault(code, Counter()).update(reasons)

    def by_reason(self) -> Counter[str]:
        """Dropped answers by reason, over all languages."""
        return sum(self.dropped.values(), Counter[str]())

    def record(self) -> dict[str, object]:
        """The counts as JSON takes them, keys sorted."""
        dropped = {code: dict(sorted(reasons.items())) for code, reasons in sorted(self.dropped.items()) if reasons}
        counts = {"queries": dict(sorted(self.queries.items())), "repaired": dict(sorted(self.repaired.items()))}
        return {**asdict(self), **counts, "dropped": dropped}

    @classmethod
    def of(cls, record: dict[str, object]) -> ExpandTally:
        """The counts of :meth:`record`.

        :raises KeyError: TypeError: it is none.
        """
        tally = cls(**record)  # type: ignore[arg-type]  # what JSON holds is checked by what follows
        tally.queries = Counter(tally.queries)
        if isinstance(record["repaired"], int):  # as it was when there was but one kind
            tally.repaired = Counter({str(Repair.CONTROLS): record["repaired"]} if record["repaired"] else {})
        tally.repaired = Counter(tally.repaired)
        tally.dropped = {code: Counter(reasons) for code, reasons in tally.dropped.items()}
        return tally


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One finished unit.

    :param queries: those of each passage of the chunk.
    """

    queries: list[list[str]]
    tally: ExpandTally


def read_settings(folder: Path) -> ExpandRecord:
    """Read ``expand.json``.

    :raises GeneratorError: it is damaged or of another format.
    """
    return _FILE.read(folder / SETTINGS, lambda raw: ExpandRecord(**{**raw, "languages": tuple(raw["languages"])}))


def prepare_folder(folder: Path, settings: ExpandRecord) -> None:
    """Make the folder one of this make, or see that it is. One without a single finished unit, left by a run that
    failed early, is made anew.

    :raises OutputError: the folder holds something else, or queries made from or with something else.
    """
    if (folder / SETTINGS).is_file():
        there = read_settings(folder)
        if there == settings:
            return
        if _has_work(folder):
            differing = differences(asdict(there), asdict(settings))
            raise OutputError(
                f"{folder} holds queries of another make ({differing}); choose another --output, or remove it"
            )
    elif not is_vacant(folder):
        raise OutputError(
            f"{folder} is there already and holds no queries of this stage; choose another --output, or empty it"
        )
    _FILE.write(folder / SETTINGS, asdict(settings))


def _has_work(folder: Path) -> bool:
    return any(folder.glob("queries-*.jsonl")) or any(folder.glob(".units-*/*.json"))


def read_group(folder: Path, group: int) -> ExpandTally | None:
    """What a finished group holds; None where it is not finished.

    :raises OutputError: its file is not the one that was written, for instance because a copy of it broke off.
    """
    path = queries_file(folder, group)
    if not path.is_file():
        return None
    remedy = f"remove {path} and run the same command again"
    try:
        record = read_json(group_record(folder, group))
        size, tally = record["bytes"], ExpandTally.of(record["tally"])
    except (InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutputError(
            f"{group_record(folder, group)}, which says what {path.name} holds, is missing or damaged; {remedy}"
        ) from error
    if path.stat().st_size != size:
        raise OutputError(
            f"{path} is cut short or was changed: {path.stat().st_size:,} bytes, {size:,} expected; {remedy}"
        )
    return tally


def write_group(
    *,
    folder: Path,
    group: int,
    docids: Sequence[str],
    columns: Sequence[str],
    units: Sequence[Sequence[UnitResult]],
    beside: Sequence[PassageQueries | None] = (),
) -> ExpandTally:
    """Put a group's units together in one file, and remove them.

    :param columns: what the units of a chunk are of (:func:`~pyserini_xqg.fusion.text_kind.column`), in their order.
    :param units: for each chunk its units.
    :param beside: other texts of the passages, which stand on the same lines; empty for none.
    """
    tally = ExpandTally()
    path = queries_file(folder, group)
    passages = zip(docids, beside or [None] * len(docids), strict=True)
    remove_partials(folder, path.name)
    with replacing(path) as partial:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            for chunk in units:
                for row in range(len(chunk[0].queries)):
                    docid, others = next(passages)
                    texts = {name: list(found) for name, found in others.queries.items()} if others else {}
                    for name, unit in zip(columns, chunk, strict=True):
                        if unit.queries[row]:
                            texts[name] = unit.queries[row]
                    stream.write(json.dumps({"id": docid, **by_key(texts)}, ensure_ascii=False) + "\n")
                for unit in chunk:
                    tally.add(unit.tally)
        tally.passages = len(docids)
        # Before the file itself, so that whoever sees the file can see what it holds.
        record = {"bytes": partial.stat().st_size, "sha256": sha256(partial), "tally": tally.record()}
        write_json(group_record(folder, group), record)
    shutil.rmtree(_units_folder(folder, group), ignore_errors=True)
    return tally


def write_unit(folder: Path, group: int, chunk: int, code: str, unit: UnitResult) -> None:
    """Keep one finished unit, whole or not at all."""
    text = json.dumps({"queries": unit.queries, "tally": unit.tally.record()}, ensure_ascii=False)
    write_text(_unit_file(folder, group, chunk, code), text + "\n")


def read_unit(folder: Path, group: int, chunk: int, code: str, size: int) -> UnitResult | None:
    """A finished unit; None where there is none, or one that is damaged.

    :param size: the passages that its chunk has.
    """
    path = _unit_file(folder, group, chunk, code)
    try:
        record = read_json(path)
        unit = UnitResult([list(map(str, texts)) for texts in record["queries"]], ExpandTally.of(record["tally"]))
    except (InputError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return unit if len(unit.queries) == size else None


def tidy_folder(folder: Path, settings: ExpandRecord) -> None:
    """Remove what killed processes left behind, once every group is there and nobody can be writing."""
    if not all(queries_file(folder, group).is_file() for group in range(settings.groups)):
        return
    remove_partials(folder)
    remove_partials(folder / GROUPS)
    remove_locks(folder)
    for leftover in folder.glob(".units-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _units_folder(folder: Path, group: int) -> Path:
    return folder / f".units-{group:05d}"


def _unit_file(folder: Path, group: int, chunk: int, code: str) -> Path:
    return _units_folder(folder, group) / f"{chunk:08d}.{code}.json"
