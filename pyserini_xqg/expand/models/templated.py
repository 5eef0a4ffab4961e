"""What models that are asked by a template have in common, whatever engine runs them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.wording.seq2seq_prompt import Seq2SeqPrompt
from pyserini_xqg.languages import Language


class TemplatedGenerator:
    """A sequence-to-sequence model as people and ``expand.json`` know it.

    :param arithmetic: arithmetic and engine.
    """

    prompt: Seq2SeqPrompt

    def __init__(self, files: ModelFiles, sampling: Sampling, hardware: Hardware, arithmetic: str) -> None:
        self.name = files.source
        self.arithmetic = arithmetic
        self._files = files
        self._sampling = sampling
        self._hardware = hardware

    @cached_property
    def fingerprint(self) -> str:
        """See :meth:`Seq2SeqPrompt.fingerprint`."""
        return self.prompt.fingerprint(self._files, self._sampling, self._hardware.token_budget)

    def phrases(self, language: Language) -> Sequence[str]:
        """The sentences of the prompt."""
        return self.prompt.phrases(language)
