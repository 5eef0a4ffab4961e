"""Processes of ``pyserini-xqg`` that begin with their imports done: forked from one that has taken them once.

Importing torch, transformers and what Pyserini wants takes ten seconds of a core, in each process anew. A forked
command is a process like any other, with its own arguments, environment, folder, output and end; it only finds those
modules there. What is read while Python starts or while those modules are imported cannot be chosen for it.
"""

from __future__ import annotations

import array
import atexit
import ctypes
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO

READ_AT_START = ("PYTHON", "OMP_", "MKL_", "LC_", "LANG", "LD_", "CUDA_", "HF_", "TRANSFORMERS_", "TORCH_")
"""Beginnings of the names of variables that are read while Python or a library begins."""
STAGES = ("build", "demo", "expand", "export", "index-sparse", "search", "train")
"""Those that import torch, by themselves or through Pyserini; the others begin fast, and some go by whether it is
there."""
_MODULES = (
    "torch",
    "onnxruntime",
    "faiss",
    "ctranslate2",
    "sentencepiece",
    "sklearn.preprocessing",
    "openai",
    "pandas",
    "requests",
    "transformers.generation",
    *(
        f"transformers.models.{name}.modeling_{name}"
        for name in ("auto", "bert", "clip", "dpr", "llama", "mt5", "roberta", "xlm_roberta")
    ),
)
_LARGEST = 200_000  # of a request, in bytes
_READY = b"ready"
_SECONDS_TO_IMPORT = 300
_started: list[ForkServer] = []


class ForkServer:
    """The process with the imports; ends with the one that started it.

    :param environ: what it is started with.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._at_start = _read_at_start(environ)
        self._fit = False
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(other.fileno())],
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
                start_new_session=True,
            )
        atexit.register(self._socket.close)
        self._socket.settimeout(_SECONDS_TO_IMPORT)
        with suppress(OSError):
            self._fit = self._socket.recv(len(_READY)) == _READY
        self._socket.settimeout(None)

    def can(self, environ: Mapping[str, str]) -> bool:
        """Whether a forked process is what a new one would be with this environment."""
        return self._fit and self._process.poll() is None and self._at_start == _read_at_start(environ)

    def start(self, words: Sequence[str], environ: Mapping[str, str]) -> ForkedProcess:
        """Begin a command.

        :param words: as for the interpreter: ``-m`` and a module, or ``-c`` and a script, and what they are given.
        """
        out, errors = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115, closed with the process
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = json.dumps({"words": list(words), "environ": dict(environ), "folder": str(Path.cwd())}).encode()
        with theirs:
            fds = array.array("i", [out.fileno(), errors.fileno(), theirs.fileno()])
            self._socket.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        return ForkedProcess(list(words), ours, out, errors)


class ForkedProcess:
    """What tests want of :class:`subprocess.Popen`, for a forked process."""

    def __init__(self, words: list[str], told: socket.socket, out: IO[bytes], errors: IO[bytes]) -> None:
        self.args = words
        self.returncode: int | None = None
        self._told, self._files = told, (out, errors)
        self.pid = self._hear(None)

    def poll(self) -> int | None:
        """The exit status, once there is one."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status.

        :raises subprocess.TimeoutExpired: it is not there yet.
        """
        if self.returncode is None:
            self.returncode = self._hear(timeout)
            self._told.close()
        return self.returncode

    def _hear(self, timeout: float | None) -> int:
        """The next message: first the process's id, then its exit status."""
        self._told.settimeout(timeout)
        try:
            said = self._told.recv(64)
        except (BlockingIOError, TimeoutError):
            raise subprocess.TimeoutExpired(self.args, timeout or 0.0) from None
        assert said, "the process that forks others has ended"
        return int(said)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end; what was said on stdout and stderr."""
        self.wait(timeout)
        for file in self._files:
            file.seek(0)
        out, errors = (file.read().decode() for file in self._files)
        return out, errors

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """``kill -9``."""
        self.send_signal(signal.SIGKILL)


def start(
    words: Sequence[str | Path], environ: Mapping[str, str], *, fresh: bool = False
) -> ForkedProcess | subprocess.Popen[str]:
    """Begin ``python …`` in a forked process, or in a new one where a forked one would not be the same; in a process
    group of its own.

    :param words: see :meth:`ForkServer.start`.
    :param fresh: always in a new one, which takes its imports itself and has hashes of its own.
    """
    written = [str(word) for word in words]
    if not fresh and (running := server(environ)):
        return running.start(written, environ)
    return subprocess.Popen(
        [sys.executable, *written],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def run(
    words: Sequence[str | Path], environ: Mapping[str, str], *, fresh: bool = False, seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run ``python …`` to its end; see :func:`start`.

    :raises subprocess.TimeoutExpired: it took longer, and was killed.
    """
    process = start(words, environ, fresh=fresh)
    try:
        out, errors = process.communicate(timeout=seconds)
    except BaseException:
        process.kill()
        raise
    return subprocess.CompletedProcess(list(map(str, words)), process.wait(), out, errors)


def server(environ: Mapping[str, str]) -> ForkServer | None:
    """This process's server, which the first call starts; None where it cannot serve this environment.

    It has the environment that most commands get, whatever the first one gets.
    """
    if sys.platform != "linux":
        return None
    if not _started:
        from tiny_corpus import environment  # which imports this file

        _started.append(ForkServer(environment()))
    return _started[0] if _started[0].can(environ) else None


@contextmanager
def read_at_start_kept() -> Iterator[None]:
    """Take back what is done to this process's variables of those kinds, of which a forked process cannot be given
    any. Importing Ray sets one, for example; without this the commands of every later test would be begun anew.
    """
    before = _read_at_start(os.environ)
    try:
        yield
    finally:
        for name in _read_at_start(os.environ).keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def _read_at_start(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(READ_AT_START)}


def _serve(asked: socket.socket) -> None:
    """Fork for each request; comes back in a forked process only, with ``sys.argv`` set."""
    looking = selectors.DefaultSelector()
    looking.register(asked, selectors.EVENT_READ)
    while True:
        for key, _ in looking.select():
            if key.fileobj is not asked:
                pid, told = key.data
                _, status = os.waitpid(pid, 0)
                with told, suppress(OSError):  # nobody may listen any more
                    told.send(str(os.waitstatus_to_exitcode(status)).encode())
                looking.unregister(key.fileobj)
                os.close(key.fd)
                continue
            request, fds, _, _ = socket.recv_fds(asked, _LARGEST, 3)
            if not request:
                os._exit(0)
            told = socket.socket(fileno=fds[2])
            assert _threads() == {"python"}, "a thread would be missing in what is forked"
            pid = os.fork()
            if pid == 0:
                asked.close()
                told.close()
                looking.close()
                _become(json.loads(request), fds[:2])
                return
            for fd in fds[:2]:
                os.close(fd)
            os.setpgid(pid, pid)
            with suppress(OSError):
                told.send(str(pid).encode())
            looking.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))


def _threads() -> set[str]:
    """The names of this process's threads, but for one of pyarrow's allocator, which begins it again after a fork."""
    tasks = Path("/proc/self/task").iterdir()
    return {"python" if task.name == str(os.getpid()) else (task / "comm").read_text().strip() for task in tasks} - {
        "jemalloc_bg_thd"
    }


def _become(asked: dict[str, object], output: list[int]) -> None:
    for target, source in zip((1, 2), output, strict=True):
        os.dup2(source, target)
        os.close(source)
    os.environ.clear()
    os.environ.update(asked["environ"])  # type: ignore[arg-type]
    os.chdir(asked["folder"])  # type: ignore[arg-type]
    sys.argv = ["python", *asked["words"]]  # type: ignore[misc]


def _leave(status: int) -> None:
    """End as Python does, but without taking down thousands of modules one by one, which takes a second."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    ctypes.CDLL(None).fflush(None)
    os._exit(status)


def _import() -> None:
    from pyserini_xqg.machine import turn_off_telemetry

    turn_off_telemetry()
    for name in _MODULES:
        with suppress(ImportError):  # an extra that is not installed
            import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyserini_xqg"]:
        del sys.modules[name]  # some commands are Pyserini's own, without this package


if __name__ == "__main__":
    sys.path.remove(str(Path(__file__).parent))  # a command does not find the tests' helpers
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    _import()
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    gc.collect()
    gc.freeze()  # its pages stay shared
    asked = socket.socket(fileno=int(sys.argv[1]))
    if _threads() != {"python"}:
        sys.exit()  # a thread that some library has begun here would be missing in what is forked
    asked.send(_READY)
    _serve(asked)
    try:
        _, kind, what, *rest = sys.argv
        sys.argv = [kind, *rest]
        if kind == "-m":
            sys.path.insert(0, str(Path.cwd()))
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, "")
            exec(compile(what, "<string>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
    except SystemExit as left:
        if isinstance(left.code, str):
            sys.stderr.write(f"{left.code}\n")
        _leave(left.code if isinstance(left.code, int) else int(left.code is not None))
    except BaseException:
        traceback.print_exc()
        _leave(1)
    _leave(0)
