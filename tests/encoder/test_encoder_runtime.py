"""Both runtimes give each batch's embeddings in order, and say what they lack."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tiny_checkpoint import HIDDEN
from tiny_graph import DIMENSION, write_word_encoder

from pyserini_xqg.encoder import precision as precision_module
from pyserini_xqg.encoder.batching import Batch
from pyserini_xqg.encoder.engines import load_runtime
from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL
from pyserini_xqg.encoder.precision import Precision, cpu_computes_bf16, has_openvino, openvino_hint, resolve
from pyserini_xqg.errors import EncoderError, SetupError
from pyserini_xqg.machine import available_cores

CPU = "CPUExecutionProvider"
RUNTIMES = pytest.mark.parametrize(
    ("precision", "provider"),
    [
        (Precision.FP32, None),
        (Precision.BF16, None),
        (Precision.INT8, None),
        pytest.param(Precision.INT8, CPU, id="int8 of ONNX Runtime"),
    ],
)


def batches(number: int) -> list[Batch]:
    chance = np.random.default_rng(0)
    shapes = [(int(chance.integers(1, 9)), int(chance.integers(3, 40))) for _ in range(number)]
    return [(chance.integers(5, 300, shape), np.ones(shape, np.int64)) for shape in shapes]


@pytest.mark.parametrize("threads", [1, 3])
@RUNTIMES
def test_many_batches_come_back_in_order(tiny_encoder: Path, precision: Precision, provider: str | None, threads: int):
    runtime = load_runtime(tiny_encoder, precision, threads, provider)
    given = batches(20)
    together = list(runtime.run_all(iter(given)))
    for batch, embeddings in zip(given, together, strict=True):
        assert embeddings.dtype == np.float32
        assert embeddings.shape == (len(batch[0]), HIDDEN)
        # A single batch runs with other threads, so its sums may be rounded otherwise; int8 rounds each batch by its
        # own largest value.
        np.testing.assert_allclose(embeddings, runtime.run(batch), atol=1e-5 if precision is Precision.FP32 else 2e-2)
    again = list(runtime.run_all(iter(given)))
    assert all(np.array_equal(first, second) for first, second in zip(together, again, strict=True))


@pytest.mark.parametrize("threads", [1, 2])
def test_its_threads_are_not_tied_to_cores(tiny_encoder: Path, threads: int):
    """Else the processes of a machine would crowd on its first cores."""
    others = {task.name for task in Path("/proc/self/task").iterdir()}  # of ONNX Runtime, say, which ties its own
    runtime = load_runtime(tiny_encoder, Precision.BF16, threads, None)
    given = batches(20)
    list(runtime.run_all(iter(given)))
    runtime.run(given[0])
    mine = [task for task in Path("/proc/self/task").iterdir() if task.name not in others] or [
        Path("/proc/thread-self")
    ]
    tied = {line for task in mine for line in (task / "status").read_text().splitlines() if "Cpus_allowed_list" in line}
    assert len(tied) == 1, tied


@RUNTIMES
def test_batches_are_taken_as_they_are_needed(tiny_encoder: Path, precision: Precision, provider: str | None):
    """Otherwise memory would grow with the corpus."""
    taken = 0

    def counted() -> Iterator[Batch]:
        nonlocal taken
        for batch in batches(50):
            taken += 1
            yield batch

    results = load_runtime(tiny_encoder, precision, 2, provider).run_all(counted())
    next(results)
    assert taken <= 6
    assert len(list(results)) == 49


@RUNTIMES
def test_no_batches_give_nothing(tiny_encoder: Path, precision: Precision, provider: str | None):
    assert list(load_runtime(tiny_encoder, precision, 1, provider).run_all(iter(()))) == []


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.BF16])
def test_a_graph_with_token_types_gets_zeros(tmp_path: Path, precision: Precision):
    runtime = load_runtime(write_word_encoder(tmp_path / "encoder", token_types=True), precision, 1, None)
    batch = (np.array([[3, 4], [3, 0]]), np.array([[1, 1], [1, 0]]))
    expected = np.array([[7.0] * DIMENSION, [3.0] * DIMENSION])
    np.testing.assert_allclose(runtime.run(batch), expected, rtol=1e-2)
    np.testing.assert_allclose(next(iter(runtime.run_all([batch]))), expected, rtol=1e-2)


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.BF16])
@pytest.mark.parametrize("damage", ["cut short", "empty", "not ONNX"])
def test_a_damaged_graph_is_named(tmp_path: Path, tiny_encoder: Path, precision: Precision, damage: str):
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    data = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(
        {"cut short": data[: len(data) // 2], "empty": b"", "not ONNX": b"PK\x03\x04" * 100}[damage]
    )
    with pytest.raises(
        EncoderError, match=r"encoder/model\.onnx cannot be loaded \(.+\); export the encoder again"
    ) as caught:
        load_runtime(folder, precision, 1, None).run(batches(1)[0])
    assert "\n" not in str(caught.value)


def test_a_folder_without_an_int8_graph_is_named(tmp_path: Path, tiny_encoder: Path):
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    (folder / INT8_MODEL).unlink()
    with pytest.raises(
        EncoderError, match=r"encoder has no model\.int8\.onnx; .*export the encoder with --quantize int8"
    ):
        load_runtime(folder, Precision.INT8, 1, CPU)


def test_a_provider_that_is_not_there_is_named_with_those_that_are(tiny_encoder: Path):
    with pytest.raises(
        SetupError, match=r"ONNX Runtime has no TensorrtExecutionProvider here; it has .*CPUExecutionProvider"
    ):
        load_runtime(tiny_encoder, Precision.FP32, 1, "TensorrtExecutionProvider")
    with pytest.raises(SetupError, match="bf16 runs through OpenVINO on the CPU; leave out --provider"):
        load_runtime(tiny_encoder, Precision.BF16, 1, "CPUExecutionProvider")


def test_without_openvino_bf16_says_what_to_install_and_auto_does_without(
    tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert not has_openvino()
    assert resolve(Precision.AUTO) is Precision.FP32
    with pytest.raises(
        SetupError, match=r"needs OpenVINO: pip install 'pyserini-xqg\[openvino\]', or use --precision fp32"
    ):
        load_runtime(tiny_encoder, Precision.BF16, 1, None)


@pytest.mark.parametrize("has_bf16", [True, False])
def test_auto_asks_the_cpu(monkeypatch: pytest.MonkeyPatch, has_bf16: bool):
    monkeypatch.setattr(precision_module, "cpu_computes_bf16", lambda: has_bf16)
    assert resolve(Precision.AUTO) is (Precision.BF16 if has_bf16 else Precision.FP32)


def test_what_was_asked_for_is_kept():
    assert [resolve(precision) for precision in (Precision.FP32, Precision.BF16, Precision.INT8)] == [
        Precision.FP32,
        Precision.BF16,
        Precision.INT8,
    ]


@pytest.mark.parametrize(
    ("flags", "in_8_bits"),
    [
        (set(), "f32"),
        ({"avx2", "avx512f", "avx512_vnni"}, "f32"),
        ({"avx512_vnni", "avx512_bf16"}, "bf16"),
        ({"avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16"}, "f32"),
        ({"avx512_bf16", "amx_tile", "amx_int8"}, "f32"),
    ],
)
def test_8_bits_go_with_f32_where_openvino_is_wrong_with_bf16(flags: set[str], in_8_bits: str):
    assert openvino_hint(Precision.INT8, flags) == in_8_bits
    assert openvino_hint(Precision.BF16, flags) == "bf16"


def test_the_cpu_is_asked_as_the_system_lists_it():
    information = Path("/proc/cpuinfo")
    listed = information.read_text() if information.is_file() else ""
    assert cpu_computes_bf16() == any(flag in listed.split() for flag in ("avx512_bf16", "amx_bf16"))


def test_cores_are_those_that_the_process_may_use():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert available_cores() == len(allowed)
