"""Small corpora in many scripts, and the command line as a user runs it."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import forked

from pyserini_xqg.export.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
_TEXTS = [sentence.text for sentence in SENTENCES if sentence.text.strip()]


def passages(number: int, seed: int = 0) -> list[dict[str, Any]]:
    """Passages ``d0``, ``d1``, … of one to three sentences in mixed scripts."""
    chance = random.Random(seed)
    return [
        {"id": f"d{row}", "contents": f"{row} " + " ".join(chance.choices(_TEXTS, k=chance.randint(1, 3)))}
        for row in range(number)
    ]


def generated_queries(number: int, languages: tuple[str, ...] = ("ar", "ja"), seed: int = 1) -> list[dict[str, Any]]:
    """None to three queries a language for each of ``d0``, ``d1``, …; some are repeated within and across passages."""
    chance = random.Random(seed)
    pool = [f"{text} {turn}" for turn in range(1 + number // 20) for text in _TEXTS]
    return [
        {"id": f"d{row}", "queries": {code: chance.choices(pool, k=chance.randint(0, 3)) for code in languages}}
        for row in range(number)
    ]


def write_jsonl(path: Path, records: Iterable[dict[str, Any] | str]) -> Path:
    """Write records, or lines as they stand, one a line; gzipped where the name says so."""
    text = "".join(
        f"{record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)}\n" for record in records
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``, hidden ones too, and its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def command(*arguments: str | Path) -> list[str]:
    """The command line ``pyserini-xqg …`` of this source tree."""
    return [sys.executable, "-m", "pyserini_xqg", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """What a child gets: this source tree, and one core, since tests share the machine."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **more}


_PROGRESS = re.compile(
    r"[\w ]+: [\d,]+( of [\d,]+)? \w+, [\d,.]+/s(, (\d[\d,]*|inf) min left)?|waiting for the Ray cluster: .*"
)


def besides_progress(stderr: str) -> str:
    """What a command said on stderr but for the lines that it writes every half minute, as on a slow machine it
    does.
    """
    return "".join(line for line in stderr.splitlines(keepends=True) if not _PROGRESS.fullmatch(line.rstrip("\n")))


def xqg(
    *arguments: str | Path, before: Callable[[], None] | None = None, fresh: bool = False, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run ``pyserini-xqg …`` to its end; a traceback fails the test, whatever else it looks at.

    :param before: runs in the child before the command.
    :param fresh: in a process that takes its imports itself, with hashes of its own, where it could be forked.
    :param more: environment variables.
    """
    if before is None:
        done = forked.run(command(*arguments)[1:], environment(**more), fresh=fresh or _begins_fast(arguments))
    else:
        done = subprocess.run(
            command(*arguments), env=environment(**more), capture_output=True, text=True, timeout=300, preexec_fn=before
        )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def start_xqg(*arguments: str | Path, fresh: bool = False) -> forked.ForkedProcess | subprocess.Popen[str]:
    """Begin ``pyserini-xqg …``, to watch and stop it; see :func:`xqg`."""
    return forked.start(command(*arguments)[1:], environment(), fresh=fresh or _begins_fast(arguments))


def _begins_fast(arguments: Sequence[str | Path]) -> bool:
    """Whether the stage imports nothing that takes its time; some go by whether torch is there. Ray is left alone."""
    return not {*arguments[:1]} & {*forked.STAGES} or "ray" in arguments
