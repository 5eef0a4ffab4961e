"""One table of the languages that the project knows. A new one is a row here, and nothing else: what knows more about a
language (keyboards, stop words, romanisations) does without where it has nothing.

Codes are ISO 639-1 where there is one, else ISO 639-3. Names are the English ones that prompts use. Families follow
Glottolog's top level (Afro-Asiatic, Indo-European split into its branches as retrieval papers do). A language counts as
low-resource where Joshi et al. 2020 ("The State and Fate of Linguistic Diversity and Inclusion in the NLP World") put
it in classes 0 to 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyserini_xqg.errors import UsageError


@dataclass(frozen=True, slots=True)
class Language:
    """A language as the rest of the package sees it.

    :param code: ISO 639-1 code where there is one, else ISO 639-3.
    :param iso3: the ISO 639-3 code.
    :param name: the English name, as prompts write it.
    :param script: the ISO 15924 code of the script it is usually written in.
    :param family: the language family.
    :param low_resource: whether Joshi et al. 2020 put it in classes 0 to 2.
    :param analyzer: its Lucene analyzer: the language code that Anserini's analyzer table knows it by, or the class of
        one that Lucene has and that table has not; None where there is none for it.
    """

    code: str
    iso3: str
    name: str
    script: str
    family: str
    low_resource: bool
    analyzer: str | None


def _table(*rows: tuple[str, str, str, str, str, bool, str | None]) -> dict[str, Language]:
    return {row[0]: Language(*row) for row in rows}


LANGUAGES: dict[str, Language] = _table(
    ("am", "amh", "Amharic", "Ethi", "Afro-Asiatic", True, None),
    ("ar", "ara", "Arabic", "Arab", "Afro-Asiatic", False, "ar"),
    ("bem", "bem", "Bemba", "Latn", "Atlantic-Congo", True, None),
    ("bn", "ben", "Bengali", "Beng", "Indo-Aryan", False, "bn"),
    ("da", "dan", "Danish", "Latn", "Germanic", False, "da"),
    ("de", "deu", "German", "Latn", "Germanic", False, "de"),
    ("el", "ell", "Greek", "Grek", "Hellenic", False, "org.apache.lucene.analysis.el.GreekAnalyzer"),
    ("en", "eng", "English", "Latn", "Germanic", False, "en"),
    ("es", "spa", "Spanish", "Latn", "Romance", False, "es"),
    ("fa", "fas", "Persian", "Arab", "Iranian", False, "fa"),
    ("fi", "fin", "Finnish", "Latn", "Uralic", False, "fi"),
    ("fon", "fon", "Fon", "Latn", "Atlantic-Congo", True, None),
    ("fr", "fra", "French", "Latn", "Romance", False, "fr"),
    ("ha", "hau", "Hausa", "Latn", "Afro-Asiatic", True, None),
    ("he", "heb", "Hebrew", "Hebr", "Afro-Asiatic", False, None),
    ("hi", "hin", "Hindi", "Deva", "Indo-Aryan", False, "hi"),
    ("hu", "hun", "Hungarian", "Latn", "Uralic", False, "hu"),
    ("id", "ind", "Indonesian", "Latn", "Austronesian", False, "id"),
    ("ig", "ibo", "Igbo", "Latn", "Atlantic-Congo", True, None),
    ("it", "ita", "Italian", "Latn", "Romance", False, "it"),
    ("ja", "jpn", "Japanese", "Jpan", "Japonic", False, "ja"),
    ("ka", "kat", "Georgian", "Geor", "Kartvelian", False, None),
    ("ko", "kor", "Korean", "Hang", "Koreanic", False, "ko"),
    ("nl", "nld", "Dutch", "Latn", "Germanic", False, "nl"),
    ("no", "nor", "Norwegian", "Latn", "Germanic", False, "no"),
    ("pl", "pol", "Polish", "Latn", "Slavic", False, "pl"),
    ("pt", "por", "Portuguese", "Latn", "Romance", False, "pt"),
    ("ro", "ron", "Romanian", "Latn", "Romance", False, "org.apache.lucene.analysis.ro.RomanianAnalyzer"),
    ("ru", "rus", "Russian", "Cyrl", "Slavic", False, "ru"),
    ("rw", "kin", "Kinyarwanda", "Latn", "Atlantic-Congo", True, None),
    ("so", "som", "Somali", "Latn", "Afro-Asiatic", True, None),
    ("sv", "swe", "Swedish", "Latn", "Germanic", False, "sv"),
    ("sw", "swa", "Swahili", "Latn", "Atlantic-Congo", True, None),
    ("ta", "tam", "Tamil", "Taml", "Dravidian", False, "org.apache.lucene.analysis.ta.TamilAnalyzer"),
    ("te", "tel", "Telugu", "Telu", "Dravidian", True, "te"),
    ("th", "tha", "Thai", "Thai", "Tai-Kadai", False, "th"),
    ("tr", "tur", "Turkish", "Latn", "Turkic", False, "tr"),
    ("tw", "twi", "Twi", "Latn", "Atlantic-Congo", True, None),
    ("uk", "ukr", "Ukrainian", "Cyrl", "Slavic", False, "uk"),
    ("ur", "urd", "Urdu", "Arab", "Indo-Aryan", False, None),
    ("vi", "vie", "Vietnamese", "Latn", "Austroasiatic", False, None),
    ("wo", "wol", "Wolof", "Latn", "Atlantic-Congo", True, None),
    ("yo", "yor", "Yoruba", "Latn", "Atlantic-Congo", True, None),
    ("zh", "zho", "Chinese", "Hans", "Sinitic", False, "zh"),
    ("zu", "zul", "Zulu", "Latn", "Atlantic-Congo", True, None),
)

FALLBACK_ANALYZER = "io.github.pyserinixqg.ComposingStandardAnalyzer"
"""Where a language has no analyzer: words by Unicode's rules, composed (NFC), in lower case; no stemming and no stop
words.
"""


def language(code: str) -> Language:
    """The language with this ISO 639-1 or 639-3 code.

    :raises UsageError: the table has no such code.
    """
    found = LANGUAGES.get(code) or next((one for one in LANGUAGES.values() if one.iso3 == code), None)
    if found is None:
        raise UsageError(
            f"unknown language code {code!r}; known are {', '.join(LANGUAGES)} (and their ISO 639-3 codes)"
        )
    return found


def families_of(codes: Iterable[str]) -> dict[str, list[str]]:
    """Language family -> those of the codes that are of it, both in the order in which they first appear. Codes that
    the table has not, such as that of a run in no language, are of none.
    """
    families: dict[str, list[str]] = {}
    for code in codes:
        if code in LANGUAGES:
            families.setdefault(LANGUAGES[code].family, []).append(code)
    return families


def analyzer_for(code: str) -> str:
    """The name of the language's analyzer as the Java bridge understands it: its own, else :data:`FALLBACK_ANALYZER`.

    :raises UsageError: the table has no such code.
    """
    return language(code).analyzer or FALLBACK_ANALYZER


def parse_languages(codes: str) -> tuple[str, ...]:
    """Turn ``ar,ja`` from a flag into canonical codes, in the order given.

    :raises UsageError: a code is unknown, repeated or empty.
    """
    parsed = tuple(language(code.strip()).code for code in codes.split(","))
    if len(set(parsed)) != len(parsed):
        raise UsageError(f"a language is named twice in {codes!r}")
    return parsed
