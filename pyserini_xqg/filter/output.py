"""The folder that the stage writes: the queries that stay at its top, so that it serves as ``--queries``, and the
report below it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.files.text import read_json, write_json, write_text
from pyserini_xqg.filter.examine import Entry, entries
from pyserini_xqg.filter.reasons import CODES, KEPT, DropReason
from pyserini_xqg.filter.settings import FilterSettings
from pyserini_xqg.filter.tally import FilterTally
from pyserini_xqg.input.queries import PassageQueries, by_key

QUERIES = "queries.jsonl"
REPORT = "report"
"""A folder below, since every JSON file at the top would be taken for queries."""
DROPPED = f"{REPORT}/dropped.jsonl"
COUNTS = f"{REPORT}/counts.csv"
SETTINGS = f"{REPORT}/filter.json"
_REASONS = {code: reason for reason, code in CODES.items()}


class VerdictsWriter:
    """Writes what stays and what goes, window by window.

    :param folder: an empty folder.
    :param thresholds: of consistency, float ``[languages]``, or None.
    :param labels: the languages that the detector may find.
    """

    def __init__(
        self, folder: Path, settings: FilterSettings, thresholds: np.ndarray | None, labels: Sequence[str]
    ) -> None:
        (folder / REPORT).mkdir()
        self._settings = settings
        self._thresholds = thresholds
        self._labels = labels
        self._kept = (folder / QUERIES).open("w", encoding="utf-8", newline="\n")
        self._dropped = (folder / DROPPED).open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> VerdictsWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.close()
        self._dropped.close()

    def write(self, queries: Sequence[PassageQueries | None], verdicts: np.ndarray) -> int:
        """Write a window; a passage with no query left keeps its line.

        :returns: how many passages had queries and have none left.
        """
        kept: dict[int, dict[str, list[str]]] = {row: {} for row, record in enumerate(queries) if record is not None}
        for number, entry in enumerate(entries(queries)):
            if verdicts["reason"][number] == KEPT:
                kept[entry.row].setdefault(entry.code, []).append(entry.text)
            else:
                record = queries[entry.row]
                if record is not None:
                    _line(self._dropped, self._why(record, entry, verdicts[number]))
        bare = 0
        for row, by_language in kept.items():
            record = queries[row]
            if record is not None:
                _line(self._kept, {"id": record.docid, **by_key(by_language)})
                bare += any(record.queries.values()) and not by_language
        return bare

    def _why(self, record: PassageQueries, entry: Entry, verdict: np.void) -> dict[str, Any]:
        reason = _REASONS[int(verdict["reason"])]
        limit = self._settings.limit(reason)
        if reason is DropReason.INCONSISTENT and self._thresholds is not None:
            limit = float(self._thresholds[verdict["language"]])
        why = {
            "id": record.docid,
            "language": entry.code,
            "rank": entry.rank,
            "query": entry.text,
            "reason": str(reason),
        }
        why |= {"value": _rounded(verdict["value"]), "threshold": None if limit is None else _rounded(limit)}
        if reason is DropReason.LANGUAGE:
            why["found"] = self._labels[verdict["detail"]]
        elif verdict["detail"] >= 0:
            why["repeats"] = record.queries[entry.code][verdict["detail"]]
        return why


def _line(stream: Any, value: Mapping[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False) + "\n")


def _rounded(value: float) -> float:
    """Six digits, which is what there is in a float32, without its tail in binary."""
    return float(f"{float(value):.6g}")


def write_report(folder: Path, identity: Mapping[str, object], encoder_name: str | None, tally: FilterTally) -> None:
    """Write the counts, and what decided them; the encoder's name is for people, its fingerprint is in ``identity``."""
    write_text(folder / COUNTS, tally.as_csv())
    write_json(
        folder / SETTINGS, {**identity, "encoder name": encoder_name, "queries": tally.queries, "kept": tally.kept}
    )


def is_there(folder: Path, identity: Mapping[str, object]) -> bool:
    """Whether the very same result is there already.

    :raises OutputError: something else is there.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    try:
        found = read_json(folder / SETTINGS)
        if all(found.get(name) == value for name, value in identity.items()):
            return True
        held = "queries filtered in another way or from other input"
    except (InputError, AttributeError):
        held = "something else than filtered queries"
    raise OutputError(f"{folder} is there already and holds {held}; choose another --output, or remove it")
