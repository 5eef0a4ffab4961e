"""Marks of significance: which there are, how they look behind a figure, and what they mean. Pure."""

from __future__ import annotations

from enum import StrEnum


class Mark(StrEnum):
    """What stands behind a figure that differs from a baseline's."""

    NONE = ""
    HOLM = "†"
    """Significant after Holm's correction."""
    BONFERRONI = "‡"
    """After Bonferroni's too, which is the stricter one."""


RAISED = dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
"""The letters that can name a system behind another's figures, each as Unicode has it raised; it has no raised q."""


def raised(letters: str) -> str:
    """Letters as plain text has them behind a figure."""
    return "".join(RAISED[letter] for letter in letters)


def marks_against(*, baseline: str, test: str, level: float, comparisons: int) -> str:
    """What the marks mean in tables beside one baseline.

    :param test: its name.
    :param level: below which a corrected p is significant.
    :param comparisons: how many were corrected for.
    """
    return (
        f"{Mark.HOLM} differs from {baseline} ({test}, p < {level} after Holm's correction), {Mark.BONFERRONI} after "
        f"Bonferroni's too; {comparisons} comparisons a measure"
    )


def marks_of(*, test: str, level: float, tested: str) -> str:
    """What the marks mean, as a sentence without its end.

    :param tested: what was tested, in words.
    """
    return (
        f"{Mark.HOLM}: p < {level} in a {test} after Holm's correction, {Mark.BONFERRONI}: after Bonferroni's too; "
        f"of {tested}"
    )


def marks_in_tables(*, test: str, level: float) -> str:
    """What the marks mean, in a line above tables."""
    return (
        f"{Mark.HOLM} and {Mark.BONFERRONI} in the tables: p < {level} in a {test} after Holm's correction, "
        "after Bonferroni's too"
    )


def letters_of_systems(*, test: str, level: float, comparisons: str) -> str:
    """What raised letters mean in tables of systems.

    :param comparisons: how many a measure were corrected for, in words.
    """
    return (
        f"A raised letter names a system that the score is significantly better than ({test}, p < "
        f"{level} after Holm's correction over {comparisons} comparisons a measure; macro and micro by themselves)"
    )


def letters_in_rows(*, rows: str, test: str) -> str:
    """What raised letters mean in a table whose rows they name, as a sentence.

    :param rows: what the rows are.
    """
    return (
        f"Raised letters: significantly better than those {rows} ({test}, Holm's correction over "
        "all pairs and languages)."
    )
