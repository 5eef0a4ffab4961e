"""The encoder as an ONNX graph, with pooling and normalisation inside."""

from __future__ import annotations

import inspect
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import onnx
import torch

from pyserini_xqg.encoder.folder import MODEL, Pooling
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.lean import LeanEncoder, is_lean
from pyserini_xqg.export.quiet import quiet
from pyserini_xqg.files.hashes import sha256

if TYPE_CHECKING:
    from transformers import PreTrainedModel

OPSET = 17
"""With it comes IR version 8; both are what Java ONNX Runtime 1.17, the one inside Anserini, reads."""
OUTPUT = "embedding"
EXTERNAL_ABOVE = 1_900_000_000
"""Bytes above which the weights lie beside the graph: a protobuf file cannot reach 2 GiB."""

_DATA = f"{MODEL}.data"


class PooledEncoder(torch.nn.Module):
    """A transformers encoder whose output is one vector a text."""

    def __init__(self, model: PreTrainedModel, pooling: Pooling, normalize: bool) -> None:
        super().__init__()
        self.pooling = pooling
        self.normalize = normalize
        self.states = LeanEncoder(model) if is_lean(model) else _AsItIs(model)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Embed ``[batch, tokens]`` ids as ``[batch, dimension]``; single texts are all of token type 0."""
        states = self.states(input_ids, attention_mask)
        vectors = states[:, 0] if self.pooling is Pooling.CLS else _mean(states, attention_mask)
        return torch.nn.functional.normalize(vectors, dim=-1) if self.normalize else vectors


class _AsItIs(torch.nn.Module):
    """The last hidden states of any other family, computed by transformers."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        self.takes_token_types = "token_type_ids" in inspect.signature(model.forward).parameters

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        extra = {"token_type_ids": torch.zeros_like(input_ids)} if self.takes_token_types else {}
        states: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask, **extra).last_hidden_state
        return states


def _mean(states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    kept = attention_mask.unsqueeze(-1).to(states.dtype)
    return (states * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1e-9)


def write_graph(
    model: PreTrainedModel, pooling: Pooling, normalize: bool, folder: Path, external_above: int = EXTERNAL_ABOVE
) -> None:
    """Write ``model.onnx`` into ``folder``, and ``model.onnx.data`` where the weights exceed ``external_above`` bytes.

    :raises EncoderError: the model cannot be exported.
    """
    size = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    if size <= external_above:
        _export(model, pooling, normalize, folder / MODEL)
        return
    with tempfile.TemporaryDirectory(dir=folder, prefix="exporting-") as working:
        _export(model, pooling, normalize, Path(working) / MODEL)
        graph = onnx.load(str(Path(working) / MODEL))
    onnx.save_model(
        graph, str(folder / MODEL), save_as_external_data=True, all_tensors_to_one_file=True, location=_DATA
    )
    # The hash of model.onnx stands for the encoder, so it has to change with weights that lie elsewhere.
    small = onnx.load(str(folder / MODEL), load_external_data=False)
    onnx.helper.set_model_props(small, {"data_sha256": sha256(folder / _DATA)})
    onnx.save_model(small, str(folder / MODEL))
    # onnx keeps the weights from everybody but their owner, and an encoder may be shared.
    (folder / _DATA).chmod((folder / MODEL).stat().st_mode & 0o777)


def _export(model: PreTrainedModel, pooling: Pooling, normalize: bool, target: Path) -> None:
    # The first text is longer than the second, so that what is traced includes padding.
    input_ids = torch.tensor([[5, 6, 7, 8, 9], [5, 6, 7, 0, 0]]) % model.config.vocab_size
    attention_mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    texts = {0: "batch", 1: "tokens"}
    implementation = model.config._attn_implementation
    try:
        # The fused attention kernels cannot be traced.
        model.set_attn_implementation("eager")
        with quiet(), torch.no_grad():
            torch.onnx.export(
                PooledEncoder(model, pooling, normalize).eval(),
                (input_ids, attention_mask),
                str(target),
                input_names=["input_ids", "attention_mask"],
                output_names=[OUTPUT],
                dynamic_axes={"input_ids": texts, "attention_mask": texts, OUTPUT: {0: "batch", 1: "dimension"}},
                opset_version=OPSET,
                dynamo=False,  # the newer exporter needs one more package and gives the same numbers
            )
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise EncoderError(f"PyTorch could not export the model as ONNX: {error}") from error
    finally:
        model.set_attn_implementation(implementation)
