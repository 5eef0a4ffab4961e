"""``pyserini-xqg doctor``: what is there, what is missing, how to get it."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.doctor.checks import Check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``doctor``."""
    parser.add_argument("--json", action="store_true", help="print the same as JSON")
    hook = parser.add_mutually_exclusive_group()
    hook.add_argument(
        "--install-hook",
        action="store_true",
        help="let Pyserini's own commands in this environment know our Java classes (Xqg)",
    )
    hook.add_argument("--remove-hook", action="store_true", help="undo that")


def run(args: argparse.Namespace) -> int:
    """Print the report, or change the hook and say where it is.

    :returns: 1 if encode, index and search cannot run here, else 0.
    """
    if args.install_hook or args.remove_hook:
        print(_change_hook(install=args.install_hook))
        return 0
    from pyserini_xqg.doctor.checks import State, run_checks

    checks = run_checks()
    missing = [check.name for check in checks if check.state is State.MISSING]
    if args.json:
        print(
            json.dumps({"ok": not missing, "checks": [asdict(check) for check in checks]}, ensure_ascii=False, indent=2)
        )
    else:
        print(table(checks, shutil.get_terminal_size((120, 24)).columns))
        print()
        print(
            f"encode, index and search cannot run here before this is mended: {', '.join(missing)}"
            if missing
            else "encode, index and search can run here"
        )
    return 1 if missing else 0


def _change_hook(*, install: bool) -> str:
    from pyserini_xqg.java import bridge_hook

    if install:
        from pyserini_xqg.java.bridge import jar

        jar()  # what is missing is better told now than when a search runs
        return (
            f"installed the hook: {bridge_hook.install()}\nNow `python -m pyserini.search.lucene … --onnx-encoder "
            "Xqg` works here, with the encoder "
            "folder that PYSERINI_XQG_ENCODER names; --remove-hook undoes this"
        )
    removed = bridge_hook.remove()
    return f"removed the hook: {removed}" if removed else f"there is no hook in {bridge_hook.site_packages()}"


def table(checks: Sequence[Check], width: int) -> str:
    """The checks as three aligned columns; remedies and details stand below what was found.

    :param width: columns of the terminal.
    """
    name_width = max(len(check.name) for check in checks)
    state_width = max(len("state"), *(len(check.state) for check in checks))
    lines = [f"{'check':<{name_width}}  {'state':<{state_width}}  found"]
    margin = " " * (name_width + state_width + 4)
    for check in checks:
        cells = f"{check.name:<{name_width}}  {check.state:<{state_width}}  "
        lines += _wrapped(check.found, cells, margin, width)
        if check.remedy:
            lines += _wrapped(check.remedy, f"{margin}-> ", f"{margin}   ", width)
        for detail in check.details:
            lines += _wrapped(detail, margin, f"{margin}  ", width)
    return "\n".join(lines)


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
