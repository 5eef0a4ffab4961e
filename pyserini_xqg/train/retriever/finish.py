"""From trained weights to an encoder folder that every stage takes, verified, and to a checkpoint to go on from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from pyserini_xqg.encoder.folder import PassageTower, Pooling, read_config, write_config
from pyserini_xqg.export.checkpoint import Checkpoint
from pyserini_xqg.export.exporter import export_encoder
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.files.text import write_json
from pyserini_xqg.train.retriever.base import Base
from pyserini_xqg.train.retriever.options import RetrieverOptions, Tower

CHECKPOINT = "checkpoint"


def finish(place: Path, output: Path, base: Base, options: RetrieverOptions) -> None:
    """Make ``output``, an empty folder, the encoder folder of the trained weights, with the checkpoint inside.

    :param place: the checkpoint as transformers wrote it; gets the files in which sentence-transformers, and our own
        export, look for pooling and prefixes.
    :raises EncoderError: the exported graph does not give what the model gives.
    """
    _state_use(place, base.settings)
    name = f"{base.checkpoint.source}, trained: {options.objective}, {options.tower}"
    export_encoder(Checkpoint(place, name), output, base.settings)
    if options.tower is Tower.QUERY:
        config = read_config(output)
        write_config(output, replace(config, passages=PassageTower(base.passages_name, base.fingerprint)))
    shutil.copytree(place, output / CHECKPOINT)


def _state_use(place: Path, settings: ExportSettings) -> None:
    layers = [
        ("", "Transformer"),
        ("1_Pooling", "Pooling"),
        *([("2_Normalize", "Normalize")] if settings.normalize else []),
    ]
    kinds = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for number, (path, kind) in enumerate(layers)
    ]
    write_json(place / "modules.json", kinds)
    pooling = {
        f"pooling_mode_{mode}": settings.pooling is kind
        for mode, kind in (("cls_token", Pooling.CLS), ("mean_tokens", Pooling.MEAN))
    }
    write_json(place / "1_Pooling" / "config.json", pooling)
    write_json(
        place / "config_sentence_transformers.json",
        {"prompts": {"query": settings.query_prefix, "passage": settings.passage_prefix}},
    )
    write_json(
        place / "sentence_bert_config.json", {"max_seq_length": settings.passage_max_length, "do_lower_case": False}
    )
