"""Sequence-to-sequence models, as the paper's mT5, through transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.request import NamedGenerator


class Seq2SeqKind(GeneratorKind):
    """See :class:`~pyserini_xqg.expand.models.seq2seq.Seq2SeqGenerator`."""

    name = "seq2seq"
    takes = ("a checkpoint's folder", "a Hugging Face id (owner/name)")
    precedence = Precedence.GENERAL
    options = frozenset(
        {GeneratorOption.SAMPLING, GeneratorOption.TEMPLATE, GeneratorOption.WINDOW, GeneratorOption.HARDWARE}
    )
    refusals: ClassVar[Mapping[GeneratorOption, str]] = {
        GeneratorOption.PROMPT: "{name} is a sequence-to-sequence model, which takes --template and no --prompt"
    }

    def fits(self, named: NamedGenerator) -> bool:
        """Models with an encoder and a decoder that do not only translate."""
        return named.config is not None and named.config.is_encoder_decoder and named.translator is None

    def open(self, named: NamedGenerator) -> Generator:
        """Load it."""
        from pyserini_xqg.expand.models.seq2seq import Seq2SeqGenerator

        asked = named.request
        return Seq2SeqGenerator(named.files, asked.sampling, asked.hardware, asked.choice.template, asked.choice.window)


KIND = Seq2SeqKind()
