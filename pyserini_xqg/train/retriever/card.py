"""The card of a trained encoder."""

from __future__ import annotations

from collections.abc import Sequence

from pyserini_xqg.encoder.folder import EncoderConfig
from pyserini_xqg.export.card import PYTHON, embedding_facts, origin_facts, parity_facts
from pyserini_xqg.report.cards.commands import PROGRAM
from pyserini_xqg.report.cards.licences import UNKNOWN, known_model, licence_text
from pyserini_xqg.report.cards.markdown import block, code, facts, front_matter, name_of, page, shell
from pyserini_xqg.train.card_parts import Record, counts, data_table, flags, languages_table, material_flags

_OPTIONS = {"probability": "typo-probability", "beta": "dst-beta", "gamma": "dst-gamma", "sigma": "dst-sigma"}
_MEASURES = {
    "loss": "held-out loss",
    "mrr": "MRR@10",
    "mrr_misspelled": "MRR@10, misspelled queries",
    "cosine": "cosine of a query with its passage",
    "cosine_base": "cosine with the base model's embedding",
}
_MINING = {
    "miners": "mine",
    "depth": "mine-depth",
    "number": "mine-number",
    "margin": "mine-margin",
    "language": "mine-language",
}


def retriever_card(record: Record, config: EncoderConfig, languages: Sequence[Sequence[str]]) -> str:
    """What ``README.md`` says of a trained encoder.

    :param record: what ``report/train.json`` holds.
    :param languages: the rows of ``report/languages.csv``, its head first.
    """
    known, model = known_model(record["model"]), name_of(record["model"])
    head = front_matter(
        {
            "license": UNKNOWN,
            "language": sorted(record["train"]),
            "library_name": "onnx",
            "base_model": known.hub if known else "",
            "pipeline_tag": "feature-extraction",
            "tags": ["pyserini", "pyserini-xqg", "onnx", "dense-retrieval"],
        }
    )
    options = record["options"]
    return page(
        head,
        f"# {model}, trained: {options['objective']}",
        f"An encoder for `pyserini-xqg`, Pyserini and Anserini: {code(model)}, trained by `pyserini-xqg train "
        f"retriever --objective {options['objective']} --tower {options['tower']}`; the weights after step "
        f"{record['best_step']:,} of {record['steps']:,}, of the lowest held-out loss.",
        "## How it is used",
        *_use(config),
        "## Scores",
        f"On held-out queries ({counts(record)}), among the held-out passages; MRR@10 in percent, before and after.",
        languages_table(languages),
        facts([(_MEASURES.get(name, name), f"{value:.4f}") for name, value in record["held_out_measures"].items()]),
        "The exported graph, beside the trained model:",
        facts(parity_facts(config)),
        "`report/curve.png` shows how it learned.",
        "## How it embeds",
        facts(embedding_facts(config)),
        "## What it was made from",
        facts(
            [
                ("model", f"{code(model)}, SHA-256 over its files {code(record['model_sha256'])}"),
                *origin_facts(config)[1:],
            ]
        ),
        data_table(record),
        "## How it is trained again",
        "On the same kind of machine with the same releases to the same bytes:",
        shell([_command(record, config)]),
        "`checkpoint/` holds the same weights for transformers and for further training.",
        "## Licence",
        f"Not known to this tool: it depends on the model and on the data. {code(model)}: "
        f"{licence_text(record['model'])}. The data: see their own pages.",
    )


def _use(config: EncoderConfig) -> tuple[str, ...]:
    if config.passages is None:
        return (
            "It embeds queries and passages. Passages have to be encoded with it; an index of another encoder does "
            "not go with it:",
            shell([[PROGRAM, "encode", "--encoder", "ENCODER", "--corpus", "CORPUS", "--output", "STORE"]]),
            "From Python:",
            block("python", PYTHON),
        )
    topics = ["--topics", "TOPICS.tsv", "--output"]
    return (
        f"It embeds **queries only**. Passages are embedded by {code(name_of(config.passages.source))} (fingerprint "
        f"{code(config.passages.fingerprint)}), as they were before the training, so every index made with that "
        "encoder stays valid:",
        shell(
            [
                [PROGRAM, "search", "faiss", "--index", "INDEX", "--encoder", "ENCODER", *topics, "RUN.txt"],
                [PROGRAM, "encode-queries", "--encoder", "ENCODER", *topics, "ENCODED"],
            ]
        ),
        "From Python:",
        block("python", PYTHON),
    )


def _command(record: Record, config: EncoderConfig) -> list[str]:
    words = [PROGRAM, "train", "retriever", "--model", name_of(record["model"]), *material_flags(record)]
    words += flags(record["options"], _OPTIONS)
    if config.passages is None:
        settings = {name: value for name, value in record["encoder"].items() if name not in ("normalize", "quantize")}
        words += [*flags(settings), "--normalize" if record["encoder"]["normalize"] else "--no-normalize"]
    elif config.passages.source != record["model"]:
        words += ["--passage-encoder", name_of(config.passages.source)]
    words += flags(record["mining"], _MINING) if record["mining"] else []
    return [*words, *flags(record["settings"]), "--output", "ENCODER"]
