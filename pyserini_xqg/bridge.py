"""The bridge to Anserini: the jar with our Java classes, and the way onto the class path of this process's JVM.

Anserini finds classes by name (``-encoder Xqg`` is ``io.anserini.encoder.dense.XqgEncoder``), so a jar on the class path is all it
takes. The sources lie in ``java_bridge/``; a wheel carries the compiled jar, a checkout compiles it into the cache when a source changed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pyserini_xqg.bridge_build import build_jar, find_anserini, find_compiler, hash_sources, read_facts
from pyserini_xqg.errors import SetupError
from pyserini_xqg.files import cache_home

JAR = "pyserini-xqg-bridge.jar"
ENCODER_PROPERTY = "xqg.encoder"
"""The system property that names the folder of ``XqgEncoder``."""

_PACKAGE = Path(__file__).resolve().parent
_RESOURCES = _PACKAGE / "resources"
_CHECKOUT_SOURCES = _PACKAGE.parent / "java_bridge" / "src" / "main" / "java"
_SHIPPED_SOURCES = _RESOURCES / "java"
_OURS = "io.anserini.encoder.dense.XqgEncoder"
_ANSERINIS = "io.anserini.encoder.dense.DenseEncoder"
_CLASS_LOADER = "jdk/internal/loader/ClassLoaders$AppClassLoader"
_DJL_CACHE = "DJL_CACHE_DIR"


def jar() -> Path:
    """The jar that fits the installed Anserini: the wheel's own, else one compiled into the cache from the sources that are here.

    :raises SetupError: Anserini is not here, the jar must be compiled and no compiler is here, or the sources do not compile.
    :raises OutputError: the cache cannot be written.
    """
    anserini = find_anserini()
    sources = next((folder for folder in (_CHECKOUT_SOURCES, _SHIPPED_SOURCES) if folder.is_dir()), None)
    shipped = _RESOURCES / JAR
    if sources is None or sources is _SHIPPED_SOURCES:
        if shipped.is_file() and read_facts(shipped).anserini == anserini.version:
            return shipped
        if sources is None:
            raise SetupError(f"{_PACKAGE} has neither the bridge's jar nor its sources: `pip install --force-reinstall --no-deps pyserini-xqg`")
    built = cache_home() / "java" / f"bridge-{anserini.version}-{hash_sources(sources)[:16]}.jar"
    if not built.is_file():
        build_jar(sources, built, anserini, find_compiler())
    return built


def join() -> None:
    """Put the jar on the class path of this process's JVM, whether that is still to start or runs already. May be called again.

    :raises SetupError: there is no jar, or the JVM that runs already cannot take it.
    :raises OutputError: the jar must be compiled and the cache cannot be written.
    """
    import jnius_config

    if not jnius_config.vm_running:
        path = str(jar())
        if path not in (jnius_config.classpath or ()):
            jnius_config.add_classpath(path)
            set_property(_DJL_CACHE, str(cache_home() / "djl"))
    elif not _knows(_OURS):
        _append_to_running(jar())
        set_property(_DJL_CACHE, str(cache_home() / "djl"))


def set_property(name: str, value: str) -> None:
    """Set a Java system property in this process's JVM, or for it where it is still to start."""
    import jnius_config

    if jnius_config.vm_running:
        from jnius import autoclass

        autoclass("java.lang.System").setProperty(name, value)
    else:
        jnius_config.add_options(f"-D{name}={value}")  # the last one counts


def _append_to_running(path: Path) -> None:
    if not _knows(_ANSERINIS):
        raise SetupError(
            "this process's JVM was started without Anserini, so that the Java bridge cannot join it: import pyserini or pyserini_xqg before what started it"
        )
    from jnius import JavaException

    try:
        _append(path)
    except JavaException as error:
        raise _cannot_join(path, str(error)) from error
    if not _knows(_OURS):
        raise _cannot_join(path, "its class loader does not take jars")


def _append(path: Path) -> None:
    """Java's own way for agents to add a jar; it is not public, and JNI, through which Python speaks, does not ask."""
    from jnius import JavaClass, JavaMethod, MetaJavaClass, autoclass, cast

    class AppClassLoader(JavaClass, metaclass=MetaJavaClass):
        __javaclass__ = _CLASS_LOADER
        appendToClassPathForInstrumentation: Any = JavaMethod("(Ljava/lang/String;)V")  # noqa: N815

    loader = autoclass("java.lang.ClassLoader").getSystemClassLoader()
    cast(AppClassLoader, loader).appendToClassPathForInstrumentation(str(path))


def _cannot_join(path: Path, reason: str) -> SetupError:
    return SetupError(
        f"this process's JVM was started without the Java bridge and does not let it in ({reason}): call pyserini_xqg.bridge.join() before "
        f"importing Pyserini, or put {path} on its class path"
    )


def _knows(name: str) -> bool:
    """Whether the running JVM finds a class by its name, as Anserini looks for it."""
    from jnius import JavaException, autoclass

    try:
        autoclass("java.lang.ClassLoader").getSystemClassLoader().loadClass(name)
    except JavaException:
        return False
    return True
