"""A causal model's prompt as tokens: the same where it is asked and where it is trained."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.expand.models.loading import Loaded
from pyserini_xqg.expand.wording.prompt import Prompt
from pyserini_xqg.expand.wording.window import FittedPrompt, fit
from pyserini_xqg.languages import Language


@dataclass(frozen=True)
class CausalPrompt:
    """What a model is told, in its own tokens: a conversation where its tokenizer has a chat template, else one text.

    :param wording: what is said, before it is tokens.
    :param window: the longest prompt in tokens.
    :param source: what people call the model.
    :param flag: by which the window is given.
    """

    wording: Prompt
    tokenizer: Any
    window: int
    source: str
    flag: str = "--window"

    def fitted(self, passage: str, language: Language) -> FittedPrompt:
        """The whole prompt's tokens, with as much of the passage as fits.

        :raises GeneratorError: not even the prompt does.
        """
        found = fit(self.harmless(passage), self.window, lambda part: self.ids(part, language))
        if found is None:
            raise GeneratorError(
                f"the prompt of {self.source} alone is longer than its window of {self.window} tokens; give a larger "
                f"{self.flag} or a shorter --prompt"
            )
        return found

    def harmless(self, text: str) -> str:
        """A text without the model's own marks: a passage that spells the end of a turn must not end it."""
        for token in self._specials:
            text = text.replace(token, " ")
        return text

    def ids(self, passage: str, language: Language) -> list[int]:
        """The tokens of the prompt for a passage, uncut.

        :raises GeneratorError: the chat template refuses it.
        """
        if self.tokenizer.chat_template is None:
            return list(self.tokenizer(self.wording.text(passage, language)).input_ids)
        messages = self.wording.messages(passage, language)
        try:
            # Models that can think aloud are asked not to; other templates ignore it.
            text = self.tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, tokenize=False, enable_thinking=False
            )
        except Exception as error:  # a template raises what its author chose
            raise GeneratorError(
                f"the chat template of {self.source} refuses the prompt ({error}); give a --prompt that it takes, for "
                "instance without system"
            ) from error
        return list(self.tokenizer(text, add_special_tokens=False).input_ids)

    def answer_ids(self, text: str) -> list[int]:
        """The tokens of what is written after the prompt, without the one that ends it."""
        before = "" if self.tokenizer.chat_template else " "
        return list(self.tokenizer(before + self.harmless(text), add_special_tokens=False).input_ids)

    @cached_property
    def _specials(self) -> list[str]:
        added = self.tokenizer.added_tokens_encoder.items()
        return [token for token, number in added if number is not None and token.strip()]


def common_beginning(texts: Sequence[Sequence[int]]) -> list[int]:
    """The tokens that all of them begin with."""
    return [column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))]


def ends_of(loaded: Loaded, source: str) -> Collection[int]:
    """The tokens that end a turn: the generation settings', and the tokenizer's own.

    :raises GeneratorError: none is stated.
    """
    ends = loaded.model.generation_config.eos_token_id
    found = {*(ends if isinstance(ends, list) else [ends]), loaded.tokenizer.eos_token_id} - {None}
    if not found:
        raise GeneratorError(
            f"{source} does not state eos_token_id, so its answers would never end; add it to its config.json"
        )
    return {int(end) for end in found}
