"""The stage ``filter`` on small inputs, and what it wrote."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any


def kept(output: Path) -> dict[str, dict[str, list[str]]]:
    """Docid -> language -> queries."""
    return {
        record["id"]: record["queries"]
        for record in map(json.loads, (output / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    }


def dropped(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "report" / "dropped.jsonl").read_text(encoding="utf-8").splitlines()]


def counts(output: Path) -> dict[str, dict[str, str]]:
    """Language -> column -> cell."""
    with (output / "report" / "counts.csv").open(encoding="utf-8", newline="") as stream:
        return {row["language"]: row for row in csv.DictReader(stream)}


def settings(output: Path) -> dict[str, Any]:
    return json.loads((output / "report" / "filter.json").read_text(encoding="utf-8"))
