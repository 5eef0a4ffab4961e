"""The card of an index of vectors."""

from __future__ import annotations

from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.text_kind import in_words, languages_of
from pyserini_xqg.fusion.weights import weights_in_words
from pyserini_xqg.index.cards.commands import encode_command, index_command
from pyserini_xqg.index.cards.prior import coverage, expected_of
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.report.cards.inputs import NO_LICENCE_OF_DATA, names_of, source_facts
from pyserini_xqg.report.cards.licences import UNKNOWN, licence_text
from pyserini_xqg.report.cards.markdown import block, code, facts, front_matter, name_of, page, shell


def index_card(manifest: Manifest) -> str:
    """What ``README.md`` says of an index."""
    recipe = manifest.recipe
    augmented = (
        f"augmented with generated {in_words(recipe.languages)}" if recipe.languages else "without generated queries"
    )
    tags = ["pyserini", "pyserini-xqg", "dense-retrieval", "lucene" if manifest.kind.is_lucene else "faiss"]
    codes = sorted(languages_of(recipe.languages))
    head = front_matter({"license": UNKNOWN, "language": codes, "library_name": "pyserini", "tags": tags})
    return page(
        head,
        f"# {manifest.passages:,} passages, {augmented}",
        _what(manifest),
        facts(_settings(manifest, recipe)),
        "## What it was made from",
        facts(_origin(manifest)),
        "## How it is searched",
        *_search(manifest),
        "## How it is built again",
        "`xqg.json` remembers everything. This checks every input by its hash and says whether the result is the "
        "same, byte for byte:",
        shell([["pyserini-xqg", "rebuild", "--from", "xqg.json", "--output", "AGAIN"]]),
        "The same in single steps:",
        shell(_steps(manifest)),
        "## Checksums",
        facts([(code(name), f"SHA-256 {code(digest)}") for name, digest in manifest.checksums.items()])
        if manifest.checksums
        else "None are known.",
        "## Licence",
        NO_LICENCE_OF_DATA,
        f"The encoder {code(name_of(manifest.encoder))}: {licence_text(manifest.encoder)}.",
    )


def _what(manifest: Manifest) -> str:
    made = f"An index of kind `{manifest.kind}` for Pyserini, made by `pyserini-xqg`"
    if not manifest.recipe.languages:
        return f"{made}: the passages' embeddings, and nothing else."
    return (
        f"{made}: the embeddings of queries that a model (or people) wrote for each passage, in the languages that "
        "will be asked in, joined to the passage's own (xQG, Zhuang, Shou and Zuccon, SIGIR 2023, arXiv 2305.03950)."
    )


def _settings(manifest: Manifest, recipe: Recipe) -> list[tuple[str, str]]:
    fusion = find_fusion(recipe.fusion)
    graph = (
        f"{manifest.hnsw_m} neighbours, {manifest.ef_construction} candidates, built by {manifest.threads} "
        f"thread{'s' * (manifest.threads > 1)}"
    )
    return [
        ("kind", code(manifest.kind.spelled(manifest.factory))),
        ("vectors", f"{manifest.vectors:,} × {manifest.dimension}"),
        (
            "fusion",
            f"`{recipe.fusion}`: {fusion.formula if recipe.kappas else fusion.formula_alone}"
            + (", and the plain passage" if recipe.plain_view else ""),
        ),
        ("α", f"{recipe.alpha:g}"),
        ("κ", _kappa(recipe)),
        ("queries of their own", coverage(manifest)),
        ("expected queries", expected_of(manifest)),
        ("normalised", "yes" if recipe.normalize else "no"),
        ("languages of the queries", in_words(recipe.languages).removeprefix("queries in ") or "none"),
        ("weights of the kinds", weights_in_words(recipe.weights).replace(",", ", ")),
        (
            "queries a language",
            "all" if recipe.queries_per_language is None else f"the first {recipe.queries_per_language}",
        ),
        ("graph", graph if manifest.kind.graph else ""),
        ("quantised", "vectors of 8-bit scalars beside the full ones" if manifest.quantized else ""),
        ("similarity in Lucene", code(str(manifest.similarity)) if manifest.similarity else ""),
        ("between a docid and a view's language", code(manifest.view_delimiter) if manifest.has_views else ""),
    ]


def _kappa(recipe: Recipe) -> str:
    if not recipe.kappas:
        return f"{recipe.kappa:g}" if find_fusion(recipe.fusion).shrinks and recipe.alpha > 0 else ""
    if recipe.kappa is not None:
        return f"{recipe.kappa:g}"
    rows = recipe.languages if len(recipe.languages) == len(recipe.kappas) else ("in all",)
    return ", ".join(f"{code} {kappa:g}" for code, kappa in zip(rows, recipe.kappas, strict=True)) + " (by moments)"


def _origin(manifest: Manifest) -> list[tuple[str, str]]:
    return [
        *source_facts(manifest.encoding.sources if manifest.encoding else None),
        ("both together", f"SHA-256 {code(manifest.store_inputs)}"),
        ("encoder", f"{code(name_of(manifest.encoder))}, fingerprint {code(manifest.fingerprint)}"),
        ("encoded at", code(manifest.precision)),
        ("vectors kept as", code(manifest.encoding.dtype) if manifest.encoding else ""),
    ]


def _search(manifest: Manifest) -> tuple[str, ...]:
    encoder = name_of(manifest.encoder)
    topics = ["--topics", "TOPICS.tsv", "--output", "RUN.txt"]
    if manifest.kind.is_lucene:
        return (
            shell([["pyserini-xqg", "search", "lucene", "--index", "INDEX", "--encoder", encoder, *topics]]),
            "Queries are encoded inside the JVM.",
        )
    ours = shell([["pyserini-xqg", "search", "faiss", "--index", "INDEX", "--encoder", encoder, *topics]])
    if manifest.kind.is_late:
        return (
            ours,
            "α, fusion and languages can be chosen at each search: `--late-alpha`, `--late-fusion`, "
            "`--late-languages`.",
        )
    plain = ["python", "-m", "pyserini.search.faiss", "--index", "INDEX", "--encoded-queries", "ENCODED", *topics]
    views = ["--hits", "1000", "--max-passage", "--max-passage-hits", "100"] if manifest.has_views else []
    views += (
        ["--max-passage-delimiter", manifest.view_delimiter]
        if manifest.has_views and manifest.view_delimiter != "#"
        else []
    )
    encode = ["pyserini-xqg", "encode-queries", "--encoder", encoder, "--topics", "TOPICS.tsv", "--output", "ENCODED"]
    python = (
        "import pyserini_xqg\nfrom pyserini.search.faiss import FaissSearcher\n\n"
        'searcher = FaissSearcher("INDEX", pyserini_xqg.OnnxQueryEncoder("ENCODER-FOLDER"))\nhits = '
        'searcher.search("…", k=10)'
    )
    delimiter, languages = manifest.view_delimiter, manifest.recipe.languages
    remark = (
        f"Hits of Pyserini's own searcher are views, such as `d1{delimiter}{languages[0]}`; a passage counts once, by "
        "its best."
        if manifest.has_views and languages
        else ""
    )
    return (
        ours,
        "With unmodified Pyserini:",
        shell([encode, [*plain, *views]]),
        "From Python:",
        block("python", python),
        remark,
    )


def _steps(manifest: Manifest) -> list[list[str]]:
    index = index_command(manifest, "STORE", "INDEX")
    if manifest.encoding is None:
        return [index]
    corpus, queries = names_of(manifest.encoding.sources)
    return [
        encode_command(
            manifest=manifest,
            encoding=manifest.encoding,
            corpus=corpus,
            queries=queries,
            encoder=name_of(manifest.encoder),
            store="STORE",
        ),
        index,
    ]
