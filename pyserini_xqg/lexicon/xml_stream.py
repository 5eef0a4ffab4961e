"""Elements of an XML file one after another, and none of what a document type can do: no files, no bombs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.streams import opened

_BLOCK = 1 << 16
_LONGEST_ENTITY = 1000


class _PrologRead(Exception):  # noqa: N818 - no error: the way out of a callback
    """The first element is there; entities can only be declared before it."""


def elements(path: Path, *names: str, entities: bool = False) -> Iterator[ElementTree.Element]:
    """Stream the elements of these names, complete, without namespaces in any name; each is forgotten afterwards.

    :param entities: whether the file may declare entities, as long as each is short and plain text.
    :raises InputError: the XML is malformed, cut short, of an unknown encoding, or declares entities that it may not.
    """
    _check_prolog(path, allowed=entities)
    with opened(path) as stream:
        try:
            around: list[ElementTree.Element] = []
            for event, element in ElementTree.iterparse(stream, events=("start", "end")):
                if event == "start":
                    around.append(element)
                    element.tag = element.tag.rpartition("}")[2]
                    continue
                around.pop()
                if element.tag in names:
                    yield element
                if element.tag in names or not around:
                    element.clear()
                if around and not any(one.tag in names for one in around):
                    around[-1].remove(element)
        except ElementTree.ParseError as error:
            raise _malformed(path, error.position[0], str(error)) from error
        except (ValueError, LookupError) as error:
            raise _malformed(path, 0, str(error)) from error


def _check_prolog(path: Path, *, allowed: bool) -> None:
    parser = expat.ParserCreate()

    def entity(name: str, is_parameter: int, value: str | None, *elsewhere: str | None) -> None:
        if allowed and not is_parameter and value is not None and "&" not in value and len(value) <= _LONGEST_ENTITY:
            return
        raise InputError(
            Location(path, parser.CurrentLineNumber),
            f"declares the entity {name!r}, which a dictionary of this format does not need; it is refused, since such "
            "declarations can read files and fill memory",
        )

    def started(name: str, attributes: dict[str, str]) -> None:
        raise _PrologRead

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = started
    try:
        with opened(path) as stream:
            _feed(parser, stream)
    except _PrologRead:
        return
    except expat.ExpatError as error:
        raise _malformed(path, error.lineno, expat.errors.messages.get(error.code, str(error))) from error
    except (ValueError, LookupError) as error:
        raise _malformed(path, 0, str(error)) from error


def _feed(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    while block := stream.read(_BLOCK):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _malformed(path: Path, line: int, problem: str) -> InputError:
    return InputError(Location(path, line), f"malformed XML ({problem}); the file is damaged, so fetch it again")
