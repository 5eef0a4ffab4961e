"""Pyserini's searcher of dense Lucene indexes over our index folders.

Importing this module starts the JVM, as importing Pyserini's own does; :func:`pyserini_xqg.java.jvm.import_pyserini`
must have run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from jnius import JavaException, autoclass
from pyserini.search.lucene._hnsw_searcher import JHnswDenseSearcher, JHnswDenseSearcherArgs, LuceneHnswDenseSearcher

from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.errors import EncoderError, StoreError, UsageError
from pyserini_xqg.java import bridge
from pyserini_xqg.manifests.dense import Manifest, read_manifest
from pyserini_xqg.search.same_encoder import check_encoder
from pyserini_xqg.search.searchers.products import inner_products

_EF_SEARCH = 100


@dataclass(frozen=True, slots=True)
class DenseHit:
    """A passage that was found; the score is the inner product."""

    docid: str
    score: float


class XqgLuceneDenseSearcher(LuceneHnswDenseSearcher):
    """Searches the Lucene indexes that ``index`` builds, flat ones and graphs, with true inner products as scores and
    views as passages.

    Anserini's searcher of graphs serves for flat indexes too, where it is exact; the one for flat indexes gives at most
    1,000 hits. What a quantised graph finds is scored anew from the full vectors: its own scores are off by some
    hundredths.

    :param index_dir: the index folder.
    :param ef_search: candidates that a search of a graph keeps; more where more hits are asked for.
    :param encoder: ``Xqg``, the folder being named by :data:`pyserini_xqg.java.bridge.ENCODER_PROPERTY`; None to search
        by vectors alone.
    :raises EncoderError: the encoder is not the index's, or cannot be loaded.
    :raises StoreError: the folder is damaged, or not a Lucene index of ours.
    """

    def __init__(
        self,
        index_dir: str,
        ef_search: int = _EF_SEARCH,
        encoder: str | None = None,
        prebuilt_index_name: str | None = None,
        verbose: bool = False,
    ) -> None:
        self.index_dir = index_dir
        self.prebuilt_index_name = prebuilt_index_name
        self.manifest = _manifest(Path(index_dir))
        self._ef_search = ef_search
        bridge.join()
        self._arguments = JHnswDenseSearcherArgs()
        self._arguments.index = index_dir
        self._arguments.quiet = not verbose  # a line a batch otherwise
        if encoder is not None:
            if (
                folder := _encoder_folder()
            ) is not None:  # else the environment names it, or Anserini says what is missing
                check_encoder(Path(index_dir), self.manifest, Path(folder), read_config(Path(folder)))
            self._arguments.encoder = encoder
        self.searcher = self._open()
        self._vectors = int(self.searcher.reader.numDocs())
        if self._vectors != self.manifest.vectors:
            self.close()
            raise StoreError(
                f"{index_dir} holds {self._vectors:,} vectors and was built with {self.manifest.vectors:,}; build the "
                "index again"
            )

    def _open(self) -> Any:
        try:
            return JHnswDenseSearcher(self._arguments)
        except JavaException as error:
            if "Unable to load Encoder" in str(error):
                raise EncoderError(
                    f"{_encoder_folder()} cannot be loaded inside the JVM, for the reason told before; export the "
                    "encoder again"
                ) from error
            raise StoreError(
                f"{self.index_dir} cannot be read by Lucene ({_first_line(error)}); build the index again"
            ) from error

    def search(self, q: str, k: int = 10) -> list[DenseHit]:
        """The k best passages of a text."""
        return self._search_texts([q], k, threads=1)[0]

    def batch_search(
        self, queries: list[str], qids: list[str], k: int = 10, threads: int = 4
    ) -> dict[str, list[DenseHit]]:
        """The k best passages of each text, by query id."""
        return dict(zip(qids, self._search_texts(queries, k, threads), strict=True))

    def search_vectors(self, queries: np.ndarray, k: int = 10, threads: int = 1) -> list[list[DenseHit]]:
        """The k best passages of each vector.

        :param queries: float32 ``[queries, dimension]``.
        """
        numbers = np.ascontiguousarray(queries, dtype=np.float32)
        wanted = self._wanted(k)
        with self._failures_told():
            return self._unpacked(
                _packed_hits().ofVectors(self.searcher, numbers.tobytes(), numbers.shape[1], threads, wanted)
            )

    def _search_texts(self, queries: Sequence[str], k: int, threads: int) -> list[list[DenseHit]]:
        if self.searcher.encoder is None:
            raise UsageError(
                f"the searcher of {self.index_dir} was made without an encoder, so that it takes vectors alone; make "
                "it with encoder='Xqg'"
            )
        # As bytes: pyjnius spoils characters beyond the first 65,536.
        texts = "".join(f"{query.replace('\0', ' ')}\0" for query in queries).encode()
        wanted = self._wanted(k)
        with self._failures_told():
            return self._unpacked(_packed_hits().ofTexts(self.searcher, self.searcher.encoder, texts, threads, wanted))

    def _wanted(self, k: int) -> Any:
        # However greedy a passage's views are, k passages are among k times as many hits as a passage has views.
        hits = max(1, min(self._vectors, k * self.manifest.views))
        candidates = max(hits, min(self._ef_search, self._vectors)) if self.manifest.kind.graph else hits
        self._arguments.efSearch = candidates
        delimiter = self.manifest.view_delimiter if self.manifest.has_views else ""
        quantized = self.manifest.quantized
        wanted = autoclass("io.github.pyserinixqg.DenseHits$Wanted")
        return wanted(candidates if quantized else hits, delimiter, k, self.searcher.reader if quantized else None)

    def _unpacked(self, packed: Any) -> list[list[DenseHit]]:
        docids = iter(bytes(packed.docids()).decode().split("\n"))
        scores = iter(
            inner_products(np.frombuffer(bytes(packed.scores()), np.float32), self.manifest.similarity).tolist()
        )
        counts = np.frombuffer(bytes(packed.counts()), np.int32).tolist()
        return [
            [DenseHit(docid, score) for docid, score in islice(zip(docids, scores, strict=False), count)]
            for count in counts
        ]

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except JavaException as error:
            raise StoreError(
                f"searching {self.index_dir} failed inside the JVM ({_first_line(error)}); build the index again, or "
                "export its encoder again"
            ) from error


def _packed_hits() -> Any:
    return autoclass("io.github.pyserinixqg.DenseHits")


def _manifest(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    if manifest is None:
        raise StoreError(
            f"{folder} is not an index of ours: it has no xqg.json; build one with `pyserini-xqg index --type "
            "lucene-flat`"
        )
    if not manifest.kind.is_lucene:
        raise StoreError(
            f"{folder} is a {manifest.kind} index, which Lucene cannot search; use `pyserini-xqg search faiss`"
        )
    return manifest


def _encoder_folder() -> str | None:
    folder = autoclass("java.lang.System").getProperty(bridge.ENCODER_PROPERTY)
    return str(folder) if folder is not None else None


def _first_line(error: JavaException) -> str:
    return (str(error).splitlines() or ["no reason given"])[0].removeprefix("JVM exception occurred: ")
