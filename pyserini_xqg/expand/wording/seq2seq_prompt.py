"""The prompts of sequence-to-sequence models, whatever engine runs them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.wording.window import FittedPrompt, fit
from pyserini_xqg.languages import Language

PAPER_PROMPT = "Generate a {language} question for this passage: {passage}"
"""Zhuang, Shou, Zuccon, SIGIR'23, section 2.2; the passage is title and text, the language its English name."""
WINDOW = 512
"""Tokens, for models whose positions have no end, as mT5's: what those of the paper were trained on."""
_FORMAT = 1
"""Raise it when this code makes other prompts or batches of the same settings."""


@dataclass(frozen=True, slots=True)
class Seq2SeqPrompt:
    """A template with the tokenizer that it is read by.

    :param template: holds ``{language}`` and ``{passage}``.
    :param window: the longest prompt in tokens.
    :param source: what people call the model.
    """

    template: str
    tokenizer: Any
    window: int
    source: str

    @classmethod
    def of(
        cls, template: str | None, tokenizer: Any, positions: int | None, window: int | None, source: str
    ) -> Seq2SeqPrompt:
        """The prompt for a model.

        :param template: None for the paper's.
        :param positions: how many the model has; None where they are relative.
        :param window: None for as much as the model takes, 512 tokens at most.
        """
        longest = int(min(tokenizer.model_max_length, positions or tokenizer.model_max_length))
        return cls(template or PAPER_PROMPT, tokenizer, min(window or WINDOW, longest), source)

    def fingerprint(self, files: ModelFiles, sampling: Sampling, token_budget: int) -> str:
        """A hash of weights, tokenizer, prompt, sampling, window and batches: what decides the answers, whatever engine
        gives them.
        """
        decisive = [_FORMAT, files.sha256(), [self.template, self.window], asdict(sampling), token_budget]
        return hashlib.sha256(json.dumps(decisive, ensure_ascii=False).encode()).hexdigest()

    def phrases(self, language: Language) -> Sequence[str]:
        """The sentence before the passage, and the one after it where there is one."""
        return [
            part.strip()
            for part in self.template.replace("{language}", language.name).split("{passage}")
            if part.strip()
        ]

    def fitted(self, passage: str, language: Language) -> FittedPrompt:
        """The prompt's tokens, with as much of the passage as fits.

        :raises GeneratorError: not even the prompt does.
        """
        for (
            token
        ) in self.tokenizer.all_special_tokens:  # a passage that spells the end of a text must not end the prompt
            passage = passage.replace(token, " ")
        before, _, after = self.template.replace("{language}", language.name).partition("{passage}")
        found = fit(passage, self.window, lambda part: list(self.tokenizer(before + part + after).input_ids))
        if found is None:
            raise GeneratorError(
                f"the prompt of {self.source} alone is longer than its window of {self.window} tokens; give a larger "
                "--window"
            )
        return found
