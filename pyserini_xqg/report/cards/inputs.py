"""How cards speak of what something was made from."""

from __future__ import annotations

from pyserini_xqg.files.sources import Source, Sources
from pyserini_xqg.report.cards.markdown import code, name_of


def source_facts(sources: Sources | None) -> list[tuple[str, str]]:
    """A row each for the corpus and the queries: the file's name and hash. Where it lay is nobody's business but the
    manifest's.
    """
    if sources is None:
        return [("corpus and queries", "their files are not remembered, their common hash is below")]
    rows = [("corpus", _described(sources.corpus))]
    return [*rows, ("generated queries", _described(sources.queries) if sources.queries else "none")]


def _described(source: Source) -> str:
    return f"{code(name_of(source.path))}, SHA-256 {code(source.sha256)}"


def names_of(sources: Sources | None) -> tuple[str, str | None]:
    """What to write for corpus and queries in a command."""
    if sources is None:
        return "CORPUS", "QUERIES"
    return name_of(sources.corpus.path), name_of(sources.queries.path) if sources.queries else None


NO_LICENCE_OF_DATA = (
    "The licence of the passages and of the generated queries is not known to this tool: see the page of the "
    "collection, and of the model that wrote the queries. Vectors and indexes are derived from them."
)
