"""YAML with line numbers: what is read tells the file and the line when it is not what it should be."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from pyserini_xqg.errors import InputError, Location


class YamlNode:
    """A value somewhere in a YAML file."""

    def __init__(self, raw: yaml.Node, path: Path) -> None:
        self._raw = raw
        self.where = Location(path, raw.start_mark.line + 1)

    def fail(self, message: str) -> InputError:
        """An error at this line."""
        return InputError(self.where, message)

    def mapping(self, known: Sequence[str], needed: Sequence[str] = ()) -> dict[str, YamlNode]:
        """Key -> value, none of them unknown and none of the needed ones missing.

        :raises InputError: it is no mapping, or its keys are others.
        """
        entries = self.entries()
        if unknown := [key for key in entries if key not in known]:
            raise entries[unknown[0]].fail(f"the key {unknown[0]!r} is not known here; known are {', '.join(known)}")
        if missing := [key for key in needed if key not in entries]:
            raise self.fail(f"the key {missing[0]!r} is missing")
        return entries

    def entries(self) -> dict[str, YamlNode]:
        """Key -> value, whatever the keys are.

        :raises InputError: it is no mapping, or a key is there twice.
        """
        if not isinstance(self._raw, yaml.MappingNode):
            raise self.fail("expected a mapping (key: value)")
        found: dict[str, YamlNode] = {}
        for key, value in self._raw.value:
            name = YamlNode(key, self.where.path).text()
            if name in found:
                raise YamlNode(key, self.where.path).fail(f"the key {name!r} is there twice")
            found[name] = YamlNode(value, self.where.path)
        return found

    def items(self) -> list[YamlNode]:
        """The members of a list.

        :raises InputError: it is no list.
        """
        if not isinstance(self._raw, yaml.SequenceNode):
            raise self.fail("expected a list")
        return [YamlNode(one, self.where.path) for one in self._raw.value]

    def text(self) -> str:
        """A text, or a number as it is written.

        :raises InputError: it is a mapping, a list, or nothing at all.
        """
        if not isinstance(self._raw, yaml.ScalarNode) or not self._raw.value.strip():
            raise self.fail("expected some text")
        return str(self._raw.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of texts; a lone text is a list of one."""
        return (self.text(),) if isinstance(self._raw, yaml.ScalarNode) else tuple(one.text() for one in self.items())

    def words(self) -> tuple[str, ...]:
        """A command line, split as a shell does.

        :raises InputError: a quotation mark is not closed.
        """
        try:
            return tuple(shlex.split(self.text()))
        except ValueError as error:
            raise self.fail(f"not a command line: {str(error).lower()}") from error

    def number(self, what: str) -> float:
        """A finite number.

        :raises InputError: it is none.
        """
        text = self.text()
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.fail(f"{what} is {text!r}, which is not a number")
        return value

    def flag(self) -> bool:
        """``true`` or ``false``.

        :raises InputError: it is neither.
        """
        text = self.text()
        if text not in {"true", "false"}:
            raise self.fail(f"expected true or false, not {text!r}")
        return text == "true"

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self._raw, yaml.MappingNode)


def read_yaml(path: Path) -> YamlNode:
    """The top of a YAML file.

    :raises InputError: it cannot be read, is no YAML, or is empty.
    """
    try:
        raw = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Location(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            Location(path, mark.line + 1 if mark else 0), f"is no YAML: {error.problem or error.context}"
        ) from error
    except yaml.YAMLError as error:
        raise InputError(Location(path), f"is no YAML: {str(error).splitlines()[0]}") from error
    if raw is None:
        raise InputError(Location(path), "is empty; expected a matrix with conditions")
    return YamlNode(raw, path)


def unique(names: Iterable[tuple[str, Location]], what: str) -> None:
    """See that no name is there twice.

    :raises InputError: one is, at the line of the second.
    """
    seen: dict[str, Location] = {}
    for name, where in names:
        if name in seen:
            raise InputError(where, f"the {what} {name!r} is there already, in line {seen[name].line}")
        seen[name] = where
