"""``pyserini-xqg index``: a vector store into an index."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.index.build_index import IndexOptions, IndexResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags, prior_flags

    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help="the vector store")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the index")
    add_kind(parser)
    add_recipe(parser)
    prior_flags.add_prior(parser)
    flags.add_encoder_name(parser, required=False, why="to encode a bank (default: the store's)")
    parser.add_argument(
        "--threads",
        type=int,
        default=1,
        metavar="N",
        help="threads that build a graph or write a Lucene index; more than one is faster but gives another graph "
        "each time (default: 1)",
    )


def add_kind(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what kind of index it is."""
    from pyserini_xqg.fusion.registry import FUSIONS
    from pyserini_xqg.manifests.kinds import FAISS_FLAT, spellings

    refusing = " or ".join(fusion.name for fusion in FUSIONS.values() if fusion.equal_numbers)
    default, *others, last = spellings("such as {}")
    parser.add_argument(
        "--type",
        default=FAISS_FLAT.name,
        metavar="KIND",
        help=f"{default} (default), {', '.join(others)} or {last}",
    )
    parser.add_argument(
        "--allow-unequal",
        action="store_true",
        help=f"let --fusion {refusing} pass over passages with unequal numbers of queries",
    )
    parser.add_argument(
        "--allow-none", action="store_true", help="let --kappa 0 pass over passages without any queries"
    )
    parser.add_argument(
        "--paper", action="store_true", help="the paper's choices: --fusion sum --alpha 0.01 --no-normalize"
    )
    parser.add_argument(
        "--view-delimiter", default="#", metavar="CHARS", help="between a docid and a view's language (default: #)"
    )
    parser.add_argument("--hnsw-m", type=int, default=32, help="neighbours a node (default: 32)")
    parser.add_argument("--ef-construction", type=int, default=200, help="candidates while building (default: 200)")
    parser.add_argument(
        "--quantize",
        action="store_true",
        help="lucene-hnsw: the graph compares 8-bit scalars beside the full vectors, which `search lucene` scores by; "
        "normalised vectors only",
    )


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say how vectors are fused."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.fusion.registry import FUSIONS, in_words

    parser.add_argument("--fusion", choices=list(FUSIONS), help=in_words(Recipe().fusion))
    parser.add_argument("--alpha", type=float, help=f"weight of the queries, 0 to 1 (default: {_usual_alphas()})")
    flags.add_chosen_vectors(parser, normalize=None)
    flags.add_kappa(parser)
    flags.add_weights(parser)


def _usual_alphas() -> str:
    from pyserini_xqg.fusion.registry import FUSIONS

    return ", ".join(f"{fusion.alpha:g} with {name}" for name, fusion in FUSIONS.items())


def run(args: argparse.Namespace) -> int:
    """Build the index, and say what it is."""
    from pyserini_xqg.commands import prior_flags
    from pyserini_xqg.export.resolve import load_encoder
    from pyserini_xqg.index.build_index import build_index
    from pyserini_xqg.store.vector_store import VectorStore

    store, wanted = VectorStore(args.store), recipe(args)
    args.encoder = args.encoder or store.meta.encoder
    given = prior_flags.read_given(args, store.meta.fingerprint)
    sources = given.sources(store.meta, wanted.languages, lambda precision: load_encoder(args.encoder, precision))
    report(
        args.output,
        args.type,
        build_index(store, args.output, wanted, kind_options(args, args.threads), sources),
    )
    return 0


def recipe(args: argparse.Namespace) -> Recipe:
    """What :func:`add_recipe`'s flags say; ``--paper`` is one of :func:`add_kind`'s."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.fusion.recipe import PAPER, Recipe
    from pyserini_xqg.fusion.registry import FUSIONS, find_fusion
    from pyserini_xqg.fusion.weights import parse_weights
    from pyserini_xqg.languages import parse_languages

    base = PAPER if args.paper else Recipe()
    fusion = find_fusion(args.fusion or base.fusion)
    wanted = Recipe(
        fusion=fusion.name,
        alpha=fusion.alpha if args.alpha is None else args.alpha,
        normalize=base.normalize if args.normalize is None else args.normalize,
        languages=parse_languages(args.languages) if args.languages else (),
        queries_per_language=args.queries_per_language,
        plain_view=args.plain_view,
        kappa=flags.kappa_of(args, base.kappa),
        weights=parse_weights(args.weights) if args.weights else (),
    )
    if wanted.plain_view and not find_fusion(wanted.fusion).views:
        with_views = " or ".join(fusion.name for fusion in FUSIONS.values() if fusion.views)
        raise UsageError(f"--plain-view goes with --fusion {with_views}")
    if wanted.plain_view and wanted.kappa != 0:
        raise UsageError(
            "--plain-view goes with --kappa 0; otherwise there is a view of the passage and the mean passage already"
        )
    return wanted


def kind_options(args: argparse.Namespace, threads: int = 1) -> IndexOptions:
    """What :func:`add_kind`'s flags say.

    :param threads: threads that build a graph or write a Lucene index.
    """
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.index.build_index import IndexOptions
    from pyserini_xqg.machine import available_cores
    from pyserini_xqg.manifests.kinds import parse_kind, spellings

    asked = parse_kind(args.type)
    if asked is None:
        *others, last = spellings("(such as {})")
        raise UsageError(f"--type {args.type!r} is none of {', '.join(others)} and {last}")
    kind, factory = asked
    return IndexOptions(
        kind=kind,
        factory=factory,
        hnsw_m=args.hnsw_m,
        ef_construction=args.ef_construction,
        quantize=args.quantize,
        threads=threads,
        fusing_threads=available_cores(),
        view_delimiter=args.view_delimiter,
        allow_unequal=args.allow_unequal,
        allow_none=args.allow_none,
    )


def _with_kappa(recipe: Recipe) -> str:
    if not recipe.kappas:
        return ""
    smallest, largest = min(recipe.kappas), max(recipe.kappas)
    return f", kappa {smallest:g}" + (f" to {largest:g}" if largest > smallest else "")


def _with_weights(recipe: Recipe) -> str:
    from pyserini_xqg.fusion.weights import weights_in_words

    return f" (weights {weights_in_words(recipe.weights)})" if recipe.weights else ""


def report(output: Path, kind: str, result: IndexResult) -> None:
    """Say what an index is, and how it is searched."""
    from pyserini_xqg.fusion.text_kind import in_words
    from pyserini_xqg.index.cards.prior import coverage, expected_of

    manifest = result.manifest
    state = "built" if result.made else "was there already, the very same"
    print(
        f"{output} {state}: {kind}, {manifest.passages:,} passages, {manifest.vectors:,} vectors x "
        f"{manifest.dimension}, {result.bytes / 2**20:,.1f} MiB"
    )
    print(
        f"{manifest.recipe.fusion}, alpha {manifest.recipe.alpha:g}{_with_kappa(manifest.recipe)}, "
        f"{'normalised' if manifest.recipe.normalize else 'not normalised'}, "
        f"{in_words(manifest.recipe.languages) or 'queries in no language'}{_with_weights(manifest.recipe)}"
    )
    if manifest.prior is not None:
        print(f"{coverage(manifest)}\nexpected: {expected_of(manifest)}")
    command = (
        f"lucene --index {output}"
        if manifest.kind.is_lucene
        else f"faiss --index {output} --encoder {manifest.encoder}"
    )
    print(f"next: pyserini-xqg search {command} --topics TOPICS.tsv --output RUN.txt")
