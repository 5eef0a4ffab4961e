"""The card of an exported encoder."""

from __future__ import annotations

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, TOKENIZER, EncoderConfig
from pyserini_xqg.report.cards.commands import PROGRAM
from pyserini_xqg.report.cards.licences import known_model, licence_of, licence_text
from pyserini_xqg.report.cards.markdown import block, code, facts, front_matter, name_of, page, shell

PYTHON = (
    "import pyserini_xqg\nfrom pyserini.search.faiss import FaissSearcher\n\n"
    'hits = FaissSearcher("INDEX", pyserini_xqg.OnnxQueryEncoder("ENCODER")).search("…", k=10)'
)
"""How an encoder folder is used with Pyserini's own searcher."""


def encoder_card(config: EncoderConfig) -> str:
    """What ``README.md`` says of an exported encoder."""
    known, source = known_model(config.source), name_of(config.source)
    head = front_matter(
        {
            "license": licence_of(config.source),
            "library_name": "onnx",
            "base_model": known.hub if known else "",
            "pipeline_tag": "feature-extraction",
            "tags": ["pyserini", "pyserini-xqg", "onnx", "dense-retrieval"],
        }
    )
    return page(
        head,
        f"# {source} as ONNX",
        f"An encoder of queries and passages in {config.dimension} dimensions for `pyserini-xqg`, Pyserini and "
        f"Anserini: {code(source)}, exported, and checked against the original before it was written.",
        "## How it embeds",
        facts(embedding_facts(config)),
        "## Scores",
        facts(parity_facts(config)),
        "## What it was made from",
        facts(origin_facts(config)),
        "## How it is used",
        shell(
            [
                [
                    PROGRAM,
                    "encode",
                    "--encoder",
                    "ENCODER",
                    "--corpus",
                    "CORPUS",
                    "--queries",
                    "QUERIES",
                    "--output",
                    "STORE",
                ],
                [
                    PROGRAM,
                    "search",
                    "faiss",
                    "--index",
                    "INDEX",
                    "--encoder",
                    "ENCODER",
                    "--topics",
                    "TOPICS.tsv",
                    "--output",
                    "RUN.txt",
                ],
            ]
        ),
        "From Python:",
        block("python", PYTHON),
        "## How it is made again",
        shell([_command(config)]),
        "## Licence",
        f"{code(source)}: {licence_text(config.source)}. This is the same model in another form.",
    )


def embedding_facts(config: EncoderConfig) -> list[tuple[str, str]]:
    """How a text becomes an embedding."""
    return [
        ("dimensions", str(config.dimension)),
        ("pooling", config.pooling.value),
        ("length one", "yes" if config.normalize else "no"),
        ("before a query", code(config.query_prefix) if config.query_prefix else "nothing"),
        ("before a passage", code(config.passage_prefix) if config.passage_prefix else "nothing"),
        ("longest query, longest passage", f"{config.query_max_length}, {config.passage_max_length} tokens"),
    ]


def parity_facts(config: EncoderConfig) -> list[tuple[str, str]]:
    """What the export measured."""
    parity, cost = config.parity, config.quantization
    rows = [
        (
            "largest difference from the original, in any component",
            f"{parity.max_abs_difference:.1e} ({parity.texts} texts in {parity.scripts} scripts, alone and in batches)",
        )
    ]
    if cost is None:
        return rows
    return [
        *rows,
        (
            f"{code(INT8_MODEL)}, cosine with fp32",
            f"{cost.mean_cosine:.4f} on average, {cost.min_cosine:.4f} at worst ({cost.scheme})",
        ),
        (f"{code(INT8_MODEL)}, of each text's ten nearest", f"{cost.top10_overlap:.0%} stay"),
    ]


def origin_facts(config: EncoderConfig) -> list[tuple[str, str]]:
    """The model's files, and the fingerprint that stores and indexes know the encoder by."""
    return [
        ("model", f"{code(name_of(config.source))}, SHA-256 over its files {code(config.source_sha256)}"),
        (code(MODEL), f"SHA-256 {code(config.model_sha256)}"),
        (code(TOKENIZER), f"SHA-256 {code(config.tokenizer_sha256)}"),
        ("fingerprint", code(config.fingerprint)),
    ]


def _command(config: EncoderConfig) -> list[str]:
    words = [PROGRAM, "export", "--model", name_of(config.source), "--pooling", config.pooling.value]
    words += [
        "--normalize" if config.normalize else "--no-normalize",
        "--query-prefix",
        config.query_prefix,
        "--passage-prefix",
        config.passage_prefix,
    ]
    words += [
        "--query-max-length",
        str(config.query_max_length),
        "--passage-max-length",
        str(config.passage_max_length),
    ]
    return [*words, *(["--quantize", "int8"] if config.quantization else []), "--output", "ENCODER"]
