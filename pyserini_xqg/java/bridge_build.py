"""The bridge's jar: Java sources compiled against the installed Anserini, the same bytes from the same sources and
compiler.

Runs where nothing but Python's own library is there, since building the wheel uses it too. Neither a JVM nor Pyserini
is loaded.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pyserini_xqg.errors import SetupError
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.java.jvm import INSTALLED_ROOTS, MINIMUM_VERSION, candidates

ECJ_FLAGS = (
    "-17",
    "-proc:none",
    "-nowarn",
    "-encoding",
    "UTF-8",
)  # Debian's knows no later release; it reads later class files all the same
_WARNINGS = ("-Xlint:all", "-Werror")
_MANIFEST = "META-INF/MANIFEST.MF"
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can tell
_LINE = 70
"""Bytes of a manifest's line before it must be folded."""


@dataclass(frozen=True, slots=True)
class Anserini:
    """The jar that Pyserini puts on its class path."""

    jar: Path
    version: str


@dataclass(frozen=True, slots=True)
class Compiler:
    """Something that compiles Java.

    :param flags: what goes before the class path, the output folder and the sources.
    :param strict_flags: what makes every warning an error.
    """

    name: str
    program: Path
    flags: tuple[str, ...]
    strict_flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JarFacts:
    """What a bridge jar says about itself."""

    anserini: str
    sources_sha256: str
    compiler: str


def find_anserini() -> Anserini:
    """The jar that Pyserini would use: in ``ANSERINI_CLASSPATH``, else in its own package. Does not import Pyserini.

    :raises SetupError: there is none.
    """
    stated = os.environ.get("ANSERINI_CLASSPATH")
    if stated:
        folder = Path(stated)
    else:
        spec = find_spec("pyserini")
        if spec is None or spec.origin is None:
            raise SetupError(
                "Pyserini is not installed, and the Java bridge is built against the Anserini inside it: `pip install "
                "'pyserini>=2.3,!=2.4.0'`"
            )
        folder = Path(spec.origin).parent / "resources" / "jars"
    jars = sorted(
        folder.glob("anserini-*-fatjar.jar"), key=os.path.getctime
    )  # where there are several, Pyserini takes the newest
    if not jars:
        remedy = "set it to a folder that has one" if stated else "`pip install --force-reinstall --no-deps pyserini`"
        raise SetupError(f"{'ANSERINI_CLASSPATH=' if stated else ''}{folder} holds no anserini-*-fatjar.jar: {remedy}")
    return Anserini(jars[-1], jars[-1].name.removeprefix("anserini-").removesuffix("-fatjar.jar"))


def find_compiler(roots: Sequence[Path] = INSTALLED_ROOTS) -> Compiler:
    """A ``javac`` that reads Anserini's class files, from wherever Java is looked for; else ``ecj`` from PATH.

    :param roots: as for :func:`pyserini_xqg.java.jvm.find_java`.
    :raises SetupError: there is neither.
    """
    for candidate in candidates(roots):
        javac = shutil.which("javac", path=candidate.home / "bin")
        if candidate.java is not None and javac is not None:
            flags = ("--release", str(MINIMUM_VERSION), "-proc:none", "-encoding", "UTF-8")
            return Compiler(f"javac {candidate.java.version_text}", Path(javac), flags, _WARNINGS)
    if ecj := shutil.which("ecj"):
        return Compiler("ecj", Path(ecj), ECJ_FLAGS)
    raise SetupError(
        f"the Java bridge must be compiled here, and there is neither a JDK of version {MINIMUM_VERSION} or later "
        "(JAVA_HOME, PATH, the usual folders; a JRE has no javac) nor ecj: install one of them (Debian, Ubuntu: `apt "
        "install openjdk-21-jdk-headless` or `ecj`), or a wheel of pyserini-xqg that carries the compiled bridge"
    )


def list_sources(folder: Path) -> list[Path]:
    """The Java files below ``folder``, in the order of their names."""
    return sorted(folder.rglob("*.java"), key=lambda path: path.relative_to(folder).as_posix())


def hash_sources(folder: Path) -> str:
    """SHA-256 over the names and contents of the Java files below ``folder``."""
    digest = hashlib.sha256()
    for path in list_sources(folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def build_jar(sources: Path, target: Path, anserini: Anserini, compiler: Compiler, *, strict: bool = False) -> None:
    """Compile the sources and write the jar, whole or not at all.

    :param sources: the folder with Java's usual layout of packages.
    :param strict: fail at the compiler's warnings as well.
    :raises SetupError: the sources do not compile; the sentence has the compiler's first complaint.
    :raises OutputError: the jar cannot be written.
    """
    facts = JarFacts(anserini.version, hash_sources(sources), compiler.name)
    with tempfile.TemporaryDirectory(prefix="xqg-classes-") as classes:
        _compile(list_sources(sources), Path(classes), anserini, compiler, strict)
        with replacing(target) as partial:
            _write_jar(Path(classes), partial, facts)


def _compile(sources: Sequence[Path], classes: Path, anserini: Anserini, compiler: Compiler, strict: bool) -> None:
    flags = [*compiler.flags, *(compiler.strict_flags if strict else ()), "-cp", str(anserini.jar), "-d", str(classes)]
    try:
        answer = subprocess.run(
            [compiler.program, *flags, *sources],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise SetupError(
            f"{compiler.program} cannot be run ({error.strerror}); set JAVA_HOME to a JDK of version "
            f"{MINIMUM_VERSION} or later"
        ) from error
    if answer.returncode:
        raise SetupError(
            f"the Java bridge does not compile with {compiler.name} ({compiler.program}) against Anserini "
            f"{anserini.version}: {_first_complaint(answer.stdout + answer.stderr)}"
        )


def _first_complaint(said: str) -> str:
    """The first message with file and line: javac's ``F.java:3: error: …``, or ecj's ``1. ERROR in F.java (at line 3)``
    and its explanation.
    """
    if javac := re.search(r"^\S.*\.java:\d+: .*$", said, re.MULTILINE):
        return javac[0]
    if ecj := re.search(r"^\d+\. ERROR in (.+) \(at line (\d+)\)\n(?:.*\n)*?\t?\s*\^+\n(.*)$", said, re.MULTILINE):
        return f"{ecj[1]}:{ecj[2]}: {ecj[3]}"
    return next((line.strip() for line in said.splitlines() if line.strip()), "it says nothing")


def _write_jar(classes: Path, target: Path, facts: JarFacts) -> None:
    """Entries in the order of their names, all of one time, the manifest first as Java's own tools have it."""
    with zipfile.ZipFile(target, "w") as jar:
        _add(jar, _MANIFEST, _manifest(facts))
        for path in sorted(classes.rglob("*.class"), key=lambda path: path.relative_to(classes).as_posix()):
            _add(jar, path.relative_to(classes).as_posix(), path.read_bytes())


def _add(jar: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.create_system = 3  # Unix, wherever it is made
    entry.external_attr = 0o644 << 16
    jar.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def _manifest(facts: JarFacts) -> bytes:
    pairs = {
        "Manifest-Version": "1.0",
        "Xqg-Anserini-Version": facts.anserini,
        "Xqg-Sources-SHA256": facts.sources_sha256,
        "Xqg-Compiler": facts.compiler,
    }
    lines = []
    for name, value in pairs.items():
        line = f"{name}: {value}"
        lines += [
            line[:_LINE],
            *(f" {line[start : start + _LINE - 1]}" for start in range(_LINE, len(line), _LINE - 1)),
        ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii", "replace")


def read_facts(jar: Path) -> JarFacts:
    """What a bridge jar's manifest says.

    :raises SetupError: it is damaged or not a bridge jar.
    """
    try:
        with zipfile.ZipFile(jar) as opened:
            text = opened.read(_MANIFEST).decode("ascii").replace("\r\n ", "")
    except (OSError, KeyError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise SetupError(
            f"{jar} is damaged ({error}): remove it, or `pip install --force-reinstall --no-deps pyserini-xqg`"
        ) from error
    pairs = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    try:
        return JarFacts(pairs["Xqg-Anserini-Version"], pairs["Xqg-Sources-SHA256"], pairs["Xqg-Compiler"])
    except KeyError as error:
        raise SetupError(f"{jar} is not a jar of pyserini-xqg's bridge: its manifest lacks {error}") from error
