"""Examples as rows of tokens, each a passage with its texts: the very prompts that ``expand`` asks with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import Dataset

from pyserini_xqg.expand.models.causal_prompt import CausalPrompt
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import language
from pyserini_xqg.progress import progress
from pyserini_xqg.train.fit import ROWS, quiet
from pyserini_xqg.train.generator.data.examples import TrainingExample
from pyserini_xqg.train.generator.data.packing import PackedRow, TextToLearn, batch_rows, pack
from pyserini_xqg.train.generator.options import GeneratorOptions


class PackedExamples(Dataset[Any]):
    """Examples as rows.

    :param rows: in the order of their passages.
    :param cut_passages: prompts whose passage does not fit; with translations such an example is left out.
    :param cut_texts: texts that were cut.
    """

    def __init__(
        self, examples: Sequence[TrainingExample], rows: Sequence[PackedRow], cut_passages: int, cut_texts: int
    ) -> None:
        self.examples = examples
        self.rows = rows
        self.cut_passages = cut_passages
        self.cut_texts = cut_texts

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> tuple[int, PackedRow]:
        return number, self.rows[number]

    def lengths(self) -> list[int]:
        """Tokens of each row."""
        return list(map(len, self.rows))

    def describe(self, numbers: Sequence[int]) -> str:
        """Where some rows' examples stand; the first few."""
        owners = [example for number in numbers for example in self.rows[number].examples()]
        named = [str(self.examples[owner].where) for owner in owners[:4]]
        return ", ".join(named) + (", …" if len(owners) > len(named) else "")


@dataclass(frozen=True, slots=True)
class RowCollator:
    """Rows into a batch.

    :param pad_id: what they are padded with.
    """

    pad_id: int

    def __call__(self, rows: Sequence[tuple[int, PackedRow]]) -> dict[str, torch.Tensor]:
        """Pad to the longest."""
        numbers = torch.tensor([number for number, _ in rows], dtype=torch.int64)
        return {**batch_rows([row for _, row in rows], self.pad_id), ROWS: numbers}


class Packer:
    """From examples to rows.

    :param end: the token that ends a text.
    """

    def __init__(self, prompt: CausalPrompt, end: int, options: GeneratorOptions) -> None:
        assert options.max_query_tokens is not None  # settled
        self._prompt = prompt
        self._end = end
        self._longest = options.max_query_tokens
        self._kind = options.kind
        self._row_tokens = options.causal.row_tokens

    def pack(self, what: str, examples: Sequence[TrainingExample]) -> PackedExamples:
        """Tokenise examples, and put those of a passage together.

        :param what: the words of the progress bar.
        """
        by_passage: dict[str, list[int]] = {}
        for number, example in enumerate(examples):
            by_passage.setdefault(example.passage, []).append(number)
        rows: list[PackedRow] = []
        cut_passages = cut_texts = 0
        with quiet(), progress(what, "passages", len(by_passage)) as bar:
            for passage, mine in by_passage.items():
                texts = []
                for number in mine:
                    fitted = self._prompt.fitted(passage, language(examples[number].code))
                    cut_passages += fitted.cut
                    if fitted.cut and self._kind is TextKind.TRANSLATION:
                        continue  # it would learn to write what it has not read
                    answer = self._prompt.answer_ids(examples[number].query)
                    cut_texts += len(answer) >= self._longest
                    # One that is cut does not end.
                    answer = [*answer, self._end][: self._longest]
                    texts.append(TextToLearn([*fitted.ids, *answer], len(fitted.ids), number))
                if texts:
                    rows += pack(texts, self._row_tokens)
                bar.advance()
        return PackedExamples(examples, rows, cut_passages, cut_texts)
