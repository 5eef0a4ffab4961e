"""The encoder folder: an exported encoder on disk, read alike by Python and Java.

``model.onnx`` takes ``input_ids`` and ``attention_mask`` (int64, ``[batch, tokens]``; ``token_type_ids`` too where the
model has them) and gives ``embedding`` (float32, ``[batch, dimension]``), pooled and, where ``encoder.json`` says so,
normalised inside the graph. ``model.int8.onnx`` is the same graph quantised, where there is one. ``tokenizer.json`` is
the fast tokenizer's own file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import EncoderError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.versioned import VersionedJson

CONFIG = "encoder.json"
MODEL = "model.onnx"
INT8_MODEL = "model.int8.onnx"
TOKENIZER = "tokenizer.json"
_FILE = VersionedJson(format=1, error=EncoderError, renew="export the encoder again", mend="export the encoder again")


class Pooling(StrEnum):
    """How token vectors become one vector."""

    CLS = "cls"
    """The first token's vector."""
    MEAN = "mean"
    """The mean of the vectors of all tokens that are not padding."""


class Side(StrEnum):
    """Which tower's prefix and length limit a text gets."""

    QUERY = "query"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Parity:
    """How far the exported graph is from the original on the built-in sentences."""

    texts: int
    scripts: int
    max_abs_difference: float


@dataclass(frozen=True, slots=True)
class Quantization:
    """What quantisation costs on the built-in sentences, against the fp32 graph."""

    scheme: str
    mean_cosine: float
    min_cosine: float
    top10_overlap: float


@dataclass(frozen=True, slots=True)
class PassageTower:
    """The encoder of the passages that a query tower was trained beside.

    :param source: what it was called, for people.
    """

    source: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """What ``encoder.json`` holds.

    :param dimension: length of an embedding.
    :param query_max_length: longest query in tokens, special tokens counted; longer ones are cut.
    :param passage_max_length: the same for passages.
    :param query_prefix: put before every query as it stands (E5: ``"query: "``).
    :param passage_prefix: put before every passage.
    :param source: the Hugging Face id or folder that was exported, or the name of the embedded encoder.
    :param source_sha256: hash over all of the source's files that can decide an embedding.
    :param model_sha256: hash of ``model.onnx``.
    :param tokenizer_sha256: hash of ``tokenizer.json``.
    :param passages: None where the encoder embeds both sides; else it embeds queries only, for passages that this other
        one embeds.
    """

    dimension: int
    pooling: Pooling
    normalize: bool
    query_max_length: int
    passage_max_length: int
    query_prefix: str
    passage_prefix: str
    source: str
    source_sha256: str
    model_sha256: str
    tokenizer_sha256: str
    parity: Parity
    quantization: Quantization | None = None
    passages: PassageTower | None = None

    def searches(self, fingerprint: str) -> bool:
        """Whether its queries are made for passages of the encoder with this fingerprint."""
        return fingerprint in (self.fingerprint, self.passages.fingerprint if self.passages else None)

    def prefix(self, side: Side) -> str:
        """What is put before a text of this side."""
        return self.query_prefix if side is Side.QUERY else self.passage_prefix

    def max_length(self, side: Side) -> int:
        """The longest text of this side in tokens."""
        return self.query_max_length if side is Side.QUERY else self.passage_max_length

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides an embedding; stores and indexes remember it."""
        parts = [
            self.model_sha256,
            self.tokenizer_sha256,
            self.query_prefix,
            self.passage_prefix,
            self.query_max_length,
            self.passage_max_length,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def is_encoder_folder(place: Path) -> bool:
    """Whether ``place`` looks like an encoder folder (it may still be a damaged one)."""
    return (place / CONFIG).is_file()


def write_config(folder: Path, config: EncoderConfig) -> None:
    """Write ``encoder.json`` into ``folder``."""
    _FILE.write(folder / CONFIG, {**asdict(config), "fingerprint": config.fingerprint})


def _config(raw: dict[str, Any]) -> tuple[str, EncoderConfig]:
    """The fingerprint that is stated, and the settings that should have it."""
    stated = raw.pop("fingerprint")
    raw["pooling"] = Pooling(raw["pooling"])
    raw["parity"] = Parity(**raw["parity"])
    raw["quantization"] = Quantization(**raw["quantization"]) if raw["quantization"] else None
    raw["passages"] = PassageTower(**raw["passages"]) if raw.get("passages") else None
    return stated, EncoderConfig(**raw)


def read_config(folder: Path, *, check_hashes: bool = False) -> EncoderConfig:
    """Read ``encoder.json`` and see that the files it speaks of are there.

    :param check_hashes: also read ``model.onnx`` and ``tokenizer.json`` through and compare their hashes.
    :raises EncoderError: the folder is not an encoder folder, is of a newer format, lacks a file, or a file was
        changed.
    """
    if not is_encoder_folder(folder):
        raise EncoderError(
            f"{folder} is not an encoder folder: it has no {CONFIG}; make one with `pyserini-xqg export --model … "
            f"--output {folder}`"
        )
    stated, config = _FILE.read(folder / CONFIG, _config)
    if stated != config.fingerprint:
        raise EncoderError(
            f"{folder / CONFIG} was changed by hand: its fingerprint does not fit its settings; export the encoder "
            "again with the settings you want"
        )
    for name in (MODEL, TOKENIZER):
        if not (folder / name).is_file():
            raise EncoderError(f"{folder} lacks {name}; export the encoder again")
    if check_hashes:
        for name, expected in ((MODEL, config.model_sha256), (TOKENIZER, config.tokenizer_sha256)):
            if sha256(folder / name) != expected:
                raise EncoderError(
                    f"{folder / name} is not the file that was exported (its hash differs); export the encoder again"
                )
    return config
