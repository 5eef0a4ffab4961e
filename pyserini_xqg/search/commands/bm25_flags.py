"""Flags of ``search lucene`` on a BM25 index of ours, turned into what Pyserini's command understands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.sparse import CONTENTS, SparseManifest
from pyserini_xqg.search.commands.flags import Flags
from pyserini_xqg.search.searchers.fields import as_words, choose_fields, parse_fields

_OF_OTHER_INDEXES = ("--dense", "--impact")
_OTHER_ANALYSIS = ("--stopwords", "--pretokenized", "--tokenizer")
_OTHER_GENERATORS = ("--bm25qs", "--dismax")
_FEEDBACK = ("--rm3", "--rm3-py", "--rocchio", "--rocchio-py")


def settle_fields(flags: Flags, manifest: SparseManifest, say: Callable[[str], None]) -> None:
    """Put the fields and weights in, and take ``--language`` out: it would have Pyserini analyse every field alike.

    :param say: told which fields were taken where none were named.
    :raises UsageError: a field or language that the index has not, or flags that do not go with such an index.
    """
    index = Path(flags.get("--index") or "")
    code = flags.get("--language")
    named = flags.values("--fields")
    chosen = choose_fields(manifest, parse_fields(named), code)
    _refuse_what_does_not_fit(flags, manifest, set(chosen), index)
    flags.remove("--language")
    flags.remove("--fields")
    flags.default("--fields", *as_words(chosen))
    if not named:
        say(f"{index}: searching {' '.join(as_words(chosen))}; --fields chooses others, --language LANG one language's")


def _refuse_what_does_not_fit(flags: Flags, manifest: SparseManifest, fields: set[str], index: Path) -> None:
    for flag in filter(flags.has, _OF_OTHER_INDEXES):
        raise UsageError(f"{flag} does not go with {index}, which is a BM25 index")
    for flag in filter(flags.has, _OTHER_ANALYSIS):
        raise UsageError(
            f"{flag} changes how queries are analysed, and each field of {index} has its own analyzer; leave {flag} out"
        )
    for flag in filter(flags.has, _OTHER_GENERATORS):
        raise UsageError(
            f"{flag} analyses the query alike for all fields, and each field of {index} has its own analyzer; leave "
            f"{flag} out"
        )
    for flag in filter(flags.has, _FEEDBACK):
        if fields != {CONTENTS}:
            raise UsageError(
                f"{flag} expands {CONTENTS} alone and would leave out the other fields; add --fields {CONTENTS}=1.0, "
                f"or leave {flag} out"
            )
        if "-storeDocvectors" not in manifest.stored:
            raise UsageError(
                f"{flag} needs the passages' term vectors, which {index} lacks; build it with --store-docvectors"
            )
