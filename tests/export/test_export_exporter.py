"""The whole export on tiny checkpoints: right numbers, refusals, and nothing by halves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import forked
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from tiny_checkpoint import HIDDEN, POSITIONS, write_bert, write_distilbert, write_e5, write_xlm_roberta
from tiny_corpus import environment
from tokenizers import Tokenizer

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, TOKENIZER, Pooling, read_config
from pyserini_xqg.errors import EncoderError, OutputError, UsageError
from pyserini_xqg.export.checkpoint import find_checkpoint
from pyserini_xqg.export.exporter import export_encoder
from pyserini_xqg.export.settings import ExportSettings

PLAIN = ExportSettings(Pooling.MEAN, True, "", "", 32, POSITIONS, quantize=False)
# None of them is a built-in sentence.
TEXTS = [
    "A short one.",
    "",
    "Где находится вокзал и когда уходит последний поезд на север?",
    "駅はどこですか",
    "كم الساعة؟ " * 60,
    "e\u0301 \U0001f600",
]
FAMILIES = {"bert": write_bert, "xlm-roberta": write_xlm_roberta, "e5": write_e5, "distilbert": write_distilbert}


def embed_with_transformers(folder: Path, texts: list[str], pooling: str, normalize: bool) -> np.ndarray:
    """The way of the model cards: padded to the longest, pooled under the mask, normalised; all of it in torch."""
    tokenizer, model = (
        transformers.AutoTokenizer.from_pretrained(folder),
        transformers.AutoModel.from_pretrained(folder).eval(),
    )
    inputs = tokenizer(
        texts, padding=True, truncation=True, max_length=POSITIONS, return_tensors="pt", return_token_type_ids=False
    )
    with torch.no_grad():
        states = model(**inputs).last_hidden_state
    mask = inputs["attention_mask"][..., None]
    vectors = states[:, 0] if pooling == "cls" else states.masked_fill(mask == 0, 0.0).sum(1) / mask.sum(1)
    return (torch.nn.functional.normalize(vectors) if normalize else vectors).numpy()


def embed_with_onnx(graph: Path, texts: list[str], pad: int = 0) -> np.ndarray:
    """What any reader of the folder does: tokenizer.json, one padded batch, model.onnx."""
    tokenizer = Tokenizer.from_file(str(graph.parent / TOKENIZER))
    tokenizer.enable_truncation(POSITIONS)
    tokenizer.enable_padding(pad_id=pad)
    encodings = tokenizer.encode_batch(texts)
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    inputs = {
        "input_ids": np.array([e.ids for e in encodings]),
        "attention_mask": np.array([e.attention_mask for e in encodings]),
    }
    return session.run(["embedding"], inputs)[0]


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("pooling", ["cls", "mean"])
@pytest.mark.parametrize("family", FAMILIES)
def test_embeddings_are_those_of_transformers(tmp_path, family, pooling, normalize):
    checkpoint = FAMILIES[family](tmp_path / "checkpoint")
    settings = ExportSettings(Pooling(pooling), normalize, "", "", 32, POSITIONS, quantize=False)
    config = export_encoder(find_checkpoint(str(checkpoint)), tmp_path / "out", settings)
    expected = embed_with_transformers(checkpoint, TEXTS, pooling, normalize)
    np.testing.assert_allclose(embed_with_onnx(tmp_path / "out" / MODEL, TEXTS), expected, atol=1e-4, rtol=0)
    np.testing.assert_allclose(embed_with_onnx(tmp_path / "out" / MODEL, TEXTS, pad=1), expected, atol=1e-4, rtol=0)
    assert config.dimension == HIDDEN
    assert config.parity.scripts >= 12
    assert config.parity.max_abs_difference <= 1e-4
    assert read_config(tmp_path / "out", check_hashes=True) == config


def test_the_graph_is_one_that_java_reads(tmp_path):
    export_encoder(find_checkpoint(str(write_xlm_roberta(tmp_path / "checkpoint"))), tmp_path / "out", PLAIN)
    graph = onnx.load(str(tmp_path / "out" / MODEL))
    onnx.checker.check_model(graph)
    assert graph.ir_version <= 8
    assert [(opset.domain, opset.version <= 17) for opset in graph.opset_import] == [("", True)]
    assert [value.name for value in graph.graph.input] == ["input_ids", "attention_mask"]
    assert [value.name for value in graph.graph.output] == ["embedding"]
    assert [size.dim_param for size in graph.graph.input[0].type.tensor_type.shape.dim] == ["batch", "tokens"]
    assert graph.graph.output[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert str(tmp_path).encode() not in (tmp_path / "out" / MODEL).read_bytes()


def test_the_same_checkpoint_gives_the_same_folder_in_another_process(tmp_path):
    checkpoint = write_bert(tmp_path / "checkpoint")
    first = export_encoder(find_checkpoint(str(checkpoint)), tmp_path / "first", PLAIN)
    command = [
        sys.executable,
        "-m",
        "pyserini_xqg",
        "export",
        "--model",
        str(checkpoint),
        "--output",
        str(tmp_path / "second"),
    ]
    flags = ["--pooling", "mean", "--normalize", "--query-max-length", "32", "--passage-max-length", str(POSITIONS)]
    subprocess.run([*command, *flags], check=True, capture_output=True)
    assert read_config(tmp_path / "second").fingerprint == first.fingerprint


def test_int8_is_reported_and_near(tmp_path):
    checkpoint = find_checkpoint(str(write_e5(tmp_path / "checkpoint")))
    settings = ExportSettings(Pooling.MEAN, True, "query: ", "passage: ", 32, POSITIONS, quantize=True)
    quantization = export_encoder(checkpoint, tmp_path / "out", settings).quantization
    exact, rough = (embed_with_onnx(tmp_path / "out" / name, TEXTS) for name in (MODEL, INT8_MODEL))
    assert (exact * rough).sum(axis=1).min() > 0.98
    assert 0.98 < quantization.min_cosine <= quantization.mean_cosine < 1
    assert 0.7 < quantization.top10_overlap <= 1
    weights = {one.name: one.data_type for one in onnx.load(str(tmp_path / "out" / INT8_MODEL)).graph.initializer}
    assert weights["states.embeddings.word_embeddings.weight_quantized"] in (
        onnx.TensorProto.INT8,
        onnx.TensorProto.UINT8,
    )
    scales = [
        one
        for one in onnx.load(str(tmp_path / "out" / INT8_MODEL)).graph.initializer
        if one.name.endswith("_scale") and one.dims
    ]
    assert {HIDDEN, 64} <= {one.dims[0] for one in scales}, "one scale an output channel"


def test_truncation_and_padding_of_the_checkpoint_are_left_out(tmp_path):
    checkpoint = write_bert(tmp_path / "checkpoint")
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    tokenizer.enable_truncation(7)
    tokenizer.enable_padding(length=9)
    tokenizer.save(str(checkpoint / "tokenizer.json"))
    export_encoder(find_checkpoint(str(checkpoint)), tmp_path / "out", PLAIN)
    written = json.loads((tmp_path / "out" / TOKENIZER).read_text())
    assert written["truncation"] is None
    assert written["padding"] is None


def change_weight(checkpoint: Path, name: str, change) -> None:
    weights = load_file(checkpoint / "model.safetensors")
    weights[name] = change(weights[name]).contiguous()
    save_file(weights, checkpoint / "model.safetensors", metadata={"format": "pt"})


LAST_NORM = "encoder.layer.1.output.LayerNorm.weight"


def test_a_graph_that_differs_is_refused_and_nothing_is_left(tmp_path):
    """Vectors 10,000 times as long lose four digits more than the limit allows, in torch and in ONNX Runtime
    differently.
    """
    checkpoint = write_bert(tmp_path / "checkpoint")
    change_weight(checkpoint, LAST_NORM, lambda weight: weight * 1e4)
    settings = ExportSettings(Pooling.CLS, False, "", "", 32, POSITIONS, quantize=False)
    with pytest.raises(
        EncoderError, match=r"differs from the original on \d+ of 70 built-in sentences.*the worst: [A-Z][a-z]{3} "
    ):
        export_encoder(find_checkpoint(str(checkpoint)), tmp_path / "results" / "out", settings)
    assert not list((tmp_path / "results").iterdir())


def test_embeddings_that_are_not_finite_are_refused(tmp_path):
    checkpoint = write_bert(tmp_path / "checkpoint")
    change_weight(checkpoint, LAST_NORM, lambda weight: weight * float("nan"))
    with pytest.raises(EncoderError, match="differs from the original on 70 of 70"):
        export_encoder(find_checkpoint(str(checkpoint)), tmp_path / "out", PLAIN)
    assert not (tmp_path / "out").exists()


def test_the_same_export_again_leaves_the_folder_alone(tmp_path):
    checkpoint = find_checkpoint(str(write_bert(tmp_path / "checkpoint")))
    first = export_encoder(checkpoint, tmp_path / "out", PLAIN)
    before = (tmp_path / "out" / MODEL).stat().st_mtime_ns
    assert export_encoder(checkpoint, tmp_path / "out", PLAIN) == first
    assert (tmp_path / "out" / MODEL).stat().st_mtime_ns == before


def test_a_folder_with_another_export_is_refused(tmp_path):
    checkpoint = find_checkpoint(str(write_bert(tmp_path / "checkpoint")))
    export_encoder(checkpoint, tmp_path / "out", PLAIN)
    with pytest.raises(OutputError, match=r"another export already: of .*mean pooling, normalised"):
        export_encoder(
            checkpoint, tmp_path / "out", ExportSettings(Pooling.CLS, True, "", "", 32, POSITIONS, quantize=False)
        )
    change_weight(checkpoint.folder, LAST_NORM, lambda weight: weight * 2)
    with pytest.raises(OutputError, match="another export already"):
        export_encoder(checkpoint, tmp_path / "out", PLAIN)
    (tmp_path / "out" / MODEL).write_bytes(b"damaged")
    with pytest.raises(OutputError, match="damaged encoder"):
        export_encoder(checkpoint, tmp_path / "out", PLAIN)


@pytest.mark.parametrize("is_file", [True, False])
def test_something_else_at_the_output_is_refused_and_kept(tmp_path, is_file):
    checkpoint = find_checkpoint(str(write_bert(tmp_path / "checkpoint")))
    notes = tmp_path / "out" if is_file else tmp_path / "out" / "notes.txt"
    notes.parent.mkdir(exist_ok=True)
    notes.write_text("mine")
    with pytest.raises(OutputError, match="a file" if is_file else r"it holds notes\.txt"):
        export_encoder(checkpoint, tmp_path / "out", PLAIN)
    assert notes.read_text() == "mine"


def test_a_prefix_that_leaves_no_room_is_refused(tmp_path):
    checkpoint = find_checkpoint(str(write_bert(tmp_path / "checkpoint")))
    with pytest.raises(UsageError, match=r"query prefix .* alone fills the 8 tokens"):
        export_encoder(
            checkpoint,
            tmp_path / "out",
            ExportSettings(Pooling.CLS, True, "one two three four five six seven ", "", 8, 32, quantize=False),
        )
    assert not (tmp_path / "out").exists()


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from pyserini_xqg.commands import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("fits", ["nothing", "the tokenizer", "the graph"])
def test_a_full_disk_leaves_nothing(tmp_path, fits):
    """A limit on the size of files stands in for the full disk."""
    checkpoint = write_bert(tmp_path / "checkpoint")
    export_encoder(
        find_checkpoint(str(checkpoint)),
        tmp_path / "whole",
        ExportSettings(Pooling.CLS, True, "", "", 32, POSITIONS, quantize=False),
    )
    tokenizer, graph = ((tmp_path / "whole" / name).stat().st_size for name in (TOKENIZER, MODEL))
    room = {"nothing": tokenizer // 2, "the tokenizer": tokenizer + 1, "the graph": graph + 1}[fits]
    flags = [
        "export",
        "--model",
        str(checkpoint),
        "--output",
        str(tmp_path / "results" / "out"),
        "--normalize",
        "--quantize",
        "int8",
    ]
    done = forked.run(["-c", LIMITED, str(room), *flags], environment())
    assert done.returncode == 1
    assert "free some" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "results").iterdir())
