"""Mueller's English-Russian dictionary: homonyms in roman numerals, parts of speech ``1.``, senses ``2)``, ``а)`` below
them, abbreviations marked by ``_``, and phrases, each followed by its own translation, behind a sense's translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pyserini_xqg.lexicon.articles.wording import without_pairs

_MARK = re.compile(r"((?<!\w)_[IVX]+\b|(?<![\w.])\d+[.)>]|(?<!\w)[а-я]\)(?=\s))")
_ABBREVIATION = re.compile(r"(?<!\w)_[\w-]+\.?(?::|>)?|(?<!\w)(?:тж|преим|обыкн|особ|часто|напр|редк|распр|возвыш)\.")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_GRAMMAR = re.compile(
    r"указывает|употр\.|служит "
    r"|сокр\.|переда[её]тся|прида[её]т "
)
_RELATIVE = re.compile(
    r"(?:\w+[уюая]щ|\w+вш)(?:и|а|е|у)\w+(?:ся)? \w|(?:в|на|из|с|о|к|для|у|по)? ?котор"
    r"|где |когда |что |чтобы "
)
"""A clause about the word before it, which a comma parts from it as it would part a synonym."""


def senses(lines: Sequence[str]) -> Iterator[str]:
    """The senses of an article, in order; synonyms are parted by ``,`` and ``;``.

    :param lines: without the headword's.
    """
    text = without_pairs(" ".join(line.strip() for line in lines))
    in_phrases = False
    for mark, sense in _marked(text):
        if in_phrases and mark[0].isalpha():
            continue  # what a phrase means
        kept, in_phrases = _translations(_ABBREVIATION.sub(" ", sense))
        if kept:
            yield kept


def _marked(text: str) -> Iterator[tuple[str, str]]:
    """The parts of an article, each with the mark before it, such as ``2)``; ``0.`` stands for that of the first."""
    parts = ["0.", *_MARK.split(text)]
    return zip(parts[::2], parts[1::2], strict=True)


def _translations(sense: str) -> tuple[str, bool]:
    """What a sense says before its phrases, and whether there are any."""
    kept: list[str] = []
    for group in sense.split(";"):
        if _LATIN.search(group):
            return ";".join(kept), True
        first, *others = group.split(",")
        if not _GRAMMAR.search(first):
            kept.append(",".join([first, *(one for one in others if not _RELATIVE.match(one.strip()))]))
    return ";".join(kept), False
