"""Runs a page in bash; its commands come to this process, where imports, Java and models' engines are there already."""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs_pages import PYTHON_BLOCK, python_block, script
from docs_stand_ins import Isolated, Told, stand_in

from pyserini_xqg import commands

_CLIENT = """#!{python} -ISE
import json, os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect({address!r})
name, line = os.path.basename(sys.argv[0]), os.environ.get("XQG_DOCS_LINE", "0")
chosen = {{key: value for key, value in os.environ.items() if key.startswith("PYSERINI_XQG_")}}
asked = {{"argv": [name, *sys.argv[1:]], "folder": os.getcwd(), "line": int(line), "environ": chosen}}
connection.sendall(json.dumps(asked).encode() + b"\\n")
answer = json.loads(connection.makefile().readline())
sys.stdout.write(answer["stdout"])
sys.stderr.write(answer["stderr"])
sys.exit(answer["status"])
"""
_JAVAS = ("--index", "--output", "--topics")
NAMES = ("pyserini-xqg", "python", "pip", "make", "curl", "hf", PYTHON_BLOCK)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that a page asked for.

    :param how: ``run``, or why a stand-in was told instead.
    """

    line: int
    argv: tuple[str, ...]
    how: str
    status: int
    seconds: float
    stderr: str

    def __str__(self) -> str:
        return f"{self.line:4d} {self.seconds:6.2f} s  {self.how:<8.60} {' '.join(self.argv)[:140]}"


class Warm:
    """Listens for the commands of one page.

    :param page: the page.
    :param folder: where its reader stands; ``.venv/bin`` and ``.tools`` in it are all of PATH.
    :param others: words of the page's commands, and what stands for them here.
    """

    def __init__(self, page: Path, folder: Path, others: Mapping[str, str]) -> None:
        self._page, self._folder, self._others = page, folder, others
        self._python = folder / ".venv" / "bin" / "python3"
        self.done: list[Done] = []
        self.said = ""

    def follow(self) -> int:
        """Run the whole page; gives bash's exit status."""
        bin_folder = self._folder / ".venv" / "bin"
        address = self._folder / "socket"
        for name in NAMES:
            client = bin_folder / name
            client.unlink(missing_ok=True)  # python is a link into the real environment
            client.write_text(_CLIENT.format(python=sys.executable, address=str(address)))
            client.chmod(0o755)
        place = self._folder / "page.sh"
        place.write_text(script(self._page), encoding="utf-8")
        environ = {**os.environ, "PATH": f"{bin_folder}:{self._folder / '.tools'}"}
        with socket.socket(socket.AF_UNIX) as listening, (self._folder / "said").open("w+") as said:
            listening.bind(str(address))
            listening.listen()
            listening.settimeout(0.05)
            bash = subprocess.Popen(
                ["/bin/bash", str(place)],
                cwd=self._folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                while bash.poll() is None:
                    with contextlib.suppress(TimeoutError):
                        self._answer(listening.accept()[0])
            finally:
                bash.kill()
                bash.wait()
            said.seek(0)
            self.said = said.read()
        return bash.returncode

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rw", encoding="utf-8") as stream:
            connection.settimeout(60)
            asked = json.loads(stream.readline())
            began = time.perf_counter()
            argv = _absolute([self._others.get(word, word) for word in asked["argv"]], Path(asked["folder"]))
            out, errors = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors), _standing(asked):
                how, status = self._run(argv, Path(asked["folder"]))
            seconds = time.perf_counter() - began
            self.done.append(Done(asked["line"], tuple(asked["argv"]), how, status, seconds, errors.getvalue()))
            json.dump({"status": status, "stdout": out.getvalue(), "stderr": errors.getvalue()}, stream)
            stream.write("\n")

    def _run(self, argv: list[str], folder: Path) -> tuple[str, int]:
        try:
            match stand_in(argv):
                case Told(why):
                    return why, 0
                case Isolated(words):
                    return "apart", self._apart(words, folder)
                case list(changed):
                    return "run" if changed == argv else "lighter", self._here(changed, folder)
        except SystemExit as stop:
            return "run", stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        except BaseException:  # told like a crash of the command would be
            traceback.print_exc()
            return "run", 1

    def _apart(self, words: Sequence[str], folder: Path) -> int:
        done = subprocess.run(
            [self._python, *words], cwd=folder, capture_output=True, text=True, timeout=300, check=False
        )
        print(done.stdout, end="")
        print(done.stderr, end="", file=sys.stderr)
        return done.returncode

    def _here(self, argv: list[str], folder: Path) -> int:
        match argv:
            case ["pyserini-xqg", *words]:
                return commands.main(words)
            case ["python", "-m", module, *words]:
                with _argv([module, *words]):
                    runpy.run_module(module, run_name="__main__", alter_sys=True)
            case ["python", "-c", code]:
                exec(compile(code, "-c", "exec"), {"__name__": "__main__"})
            case [name, line] if name == PYTHON_BLOCK:
                code = python_block(self._page, int(line)).replace(
                    'LuceneSearcher("', f'LuceneSearcher("{folder}/'
                )  # as _absolute does
                exec(compile(code, str(self._page), "exec"), {"__name__": "__main__"})
            case _:
                raise AssertionError(f"neither run nor listed in docs_stand_ins.py: {' '.join(argv)}")
        return 0


def _absolute(argv: list[str], folder: Path) -> list[str]:
    """The paths that Java may see: it takes relative ones from where it was started, which is another page's folder
    here.
    """
    seen = ("", *argv)
    return [str(folder / word) if before in _JAVAS else word for before, word in zip(seen, argv, strict=False)]


@contextlib.contextmanager
def _standing(asked: dict[str, Any]) -> Iterator[None]:
    """In the command's folder and with what the page exported."""
    before, environ = Path.cwd(), dict(os.environ)
    os.chdir(asked["folder"])
    os.environ.update(asked["environ"])
    try:
        yield
    finally:
        os.chdir(before)
        for name in asked["environ"]:
            os.environ.pop(name)
            if name in environ:
                os.environ[name] = environ[name]


@contextlib.contextmanager
def _argv(words: list[str]) -> Iterator[None]:
    before = sys.argv
    sys.argv = words
    try:
        yield
    finally:
        sys.argv = before
