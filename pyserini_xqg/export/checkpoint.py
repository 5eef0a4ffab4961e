"""Hugging Face checkpoints: finding one, telling it by its hash, loading its model.

Weights are read from safetensors where there are any, else from ``pytorch_model.bin`` with ``weights_only``, which
unpickles tensors and nothing else. Code that lies beside a checkpoint is never run. A folder never causes a network
request.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyserini_xqg.errors import EncoderError, InputError, first_line
from pyserini_xqg.files.checkpoint_files import NO_CHECKPOINT, decisive_files, from_hub, is_checkpoint
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import read_json

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ROBERTA_LIKE = frozenset({"camembert", "roberta", "xlm-roberta", "xlm-roberta-xl"})
"""Models that count positions from ``pad_token_id + 1``."""
MODEL_TYPES = ROBERTA_LIKE | {"bert", "distilbert"}
"""The families of encoders that can be exported."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_OTHERS = ("*.json", "*.txt", "*.model", "*_Pooling/config.json")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint on this machine.

    :param folder: where its files lie.
    :param source: what the user called it.
    """

    folder: Path
    source: str

    def sha256(self) -> str:
        """One hash over every file that can decide an embedding: weights, configuration, tokenizer."""
        files = decisive_files(self.folder, _OTHERS)
        return hashlib.sha256(
            json.dumps([[str(file.relative_to(self.folder)), sha256(file)] for file in files]).encode()
        ).hexdigest()


def find_checkpoint(name: str) -> Checkpoint:
    """Find the checkpoint that a user named: a folder, else a Hugging Face id, whose files are downloaded or taken from
    its cache.

    :raises EncoderError: there is no such folder or id, it cannot be reached, or it holds no checkpoint.
    """
    folder = Path(name).expanduser()
    if folder.exists():
        checkpoint = Checkpoint(folder, name)
    elif _HUB_ID.fullmatch(name):
        checkpoint = Checkpoint(_download(name), name)
    else:
        raise EncoderError(
            f"there is no folder {name}, and it cannot be a Hugging Face id either (those look like owner/name)"
        )
    if not is_checkpoint(checkpoint.folder):
        raise EncoderError(f"{name} {NO_CHECKPOINT}")
    return checkpoint


def _download(name: str) -> Path:
    try:
        return from_hub(name, _OTHERS, ignored=("onnx/*", "openvino/*"))
    except Exception as error:  # the hub's client raises a dozen unrelated kinds
        raise EncoderError(
            f"there is no folder {name}, and the checkpoint {name} could not be had from the Hugging Face hub either "
            f"({type(error).__name__}): check the name and the network, or copy the checkpoint here and give its folder"
        ) from error


def load_model(checkpoint: Checkpoint) -> PreTrainedModel:
    """Load the model in float32, in evaluation mode, with every weight that the file should hold.

    :raises EncoderError: it is no encoder of a family in :data:`MODEL_TYPES`, is damaged, or lacks weights.
    """
    import torch
    from transformers import AutoModel

    from pyserini_xqg.export.quiet import quiet

    _config(checkpoint)
    try:
        with quiet():
            model, report = AutoModel.from_pretrained(
                checkpoint.folder,
                local_files_only=True,
                trust_remote_code=False,
                weights_only=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except Exception as error:  # each layer of the loader raises its own kinds on a damaged file
        raise EncoderError(
            f"the checkpoint {checkpoint.source} cannot be loaded, so it is damaged or incomplete: {first_line(error)}"
        ) from error
    missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
    if missing:
        raise EncoderError(
            f"the checkpoint {checkpoint.source} lacks {len(missing)} weights of its model ({', '.join(missing[:3])}"
            f"{', …' if len(missing) > 3 else ''}); it is incomplete or of another kind than its config.json says"
        )
    evaluated: PreTrainedModel = model.eval()
    return evaluated


def token_limit(checkpoint: Checkpoint) -> int:
    """The longest text that the model has positions for, in tokens.

    :raises EncoderError: it is no encoder of a family in :data:`MODEL_TYPES`.
    """
    config = _config(checkpoint)
    try:
        reserved = int(config.get("pad_token_id", 1)) + 1 if config["model_type"] in ROBERTA_LIKE else 0
        return int(config.get("max_position_embeddings", 512)) - reserved
    except (TypeError, ValueError) as error:
        raise EncoderError(
            f"the checkpoint {checkpoint.source} is damaged: its config.json states no number of positions"
        ) from error


def _config(checkpoint: Checkpoint) -> dict[str, Any]:
    try:
        config = read_json(checkpoint.folder / "config.json")
        family, decoder = config.get("model_type"), config.get("is_decoder", False)
    except (InputError, AttributeError) as error:
        raise EncoderError(
            f"the checkpoint {checkpoint.source} is damaged: its config.json is not a JSON object"
        ) from error
    if family not in MODEL_TYPES or decoder:
        raise EncoderError(
            f"the checkpoint {checkpoint.source} is {'a decoder' if decoder else f'of the kind {family!r}'} and not an "
            f"encoder that can be exported: those are {', '.join(sorted(MODEL_TYPES))}"
        )
    return dict(config)
