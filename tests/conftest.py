"""Fixtures that many tests share."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_FailuresAtOnce(config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one of them would keep one worker busy for minutes after the others are
    done. How long they take was measured once, roughly; one that is not in the table counts by its marks.
    """
    table = json.loads((ROOT / "tests" / "seconds.json").read_text(encoding="utf-8"))
    marked = {item.path for item in items if item.get_closest_marker("slow")}
    seconds = {
        path: table.get(path.relative_to(ROOT).as_posix(), 30 if path in marked else 1)
        for path in {item.path for item in items}
    }
    items.sort(key=lambda item: -seconds[item.path])


def pytest_collection_finish() -> None:
    """Torch's and transformers' modules are here by now, and stay: no garbage collection need look at them."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # some libraries complain of what is still there when Python ends


class _FailuresAtOnce:
    """Names each failure when it happens: a run that is stopped later, or a worker that dies, has then told it
    already.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            lines = report.longreprtext.strip().splitlines() or [""]
            shown = next((line for line in lines if line.startswith("E ")), lines[-1])
            terminal.write_line(
                f"\n{report.nodeid} failed ({report.when}, {report.duration:.0f} s): {' '.join(shown.split())[:300]}"
            )


@pytest.fixture(scope="module", autouse=True)
def _python_begins_as_before() -> Iterator[None]:
    """A file's tests leave the next file the variables that processes begin with."""
    from forked import read_at_start_kept

    with read_at_start_kept():
        yield


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with the public data sets; in CI it must be there."""
    place = Path(os.environ.get("PYSERINI_XQG_DATA", ROOT.parent / "shared" / "data"))
    if not (place / "xquad").is_dir():
        message = (
            f"no data in {place}: set PYSERINI_XQG_DATA to a folder with xquad/, afriqa/, locomo/ and "
            "xor_retrieve/ (README, 'Data for the tests')"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return place


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random 2-layer, 32-dimensional BERT checkpoint: the original of :func:`tiny_encoder`."""
    from tiny_checkpoint import write_bert

    return write_bert(tmp_path_factory.mktemp("checkpoint") / "tiny-bert")


@pytest.fixture(scope="session")
def tiny_encoder(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder folder that the real export makes of :func:`tiny_bert`, with prefixes, unequal lengths and an int8
    graph. Read-only.
    """
    from tiny_checkpoint import POSITIONS

    from pyserini_xqg.encoder.folder import Pooling
    from pyserini_xqg.export.checkpoint import find_checkpoint
    from pyserini_xqg.export.exporter import export_encoder
    from pyserini_xqg.export.settings import ExportSettings

    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    export_encoder(
        find_checkpoint(str(tiny_bert)),
        folder,
        ExportSettings(Pooling.MEAN, True, "query: ", "passage: ", 32, POSITIONS, quantize=True),
    )
    return folder


@pytest.fixture(scope="session")
def e5() -> Path:
    """The encoder folder of the embedded encoder, multilingual-e5-small; built on the first use on a machine, then
    cached. Read-only.
    """
    from pyserini_xqg.export.resolve import resolve_encoder

    return resolve_encoder("e5-small")
