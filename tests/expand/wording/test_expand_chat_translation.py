"""Translations out of the many ways in which chat models write them."""

from __future__ import annotations

import pytest

from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.wording.chat_answer import chat_answer
from pyserini_xqg.expand.wording.taming import Repair
from pyserini_xqg.expand.wording.translation import parse_translation
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import language

TEXT = "Der Nil ist lang. Er fließt nach Norden."


@pytest.mark.parametrize(
    ("answer", "repairs"),
    [
        (TEXT, []),
        (f'"{TEXT}"', []),
        (f"„{TEXT}“", []),
        (f"<think>They want German.</think>\n{TEXT}", [Repair.THINKING]),
        (f"They want German.\n</think>\n\n{TEXT}", [Repair.THINKING]),
        (f"```\n{TEXT}\n```", [Repair.FENCE]),
        (f'{{"translation": "{TEXT}"}}', [Repair.JSON]),
        (f'```json\n{{"translation": "{TEXT}"}}\n```', [Repair.FENCE, Repair.JSON]),
        (f'Here you go:\n{{"language": "German", "translation": "{TEXT}"}}', [Repair.JSON]),
        (f'[{{"translation": "{TEXT}"}}]', [Repair.JSON]),
        (f'{{"translation": "{TEXT}', [Repair.JSON]),
        (f"Here is the translation:\n\n{TEXT}", [Repair.TALK]),
        (f"Sure! Here is the German translation:\n```\n{TEXT}\n```\nAnything else?", [Repair.FENCE]),
        (f"German translation: {TEXT}", [Repair.TALK]),
        (f"**German:** {TEXT}", [Repair.TALK]),
        (f"{TEXT}\n\n(Note: the name is kept.)", [Repair.TALK]),
    ],
)
def test_one_translation_in_many_dresses(answer: str, repairs: list[Repair]):
    tamed = parse_translation(answer, "German")
    assert (tamed.parts, list(tamed.repairs)) == ((TEXT,), repairs)


@pytest.mark.parametrize(
    "text", ["Das heißt:\nEr ist lang.", "Er sagte: ja.", "„Ja“, sagte er, „nein“ nicht.", "Ziele [1]: eins\n[2] zwei"]
)
def test_what_belongs_to_the_text_stays(text: str):
    assert parse_translation(text, "German").parts == (text,)


def test_talk_about_english_may_be_the_text():
    assert parse_translation("He wrote.\n\nNote: it is long.", "English").parts == ("He wrote.\n\nNote: it is long.",)


def test_a_thought_that_never_ends_is_empty():
    unit = Unit(["x"], language("de"), 1, 0, TextKind.TRANSLATION)
    assert chat_answer(unit, ["<think>on and on"], [True], False) == Answer(
        ("",), unfinished=1, repairs=(Repair.THINKING,)
    )
