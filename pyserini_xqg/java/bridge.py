"""The bridge to Anserini: the jar with our Java classes, and the way onto the class path of this process's JVM.

Anserini finds classes by name (``-encoder Xqg`` is ``io.anserini.encoder.dense.XqgEncoder``), so a jar on the class
path is all it takes. The sources lie in ``java_bridge/``; a wheel carries the compiled jar, a checkout compiles it into
the cache when a source changed.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import SetupError
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.java.bridge_build import Anserini, build_jar, find_anserini, find_compiler, hash_sources, read_facts

JAR = "pyserini-xqg-bridge.jar"
ENCODER_PROPERTY = "xqg.encoder"
"""The system property that names the encoder folder of ``XqgEncoder``."""

_PACKAGE = Path(__file__).resolve().parents[1]
_RESOURCES = _PACKAGE / "resources"
CHECKOUT_SOURCES = _PACKAGE.parent / "java_bridge" / "src" / "main" / "java"
SHIPPED_SOURCES = _RESOURCES / "java"
"""Where a wheel keeps the sources."""

_OURS = "io.anserini.encoder.dense.XqgEncoder"
_ANSERINIS = "io.anserini.encoder.dense.DenseEncoder"
_CLASS_LOADER = "jdk/internal/loader/ClassLoaders$AppClassLoader"
_REINSTALL = "`pip install --force-reinstall --no-deps pyserini-xqg`"

_log = logging.getLogger(__name__)


def jar() -> Path:
    """The jar that fits the installed Anserini, compiled first where it must be.

    :raises SetupError: Anserini is not here, the jar must be compiled and no compiler is here, or the sources do not
        compile.
    :raises OutputError: the cache cannot be written.
    """
    anserini = find_anserini()
    return _ready(anserini) or _compiled(anserini)


def ready_jar() -> Path | None:
    """The jar that fits the installed Anserini, where it need not be compiled.

    :raises SetupError: Anserini is not here, or the jar is damaged.
    """
    return _ready(find_anserini())


def _ready(anserini: Anserini) -> Path | None:
    shipped = _RESOURCES / JAR
    # In a checkout the sources count, whatever an earlier build may have left in the package.
    if not CHECKOUT_SOURCES.is_dir() and shipped.is_file() and read_facts(shipped).anserini == anserini.version:
        return shipped
    cached = _place_in_cache(anserini)
    return cached if cached is not None and cached.is_file() else None


def _sources() -> Path | None:
    return next((folder for folder in (CHECKOUT_SOURCES, SHIPPED_SOURCES) if folder.is_dir()), None)


def _place_in_cache(anserini: Anserini) -> Path | None:
    """The cache's jar of exactly these sources and this Anserini; None where there are no sources."""
    sources = _sources()
    return (
        None
        if sources is None
        else cache_home() / "java" / f"bridge-{anserini.version}-{hash_sources(sources)[:16]}.jar"
    )


def _compiled(anserini: Anserini) -> Path:
    sources, place = _sources(), _place_in_cache(anserini)
    misfit = _misfit(anserini)
    if sources is None or place is None:
        raise SetupError(
            f"{misfit or f'{_PACKAGE} has neither the jar of the Java bridge nor its sources'}: {_REINSTALL}"
        )
    try:
        build_jar(sources, place, anserini, find_compiler())
    except SetupError as error:
        if misfit:
            raise SetupError(f"{misfit}, and making one that fits failed: {error}") from error
        raise
    if misfit:
        _log.info("%s; compiled one that fits into %s", misfit, place)
    return place


def _misfit(anserini: Anserini) -> str:
    """What is wrong with the wheel's own jar, where there is one."""
    shipped = _RESOURCES / JAR
    if CHECKOUT_SOURCES.is_dir() or not shipped.is_file():
        return ""
    return (
        f"the Java bridge in {shipped} was compiled against Anserini {read_facts(shipped).anserini}, and "
        f"Anserini {anserini.version} is installed"
    )


def join() -> None:
    """Put the jar on the class path of this process's JVM, whether that is still to start or runs already. May be
    called again.

    :raises SetupError: there is no jar that fits, or the JVM that runs already cannot take it.
    :raises OutputError: the jar must be compiled and the cache cannot be written.
    """
    import jnius_config

    if jnius_config.vm_running:
        if not _knows(_OURS):
            _append_to_running(jar())
            _keep_djl_quiet()
    elif (path := str(jar())) not in (jnius_config.classpath or ()):
        jnius_config.add_classpath(path)
        _keep_djl_quiet()


def set_property(name: str, value: str) -> None:
    """Set a Java system property in this process's JVM, or for it where it is still to start."""
    import jnius_config

    if jnius_config.vm_running:
        from jnius import autoclass

        autoclass("java.lang.System").setProperty(name, value)
    else:
        jnius_config.add_options(f"-D{name}={value}")  # the last one counts


def _keep_djl_quiet() -> None:
    """DJL, whose tokenizer XqgEncoder uses, would unpack its library into the home folder, and report its use from
    machines at Amazon.
    """
    set_property("DJL_CACHE_DIR", str(cache_home() / "djl"))
    set_property("OPT_OUT_TRACKING", "true")


def _append_to_running(path: Path) -> None:
    if not _knows(_ANSERINIS):
        raise SetupError(
            "this process has started a JVM without Anserini, so that the Java bridge has nothing to join there: "
            "import pyserini_xqg and pyserini before what started it"
        )
    from jnius import JavaException

    try:
        _append(path)
    except JavaException as error:
        raise _refused(path, str(error)) from error
    if not _knows(_OURS):
        raise _refused(path, "its class loader takes no jars")


def _append(path: Path) -> None:
    """The way in which Java agents add a jar; it is not public, and JNI, through which Python speaks, does not ask."""
    from jnius import JavaClass, JavaMethod, MetaJavaClass, autoclass, cast

    class AppClassLoader(JavaClass, metaclass=MetaJavaClass):
        __javaclass__ = _CLASS_LOADER
        appendToClassPathForInstrumentation: Any = JavaMethod("(Ljava/lang/String;)V")  # noqa: N815

    loader = autoclass("java.lang.ClassLoader").getSystemClassLoader()
    cast(AppClassLoader, loader).appendToClassPathForInstrumentation(str(path))


def _refused(path: Path, reason: str) -> SetupError:
    return SetupError(
        f"this process's JVM was started without the Java bridge and does not let it in ({reason}): import "
        f"pyserini_xqg before pyserini, or put {path} on the class path"
    )


def _knows(name: str) -> bool:
    """Whether the running JVM finds a class by its name, as Anserini looks for it."""
    from jnius import JavaException, autoclass

    try:
        autoclass("java.lang.ClassLoader").getSystemClassLoader().loadClass(name)
    except JavaException:
        return False
    return True
