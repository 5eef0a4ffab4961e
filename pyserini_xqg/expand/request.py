"""What is asked for when a generator is: its name and everything that can be said of it. Importing this is cheap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.expand.servers.options import ServerOptions
from pyserini_xqg.expand.wording.prompt import Prompt, built_in_prompt, read_prompt
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from transformers import PretrainedConfig

    from pyserini_xqg.expand.models.model_files import ModelFiles
    from pyserini_xqg.expand.translation.family import TranslatorFamily


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """How a generator is asked.

    :param file: a chat model's few-shot prompt; None for the built-in one.
    :param instead: what takes the built-in one's place where no file is given and the generator takes a prompt.
    :param template: a seq2seq model's prompt; None for the paper's.
    :param window: the longest prompt in tokens; None for the model's own limit.
    """

    file: Path | None = None
    template: str | None = None
    window: int | None = None
    instead: Path | None = None

    def __post_init__(self) -> None:
        if self.window is not None and self.window < 1:
            raise UsageError(f"--window is {self.window}; it must be at least 1")
        if self.template is not None and (self.template.count("{passage}") != 1 or "{language}" not in self.template):
            raise UsageError("--template must hold {passage} once, and {language}, which becomes a name such as Arabic")

    def chat(self, kind: TextKind, own: Path | None = None) -> Prompt:
        """What a chat model is told.

        :param kind: what it shall write.
        :param own: the prompt that it was trained with, which it knows better than any other.
        :raises InputError: its file cannot be read.
        """
        file = self.file or own or self.instead
        return read_prompt(file) if file else built_in_prompt(kind)


@dataclass(frozen=True, slots=True)
class GeneratorRequest:
    """A generator that is asked for. It travels to other processes by pickle.

    :param name: the value of ``--generator``.
    :param dictionaries: where words are looked up, files or folders; empty for what is installed.
    :param languages: those that will be asked for, canonical codes.
    :param kind: what it shall write.
    :param source: the code of the passages' language, for what translates.
    """

    name: str
    sampling: Sampling = field(default_factory=Sampling)
    choice: PromptChoice = field(default_factory=PromptChoice)
    hardware: Hardware = field(default_factory=Hardware)
    server: ServerOptions = field(default_factory=ServerOptions)
    dictionaries: tuple[Path, ...] = ()
    languages: tuple[str, ...] = ()
    kind: TextKind = TextKind.QUESTIONS
    source: str = "en"

    def given(self, usual: Sampling) -> frozenset[GeneratorOption]:
        """What differs from what holds where nothing is said.

        :param usual: the sampling, where nothing is said.
        """
        return frozenset(option for option, is_given in _GIVEN.items() if is_given(self, usual))


_GIVEN: dict[GeneratorOption, Callable[[GeneratorRequest, Sampling], bool]] = {
    GeneratorOption.SAMPLING: lambda request, usual: request.sampling != usual,
    GeneratorOption.PROMPT: lambda request, _: request.choice.file is not None,
    GeneratorOption.TEMPLATE: lambda request, _: request.choice.template is not None,
    GeneratorOption.WINDOW: lambda request, _: request.choice.window is not None,
    GeneratorOption.HARDWARE: lambda request, _: request.hardware != Hardware(),
    GeneratorOption.SERVER: lambda request, _: request.server != ServerOptions(),
    GeneratorOption.DICTIONARY: lambda request, _: bool(request.dictionaries),
}
if unknown := set(GeneratorOption) - _GIVEN.keys():
    raise ValueError(f"a request does not say whether these options are given: {', '.join(sorted(unknown))}")


@dataclass(frozen=True)
class NamedGenerator:
    """A request, and what lies behind its name, looked at as far as a kind needs to and once.

    :param accepted: what a name may be, in words, for the error where there is nothing of that name.
    """

    request: GeneratorRequest
    accepted: str

    @cached_property
    def files(self) -> ModelFiles:
        """The model's files.

        :raises GeneratorError: there is no such model, or it cannot be reached.
        """
        from pyserini_xqg.expand.models.model_files import find_model

        return find_model(self.request.name, self.accepted)

    @cached_property
    def config(self) -> PretrainedConfig | None:
        """The model's configuration; None for a model in CTranslate2's own format, which has none.

        :raises GeneratorError: it cannot be read.
        """
        from pyserini_xqg.expand.models.loading import read_config

        return None if self.files.converted else read_config(self.files)

    @cached_property
    def translator(self) -> TranslatorFamily | None:
        """The family of translators that the model is of; None for what is no translator.

        :raises GeneratorError: its configuration cannot be read.
        """
        from pyserini_xqg.expand.translation.family import family_of

        return family_of(self.files, None if self.config is None else self.config.model_type)
