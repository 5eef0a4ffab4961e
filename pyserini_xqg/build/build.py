"""expand, filter, encode and index, one after the other, for people who want an index and nothing else.

What each stage leaves lies in a working folder beside the index. Each goes on where a kill left it, so the whole does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import OutputError, UsageError
from pyserini_xqg.expand.expand_corpus import ExpandOptions, expand
from pyserini_xqg.expand.generator import Generator
from pyserini_xqg.filter.filter_queries import ConsistencyEncoder, filter_queries
from pyserini_xqg.filter.settings import FilterSettings
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.index.build_index import IndexOptions, IndexResult, build_index
from pyserini_xqg.input.records import OnError, Skipped
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.store.meta import StoreMeta
from pyserini_xqg.store.prior import NO_SOURCES, PriorSources
from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class Generation:
    """How queries are generated.

    :param load: loads the generator when its turn has come.
    """

    load: Callable[[], Generator]
    options: ExpandOptions


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Where queries come from and what becomes of them.

    :param queries: a :class:`Generation`, or a file or folder of queries that are there already; None for no queries,
        where a bank says what is expected.
    :param glosses: how passages are glossed beside that; None for not at all.
    :param filtering: what is dropped; None to keep every query.
    :param prior: gives what beside the store says which queries are to be expected, once there is a store.
    :param discard: remove the working folder once the index is there.
    """

    queries: Generation | Path | None
    glosses: Generation | None = None
    filtering: FilterSettings | None = field(default_factory=FilterSettings)
    encoding: EncodeOptions = field(default_factory=EncodeOptions)
    recipe: Recipe = field(default_factory=Recipe)
    index: IndexOptions = field(default_factory=IndexOptions)
    prior: Callable[[StoreMeta], PriorSources] = lambda meta: NO_SOURCES
    discard: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What was done.

    :param working: where the stages' results lie, or lay.
    :param skipped: bad records that were left out of the store.
    """

    index: IndexResult
    working: Path
    skipped: Skipped


def working_folder(output: Path) -> Path:
    """Where the stages of an index keep their results."""
    return output.with_name(f"{output.name}.work")


def build(
    *,
    corpus: Path,
    encoder: Encoder,
    encoder_name: str,
    output: Path,
    options: BuildOptions,
    say: Callable[[str], None],
    on_error: OnError = OnError.STOP,
) -> BuildResult:
    """Build an index of a corpus, augmented with queries. Run it again after a kill and it goes on.

    :param encoder_name: how the encoder was asked for; remembered for people.
    :param say: told what begins, a line each.
    :raises OutputError: ``output`` holds something else; this is seen before anything is generated.
    :raises UsageError: queries of a sample do not go with the recipe; this too.
    :raises XqgError: whatever the stages raise.
    """
    working = working_folder(output)
    _check_output(output, working)
    _check_sample(options)
    queries = options.queries
    if isinstance(queries, Generation):
        generator = queries.load()
        sample = queries.options.sample
        say(
            f"expand: {queries.options.number} {queries.options.kind.key} a passage in each of "
            f"{', '.join(queries.options.languages)}, "
            f"by {generator.name}" + ("" if sample is None else f", for a sample of {sample}")
        )
        expanded = expand(
            corpus=corpus, generator=generator, output=working / "queries", options=queries.options, on_error=on_error
        )
        if (everything := expanded.settings.corpus_passages) is not None:
            say(
                f"{queries.options.kind.key} for {expanded.tally.passages:,} of {everything:,} passages; `index` "
                "predicts the others' where that does better"
            )
        del generator  # a model's memory is wanted by the stages that follow
        queries = working / "queries"
    if options.filtering is not None and queries is not None:
        say(f"filter: {queries}")
        judge = ConsistencyEncoder(encoder, encoder_name)
        filter_queries(
            corpus=corpus,
            queries=queries,
            judge=judge,
            output=working / "filtered",
            settings=options.filtering,
            scores=working / "scores",
            on_error=on_error,
        )
        queries = working / "filtered"
    if options.glosses is not None:
        codes = ", ".join(options.glosses.options.languages)
        say(f"expand: glosses of every passage in {codes}, out of dictionaries")
        expand(
            corpus=corpus,
            generator=options.glosses.load(),
            output=working / "glossed",
            options=options.glosses.options,
            beside=queries,
            on_error=on_error,
        )
        queries = working / "glossed"
    what = "passages" if queries is None else "passages and their texts"
    say(f"encode: {what} with {encoder_name} at {encoder.arithmetic}")
    encoded = encode(
        corpus=corpus,
        queries=queries,
        encoder=encoder,
        encoder_name=encoder_name,
        output=working / "store",
        options=options.encoding,
        on_error=on_error,
    )
    say(f"index: {output}")
    store = VectorStore(working / "store")
    index = build_index(store, output, options.recipe, options.index, options.prior(store.meta))
    if options.discard:
        shutil.rmtree(working)
    return BuildResult(index, working, encoded.skipped)


def _check_sample(options: BuildOptions) -> None:
    """See that an index can be made where most passages have no queries, before any are generated."""
    if not isinstance(options.queries, Generation) or options.queries.options.sample is None:
        return
    fusion, allowed = find_fusion(options.recipe.fusion), options.index
    unequal = fusion.equal_numbers and not allowed.allow_unequal
    if unequal or (
        fusion.shrinks and options.recipe.kappa == 0 and options.recipe.alpha > 0 and not allowed.allow_none
    ):
        how = f"--fusion {fusion.name}" if unequal else "--kappa 0"
        raise UsageError(
            f"--sample leaves passages without queries, and with {how} they would lose every question to those that "
            "have some; leave one of the two out"
        )


def _check_output(output: Path, working: Path) -> None:
    """See that there is room for the index: hours of generating should not end in a refusal."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    manifest = read_manifest(output) if output.is_dir() else None
    if manifest is None:
        raise OutputError(
            f"{output} is there already and holds no index of ours; choose another --output, or remove it"
        )
    if not (working / "store").is_dir():
        raise OutputError(
            f"{output} holds an index already, and {working}, which would tell whether it is this one, is gone; "
            "choose another --output, or remove it"
        )
