"""How cards speak of what something was made from."""

from __future__ import annotations

from pyserini_xqg.files.sources import Source, Sources
from pyserini_xqg.report.cards.markdown import code, name_of


def source_facts(sources: Sources | None) -> list[tuple[str, str]]:
    """A row each for the corpus, or the index that stands in its place, and the queries: the file's name and hash.
    Where it lay is nobody's business but the manifest's.
    """
    if sources is None:
        return [("corpus and queries", "their files are not remembered, their common hash is below")]
    passages = [("corpus", sources.corpus), ("passages' vectors, taken from the index", sources.vectors)]
    rows = [(what, _described(source)) for what, source in passages if source]
    return [*rows, ("generated queries", _described(sources.queries) if sources.queries else "none")]


def _described(source: Source) -> str:
    return f"{code(name_of(source.path))}, SHA-256 {code(source.sha256)}"


def names_of(sources: Sources | None) -> tuple[str, str | None]:
    """What to write for the corpus, or the index that stands in its place, and queries in a command."""
    if sources is None:
        return "CORPUS", "QUERIES"
    passages = sources.corpus or sources.vectors
    return name_of(passages.path) if passages else "CORPUS", name_of(sources.queries.path) if sources.queries else None


NO_LICENCE_OF_DATA = (
    "The licence of the passages and of the generated queries is not known to this tool: see the page of the "
    "collection, and of the model that wrote the queries. Vectors and indexes are derived from them."
)
