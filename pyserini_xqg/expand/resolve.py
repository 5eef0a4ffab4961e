"""What ``--generator`` may be: a server's address, the embedded model, a GGUF file, a checkpoint's folder or its
Hugging Face id.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.wording.prompt import Prompt, built_in_prompt, read_prompt

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.models.ctranslate import CTranslateGenerator
    from pyserini_xqg.expand.models.loading import Hardware
    from pyserini_xqg.expand.models.sampling import Sampling
    from pyserini_xqg.expand.models.seq2seq import Seq2SeqGenerator
    from pyserini_xqg.expand.servers.server import ServerOptions


def is_server(name: str) -> bool:
    """Whether a generator is an address."""
    return name.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """How a generator is asked.

    :param file: a chat model's few-shot prompt; None for the built-in one.
    :param template: a seq2seq model's prompt; None for the paper's.
    :param window: the longest prompt in tokens; None for the model's own limit.
    """

    file: Path | None = None
    template: str | None = None
    window: int | None = None

    def __post_init__(self) -> None:
        if self.window is not None and self.window < 1:
            raise UsageError(f"--window is {self.window}; it must be at least 1")
        if self.template is not None and (self.template.count("{passage}") != 1 or "{language}" not in self.template):
            raise UsageError("--template must hold {passage} once, and {language}, which becomes a name such as Arabic")

    def chat(self) -> Prompt:
        """The few-shot prompt.

        :raises InputError: its file cannot be read.
        """
        return read_prompt(self.file) if self.file else built_in_prompt()


def resolve_model(name: str, sampling: Sampling, hardware: Hardware, choice: PromptChoice) -> Generator:
    """Load a model that runs in this process; its configuration tells which kind it is.

    :raises GeneratorError: there is no such model, or it cannot be loaded.
    :raises SetupError: what it needs is not installed.
    :raises UsageError: a prompt of the other kind.
    """
    from pyserini_xqg.expand.models.loading import read_config
    from pyserini_xqg.expand.models.model_files import find_model

    files = find_model(name)
    config = read_config(files)
    if config.is_encoder_decoder:
        if choice.file is not None:
            raise UsageError(f"{name} is a sequence-to-sequence model, which takes --template and no --prompt")
        kind = _seq2seq_engine(str(config.model_type), hardware)
        return kind(files=files, sampling=sampling, hardware=hardware, template=choice.template, window=choice.window)
    from pyserini_xqg.expand.models.causal import CausalGenerator

    if choice.template is not None:
        raise UsageError(f"{name} is a chat model, which takes --prompt and no --template")
    return CausalGenerator(files, choice.chat(), sampling, hardware, choice.window)


def _seq2seq_engine(family: str, hardware: Hardware) -> type[Seq2SeqGenerator | CTranslateGenerator]:
    from pyserini_xqg.expand.models.ctranslate import MODEL_TYPES, CTranslateGenerator, is_installed
    from pyserini_xqg.expand.models.loading import ModelPrecision
    from pyserini_xqg.expand.models.seq2seq import Seq2SeqGenerator

    fits = family in MODEL_TYPES and hardware.place().type == "cpu"
    if fits and (
        hardware.precision is ModelPrecision.INT8 or (hardware.precision is ModelPrecision.AUTO and is_installed())
    ):
        return CTranslateGenerator
    return Seq2SeqGenerator


def resolve_server(address: str, sampling: Sampling, choice: PromptChoice, options: ServerOptions) -> Generator:
    """A server that speaks OpenAI's protocol.

    :raises GeneratorError: it cannot be reached.
    """
    from pyserini_xqg.expand.servers.server import ServerGenerator

    if choice.template is not None:
        raise UsageError("a server takes --prompt and no --template")
    return ServerGenerator(address, choice.chat(), sampling, options, choice.window)
