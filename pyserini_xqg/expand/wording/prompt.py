"""The few-shot prompt of chat models: the built-in one, or a file of the user's."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import Language, language

_FALLBACK = "en"
_PLACES = ("{language}", "{passage}")


@dataclass(frozen=True, slots=True)
class PromptExample:
    """A passage and a query for it.

    :param queries: language code to query.
    """

    passage: str
    queries: Mapping[str, str]

    def query(self, target: Language) -> str:
        """The query in this language, else in English, else in the first there is."""
        return self.queries.get(target.code) or self.queries.get(_FALLBACK) or next(iter(self.queries.values()))


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a chat model is told.

    :param system: its first message, may be empty.
    :param instruction: what it is asked for a passage; holds ``{language}`` and ``{passage}``.
    """

    system: str
    instruction: str
    examples: tuple[PromptExample, ...]

    def messages(self, passage: str, target: Language) -> list[dict[str, str]]:
        """The conversation so far, each example as a turn."""
        told = [{"role": "system", "content": self.system}] if self.system else []
        for example in self.examples:
            told.append({"role": "user", "content": self._asked(example.passage, target)})
            told.append({"role": "assistant", "content": example.query(target)})
        return [*told, {"role": "user", "content": self._asked(passage, target)}]

    def text(self, passage: str, target: Language) -> str:
        """The same as one text, for models without a chat template."""
        messages = self.messages(passage, target)
        return "".join(
            f"{message['content']}{'\n\n' if message['role'] != 'user' else ' '}" for message in messages
        ).rstrip()

    def phrases(self, target: Language) -> list[str]:
        """Its sentences and its examples' passages and queries."""
        parts = [
            *self.instruction.replace("{language}", target.name).replace("{passage}", "\n").splitlines(),
            *self.system.splitlines(),
        ]
        shown = [text for example in self.examples for text in (example.passage, example.query(target))]
        return [part.strip() for part in [*parts, *shown] if part.strip()]

    def record(self) -> dict[str, Any]:
        """Everything in it, for hashing."""
        return asdict(self)

    def _asked(self, passage: str, target: Language) -> str:
        # In one pass, so that a passage that holds "{language}" stays as it is.
        before, _, after = self.instruction.replace("{language}", target.name).partition("{passage}")
        return before + passage + after


def built_in_prompt(kind: TextKind = TextKind.QUESTIONS) -> Prompt:
    """The prompt for a kind of text that is used where none is given."""
    place = files("pyserini_xqg") / "resources" / "prompts" / f"{kind}.toml"
    return _prompt(tomllib.loads(place.read_text(encoding="utf-8")), Path(str(place)))


def read_prompt(path: Path) -> Prompt:
    """Read a prompt from TOML or JSON: ``instruction``, and if wanted ``system`` and ``examples`` of ``passage`` and
    ``queries``.

    :raises InputError: with the file, for anything else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Location(path), f"cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8 text'})"
        ) from error
    try:
        return _prompt(json.loads(text) if path.suffix == ".json" else tomllib.loads(text), path)
    except json.JSONDecodeError as error:
        raise InputError(Location(path, error.lineno), f"malformed JSON ({error.msg})") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Location(path), f"malformed TOML ({error}); a prompt is TOML, or JSON in a file that ends in .json"
        ) from error


def _prompt(value: Any, path: Path) -> Prompt:
    if not isinstance(value, dict) or not set(value) <= {"system", "instruction", "examples"}:
        raise InputError(Location(path), "expected instruction and, if wanted, system and examples, and nothing else")
    system, instruction, examples = value.get("system", ""), value.get("instruction"), value.get("examples", [])
    if not isinstance(system, str) or not isinstance(instruction, str):
        raise InputError(Location(path), "instruction, and system where there is one, must be a string")
    if any(instruction.count(place) < 1 for place in _PLACES) or instruction.count("{passage}") > 1:
        raise InputError(
            Location(path),
            "the instruction must hold {passage} once, and {language}, which becomes a name such as Arabic",
        )
    if not isinstance(examples, list):
        raise InputError(Location(path), "examples must be a list")
    return Prompt(
        system, instruction, tuple(_example(example, number, path) for number, example in enumerate(examples, 1))
    )


def _example(value: Any, number: int, path: Path) -> PromptExample:
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("passage"), str)
        or not _are_queries(value.get("queries"))
    ):
        raise InputError(
            Location(path), f'example {number}: expected a passage, and queries such as {{"en": "…", "ar": "…"}}'
        )
    try:
        return PromptExample(value["passage"], {language(code).code: query for code, query in value["queries"].items()})
    except UsageError as error:
        raise InputError(Location(path), f"example {number}: {error}") from error


def _are_queries(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and _all_text(list(value.values()))


def _all_text(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) and value.strip() for value in values)
