"""Examples as tokens: the very prompts that ``expand`` asks with, and the queries as what is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from pyserini_xqg.encoder.batching import pad
from pyserini_xqg.errors import TrainingError
from pyserini_xqg.expand.wording.seq2seq_prompt import Seq2SeqPrompt
from pyserini_xqg.languages import language
from pyserini_xqg.progress import progress
from pyserini_xqg.train.batches import IGNORED
from pyserini_xqg.train.fit import ROWS, quiet
from pyserini_xqg.train.generator.data.examples import TrainingExample


@dataclass(frozen=True, slots=True)
class Tokens:
    """One example: int32 arrays."""

    prompt: np.ndarray
    query: np.ndarray


class Encoded(Dataset[Any]):
    """Examples with their tokens.

    :param cut_passages: examples whose passage was cut to fit.
    :param cut_queries: examples whose query was.
    """

    def __init__(
        self, examples: Sequence[TrainingExample], tokens: Sequence[Tokens], cut_passages: int, cut_queries: int
    ) -> None:
        self.examples = examples
        self.tokens = tokens
        self.cut_passages = cut_passages
        self.cut_queries = cut_queries

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, row: int) -> tuple[int, Tokens]:
        return row, self.tokens[row]

    def lengths(self) -> list[int]:
        """Tokens of each prompt."""
        return [len(tokens.prompt) for tokens in self.tokens]

    def describe(self, rows: Sequence[int]) -> str:
        """Where some examples stand; the first few."""
        named = [str(self.examples[row].where) for row in rows[:4]]
        return ", ".join(named) + (", …" if len(rows) > len(named) else "")


def encode(what: str, examples: Sequence[TrainingExample], prompt: Seq2SeqPrompt, max_query_tokens: int) -> Encoded:
    """Tokenise examples.

    :param what: the words of the progress bar.
    :raises TrainingError: the tokenizer knows next to nothing of a language.
    """
    tokens = []
    cut_passages = cut_queries = 0
    with quiet(), progress(what, "examples", len(examples)) as bar:
        for example in examples:
            fitted = prompt.fitted(example.passage, language(example.code))
            query, cut = _query(prompt.tokenizer, example.query, max_query_tokens)
            tokens.append(Tokens(np.array(fitted.ids, dtype=np.int32), query))
            cut_passages += fitted.cut
            cut_queries += cut
            bar.advance()
    encoded = Encoded(examples, tokens, cut_passages, cut_queries)
    _check_known(encoded, prompt)
    return encoded


def _query(tokenizer: Any, text: str, longest: int) -> tuple[np.ndarray, bool]:
    for token in tokenizer.all_special_tokens:
        text = text.replace(token, " ")
    ids = tokenizer(text).input_ids
    cut = len(ids) > longest
    return np.array(tokenizer(text, truncation=True, max_length=longest).input_ids if cut else ids, dtype=np.int32), cut


def _check_known(encoded: Encoded, prompt: Seq2SeqPrompt) -> None:
    """A vocabulary made for English has no pieces for other scripts, and a model cannot learn to write what it has no
    pieces for.
    """
    unknown = prompt.tokenizer.unk_token_id
    seen: dict[str, list[int]] = {}
    for example, tokens in zip(encoded.examples, encoded.tokens, strict=True):
        total = seen.setdefault(example.code, [0, 0])
        total[0] += int((tokens.query == unknown).sum()) if unknown is not None else 0
        total[1] += len(tokens.query)
    poor = [f"{code} {bad / total:.0%}" for code, (bad, total) in sorted(seen.items()) if bad > _MOST_UNKNOWN * total]
    if poor:
        raise TrainingError(
            f"the tokenizer of {prompt.source} has no pieces for much of the queries (unknown tokens: "
            f"{', '.join(poor)}); take a multilingual model such as google/mt5-base, or leave these out of --languages"
        )


_MOST_UNKNOWN = 0.2


@dataclass(frozen=True, slots=True)
class ExampleCollator:
    """Examples into a batch.

    :param pad_id: what prompts are padded with.
    """

    pad_id: int

    def __call__(self, examples: Sequence[tuple[int, Tokens]]) -> dict[str, torch.Tensor]:
        """Pad to the longest."""
        prompts, mask = pad([tokens.prompt for _, tokens in examples], self.pad_id)
        queries, _ = pad([tokens.query for _, tokens in examples], IGNORED)
        return {
            "input_ids": torch.from_numpy(prompts).long(),
            "attention_mask": torch.from_numpy(mask).long(),
            "labels": torch.from_numpy(queries).long(),
            ROWS: torch.tensor([row for row, _ in examples]),
        }
