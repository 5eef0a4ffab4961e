"""Chat models, by a checkpoint's folder or hub id, or as a GGUF file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.models.model_files import ModelFiles
    from pyserini_xqg.expand.request import NamedGenerator


class ChatKind(GeneratorKind):
    """See :class:`~pyserini_xqg.expand.models.causal.CausalGenerator`."""

    name = "chat"
    takes: ClassVar[tuple[str, ...]] = ("a checkpoint's folder", "a GGUF file", "a Hugging Face id (owner/name)")
    precedence = Precedence.GENERAL
    writes: ClassVar[tuple[TextKind, ...]] = (TextKind.QUESTIONS, TextKind.TRANSLATION)
    options = frozenset(
        {GeneratorOption.SAMPLING, GeneratorOption.PROMPT, GeneratorOption.WINDOW, GeneratorOption.HARDWARE}
    )
    refusals: ClassVar[Mapping[GeneratorOption, str]] = {
        GeneratorOption.TEMPLATE: "{name} is a chat model, which takes --prompt and no --template"
    }

    def fits(self, named: NamedGenerator) -> bool:
        """Models without an encoder."""
        return named.config is not None and not named.config.is_encoder_decoder

    def open(self, named: NamedGenerator) -> Generator:
        """Load it."""
        return open_chat_model(named.files, named)


def open_chat_model(files: ModelFiles, named: NamedGenerator) -> Generator:
    """Load a chat model out of these files."""
    from pyserini_xqg.expand.models.causal import CausalGenerator
    from pyserini_xqg.expand.models.own_prompt import own_prompt

    asked = named.request
    own = None if asked.choice.file else own_prompt(files, asked.kind)
    prompt = asked.choice.chat(asked.kind, own)
    return CausalGenerator(files, prompt, asked.sampling, asked.hardware, asked.choice.window)


KIND = ChatKind()
