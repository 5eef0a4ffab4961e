"""What is attacked: an index with the encoder of its queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import EncoderError, StoreError
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.perturb.attack.damage import QueryStanding, standing
from pyserini_xqg.search.searchers.opened import open_index


class Victim:
    """An index that is asked with variants.

    :param folder: an index folder of ours that FAISS searches.
    :param encoder: of the queries.
    :param depth: hits that are looked at, a query.
    :raises StoreError: there is no such index, or it is damaged.
    :raises EncoderError: the encoder is not one whose queries fit the index.
    """

    def __init__(self, folder: Path, encoder: Encoder, depth: int) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise StoreError(
                f"{folder} holds no xqg.json, so it is no index of ours; build one with `pyserini-xqg index`"
            )
        if not encoder.config.searches(manifest.fingerprint):
            raise EncoderError(
                f"{folder} was made with the encoder {manifest.encoder} ({manifest.fingerprint[:12]}), "
                f"{encoder.folder} is another one ({encoder.config.fingerprint[:12]}); attack with the encoder that "
                "searches it"
            )
        self.name = str(folder)
        self.manifest = manifest
        self._index: Any
        self._index, docids = open_index(folder, manifest)
        self._numbers = {docid: number for number, docid in enumerate(docids)}
        self._encoder = encoder
        self._depth = min(depth, len(docids))

    def holds(self, docids: Collection[str]) -> bool:
        """Whether any of these passages is in the index."""
        return any(docid in self._numbers for docid in docids)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of queries: float32 ``[texts, dimension]``."""
        return self._encoder.encode(texts, Side.QUERY)

    def judge(self, vectors: np.ndarray, relevant: Sequence[Collection[str]]) -> QueryStanding:
        """How queries stand.

        :param vectors: float32 ``[queries, dimension]``.
        :param relevant: the docids that are relevant to each.
        """
        scores, numbers = self._index.search(vectors, self._depth)
        wanted = [[self._numbers[docid] for docid in docids if docid in self._numbers] for docids in relevant]
        hit = np.stack([np.isin(row, mine) for row, mine in zip(numbers, wanted, strict=True)])
        return standing(scores, hit)
