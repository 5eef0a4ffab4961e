"""Models that translate and do nothing else, through transformers: M2M-100, NLLB-200, OPUS-MT, MADLAD-400."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import language

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.request import NamedGenerator
    from pyserini_xqg.expand.translation.family import TranslatorFamily
    from pyserini_xqg.expand.translation.generator import TranslationEngine

_NO_PROMPT = "{name} is a translator, which is told the language and nothing else; leave the prompt out"


class TranslatorKind(GeneratorKind):
    """See :class:`~pyserini_xqg.expand.translation.generator.TranslatorGenerator`."""

    name = "translator"
    takes = ("a checkpoint's folder", "a Hugging Face id (owner/name)")
    precedence = Precedence.PARTICULAR
    writes = (TextKind.TRANSLATION,)
    options = frozenset({GeneratorOption.SAMPLING, GeneratorOption.WINDOW, GeneratorOption.HARDWARE})
    refusals: ClassVar[Mapping[GeneratorOption, str]] = {
        GeneratorOption.PROMPT: _NO_PROMPT,
        GeneratorOption.TEMPLATE: _NO_PROMPT,
    }

    def fits(self, named: NamedGenerator) -> bool:
        """Models of the families that are known."""
        return named.translator is not None and not named.files.converted

    def open(self, named: NamedGenerator) -> Generator:
        """Load it, and see that it knows the languages."""
        from pyserini_xqg.expand.translation.generator import TranslatorGenerator

        asked = named.request
        assert named.translator is not None  # it fits
        generator = TranslatorGenerator(
            files=named.files,
            engine=self.engine(named, named.translator),
            sampling=asked.sampling,
            source=language(asked.source),
            window=asked.choice.window,
            token_budget=asked.hardware.token_budget,
        )
        generator.check(asked.languages)
        return generator

    def engine(self, named: NamedGenerator, family: TranslatorFamily) -> TranslationEngine:
        """What it runs on."""
        from pyserini_xqg.expand.translation.torch_engine import TorchEngine

        return TorchEngine(named.files, family, named.request.hardware)


KIND = TranslatorKind()
