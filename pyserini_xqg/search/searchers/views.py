"""An index of views that answers in passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import faiss
import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.search.searchers.topk import collapse, filled_up


class PassagesOfViews:
    """Stands where ``FaissSearcher`` expects a FAISS index, and gives each passage once, with the score of its best
    view.

    It asks the inner index once, for k times as many views as a passage has at most: however greedy a passage's views
    are, k passages are among them, and they are those that asking for all views would give.

    :param index: the FAISS index of views.
    :param names: the views' names, ``docid`` or ``docid + delimiter + language``.
    :param delimiter: between docid and language.
    """

    def __init__(self, index: faiss.Index, names: Sequence[str], delimiter: str) -> None:
        self.index = index
        self.docids: list[str] = []
        numbers: dict[str, int] = {}
        self._passage_of_row = np.empty(len(names), dtype=np.int64)
        for row, name in enumerate(names):
            docid = name.split(delimiter, 1)[0]
            number = numbers.setdefault(docid, len(numbers))
            if number == len(self.docids):
                self.docids.append(docid)
            self._passage_of_row[row] = number
        self._views = int(np.bincount(self._passage_of_row).max(initial=1))
        self.d: int = index.d
        self.ntotal = len(self.docids)
        self.metric_type: int = index.metric_type

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k best passages of each query.

        :param queries: float32 ``[queries, dimension]``.
        :returns: scores float32 and passage numbers int64, ``[queries, k]``; -1 where there are fewer passages.
        """
        scores, rows = self.index.search(queries, min(self.index.ntotal, k * self._views))
        best, passages = collapse(scores, rows, self._passage_of_row, min(k, self.ntotal))
        return filled_up(best, passages, k)

    def search_and_reconstruct(self, queries: np.ndarray, k: int) -> NoReturn:
        """What pseudo-relevance feedback (``--prf-depth``) asks of an index.

        :raises UsageError: always; a passage of views has no one vector.
        """
        raise UsageError(
            "pseudo-relevance feedback needs one vector a passage, and here each has several; search an index of "
            "--fusion mean"
        )
