"""Java is found, checked and set: each situation is made for real, from real files, and met by a fresh process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from pyserini_xqg.java import jvm
from pyserini_xqg.java.jvm import JavaSource

ROOT = Path(__file__).resolve().parents[2]
FIND = (
    "java = jvm.find_java(roots); report(home=str(java.home), version=java.version, version_text=java.version_text, "
    "source=java.source)"
)
PREPARE = (
    "java = jvm.prepare(roots); report(home=str(java.home), source=java.source, **{k: os.environ.get(k) for "
    "k in ('JAVA_HOME', 'PATH', 'JVM_PATH')})"
)
PRELUDE = """
import json, logging, os, sys
from pathlib import Path
from pyserini_xqg.java import jvm
from pyserini_xqg.errors import SetupError
logging.basicConfig(format="%(levelname)s %(message)s")
roots = [Path(root) for root in json.loads(os.environ["TEST_ROOTS"])]
def report(**facts):
    print("REPORT" + json.dumps(facts))
try:
{code}
except SetupError as error:
    report(error=str(error))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="homes are put together as they look on Linux")


@dataclass(frozen=True)
class Answer:
    facts: dict
    stderr: str

    @property
    def error(self) -> str:
        assert "error" in self.facts, self.facts
        return self.facts["error"]


def python(
    code: str,
    *,
    path: str = "/nowhere",
    java_home: Path | str | None = None,
    roots: tuple[Path, ...] = (),
    packages: bool = False,
    python_path: tuple[Path, ...] = (),
    **environ: str,
) -> Answer:
    """Run code in a fresh process with exactly this environment; without ``packages`` it sees no site-packages, so no
    extra either.
    """
    environment = {
        "PATH": path,
        "TEST_ROOTS": json.dumps([str(root) for root in roots]),
        "PYTHONPATH": os.pathsep.join(map(str, (*python_path, ROOT))),
        "OMP_NUM_THREADS": "1",
        **environ,
    }
    if java_home is not None:
        environment["JAVA_HOME"] = str(java_home)
    script = PRELUDE.format(code=textwrap.indent(textwrap.dedent(code).strip(), "    "))
    done = subprocess.run(
        [sys.executable, *([] if packages else ["-S"]), "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    reports = [line for line in done.stdout.splitlines() if line.startswith("REPORT")]
    assert len(reports) == 1, done.stdout + done.stderr
    return Answer(json.loads(reports[0].removeprefix("REPORT")), done.stderr)


@pytest.fixture(scope="session")
def real_java() -> jvm.Java:
    """A Java of this machine that fits; there must be one, if only by the extra ``jre``."""
    return jvm.find_java()


class Homes:
    """Makes Java homes out of the real one: its launcher, its libraries, its release file with a change."""

    def __init__(self, folder: Path, real: jvm.Java) -> None:
        self.folder, self.real = folder, real

    def make(
        self,
        name: str,
        *,
        version: str | None = None,
        without_module: str | None = None,
        release: bool = True,
        libraries: bool = True,
        launcher: str | None = None,
    ) -> Path:
        home = self.folder / name
        (home / "bin").mkdir(parents=True)
        if launcher is None:
            shutil.copy(self.real.home / "bin" / "java", home / "bin" / "java")
        else:
            (home / "bin" / "java").write_text(f"#!/bin/sh\n{launcher}\n")
            (home / "bin" / "java").chmod(0o755)
        if libraries:
            (home / "lib").symlink_to(self.real.home / "lib")
        if release:
            text = (self.real.home / "release").read_text()
            if version is not None:
                text = re.sub(r'JAVA_VERSION=".*?"', f'JAVA_VERSION="{version}"', text)
            if without_module is not None:
                assert without_module in text
                text = text.replace(without_module, "")
            (home / "release").write_text(text)
        return home

    def java_17(self) -> Path:
        """The machine's own Java 17 where it has one, else one whose release file says 17."""
        found = (candidate.home for candidate in jvm.candidates() if candidate.problem.startswith("is Java 17"))
        return next(found, None) or self.make("jdk-17", version="17.0.15")


@pytest.fixture
def homes(tmp_path: Path, real_java: jvm.Java) -> Homes:
    return Homes(tmp_path / "jvms", real_java)


def linked(folder: Path, home: Path) -> str:
    """A folder for PATH with a symbolic link to the ``java`` of ``home``, as Debian's alternatives make them."""
    folder.mkdir()
    (folder / "java").symlink_to(home / "bin" / "java")
    return str(folder)


# What is found, and in which order


def test_java_home_comes_first(homes: Homes, tmp_path: Path) -> None:
    stated, other = homes.make("stated"), homes.make("other")
    answer = python(FIND, java_home=stated, path=linked(tmp_path / "bin", other), roots=(homes.folder,))
    assert answer.facts["home"] == str(stated)
    assert answer.facts["source"] == JavaSource.JAVA_HOME
    assert answer.facts["version"] == homes.real.version
    assert answer.facts["version_text"] == homes.real.version_text


def test_path_comes_before_installed_ones_and_links_are_followed_home(homes: Homes, tmp_path: Path) -> None:
    on_path = homes.make("on-path")
    installed = Homes(tmp_path / "installed", homes.real)
    installed.make("a")
    answer = python(FIND, path=linked(tmp_path / "bin", on_path), roots=(installed.folder,))
    assert answer.facts["home"] == str(on_path)
    assert answer.facts["source"] == JavaSource.PATH


def test_a_later_java_on_path_is_taken_when_the_first_is_17(homes: Homes, tmp_path: Path) -> None:
    good = homes.make("good")
    path = os.pathsep.join([linked(tmp_path / "first", homes.java_17()), linked(tmp_path / "second", good)])
    assert python(FIND, path=path).facts["home"] == str(good)


def test_installed_ones_are_found_when_path_holds_17(homes: Homes, tmp_path: Path) -> None:
    good = homes.make("zulu-25")
    answer = python(FIND, path=linked(tmp_path / "bin", homes.java_17()), roots=(tmp_path / "absent", homes.folder))
    assert answer.facts["home"] == str(good)
    assert answer.facts["source"] == JavaSource.INSTALLED


def test_a_bundle_as_macos_has_it_is_found(homes: Homes) -> None:
    home = homes.make("temurin-25.jdk/Contents/Home")
    assert python(FIND, roots=(homes.folder,)).facts["home"] == str(home)


def test_the_extra_is_found_last(real_java: jvm.Java) -> None:
    answer = python(FIND, packages=True)
    assert answer.facts["source"] == JavaSource.EXTRA
    assert answer.facts["home"].endswith("jre")


def test_a_shim_on_path_is_seen_through(homes: Homes, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "java").write_text(f'#!/bin/sh\nexec "{homes.real.home}/bin/java" "$@"\n')
    (shims / "java").chmod(0o755)
    answer = python(FIND, path=str(shims))
    assert Path(answer.facts["home"]).resolve() == homes.real.home.resolve()
    assert answer.facts["source"] == JavaSource.PATH


def test_java_home_that_names_bin_is_forgiven(homes: Homes) -> None:
    home = homes.make("good")
    assert python(FIND, java_home=home / "bin").facts["home"] == str(home)


def test_without_a_release_file_java_itself_is_asked(homes: Homes) -> None:
    home = homes.make("no-release", release=False)
    answer = python(FIND, java_home=home)
    assert answer.facts["home"] == str(home)
    assert answer.facts["version_text"] == homes.real.version_text


def test_with_a_release_file_nothing_is_started(homes: Homes, tmp_path: Path) -> None:
    home = homes.make("good", launcher=f"touch {tmp_path}/started")
    assert python(FIND, path=linked(tmp_path / "bin", home)).facts["home"] == str(home)
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize(
    ("text", "feature"),
    [("25.0.4.1", 25), ("21", 21), ("21-ea", 21), ("17.0.15", 17), ("1.8.0_402", 8), ("", None), ("unknown", None)],
)
def test_feature_release_of_a_version(homes: Homes, text: str, feature: int | None) -> None:
    candidate = jvm.inspect(homes.make("some", version=text or "unknown"), JavaSource.INSTALLED)
    if feature is None:
        assert "does not tell its version" in candidate.problem
    elif feature < jvm.MINIMUM_VERSION:
        assert candidate.problem == f"is Java {text}"
    else:
        assert candidate.java is not None
        assert candidate.java.version == feature


# What is wrong, each in its own sentence


def test_no_java_at_all() -> None:
    error = python(FIND).error
    assert "there is no Java at all" in error
    assert "pip install 'pyserini-xqg[jre]'" in error
    assert "JAVA_HOME" in error
    assert "\n" not in error


def test_java_17_on_path(homes: Homes, tmp_path: Path) -> None:
    home = homes.java_17()
    error = python(FIND, path=linked(tmp_path / "bin", home)).error
    assert f"{home.resolve()} (PATH) is Java 17" in error
    assert "needs Java 21 or later" in error
    assert "pip install 'pyserini-xqg[jre]'" in error


def test_java_home_of_17(homes: Homes) -> None:
    home = homes.java_17()
    assert f"JAVA_HOME={home} is Java 17" in python(FIND, java_home=home).error


def test_java_without_the_vector_module(homes: Homes) -> None:
    home = homes.make("slim", without_module=jvm.VECTOR_MODULE)
    error = python(FIND, roots=(homes.folder,)).error
    assert f"{home} (installed) (Java {homes.real.version_text}) lacks the module jdk.incubator.vector" in error
    assert "pip install 'pyserini-xqg[jre]'" in error


def test_java_without_the_vector_module_and_without_a_release_file(homes: Homes) -> None:
    launcher = f'exec "{homes.real.home}/bin/java" --limit-modules java.base "$@"'
    home = homes.make("slim", release=False, launcher=launcher)
    assert "lacks the module jdk.incubator.vector" in python(FIND, java_home=home).error


def test_java_home_that_is_not_there(tmp_path: Path) -> None:
    error = python(FIND, java_home=tmp_path / "gone").error
    assert f"JAVA_HOME={tmp_path / 'gone'} is not there" in error


def test_java_home_without_java(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert f"JAVA_HOME={tmp_path / 'empty'} has no bin/java" in python(FIND, java_home=tmp_path / "empty").error


def test_java_home_without_libjvm(homes: Homes) -> None:
    home = homes.make("half", libraries=False)
    assert (
        f"JAVA_HOME={home} (Java {homes.real.version_text}) has no lib/server/libjvm.so"
        in python(FIND, java_home=home).error
    )


def test_java_home_whose_java_fails(homes: Homes) -> None:
    home = homes.make("broken", release=False, launcher="exit 3")
    assert "does not tell its version" in python(FIND, java_home=home).error


def test_every_reason_is_in_the_sentence(homes: Homes, tmp_path: Path) -> None:
    homes.make("half", libraries=False)
    homes.make("slim", without_module=jvm.VECTOR_MODULE)
    error = python(
        FIND, java_home=tmp_path / "gone", path=linked(tmp_path / "bin", homes.java_17()), roots=(homes.folder,)
    ).error
    for part in ("is not there", "is Java 17", "has no lib/server/libjvm.so", "lacks the module"):
        assert error.count(part) == 1, (part, error)


# What prepare() sets


def test_prepare_sets_java_for_this_process_and_its_children(homes: Homes, tmp_path: Path) -> None:
    good = homes.make("good")
    path = f"{linked(tmp_path / 'bin', homes.java_17())}:/bin"
    code = f"""
    {PREPARE.partition(";")[0]}
    import subprocess
    version = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    first = dict(os.environ)
    jvm.prepare(roots)
    same = first == dict(os.environ)
    environ = {{name: os.environ[name] for name in ("JAVA_HOME", "PATH")}}
    report(home=str(java.home), version=version, same=same, **environ)
    """
    facts = python(code, path=path, roots=(homes.folder,)).facts
    assert facts["home"] == facts["JAVA_HOME"] == str(good)
    assert facts["PATH"] == f"{good}/bin:{path}"
    assert homes.real.version_text in facts["version"]
    assert facts["same"], "a second call changes nothing"


def test_prepare_leaves_a_path_alone_that_leads_to_the_same_java(homes: Homes, tmp_path: Path) -> None:
    path = linked(tmp_path / "bin", homes.make("good"))
    assert python(PREPARE, path=path).facts["PATH"] == path


def test_prepare_names_a_java_home_that_it_cannot_use(homes: Homes, tmp_path: Path) -> None:
    old, good = homes.java_17(), homes.make("good")
    answer = python(PREPARE, java_home=old, path=linked(tmp_path / "bin", good))
    assert answer.facts["JAVA_HOME"] == str(good)
    assert re.search(
        rf"WARNING JAVA_HOME={re.escape(str(old))} is Java 17\S*; using Java {homes.real.version_text} in "
        rf"{re.escape(str(good))} instead",
        answer.stderr,
    )


def test_prepare_says_nothing_about_a_path_that_it_passes_over(homes: Homes, tmp_path: Path) -> None:
    homes.make("good")
    assert python(PREPARE, path=linked(tmp_path / "bin", homes.java_17()), roots=(homes.folder,)).stderr == ""


def test_prepare_drops_a_jvm_path_that_would_win_over_java_home(homes: Homes) -> None:
    answer = python(PREPARE, java_home=homes.make("good"), JVM_PATH="/somewhere/else/libjvm.so")
    assert answer.facts["JVM_PATH"] is None


def test_a_running_jvm_stays_and_its_java_is_what_children_get(homes: Homes) -> None:
    code = """
    jvm.prepare(roots)
    import pyserini.pyclass
    del os.environ["JAVA_HOME"]
    os.environ["PATH"] = "/nowhere"
    java = jvm.prepare([])
    text = pyserini.pyclass.JString("still alive").toUpperCase()
    environ = {name: os.environ[name] for name in ("JAVA_HOME", "PATH")}
    report(home=str(java.home), source=java.source, text=text, **environ)
    """
    facts = python(code, java_home=homes.real.home, packages=True).facts
    assert facts["source"] == JavaSource.RUNNING
    assert Path(facts["home"]).resolve() == homes.real.home.resolve()
    assert facts["JAVA_HOME"] == facts["home"]
    assert facts["PATH"].startswith(facts["home"])
    assert facts["text"] == "STILL ALIVE"


def test_a_running_jvm_that_is_too_old_is_named(homes: Homes) -> None:
    old = homes.java_17()
    if old.is_relative_to(homes.folder):
        pytest.skip("starting a Java 17 needs a real one")
    code = "import jnius; jnius.autoclass('java.lang.String'); jvm.prepare(roots)"
    error = python(code, java_home=old, roots=(homes.real.home.parent,), packages=True).error
    assert "this process has started another" in error
    assert "(running) is Java 17" in error


# Pyserini and FAISS


def pretend_installed(folder: Path, version: str) -> Path:
    """A folder for PYTHONPATH in which Pyserini seems installed in this version."""
    info = folder / f"pyserini-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pyserini\nVersion: {version}\n")
    return folder


def test_pyserini_240_offline(real_java: jvm.Java, tmp_path: Path) -> None:
    ahead = pretend_installed(tmp_path / "ahead", "2.4.0")
    # No internet, on any machine: the way out leads to a closed port.
    code = "jvm.import_pyserini()"
    error = python(
        code, java_home=real_java.home, packages=True, python_path=(ahead,), https_proxy="http://127.0.0.1:9"
    ).error
    assert error.startswith(
        "Pyserini 2.4.0 downloads its list of indexes whenever it is imported, and there is no internet here"
    )
    assert "pip install 'pyserini>=2.3,!=2.4.0'" in error


def test_pyserini_that_is_too_old(real_java: jvm.Java, tmp_path: Path) -> None:
    ahead = pretend_installed(tmp_path / "ahead", "0.44.0")
    error = python("jvm.import_pyserini()", java_home=real_java.home, packages=True, python_path=(ahead,)).error
    assert "Pyserini 0.44.0 is older than 2.3" in error


def test_no_pyserini(real_java: jvm.Java) -> None:
    assert "Pyserini is not installed" in python("jvm.import_pyserini()", java_home=real_java.home).error


def test_no_faiss(real_java: jvm.Java) -> None:
    code = """
    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "faiss":
                raise ModuleNotFoundError("No module named 'faiss'")
    sys.meta_path.insert(0, Absent())
    jvm.import_pyserini()
    """
    error = python(code, java_home=real_java.home, packages=True).error
    assert "needs FAISS, which cannot be imported (No module named 'faiss')" in error
    assert "pip install 'faiss-cpu>=1.12'" in error


def test_pyserini_runs_on_the_extra_alone(tmp_path: Path) -> None:
    """Without JAVA_HOME, without java on PATH, without an installed one: index, search, and Pyserini's trec_eval as a
    child process.
    """
    code = f"""
    java = jvm.prepare(roots)
    lucene = jvm.import_pyserini("pyserini.search.lucene")
    from pyserini.index.lucene import LuceneIndexer
    indexer = LuceneIndexer({str(tmp_path / "index")!r})
    indexer.add_doc_dict({{"id": "d1", "contents": "The heron waits in shallow water for fish."}})
    indexer.add_doc_dict({{"id": "d2", "contents": "A loom weaves thread into cloth."}})
    indexer.close()
    hits = lucene.LuceneSearcher({str(tmp_path / "index")!r}).search("weaving threads", k=2)
    import subprocess
    Path({str(tmp_path / "qrels")!r}).write_text("q1 0 d2 1\\n")
    Path({str(tmp_path / "run")!r}).write_text("q1 Q0 d2 1 1.0 tag\\n")
    judged = [{str(tmp_path / "qrels")!r}, {str(tmp_path / "run")!r}]
    command = [sys.executable, "-m", "pyserini.eval.trec_eval", "-m", "recip_rank", *judged]
    scored = subprocess.run(command, capture_output=True, text=True).stdout
    report(source=java.source, hits=[hit.docid for hit in hits], scored=scored)
    """
    facts = python(code, packages=True).facts
    assert facts["source"] == JavaSource.EXTRA
    assert facts["hits"] == ["d2"]
    assert re.search(r"recip_rank\s+all\s+1\.0000", facts["scored"])
