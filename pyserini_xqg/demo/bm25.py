"""A BM25 index of a corpus, by Pyserini's own indexer.

Importing this module starts the JVM, as importing Pyserini's own does.
"""

from __future__ import annotations

from pathlib import Path

from pyserini.index.lucene import LuceneIndexer
from pyserini.pyclass import autoclass

from pyserini_xqg.files.whole import replacing_folder
from pyserini_xqg.input.passages import read_passages


def build_bm25(corpus: Path, output: Path) -> None:
    """Index the passages' contents with Anserini's English defaults; an index that is there already stays."""
    if output.is_dir():
        return
    # Anserini announces its analyzer on the console, which says nothing to somebody who asked for a demo.
    autoclass("org.apache.logging.log4j.core.config.Configurator").setRootLevel(
        autoclass("org.apache.logging.log4j.Level").WARN
    )
    with replacing_folder(output) as partial:
        indexer = LuceneIndexer(str(partial))
        for passage in read_passages(corpus):
            indexer.add_doc_dict({"id": passage.docid, "contents": passage.contents})
        indexer.close()
