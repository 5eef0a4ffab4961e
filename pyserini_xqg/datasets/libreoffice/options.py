"""What can be chosen about LibreOffice's help."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pyserini_xqg.datasets.options import about
from pyserini_xqg.errors import UsageError
from pyserini_xqg.languages import parse_languages


class HelpUnit(StrEnum):
    """What one passage is."""

    PAGE = "page"
    """A page: its title and its paragraphs. Topics are titles."""
    SECTION = "section"
    """What stands under one heading of a page. Topics are titles and headings."""


class HelpCollection(StrEnum):
    """In which languages the passages are."""

    ENGLISH = "english"
    """The English pages."""
    MANY = "many"
    """The pages in all languages, each of them relevant where its English page is."""


@dataclass(frozen=True, slots=True)
class HelpOptions:
    """What can be chosen.

    :param collection: many goes with pages alone: sections have no number that all languages share.
    :param languages: of the topics, each value one code or several with commas; none for all that are there.
    """

    unit: HelpUnit = field(default=HelpUnit.PAGE, metadata=about("what one passage is", "UNIT"))
    collection: HelpCollection = field(
        default=HelpCollection.ENGLISH,
        metadata=about("passages in English, or one pool of the pages in English and all languages", "WHICH"),
    )
    languages: tuple[str, ...] = field(
        default=(), metadata=about("languages of the topics, such as de,el; all that are there by default", "LANG")
    )

    parallel: bool = field(
        default=False,
        metadata=about("write headings and paragraphs beside their translations, too: sentence pairs for `lexicon`"),
    )

    def codes(self) -> tuple[str, ...]:
        """The languages as canonical codes, in the order given.

        :raises UsageError: a code is unknown or there twice, or is English, in which the pages are.
        """
        codes = parse_languages(",".join(self.languages)) if self.languages else ()
        if "en" in codes:
            raise UsageError("--languages: the pages are English; name the languages of the topics")
        return codes
