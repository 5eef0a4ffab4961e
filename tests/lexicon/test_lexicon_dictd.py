"""dictd's dictionaries: what each markup leaves of an article, and files that are damaged."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from dictionaries import entries, write_dictd

from pyserini_xqg.errors import InputError
from pyserini_xqg.lexicon.registry import dictionary_files, format_of

MUELLER = """bank
   _I  [bæŋk]
      1. _n.
         1) вал, насыпь
         2) берег (особ. реки)
         4) нанос; занос; bank of snow снежный занос; сугроб; bank of clouds
         гряда облаков
         5) _ав. крен
      2. _v.
         1) делать насыпь
   _II [bæŋk]
      1. _n.
         1) банк; blood bank
            а) донорский пункт;
            б) запасы консервированной крови для переливания
         2) спекулянт, играющий на понижение
   _III[bæŋk] _n. _ист.
         2) ряд вёсел (на галере)
"""


@pytest.mark.parametrize(
    ("name", "key", "article", "headwords", "translations"),
    [
        (
            "freedict-eng-ara",
            "aberrantly",
            "Aberrantly /aˈ/\n1. بشذوذ، بزيغ\n2. بضلال\n",
            ["Aberrantly"],
            ["بشذوذ", "بزيغ", "بضلال"],
        ),
        (
            "freedict-eng-deu",
            "champ on sth",
            "champ on sth. /tʃˈamp ˌɒn/ <v>\netw./jdn. mampfen <v, trans> [cook.]\n         Note: geräuschvoll essen\n"
            '   Synonyms: {munch}, {chomp}\n\n see: {munching}\n      "He champs."  - Er mampft.\n',
            ["champ on"],
            ["mampfen"],
        ),
        (
            "freedict-eng-deu",
            "piracy",
            "piracy\n [print] Raubdruck <masc>, Raubdrucke <pl>\n see: {print}\n",
            ["piracy"],
            ["Raubdruck", "Raubdrucke"],
        ),
        (
            "freedict-eng-deu",
            "haemorrhage med",
            "haemorrhage (med) /h/\neine Unmenge an etw. {Dat}, Blutg. /bˈluːt/ (Abk.)\n",
            ["haemorrhage"],
            ["eine Unmenge an", "Blutg"],
        ),
        (
            "freedict-eng-hin",
            "rhetoric",
            'rhetoric /ɹˈɛtəɹˌɪk/ <N>\n1. व्याख्यान~विद्या\n      "People are fed up."\n2. वाक्पटुता\n',
            ["rhetoric"],
            ["व्याख्यान विद्या", "वाक्पटुता"],
        ),
        (
            "freedict-eng-fin",
            "joint",
            "joint //d͡ʒɔɪnt// <n>\n1. baari, mesta\nbusiness\n2. teko-\nprefix\n"
            "4. nivel 2.\npart of the body\n 3.\njoint with freedom\n",
            ["joint"],
            ["baari", "mesta", "nivel"],
        ),
        (
            "freedict-eng-pol",
            ["jeopardise", "jeopardize"],
            "jeopardize, jeopardise /ˈʤepədaɪz/\nI.  <V>  narażać (of sth - czegoś)\n"
            "II.  <N> 1.  strata\n - ktoś, kto\n",
            ["jeopardise", "jeopardize"],
            ["narażać", "strata"],
        ),
        (
            "freedict-eng-pol",
            "see",
            "see /si:/\nI.  <V> 1.  [ludzi]  a. widzieć\n 7.  I'll see (:I :'ll :see)\n - zobaczę, może\n 8.  [b]  c\n"
            "II.  <V Phras>see about   zająć się\nIII.  <N> half price /ˈhɑ:f/   ze zniżką\n",
            ["see"],
            ["widzieć", "c"],
        ),
        ("freedict-swh-eng", "masikio", "masikio /mˈi/ <n>\n\n Plural of {sikio}: ear\n", ["masikio"], ["ear"]),
        (
            "freedict-swh-eng",
            "myoto",
            "myoto /m/ <n>\n\n Plural of {moto}: 1. fire 2. heat. See also {joto}\n",
            ["myoto"],
            ["fire", "heat"],
        ),
        ("freedict-swh-eng", "sauti", "sauti /saˈuti/ <n> [sg=pl]\n\nsound\n; voice\n", ["sauti"], ["sound", "voice"]),
        (
            "freedict-eng-tur",
            "sulfur sulphur",
            "sulfur , sulphur /s/\n1. (kim.) kükürt. flowers of sulfur kükürtçiçeği\n2. du- ruma.\n",
            ["sulfur", "sulphur"],
            ["kükürt", "duruma"],
        ),
        ("freedict-eng-hun", "to set off", "to set off /tə/\n1. kitûz\n2. elôhoz\n", ["set off"], ["kitűz", "előhoz"]),
        (
            "freedict-jpn-eng",
            ["がりがり", "我利我利"],
            "我利我利 /(en)tʃˈaɪniːz(ja)lˈe̞tə/,  () がりがり /ɡˌäɽiɡˈäɽi/\n"
            "1. (adjectival nouns (keiyodoshi))\n (noun)\n\n"
            "         Note: word usually written using kana aloneskin and bones\n2. (adverb)\nto crunch {x}\n",
            ["がりがり", "我利我利"],
            ["skin and bones", "crunch"],
        ),
        ("mueller7", "bank", MUELLER, ["bank"], [
            "вал", "насыпь", "берег", "нанос", "занос", "крен", "делать насыпь", "банк", "спекулянт", "ряд вёсел",
        ]),
        ("edict", "犬", "犬 [いぬ] /(n) (1) dog/(2) squealer/\n", ["犬", "いぬ"], ["dog", "squealer"]),
    ],
)  # fmt: skip
def test_an_article_comes_to_its_translations(tmp_path, name, key, article, headwords, translations):
    index = write_dictd(tmp_path / name, [(key, article)])
    target = format_of(index).languages(index)[1] if name != "edict" else "en"
    assert entries(index, target) == [(word, translations) for word in headwords]


def test_senses_weigh_by_their_rank(tmp_path):
    index = write_dictd(tmp_path / "freedict-eng-rus", [("nice", "nice\n1. хороший\n2. аппетитный, хороший\n")])
    (entry,) = format_of(index).read(index, "ru")
    assert [(one.text, one.weight) for one in entry.translations] == [("хороший", 1.0), ("аппетитный", 0.5)]


@pytest.mark.parametrize("packed", [True, False])
def test_articles_in_any_order_of_the_index(tmp_path, packed):
    words = [f"word{number}" for number in range(3000)]
    random.Random(7).shuffle(words)
    index = write_dictd(tmp_path / "x-en-de", [(word, f"{word}\nWort {word[4:]}x\n") for word in words], packed=packed)
    assert entries(index, "de") == [(word, [f"Wort {word[4:]}x"]) for word in words]
    assert format_of(index).headwords(index) == 3000


def test_articles_that_share_bytes(tmp_path):
    """Some indexes lead to a part of an article."""
    (tmp_path / "x.dict").write_text("one\neins\ntwo\nzwei\n", encoding="utf-8")
    (tmp_path / "x.index").write_text("one\tA\tS\ntwo\tJ\tJ\n", encoding="utf-8")
    assert entries(tmp_path / "x.index", "de") == [("one", ["eins"]), ("two", ["zwei"])]


def test_any_of_its_files_names_it(tmp_path):
    index = write_dictd(tmp_path / "freedict-eng-swh", [("lip", "lip\nmdomo\n")])
    for path in (index, tmp_path / "freedict-eng-swh.dict.dz"):
        assert dictionary_files(path) == [index]
        assert entries(path, "sw") == [("lip", ["mdomo"])]
    assert dictionary_files(tmp_path) == [index]


@pytest.mark.parametrize(
    ("name", "title", "languages"),
    [
        ("freedict-eng-deu", "", ("en", "de")),
        ("freedict-jpn-eng", "", ("ja", "en")),
        ("freedict-eng-swh", "", ("en", "sw")),
        ("freedict-eng-rom", "", ("en", "ro")),
        ("mueller7accent", "", ("en", "ru")),
        ("shabd", "English-Hindi FreeDict Dictionary ver. 1.6", ("en", "hi")),
        ("ancient", "English - Modern Greek XDXF/FreeDict dictionary", ("en", "el")),
        ("jargon", "The Jargon File", None),
    ],
)
def test_languages_by_name_or_title(tmp_path, name, title, languages):
    index = write_dictd(tmp_path / name, [("a", "a\nb\n")], title=title)
    assert format_of(index).languages(index) == languages


def refused(path: Path) -> str:
    with pytest.raises(InputError) as found:
        list(format_of(path).read(path, "de"))
    message = str(found.value)
    assert "\n" not in message
    return message


def test_a_body_that_is_cut_short(tmp_path):
    index = write_dictd(tmp_path / "x", [("a", "a\nb\n"), ("c", "c\nd\n")], packed=False)
    body = tmp_path / "x.dict"
    body.write_bytes(body.read_bytes()[:6])
    assert f"{index}:2: points at bytes 4 to 8 of x.dict, which ends before" in refused(index)


def test_a_gzip_stream_that_is_cut_short_or_damaged(tmp_path):
    words = [f"{number:x}" for number in random.Random(1).sample(range(16**8), 2000)]
    index = write_dictd(tmp_path / "x", [(word, f"{word}\nwort {word}\n") for word in words])
    packed = tmp_path / "x.dict.dz"
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    assert "x.dict.dz: the gzip stream is cut short or damaged" in refused(index)
    packed.write_bytes(whole[:-6] + b"\0\0" + whole[-4:])  # the checksum at the end
    assert "x.dict.dz: the gzip stream is cut short or damaged" in refused(index)
    packed.write_bytes(b"plain text")
    assert "x.dict.dz: the gzip stream is cut short or damaged" in refused(index)


def test_another_encoding(tmp_path):
    (tmp_path / "x.dict.dz").write_bytes(gzip.compress("a\nMüll\n".encode("latin-1")))
    (tmp_path / "x.index").write_text("a\tA\tH\n", encoding="utf-8")
    assert "x.dict.dz: the article of 'a' is not UTF-8 text" in refused(tmp_path / "x.index")
    (tmp_path / "x.index").write_bytes("Müll\tA\tH\n".encode("latin-1"))
    assert "x.index:1: not UTF-8 text" in refused(tmp_path / "x.index")


@pytest.mark.parametrize("line", ["a\tA\n", "a\tA\t!\n", "a\t\tA\n", "just text\n", "a\tA\t/////////////////////\n"])
def test_a_malformed_index(tmp_path, line):
    write_dictd(tmp_path / "x", [("a", "a\nb\n")])
    (tmp_path / "x.index").write_text(line, encoding="utf-8")
    assert "x.index:1: not a line of dictd's index" in refused(tmp_path / "x.index")


def test_an_article_of_impossible_length(tmp_path):
    write_dictd(tmp_path / "x", [("a", "a\nb\n")])
    (tmp_path / "x.index").write_text("a\tA\t/////\n", encoding="utf-8")
    assert "x.index:1: an article of 1,073,741,823 bytes" in refused(tmp_path / "x.index")


def test_files_that_are_missing_or_empty(tmp_path):
    index = write_dictd(tmp_path / "x", [("a", "a\nb\n")])
    (tmp_path / "x.dict.dz").rename(tmp_path / "y.dict.dz")
    assert "x.dict.dz is not beside it" in refused(index)
    assert "y.index is not beside it" in refused(tmp_path / "y.dict.dz")
    (tmp_path / "y.index").touch()
    assert "y.index: holds no headword" in refused(tmp_path / "y.dict.dz")
