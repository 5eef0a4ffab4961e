"""The languages that dictionaries name: by ISO 639-1 and 639-3 codes, old and new, and by English names."""

from __future__ import annotations

import re

from pyserini_xqg.languages import LANGUAGES

_VARIANTS = {
    "arb": "ar",
    "cmn": "zh",
    "ger": "de",
    "gre": "el",
    "iw": "he",
    "in": "id",
    "fre": "fr",
    "dut": "nl",
    "nb": "no",
    "nob": "no",
    "per": "fa",
    "pes": "fa",
    "chi": "zh",
    "geo": "ka",
    "rum": "ro",
    "rom": "ro",  # so FreeDict calls its English-Romanian dictionary; it has none of Romany
    "swh": "sw",
}
_OTHERS = {
    "af": "afr", "ast": "ast", "be": "bel", "bg": "bul", "br": "bre", "ca": "cat", "ckb": "ckb", "cs": "ces",
    "cy": "cym", "eo": "epo", "et": "est", "eu": "eus", "ga": "gle", "gd": "gla", "gl": "glg", "gu": "guj",
    "hr": "hrv", "hy": "hye", "is": "isl", "kha": "kha", "kk": "kaz", "kmr": "kmr", "ku": "kur", "la": "lat",
    "lt": "lit", "lv": "lav", "mk": "mkd", "mr": "mar", "ms": "msa", "mt": "mlt", "nn": "nno", "oc": "oci",
    "pa": "pan", "sa": "san", "sk": "slk", "sl": "slv", "sq": "sqi", "sr": "srp", "tl": "tgl", "xh": "xho",
}  # fmt: skip
_CANONICAL = (
    {one.iso3: one.code for one in LANGUAGES.values()}
    | {iso3: code for code, iso3 in _OTHERS.items()}
    | {code: code for code in (*LANGUAGES, *_OTHERS)}
    | _VARIANTS
)
_NAMES = {one.name.lower(): one.code for one in LANGUAGES.values()} | {"modern greek": "el"}
_CODES_IN_A_NAME = re.compile(r"(?<![A-Za-z])([a-z]{2,3})[-_]([a-z]{2,3})(?![A-Za-z])")
_NAMES_IN_A_TITLE = re.compile(r"([A-Z][a-z]+(?: Greek)?)\s*[-\u2013/]\s*([A-Z][a-z]+(?: Greek)?)")


def canonical(code: str) -> str | None:
    """The code that the project has for a language (ISO 639-1 where there is one), also for those that are not in its
    table; None for one that no dictionary is known to be of.

    :param code: ISO 639-1, 639-3 or 639-2/B; what follows it, as in ``pt_BR`` or ``zh-Hans``, does not count.
    """
    return _CANONICAL.get(re.split("[-_@.]", code, maxsplit=1)[0].lower())


def pair_in_name(name: str) -> tuple[str, str] | None:
    """The two languages in a file's name such as ``freedict-eng-deu.index`` or ``names.en-de.tsv.gz``: the last two
    known codes that stand side by side.
    """
    pairs = [(canonical(found[1]), canonical(found[2])) for found in _CODES_IN_A_NAME.finditer(name)]
    return next(((one, other) for one, other in reversed(pairs) if one and other and one != other), None)


def pair_in_title(title: str) -> tuple[str, str] | None:
    """The two languages in a title such as ``English-Hindi FreeDict Dictionary``."""
    found = _NAMES_IN_A_TITLE.search(title)
    if found is None:
        return None
    one, other = (_NAMES.get(name.lower()) for name in found.groups())
    return (one, other) if one and other else None
