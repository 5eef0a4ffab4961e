"""A server that speaks OpenAI's protocol, by its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.request import NamedGenerator


class ServerKind(GeneratorKind):
    """See :class:`~pyserini_xqg.expand.servers.server.ServerGenerator`."""

    name = "server"
    takes = ("an http://… server",)
    precedence = Precedence.NAME
    writes = (TextKind.QUESTIONS, TextKind.TRANSLATION)
    options = frozenset(
        {GeneratorOption.SAMPLING, GeneratorOption.PROMPT, GeneratorOption.WINDOW, GeneratorOption.SERVER}
    )
    refusals: ClassVar[Mapping[GeneratorOption, str]] = {
        GeneratorOption.TEMPLATE: "a server takes --prompt and no --template"
    }
    top_k = 0  # top-k is no part of OpenAI's protocol
    elsewhere = (
        "a server does the work itself, so --engine ray would add nothing; leave it out and raise --concurrency instead"
    )

    def knows(self, name: str) -> bool:
        """Addresses."""
        return name.startswith(("http://", "https://"))

    def open(self, named: NamedGenerator) -> Generator:
        """Ask it for its model."""
        from pyserini_xqg.expand.servers.server import ServerGenerator

        asked = named.request
        return ServerGenerator(
            asked.name, asked.choice.chat(asked.kind), asked.sampling, asked.server, asked.choice.window
        )


KIND = ServerKind()
