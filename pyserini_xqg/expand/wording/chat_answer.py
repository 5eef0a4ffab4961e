"""From what a chat model wrote about a passage, in this process or at a server, to an answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.wording.parse import choose_queries, count_unfinished, repairs_of
from pyserini_xqg.expand.wording.translation import parse_translation
from pyserini_xqg.fusion.text_kind import TextKind


def chat_answer(unit: Unit, written: list[str], broke_off: Sequence[bool], cut: bool, failed: int = 0) -> Answer:
    """What was written for one passage of a unit.

    :param broke_off: for each text whether it was cut at the greatest length.
    :param cut: whether the passage was cut.
    """
    name = unit.language.name
    if unit.kind is TextKind.TRANSLATION:
        tamed = [parse_translation(text, name) for text in written[: unit.number]]
        texts = tuple("".join(one.parts) for one in tamed)
        repairs = tuple(repair for one in tamed for repair in one.repairs)
        return Answer(texts, cut, failed, sum(broke_off), repairs)
    queries = choose_queries(written, unit.number, name)
    unfinished = count_unfinished(written, broke_off, queries)
    return Answer(queries, cut, failed, unfinished, repairs_of(written, name))
