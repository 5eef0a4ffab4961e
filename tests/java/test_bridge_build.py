"""The jar is compiled from real sources by a real compiler, or one sentence says what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from pyserini_xqg.errors import SetupError
from pyserini_xqg.java import bridge_build, jvm
from pyserini_xqg.java.bridge import CHECKOUT_SOURCES
from pyserini_xqg.java.bridge_build import (
    Anserini,
    Compiler,
    build_jar,
    find_anserini,
    find_compiler,
    hash_sources,
    read_facts,
)

ROOT = Path(__file__).resolve().parents[2]
HELLO = "package greet; public final class Hello { private Hello() {} public static int answer() { return 42; } }\n"


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    sources = tmp_path / "sources"
    (sources / "greet").mkdir(parents=True)
    (sources / "greet" / "Hello.java").write_text(HELLO)
    (sources / "greet" / "Bye.java").write_text(HELLO.replace("Hello", "Bye"))
    return sources


def compilers() -> list[Compiler]:
    """The JDK that every test machine has, and ecj where that is installed as well."""
    ecj = shutil.which("ecj")
    return [find_compiler(), *([Compiler("ecj", Path(ecj), bridge_build.ECJ_FLAGS)] if ecj else [])]


def test_our_sources_compile_without_a_warning(tmp_path: Path) -> None:
    build_jar(CHECKOUT_SOURCES, tmp_path / "bridge.jar", find_anserini(), find_compiler(), strict=True)
    names = zipfile.ZipFile(tmp_path / "bridge.jar").namelist()
    assert "io/anserini/encoder/dense/XqgEncoder.class" in names
    assert names[0] == "META-INF/MANIFEST.MF"
    assert names[1:] == sorted(names[1:])


@pytest.mark.parametrize("compiler", compilers(), ids=lambda compiler: compiler.name)
def test_our_sources_compile_with_each_compiler(compiler: Compiler, tmp_path: Path) -> None:
    build_jar(CHECKOUT_SOURCES, tmp_path / "bridge.jar", find_anserini(), compiler)
    assert "io/anserini/encoder/dense/XqgEncoder.class" in zipfile.ZipFile(tmp_path / "bridge.jar").namelist()


def test_the_same_sources_give_the_same_bytes(hello: Path, tmp_path: Path) -> None:
    anserini, compiler = find_anserini(), find_compiler()
    elsewhere = shutil.copytree(hello, tmp_path / "elsewhere" / "deeper")
    for place, sources in (("one.jar", hello), ("two.jar", elsewhere)):
        build_jar(sources, tmp_path / place, anserini, compiler)
    assert (tmp_path / "one.jar").read_bytes() == (tmp_path / "two.jar").read_bytes()


def test_the_manifest_says_what_it_was_made_from(hello: Path, tmp_path: Path) -> None:
    anserini, compiler = find_anserini(), find_compiler()
    build_jar(hello, tmp_path / "hello.jar", anserini, compiler)
    facts = read_facts(tmp_path / "hello.jar")
    assert facts.anserini == anserini.version
    assert facts.sources_sha256 == hash_sources(hello)
    assert facts.compiler == compiler.name
    lines = zipfile.ZipFile(tmp_path / "hello.jar").read("META-INF/MANIFEST.MF").split(b"\r\n")
    assert max(map(len, lines)) <= 70


def test_java_reads_the_jar_and_its_manifest(hello: Path, tmp_path: Path) -> None:
    (hello / "greet" / "Main.java").write_text(
        "package greet; public final class Main { private Main() {} public static void main(String[] words) throws "
        "Exception {"
        " try (var jar = new java.util.jar.JarFile(words[0])) {"
        ' System.out.println(Hello.answer() + " " + '
        'jar.getManifest().getMainAttributes().getValue("Xqg-Sources-SHA256")); } } }'
    )
    build_jar(hello, tmp_path / "hello.jar", find_anserini(), find_compiler())
    java = jvm.find_java().home / "bin" / "java"
    jar = str(tmp_path / "hello.jar")
    said = subprocess.run(
        [java, "-cp", jar, "greet.Main", jar], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said == ["42", hash_sources(hello)]


def test_names_and_contents_both_count_in_the_hash(hello: Path) -> None:
    before = hash_sources(hello)
    (hello / "greet" / "Bye.java").rename(hello / "greet" / "Tata.java")
    renamed = hash_sources(hello)
    (hello / "greet" / "Tata.java").write_text("// nothing\n")
    assert len({before, renamed, hash_sources(hello)}) == 3


@pytest.mark.parametrize("compiler", compilers(), ids=lambda compiler: compiler.name)
def test_an_error_is_told_with_file_and_line(hello: Path, compiler: Compiler, tmp_path: Path) -> None:
    (hello / "greet" / "Hello.java").write_text("package greet;\n\npublic final class Hello { int x = nothing; }\n")
    with pytest.raises(
        SetupError, match=r"Hello\.java:3: (error: cannot find symbol|nothing cannot be resolved)"
    ) as caught:
        build_jar(hello, tmp_path / "hello.jar", find_anserini(), compiler)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "hello.jar").exists()


def test_a_warning_fails_where_that_is_asked_for(hello: Path, tmp_path: Path) -> None:
    (hello / "greet" / "Bye.java").write_text(
        "package greet; class Bye { java.util.List<String> x = new java.util.ArrayList(); }\n"
    )
    build_jar(hello, tmp_path / "lenient.jar", find_anserini(), find_compiler())
    with pytest.raises(SetupError, match=r"Bye\.java:1: warning: \[rawtypes\]"):
        build_jar(hello, tmp_path / "strict.jar", find_anserini(), find_compiler(), strict=True)


def test_a_failed_build_leaves_the_old_jar(hello: Path, tmp_path: Path) -> None:
    build_jar(hello, tmp_path / "hello.jar", find_anserini(), find_compiler())
    before = (tmp_path / "hello.jar").read_bytes()
    (hello / "greet" / "Hello.java").write_text("no Java")
    with pytest.raises(SetupError):
        build_jar(hello, tmp_path / "hello.jar", find_anserini(), find_compiler())
    assert (tmp_path / "hello.jar").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hello.jar", "sources"]


def test_neither_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SetupError, match=r"neither a JDK of version 21 or later .* nor ecj: install one"):
        find_compiler(roots=[tmp_path])


def test_a_runtime_without_a_compiler_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The extra ``jre`` brings one of these."""
    jre = tmp_path / "jre"
    shutil.copytree(
        jvm.find_java().home,
        jre,
        symlinks=True,
        ignore=shutil.ignore_patterns("javac*", "jmods", "src.zip", "*.jsa", "demo", "man"),
    )
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("JAVA_HOME", str(jre))
    assert jvm.find_java(roots=[]).home == jre
    with pytest.raises(SetupError, match="neither a JDK"):
        find_compiler(roots=[])


def test_ecj_is_taken_where_there_is_no_jdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ecj").write_text("#!/bin/sh\n")
    (tmp_path / "ecj").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert find_compiler(roots=[]).program == tmp_path / "ecj"


def test_a_folder_of_anserini_without_its_jar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANSERINI_CLASSPATH", str(tmp_path))
    with pytest.raises(SetupError, match=rf"ANSERINI_CLASSPATH={tmp_path} holds no anserini-\*-fatjar\.jar"):
        find_anserini()


def test_anserini_is_found_without_importing_pyserini() -> None:
    code = (
        "import sys; from pyserini_xqg.java.bridge_build import find_anserini; print(find_anserini().jar); "
        "assert 'pyserini' not in sys.modules"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()
    assert Path(said).name.startswith("anserini-")


def test_of_several_anserinis_the_newest_is_taken_as_pyserini_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in ("9.1.0", "2.0.0"):
        (tmp_path / f"anserini-{number}-fatjar.jar").touch()
        time.sleep(0.05)
    monkeypatch.setenv("ANSERINI_CLASSPATH", str(tmp_path))
    assert find_anserini() == Anserini(tmp_path / "anserini-2.0.0-fatjar.jar", "2.0.0")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more"])
def test_a_damaged_jar(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bridge.jar").write_bytes(content)
    with pytest.raises(SetupError, match=r"bridge\.jar is damaged"):
        read_facts(tmp_path / "bridge.jar")


def test_the_build_script(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "java_bridge" / "build.py", tmp_path / "bridge.jar"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert read_facts(tmp_path / "bridge.jar").sources_sha256 == hash_sources(CHECKOUT_SOURCES)
