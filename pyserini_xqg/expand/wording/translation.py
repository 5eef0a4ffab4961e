"""A translation out of what a chat model wrote: without labels, quotes, and talk around it. Pure."""

from __future__ import annotations

import re

from pyserini_xqg.expand.wording.parse import without_quotes
from pyserini_xqg.expand.wording.taming import Repair, Tamed, tame

_ANNOUNCED = re.compile(
    r"\A\s*(?:sure|certainly|of course|okay|ok|absolutely|here\b|below\b|the following|this is|translat)"
    r"[^\n]{0,150}[:：][*_ \t]*\n+",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\n\s*[(\[*_]*(?:(?:please )?note|explanation|translator'?s note|let me know|i hope|this translation)\b.*\Z",
    re.IGNORECASE | re.DOTALL,
)


def parse_translation(answer: str, language: str) -> Tamed:
    """The translation in one answer, as a single part, or none; and what was taken off it.

    :param language: the English name of the language that it shall be in. Where that is English, what sounds like talk
        may be a part of the text, so only its beginning is looked at.
    """
    tamed = tame(answer)
    text = " ".join(tamed.parts).strip()
    bare = _ANNOUNCED.sub("", text, count=1)
    label = re.compile(
        rf"\A[\W_]*(?:here(?:'s| is) )?(?:the )?(?:{re.escape(language)} )?translation(?: (?:in|into|to) "
        rf"{re.escape(language)})?[\W_]*?[:：]|\A[\W_]*{re.escape(language)}(?: text)?[*_]*[:：]",
        re.IGNORECASE,
    )
    bare = label.sub("", bare, count=1).lstrip("*_ \t\n")
    if language != "English":
        bare = _NOTE.sub("", bare)
    repairs = tamed.repairs if bare.strip() == text else (*tamed.repairs, Repair.TALK)
    bare = without_quotes(bare.strip())
    return Tamed((bare,) if bare else (), repairs)
