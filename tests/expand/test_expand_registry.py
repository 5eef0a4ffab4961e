"""The registry of generators: a new kind is known to every command, and one that does not fit is refused at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from tiny_corpus import passages, write_jsonl

from pyserini_xqg.commands import main
from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand import registry
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.expand.request import GeneratorRequest, NamedGenerator, PromptChoice
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.languages import Language

DOCS = Path(__file__).resolve().parents[2] / "docs" / "generating.md"


class Echo:
    """Asks what a passage's first words are."""

    name = "echo"
    fingerprint = "echo-1"
    arithmetic = "words"

    def phrases(self, language: Language) -> Sequence[str]:
        return ()

    def generate(self, unit: Unit) -> list[Answer]:
        opened = [" ".join(text.split()[:3]) for text in unit.texts]
        return [
            Answer(tuple(f"{start}, {unit.language.name} {row}?" for row in range(unit.number))) for start in opened
        ]


class EchoKind(GeneratorKind):
    name = "echo"
    takes = ("echo",)
    precedence = Precedence.NAME
    options = frozenset({GeneratorOption.WINDOW})
    refusals: ClassVar = {GeneratorOption.PROMPT: "{name} is asked nothing, so it takes no --prompt"}

    def knows(self, name: str) -> bool:
        return name == "echo"

    def open(self, named: NamedGenerator) -> Echo:
        return Echo()


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_KINDS", dict(registry._KINDS))
    registry.register(EchoKind())


def test_a_new_kind_is_all_that_expand_needs(echo: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    corpus = write_jsonl(tmp_path / "corpus.jsonl", passages(5))
    words = ["expand", "--corpus", str(corpus), "--languages", "ar,de", "--generator", "echo", "--output"]
    assert main([*words, str(tmp_path / "o"), "--queries-per-language", "2"]) == 0
    assert "20 queries for 5 passages in ar, de" in capsys.readouterr().out
    first = next(iter(read_queries(tmp_path / "o")))
    start = " ".join(passages(5)[0]["contents"].split()[:3])
    assert first.queries == {
        code: (f"{start}, {name} 0?", f"{start}, {name} 1?") for code, name in (("ar", "Arabic"), ("de", "German"))
    }
    assert main([*words, str(tmp_path / "p"), "--prompt", "any.toml"]) == 2
    assert "echo is asked nothing, so it takes no --prompt" in capsys.readouterr().err


@pytest.mark.parametrize("stage", ["expand", "build", "perturb"])
def test_a_new_kind_is_named_where_generators_are(echo: None, stage: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main([stage, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "a checkpoint's folder, a GGUF file, a Hugging Face id (owner/name), dictionary, echo, an http://… server, "
        "or smollm2" in said
    )


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        (
            "http://localhost:8000",
            ["server", "ctranslate", "ctranslate-translator", "trained-translator", "translator", "chat", "seq2seq"],
        ),
        (
            "smollm2",
            ["smollm2", "ctranslate", "ctranslate-translator", "trained-translator", "translator", "chat", "seq2seq"],
        ),
        (
            "google/mt5-base",
            ["ctranslate", "ctranslate-translator", "trained-translator", "translator", "chat", "seq2seq"],
        ),
    ],
)
def test_the_kinds_of_a_name(name: str, kinds: list[str]):
    assert [kind.name for kind in registry.candidates(name)] == kinds


def test_what_cannot_be_a_kind_is_refused(echo: None):
    with pytest.raises(ValueError, match="'echo' is there already"):
        registry.register(EchoKind())

    class Nameless(EchoKind):
        name = "nameless"
        takes = ()

    with pytest.raises(ValueError, match="which values of --generator are its own"):
        registry.register(Nameless())

    class Unknown(EchoKind):
        name = "unknown"
        options = frozenset({"moonlight"})  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="options that there are not: moonlight"):
        registry.register(Unknown())

    class Undecided(EchoKind):
        name = "undecided"
        options = frozenset(GeneratorOption)

    with pytest.raises(ValueError, match="both takes and refuses prompt"):
        registry.register(Undecided())


def test_a_server_takes_no_template():
    choice = PromptChoice(template="{language}: {passage}")
    with pytest.raises(UsageError, match="a server takes --prompt and no --template"):
        resolve_generator(GeneratorRequest("http://127.0.0.1:9", choice=choice))


def test_every_kind_has_its_line_in_the_docs():
    table = DOCS.read_text(encoding="utf-8").split("## Generators", 1)[1].split("\n\n", 2)[1]
    shown = {line.split("|")[1].strip() for line in table.splitlines()[2:]}
    assert shown == {f"`{name}`" for name in registry._KINDS}
