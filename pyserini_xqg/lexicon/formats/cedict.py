"""CC-CEDICT: Chinese words in traditional and simplified characters, with English translations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.lexicon.articles.wording import pieces
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank

_LINE = re.compile(r"(?P<traditional>\S+) (?P<simplified>\S+) \[+[^]]*\]+ /(?P<glosses>.*)/\s*$")
_ABOUT = re.compile(
    r"CL:|(?:old |archaic |erhua |Japanese )?variant of|see (?:also )?\S*[\u3400-\u9fff]|also written|used in |surname "
    r"|(?:also|\(?Tw\)?|Taiwan) pr\."
)
"""Glosses about the word instead of what it means."""
_ASIDE = re.compile(r"\S*[\u3400-\u9fff]\S*")


class Cedict(DictionaryFormat):
    """A line a word: ``傳統 传统 [chuan2 tong3] /tradition/traditional/``."""

    name = "CC-CEDICT"
    words = "CC-CEDICT (.u8, or cedict… as .txt, plain or .gz)"

    def knows(self, path: Path) -> bool:
        """By MDBG's suffix ``.u8``, or ``cedict`` in the name of a text file."""
        name = path.name.lower()
        return name.endswith((".u8", ".u8.gz")) or ("cedict" in name and name.endswith((".txt", ".txt.gz", ".gz")))

    def languages(self, path: Path) -> tuple[str, str] | None:
        """Always the same."""
        return "zh", "en"

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the words, in simplified and in traditional characters, without classifiers, variants, surnames."""
        empty = True
        for number, line in numbered_lines(path):
            if not line.strip() or line.lstrip("\ufeff").startswith("#"):
                continue
            found = _LINE.match(line)
            if found is None:
                raise InputError(
                    Location(path, number), "not a line of CC-CEDICT's (傳統 传统 [chuan2 tong3] /tradition/)"
                )
            empty = False
            glosses = (gloss for gloss in found["glosses"].split("/") if not _ABOUT.match(gloss))
            translations = by_rank(list(pieces((_ASIDE.sub(" ", gloss) for gloss in glosses), target)))
            for headword in dict.fromkeys((found["simplified"], found["traditional"])) if translations else ():
                yield DictionaryEntry(headword, translations, variant=headword != found["simplified"])
        if empty:
            raise InputError(Location(path), "holds no word; expected CC-CEDICT's lines")


FORMAT = Cedict()
