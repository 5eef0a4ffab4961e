"""What the cards of both trainings say alike, from ``report/train.json`` and ``report/languages.csv``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyserini_xqg.report.cards.commands import SKIP
from pyserini_xqg.report.cards.markdown import code, name_of, table

Record = Mapping[str, Any]
"""What ``train.json`` holds."""


def data_table(record: Record) -> str:
    """The files that were learned from and judged by."""
    return table(
        ("file", "SHA-256"), [(code(name_of(path)), code(digest)) for path, digest in record["sources"].items()]
    )


def counts(record: Record) -> str:
    """How many examples there were, in words."""
    return "; ".join(
        f"{words}: " + (", ".join(f"{language} {number:,}" for language, number in record[name].items()) or "none")
        for name, words in (("train", "learned from"), ("held_out", "held out"))
    )


def languages_table(rows: Sequence[Sequence[str]]) -> str:
    """The table of ``languages.csv``: losses as they are, measures in percent."""
    header, *body = rows
    return table(
        [name.replace("_", " ").replace("mrr10", "MRR@10") for name in header],
        [[_shown(name, cell) for name, cell in zip(header, row, strict=True)] for row in body],
    )


def _shown(name: str, cell: str) -> str:
    if not cell:
        return "–"
    if "mrr" in name.lower() or "R@" in name:
        return f"{100 * float(cell):.1f}"
    return f"{float(cell):.3f}" if "loss" in name else cell


def material_flags(record: Record) -> list[str]:
    """The flags of what was learned from and judged by."""
    material = record["material"]
    words = ["--train", *map(name_of, material["train"])]
    words += (
        ["--dev", *map(name_of, material["dev"])] if material["dev"] else ["--dev-share", str(material["dev_share"])]
    )
    words += ["--dev-limit", str(material["dev_limit"]), *SKIP]
    return [*words, *(["--languages", ",".join(material["languages"])] if material["languages"] else [])]


def flags(values: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[str]:
    """Settings as flags, those that are None left out.

    :param names: flags that are not called as their settings are, without the dashes.
    """
    words = []
    for setting, value in values.items():
        if value is not None:
            words += [
                f"--{(names or {}).get(setting, setting.replace('_', '-'))}",
                ",".join(value) if isinstance(value, list) else str(value),
            ]
    return words
