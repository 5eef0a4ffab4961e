"""Java for Pyserini: found, checked without starting a JVM, and set for this process and for what it starts.

Left to itself Pyserini takes whatever Java comes first and fails deep inside; without ``jdk.incubator.vector`` the JVM
even ends the whole process, and no ``except`` can catch that. So everything that uses Pyserini calls
:func:`import_pyserini` first.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from pyserini_xqg.errors import SetupError
from pyserini_xqg.machine import turn_off_telemetry

MINIMUM_VERSION = 21
VECTOR_MODULE = "jdk.incubator.vector"
NEEDED = f"Pyserini needs Java {MINIMUM_VERSION} or later with the module {VECTOR_MODULE}"
REMEDY = (
    f"get one with `pip install 'pyserini-xqg[jre]'`, or set JAVA_HOME to a JDK of version {MINIMUM_VERSION} or later"
)

_SYSTEM_ROOTS = {
    "darwin": (
        "/Library/Java/JavaVirtualMachines",
        "~/Library/Java/JavaVirtualMachines",
        "/opt/homebrew/opt",
        "/usr/local/opt",
    ),
    "win32": tuple(
        rf"%ProgramFiles%\{vendor}"
        for vendor in ("Java", "Eclipse Adoptium", "Microsoft", "Amazon Corretto", "Zulu", "BellSoft")
    ),
}


def _expanded(root: str) -> Path:
    path = Path(os.path.expandvars(root))
    try:
        return path.expanduser()
    except RuntimeError:  # a user without a home folder, as in some containers
        return path


INSTALLED_ROOTS: tuple[Path, ...] = tuple(
    map(
        _expanded,
        (
            *_SYSTEM_ROOTS.get(sys.platform, ("/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/opt/java")),
            "~/.sdkman/candidates/java",
            "~/.jdks",
        ),
    )
)
"""The folders in which systems and tools keep one folder for each Java."""

_LAYOUTS = ("libexec/openjdk.jdk/Contents/Home", "Contents/Home", ".")  # Homebrew, macOS bundles, everything else
_JAVA = "java.exe" if sys.platform == "win32" else "java"
# The places where pyjnius looks for the library that it loads.
_LIBRARIES = {"darwin": ("lib/jli/libjli.dylib", "lib/libjli.dylib"), "win32": ("bin/server/jvm.dll",)}.get(
    sys.platform, ("lib/server/libjvm.so",)
)
_SECONDS_TO_ANSWER = 20.0

_OLDEST_PYSERINI = (2, 3)
_ONLINE_PYSERINI = "2.4.0"  # reads the list of its ready-made indexes from the next address while it is imported
_INDEX_LIST = "https://raw.githubusercontent.com/castorini/prebuilt-indexes/"
_SECONDS_TO_REACH = 5.0

_log = logging.getLogger(__name__)


class JavaSource(StrEnum):
    """Where a Java was found; in the order of looking."""

    JAVA_HOME = "JAVA_HOME"
    """The environment variable."""
    PATH = "PATH"
    """A ``java`` on PATH, symbolic links and version managers' shims followed to its home."""
    INSTALLED = "installed"
    """One of :data:`INSTALLED_ROOTS`."""
    EXTRA = "jre extra"
    """The runtime inside the package ``arcadedb-embedded``, which the extra ``jre`` brings."""
    RUNNING = "running"
    """The JVM that runs in this process already."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that Pyserini runs on.

    :param home: its folder, what JAVA_HOME names.
    :param version: the feature release, such as 21.
    :param version_text: the whole version, such as ``21.0.7``.
    """

    home: Path
    version: int
    version_text: str
    source: JavaSource


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Java that was looked at: either it fits, or ``problem`` says why not."""

    home: Path
    source: JavaSource
    java: Java | None = None
    problem: str = ""

    def __str__(self) -> str:
        place = f"JAVA_HOME={self.home}" if self.source is JavaSource.JAVA_HOME else f"{self.home} ({self.source})"
        return f"{place} {self.problem or 'fits'}"


def find_java(roots: Sequence[Path] = INSTALLED_ROOTS) -> Java:
    """The first Java that Pyserini runs on: JAVA_HOME, PATH, installed ones, the extra ``jre``. Starts no JVM in this
    process.

    :param roots: folders that hold one folder for each installed Java.
    :raises SetupError: none fits; the sentence names each one and why.
    """
    return _first_fit(roots)[0]


def _first_fit(roots: Sequence[Path]) -> tuple[Java, list[Candidate]]:
    """The first Java that fits, and those before it that do not."""
    rejected: list[Candidate] = []
    for candidate in candidates(roots):
        if candidate.java is not None:
            return candidate.java, rejected
        rejected.append(candidate)
    if not rejected:
        raise SetupError(
            f"{NEEDED}, and there is no Java at all (neither JAVA_HOME, nor on PATH, nor in the usual folders): "
            f"{REMEDY}"
        )
    raise SetupError(f"{NEEDED}, and none was found: {'; '.join(map(str, rejected))}: {REMEDY}")


def candidates(roots: Sequence[Path] = INSTALLED_ROOTS) -> Iterator[Candidate]:
    """Every Java in the order of preference, each home once, looked at only when it is its turn."""
    seen: set[Path] = set()
    for home, source in _places(roots):
        resolved = home.resolve()
        if resolved not in seen:
            seen.add(resolved)
            yield inspect(home, source)


def _places(roots: Sequence[Path]) -> Iterator[tuple[Path, JavaSource]]:
    if stated := os.environ.get("JAVA_HOME"):
        home = Path(stated).absolute()
        # A common slip that pyjnius forgives as well.
        yield home.parent if home.name == "bin" and os.access(home / _JAVA, os.X_OK) else home, JavaSource.JAVA_HOME
    for folder in os.get_exec_path():
        if on_path := shutil.which("java", path=folder):
            yield _home_of(Path(on_path)), JavaSource.PATH
    for root in roots:
        for home in _homes_in(root):
            yield home.resolve(), JavaSource.INSTALLED
    spec = find_spec("arcadedb_embedded")
    for package in (spec.submodule_search_locations or ()) if spec else ():
        if (home := Path(package, "jre")).is_dir():
            yield home, JavaSource.EXTRA


def _homes_in(root: Path) -> Iterator[Path]:
    try:
        children = sorted(root.iterdir())
    except OSError:  # not there, or not ours to read
        return
    for child in children:
        for layout in _LAYOUTS:
            if os.access(child / layout / "bin" / _JAVA, os.X_OK):
                yield child / layout
                break


def _home_of(java: Path) -> Path:
    """The home of a ``java`` on PATH."""
    home = java.resolve().parent.parent
    if _library(home) is None:
        # Not beside its library: the shim of a version manager (jenv, asdf, mise, macOS), which only Java itself sees
        # through.
        properties = _ask(java, "-XshowSettings:properties", "-version") or ""
        if said := re.search(r"^\s*java\.home = (.+?)\s*$", properties, re.MULTILINE):
            return Path(said[1])
    return home


def inspect(home: Path, source: JavaSource) -> Candidate:
    """Look at one Java: its ``release`` file where that tells enough, else its own answers from a process apart."""

    def rejected(problem: str) -> Candidate:
        return Candidate(home, source, problem=problem)

    if not os.access(home, os.X_OK):
        return rejected("is not there")
    java = home / "bin" / _JAVA
    if not os.access(java, os.X_OK):
        return rejected(f"has no bin/{_JAVA} that can be run")
    release = _read_release(home)
    version_text = release.get("JAVA_VERSION") or _ask_version(java)
    number = _feature(version_text)
    if number is None:
        return rejected(f"has a bin/{_JAVA} that does not tell its version")
    if number < MINIMUM_VERSION:
        return rejected(f"is Java {version_text}")
    if _library(home) is None:
        return rejected(f"(Java {version_text}) has no {' or '.join(_LIBRARIES)}")
    if VECTOR_MODULE not in (release.get("MODULES") or _ask_modules(java)).split():
        return rejected(f"(Java {version_text}) lacks the module {VECTOR_MODULE}")
    return Candidate(home, source, Java(home, number, version_text, source))


def _library(home: Path) -> Path | None:
    return next((home / library for library in _LIBRARIES if os.access(home / library, os.R_OK)), None)


def _read_release(home: Path) -> dict[str, str]:
    try:
        text = (home / "release").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(re.findall(r'^(\w+)="?(.*?)"?\s*$', text, re.MULTILINE))


def _feature(version_text: str) -> int | None:
    """The feature release: 25 of ``25.0.3``, 21 of ``21-ea``, 8 of ``1.8.0_402``."""
    found = re.match(r"(?:1\.)?(\d+)", version_text)
    return int(found[1]) if found else None


def _ask_version(java: Path) -> str:
    said = re.search(r'version "([^"]+)"', _ask(java, "-version") or "")
    return said[1] if said else ""


def _ask_modules(java: Path) -> str:
    """The names of its modules, separated by spaces."""
    return " ".join(line.partition("@")[0] for line in (_ask(java, "--list-modules") or "").splitlines())


def _ask(java: Path, *flags: str) -> str | None:
    """What ``java`` prints; None where it fails or does not answer in time."""
    try:
        answer = subprocess.run(
            [java, *flags], capture_output=True, text=True, errors="replace", timeout=_SECONDS_TO_ANSWER, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout + answer.stderr


def prepare(roots: Sequence[Path] = INSTALLED_ROOTS) -> Java:
    """Find Java and set JAVA_HOME and PATH for this process and for what it starts. May be called again at any time.

    Where a JVM runs in this process already, it stays the one, and what this process starts gets the same.

    :param roots: as for :func:`find_java`.
    :raises SetupError: no Java fits, or the JVM that runs already cannot carry Pyserini.
    """
    turn_off_telemetry()  # Pyserini imports ONNX Runtime
    java = _running_java()
    if java is None:
        java, rejected = _first_fit(roots)
        for candidate in rejected:
            if candidate.source is JavaSource.JAVA_HOME:
                _log.warning("%s; using Java %s in %s instead", candidate, java.version_text, java.home)
    os.environ["JAVA_HOME"] = str(java.home)
    # pyjnius would load the library that JVM_PATH names, whatever JAVA_HOME says.
    os.environ.pop("JVM_PATH", None)
    # Pyserini's trec_eval starts `java` from PATH.
    on_path = shutil.which("java")
    if on_path is None or Path(on_path).resolve() != (java.home / "bin" / _JAVA).resolve():
        os.environ["PATH"] = os.pathsep.join(filter(None, (str(java.home / "bin"), os.environ.get("PATH"))))
    return java


def _running_java() -> Java | None:
    """The Java that pyjnius has started in this process, if it has."""
    config = sys.modules.get("jnius_config")
    if config is None or not config.vm_running:
        return None
    from jnius import autoclass

    running = inspect(Path(autoclass("java.lang.System").getProperty("java.home")), JavaSource.RUNNING)
    if running.java is None:
        raise SetupError(
            f"{NEEDED}, and this process has started another: {running}: import pyserini_xqg and call prepare() "
            "before what started it"
        )
    return running.java


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a package, and what mends it."""

    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.found}: {self.remedy}"


def import_pyserini(module: str = "pyserini") -> ModuleType:
    """Make sure that Pyserini can be imported and started, and import it. Plain imports of its other modules are safe
    afterwards.

    :param module: Pyserini or one of its modules, such as ``pyserini.search.faiss``.
    :raises SetupError: Java, Pyserini or FAISS is missing or unfit.
    """
    prepare()
    problem = pyserini_problem() or faiss_problem()
    if problem is not None:
        raise SetupError(str(problem))
    return import_module(module)


def pyserini_problem() -> Problem | None:
    """Why the installed Pyserini cannot be used here. Does not import it."""
    remedy = "`pip install 'pyserini>=2.3,!=2.4.0'`"
    try:
        installed = version("pyserini")
    except PackageNotFoundError:
        return Problem("Pyserini is not installed", remedy)
    if tuple(map(int, re.findall(r"\d+", installed)[:2])) < _OLDEST_PYSERINI:
        return Problem(f"Pyserini {installed} is older than {'.'.join(map(str, _OLDEST_PYSERINI))}", remedy)
    if installed == _ONLINE_PYSERINI and not _reachable(_INDEX_LIST):
        return Problem(
            f"Pyserini {installed} downloads its list of indexes whenever it is imported, and there is no internet "
            "here",
            remedy,
        )
    return None


def _reachable(url: str) -> bool:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        with urlopen(Request(url, method="HEAD"), timeout=_SECONDS_TO_REACH):
            return True
    except HTTPError:
        return True  # an answer, if not a kind one
    except OSError:
        return False


def faiss_problem() -> Problem | None:
    """Why FAISS cannot be imported here."""
    try:
        import_module("faiss")
    except (ImportError, OSError) as error:
        return Problem(
            f"Pyserini's dense search needs FAISS, which cannot be imported ({error})",
            "`pip install 'faiss-cpu>=1.12'`",
        )
    return None
