"""Training examples in DPR's manner (Karpukhin et al. 2020): a question, passages that answer it, passages that do
not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyserini_xqg.datasets.output import Remark, one_line
from pyserini_xqg.datasets.source import LargeFile, SourceFile
from pyserini_xqg.datasets.xor_retrieve import Questions
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.languages import language

_IDS = ("docid", "passage_id", "psg_id", "id")
_NEGATIVES = ("hard_negative_ctxs", "negative_ctxs")
_UNKNOWN = "unknown"


class Examples:
    """Reads examples and counts what is odd.

    :param questions: the questions of the same part, which tell the id and the language of an example that has none.
    """

    def __init__(self, questions: Questions) -> None:
        self._by_text = {question.text.strip(): question for some in questions.values() for question in some.values()}
        self._no_positive: dict[str, int] = {}
        self._no_negative: dict[str, int] = {}
        self._no_language = 0

    def read(self, file: LargeFile) -> Iterator[dict[str, Any]]:
        """The examples as Tevatron and others have them: ``query_id``, ``query``, ``answers``, ``positive_passages``,
        ``negative_passages``.

        :param file: a JSON list, read whole, or a line an example (``.jsonl``, ``.jsonl.gz``), streamed.
        :raises InputError: an example of another shape.
        """
        for number, (where, value) in enumerate(_values(file)):
            found = self._example(value, number, where)
            if found is not None:
                yield found

    def remarks(self) -> Iterator[Remark]:
        """What was left out or lacks something."""
        yield Remark("training examples without a passage that answers: left out", self._no_positive)
        yield Remark("training examples without a passage that does not answer: kept", self._no_negative)
        yield Remark(
            "training examples of a language that neither they nor the questions tell: kept",
            {_UNKNOWN: self._no_language},
        )

    def _example(self, value: Any, number: int, where: Location) -> dict[str, Any] | None:
        try:
            text, answers, positives = value["question"].strip(), list(value.get("answers", [])), value["positive_ctxs"]
            known = self._by_text.get(text)
            code = language(value["lang"]).code if "lang" in value else known.language if known is not None else None
            qid = str(value.get("id") or (known.qid if known is not None else f"example-{number}"))
            negatives = [passage for name in _NEGATIVES for passage in value.get(name) or []]
            found = {
                "query_id": qid,
                "query": one_line(text),
                **({"lang": code} if code is not None else {}),
                "answers": answers,
                "positive_passages": [
                    _passage(passage, f"{qid}-positive-{rank}") for rank, passage in enumerate(positives)
                ],
                "negative_passages": [
                    _passage(passage, f"{qid}-negative-{rank}") for rank, passage in enumerate(negatives)
                ],
            }
        except (AttributeError, KeyError, TypeError) as error:
            raise InputError(
                where,
                f'example {number} is not of the shape {{"question": "…", "positive_ctxs": [{{"title": "…", "text": '
                f'"…"}}], …}}',
            ) from error
        except UsageError as error:
            raise InputError(where, f"example {number}: {error}") from error
        self._no_language += code is None
        for name, counts in (("negative_passages", self._no_negative), ("positive_passages", self._no_positive)):
            if not found[name]:
                counts[code or _UNKNOWN] = counts.get(code or _UNKNOWN, 0) + 1
        return found if found["positive_passages"] else None


def _values(file: LargeFile) -> Iterator[tuple[Location, Any]]:
    if file.name.endswith(".json"):
        values = SourceFile(file.where, file.where.read_bytes()).json()
        if not isinstance(values, list):
            raise InputError(Location(file.where), "expected a JSON list of examples")
        return ((Location(file.where), value) for value in values)
    return file.json_lines()


def _passage(value: dict[str, Any], docid: str) -> dict[str, str]:
    own = next((str(value[name]) for name in _IDS if value.get(name) is not None), docid)
    return {"docid": own, "title": (value.get("title") or "").strip(), "text": value["text"].strip()}
