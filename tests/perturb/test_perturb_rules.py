"""The rules, by examples whose outcome is known from elsewhere."""

from __future__ import annotations

import random
import unicodedata

import pytest
from perturb_queries import INVENTED

from pyserini_xqg.errors import UsageError
from pyserini_xqg.java.stop_words import LISTED, listed_stop_words
from pyserini_xqg.perturb.candidates import candidates
from pyserini_xqg.perturb.edits.words import words_of
from pyserini_xqg.perturb.naturality import keywords, without_stop_words
from pyserini_xqg.perturb.operations import TYPOS, Operation, OperationKind
from pyserini_xqg.perturb.order import exchanges, shuffled
from pyserini_xqg.perturb.scripts.abugida import is_syllabic
from pyserini_xqg.perturb.scripts.diacritics import without_diacritics
from pyserini_xqg.perturb.scripts.hangul import strokes, syllables
from pyserini_xqg.perturb.scripts.romanise import romanised
from pyserini_xqg.perturb.scripts.width import other_width
from pyserini_xqg.perturb.stop_words import frequent_words


def test_every_hangul_syllable_is_typed_and_composed_again() -> None:
    everything = [chr(code) for code in range(0xAC00, 0xD7A4)]
    assert all(syllables(strokes(syllable)) == syllable for syllable in everything)
    assert syllables(strokes("닭고기값이없다")) == "닭고기값이없다"
    assert strokes("닭과") == ["ㄷ", "ㅏ", "ㄹ", "ㄱ", "ㄱ", "ㅗ", "ㅏ"]
    for lonely in ("ㄱ", "ㅏㄱ", "ㄱㅏㅏ", "ㄱㄴㅏ", "ㄱㅏㄸ"):
        assert syllables(list(lonely)) is None


@pytest.mark.parametrize(
    ("word", "script", "whole"),
    [
        ("क्या", "Deva", True),
        ("हिन्दी", "Deva", True),
        ("िक", "Deva", False),
        ("कीि", "Deva", False),
        ("क््य", "Deva", False),
        ("র‍্যাম", "Beng", True),
        ("অ্যান্ড", "Beng", True),
        ("ইন্দিয়া", "Beng", True),
        ("இ்ந", "Taml", False),
        ("இந்தியாவின்", "Taml", True),
        ("యేసు\u200cక్రీస్తు", "Telu", True),
        ("น้ำ", "Thai", True),
        ("เป็น", "Thai", True),
        ("ี่น", "Thai", False),
        ("เเ", "Thai", False),
    ],
)
def test_syllables_of_south_asia(word: str, script: str, whole: bool) -> None:
    assert is_syllabic(word, script) is whole


@pytest.mark.parametrize(
    ("word", "script", "plain"),
    [
        ("Ẹ̀kọ́", "Latn", "Eko"),
        ("ɓauna", "Latn", "bauna"),
        ("Đường", "Latn", "Duong"),
        ("πρωτεύουσα", "Grek", "πρωτευουσα"),
        ("ёлка", "Cyrl", "елка"),
        ("йогурт", "Cyrl", "йогурт"),
        ("їжак", "Cyrl", "їжак"),
        ("إلى", "Arab", "الي"),
        ("مدرسة", "Arab", "مدرسه"),
        ("ज़मीन", "Deva", "जमीन"),
        ("แม่น้ำ", "Thai", "แมนำ"),
        ("がぎ", "Hira", "がぎ"),
    ],
)
def test_diacritics(word: str, script: str, plain: str) -> None:
    assert unicodedata.normalize("NFC", without_diacritics(word, script)) == plain


@pytest.mark.parametrize(
    ("text", "code", "latin"),
    [
        ("Какова высота Эйфелевой башни?", "ru", "Kakova vysota Eyfelevoy bashni?"),
        ("Київ", "uk", "Kyiv"),
        ("Αθήνα", "el", "Athina"),
        ("საქართველო", "ka", "sakartvelo"),
        ("किस टीम ने जीता", "hi", "kis tim ne jita"),
        ("한글", "ko", "hangeul"),
        ("ኢትዮጵያ", "am", "itiyopiya"),
        ("தமிழ்", "ta", "tamizh"),
        ("తెలుగు", "te", "telugu"),
        ("বাংলা", "bn", "banla"),
    ],
)
def test_romanisation(text: str, code: str, latin: str) -> None:
    assert romanised(text, code) == latin


@pytest.mark.parametrize(("text", "code"), [("哪支球队赢得了冠军", "zh"), ("ใครเป็นใคร", "th"), ("Wer ist wer?", "de")])
def test_no_romanisation_without_a_source(text: str, code: str) -> None:
    assert romanised(text, code) is None


def test_widths() -> None:
    assert other_width("iPhoneのガイド15", "ja") == "ｉＰｈｏｎｅのｶﾞｲﾄﾞ１５"
    assert other_width("iPhone", "en") is None
    assert unicodedata.normalize("NFKC", other_width("メートル", "ja") or "") == "メートル"


def test_words_end_at_other_scripts_and_at_single_ideographs_that_are_stop_words() -> None:
    assert [word.text for word in words_of("iPhoneの価格はDon't")] == ["iPhone", "の", "価格", "は", "Don", "t"]
    assert [word.text for word in words_of("哪支球队的冠军", frozenset("的"))] == ["哪支球队", "的", "冠军"]
    assert [(word.text, word.script) for word in words_of("می‌خواهم メートル")] == [
        ("می‌خواهم", "Arab"),
        ("メートル", "Kana"),
    ]


def test_stop_words_come_from_lucene_or_from_the_topics() -> None:
    assert all(len(listed_stop_words(code)) > 20 for code in LISTED)
    assert {"what", "which", "the"} <= listed_stop_words("en")
    assert "что" in listed_stop_words("ru")
    texts = [f"nini jina la mtu{number}" for number in range(60)]
    assert frequent_words(texts) == {"nini", "jina", "la", "mtu"}
    assert frequent_words(texts[:10]) == frozenset()


def test_naturality() -> None:
    stops = listed_stop_words("en")
    assert without_stop_words("Who won the Super Bowl in 2015?", "en", stops) == "won Super Bowl 2015?"
    assert keywords("Who won the Super Bowl, the big Bowl?", "en", stops) == "won Super Bowl big"
    assert without_stop_words("Who is the", "en", stops) is None
    assert keywords("Bowl", "en", stops) is None


def test_orders() -> None:
    assert exchanges("Who won it?", "en", frozenset()) == ["won Who it?", "Who it won?"]
    assert exchanges("no no", "en", frozenset()) == []
    new = shuffled("Who won the Super Bowl?", "en", frozenset(), random.Random(1))
    assert new is not None
    assert new.endswith("?")
    assert sorted(new[:-1].split()) == sorted(["Who", "won", "the", "Super", "Bowl"])
    assert shuffled("Who?", "en", frozenset(), random.Random(1)) is None


@pytest.mark.parametrize("code", sorted(INVENTED))
def test_candidates_hold_every_kind_once(code: str) -> None:
    text = INVENTED[code][0]
    found = candidates(
        text,
        code,
        [OperationKind.MISSPELLING, OperationKind.ORDER, OperationKind.NATURALITY, OperationKind.SCRIPT],
        frozenset(),
    )
    assert len({variant.text for variant in found}) == len(found)
    assert text not in {variant.text for variant in found}
    assert {variant.operation for variant in found} >= set(TYPOS)
    assert found == candidates(
        text,
        code,
        [OperationKind.MISSPELLING, OperationKind.ORDER, OperationKind.NATURALITY, OperationKind.SCRIPT],
        frozenset(),
    )


def test_candidates_by_operation_and_bad_names() -> None:
    assert {variant.operation for variant in candidates("Wer war das?", "de", [Operation.SWAP], frozenset())} == {
        Operation.SWAP
    }
    assert [variant.text for variant in candidates("ab cde", "de", [Operation.DELETE], frozenset())] == [
        "ab de",
        "ab ce",
        "ab cd",
    ]
    assert candidates("😀", "de", [OperationKind.MISSPELLING]) == []
    with pytest.raises(UsageError, match="expected one of misspelling"):
        candidates("Wer?", "de", ["spelling"])  # type: ignore[list-item]
