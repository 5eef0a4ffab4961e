"""Every other format of dictionaries: what is read, which languages, and files that are damaged."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest
from dictionaries import entries, write_mo

from pyserini_xqg.errors import InputError
from pyserini_xqg.lexicon.registry import format_of

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>
<title>English-Hindi FreeDict Dictionary</title></titleStmt></fileDesc></teiHeader><text><body>
<entry><form><orth>bank</orth><pron>bæŋk</pron></form><form><orth>banks</orth></form><gramGrp><pos>n</pos></gramGrp>
<sense n="1"><usg>finance</usg><cit type="trans"><quote>बैंक</quote></cit><cit type="example"><quote>the bank</quote>
<cit type="trans"><quote>वह बैंक</quote></cit></cit>
<sense><cit type="translation"><quote>कोष, निधि <note>dated</note></quote></cit></sense></sense>
<sense n="2"><def>of a river</def><cit type="trans"><form><orth>तट</orth></form></cit><xr><ref>shore</ref></xr></sense>
</entry>
<entry><form><orth>nothing</orth></form></entry>
<superEntry><entry><form><orth>old</orth></form><trans><tr>पुराना</tr></trans></entry></superEntry>
</body></text></TEI>
"""
DIX = """<?xml version="1.0" encoding="UTF-8"?>
<dictionary><alphabet/><sdefs><sdef n="n"/></sdefs><section id="main" type="standard">
<e><p><l>house<s n="n"/></l><r>casa<s n="n"/><s n="f"/></r></p></e>
<e r="LR"><p><l>house<s n="n"/></l><r>vivienda<s n="n"/></r></p></e>
<e r="RL"><p><l>house<s n="n"/></l><r>caserón<s n="n"/></r></p></e>
<e><p><l>ice<b/>cream<s n="n"/></l><r>helado<s n="n"/></r></p></e>
<e><i>Madrid<s n="np"/></i></e>
<e><re>[0-9]+</re><p><l>x</l><r>y</r></p></e>
</section></dictionary>
"""
JMDICT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE JMdict [
<!ELEMENT JMdict (entry*)>
<!ENTITY n "noun (common) (futsuumeishi)">
<!ENTITY v1 "Ichidan verb">
]>
<JMdict>
<entry><ent_seq>1</ent_seq><k_ele><keb>食べる</keb></k_ele><r_ele><reb>たべる</reb></r_ele>
<sense><pos>&v1;</pos><gloss>to eat</gloss><gloss>to live on (e.g. a salary)</gloss>
<gloss xml:lang="ger">essen</gloss></sense></entry>
<entry><ent_seq>2</ent_seq><r_ele><reb>コーラ</reb></r_ele><sense><pos>&n;</pos><gloss>cola</gloss></sense></entry>
</JMdict>
"""
EDICT = """　？？？ /EDICT, EDICT_SUB(P), EDICT2 Japanese-English Electronic Dictionary Files/Created: 2021-02-03/
〃 [おなじ] /(n) ditto mark/
漢字;感じ(iK) [かんじ(P)] /(n) (1) Chinese character/(2) {comp} kanji, character/(P)/EntL1213170X/
食べる [たべる] /(v1,vt) to eat/
"""
CEDICT = """# CC-CEDICT
#! version=1
傳統 传统 [chuan2 tong3] /tradition/traditional (convention)/CL:個|个[ge4]/
吃 吃 [chi1] /to eat/to consume/variant of 喫|吃[chi1]/
王 王 [Wang2] /surname Wang/
出租車 出租车 [chu1 zu1 che1] /taxi/(Tw) rental car/see also 的士[di1 shi4]/
"""
PO = """# Names
msgid ""
msgstr "Language: de\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "_Open…"
msgstr "Ö_ffnen …"

#, fuzzy
msgid "Close"
msgstr "Falsch"

msgctxt "menu"
msgid "File"
msgid_plural "Files"
msgstr[0] "Datei"
msgstr[1] "Dateien"

msgid "Long "
"name"
msgstr "Langer "
"Name"

msgid "%d files"
msgstr "%d Dateien"

#~ msgid "Old"
#~ msgstr "Alt"
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    raw = text.encode(encoding)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


@pytest.mark.parametrize(
    ("name", "text", "languages", "expected"),
    [
        (
            "dictionary.tei",
            TEI,
            ("en", "hi"),
            [("bank", ["बैंक", "कोष", "निधि", "तट"]), ("banks", ["बैंक", "कोष", "निधि", "तट"]), ("old", ["पुराना"])],
        ),
        (
            "apertium-eng-spa.eng-spa.dix",
            DIX,
            ("en", "es"),
            [("house", ["casa", "vivienda"]), ("ice cream", ["helado"]), ("Madrid", ["Madrid"])],
        ),
        (
            "JMdict_e.gz",
            JMDICT,
            ("ja", "en"),
            [("食べる", ["eat", "live on"]), ("たべる", ["eat", "live on"]), ("コーラ", ["cola"])],
        ),
        (
            "edict",
            EDICT,
            ("ja", "en"),
            [("〃", ["ditto mark"]), ("おなじ", ["ditto mark"])]
            + [(word, ["Chinese character", "kanji", "character"]) for word in ("漢字", "感じ", "かんじ")]
            + [("食べる", ["eat"]), ("たべる", ["eat"])],
        ),
        (
            "cedict_1_0_ts_utf-8_mdbg.txt.gz",
            CEDICT,
            ("zh", "en"),
            [
                ("传统", ["tradition", "traditional"]),
                ("傳統", ["tradition", "traditional"]),
                ("吃", ["eat", "consume"]),
                ("出租车", ["taxi", "rental car"]),
                ("出租車", ["taxi", "rental car"]),
            ],
        ),
        ("de.po", PO, ("en", "de"), [("Open", ["Öffnen"]), ("File", ["Datei"]), ("Long name", ["Langer Name"])]),
        (
            "own.en-de.tsv.gz",
            "house\tHaus\nhouse\tGebäude\n\nbank\tBank\n",
            ("en", "de"),
            [("house", ["Haus", "Gebäude"]), ("bank", ["Bank"])],
        ),
        (
            "zho-eng.dict.gz",
            '{"银行": {"shore": 0.1, "bank": 0.9, "": 0.2}, "无": {}, "家": {"home": 1}}',
            ("zh", "en"),
            [("银行", ["bank", "shore"]), ("家", ["home"])],
        ),
    ],
)
def test_a_format(tmp_path, name, text, languages, expected):
    path = write(tmp_path / name, text)
    assert format_of(path).languages(path) == languages
    assert entries(path, languages[1]) == expected


def test_edict_as_debian_has_it(tmp_path):
    path = write(tmp_path / "edict", EDICT, "euc_jp")
    assert entries(path) == entries(write(tmp_path / "edict.utf8", EDICT))
    assert format_of(path).headwords(path) == 4


def test_jmdict_in_another_language(tmp_path):
    assert entries(write(tmp_path / "JMdict.xml", JMDICT), "de") == [("食べる", ["essen"]), ("たべる", ["essen"])]


def test_a_compiled_catalogue(tmp_path):
    names = {
        "Spanish; Castilian": "الإسبانية؛ القشتالية",
        "Germany": "ألمانيا",
        "Tanzania, United Republic of": "تنزانيا، جمهوريّة",
        "French, Old (842-ca. 1400)": "الفرنسية القديمة",
        "context\x04Currency\x00Currencies": "عملة\x00عملات",
        "a name of a good many words": "اسم",
        "<b>bold</b>": "غامق",
    }
    path = write_mo(tmp_path / "ar" / "LC_MESSAGES" / "iso_639-3.mo", names)
    assert format_of(path).languages(path) == ("en", "ar")
    assert format_of(path).headwords(path) == len(names) + 1
    assert dict(entries(path, "ar")) == {
        "Germany": ["ألمانيا"], "Tanzania": ["تنزانيا"], "Currency": ["عملة"],
    }  # fmt: skip
    latin = write_mo(tmp_path / "de" / "LC_MESSAGES" / "x.mo", {"door": "Tür", "(_F)ile": "Datei(_D)"}, "ISO-8859-1")
    assert dict(entries(latin, "de")) == {"door": ["Tür"], "ile": ["Datei"]}


def test_weights_of_a_table_are_kept(tmp_path):
    path = write(
        tmp_path / "t.tsv", "bank\tBank\t0.7\nbank\tUfer\t0.2\nbank\tnie\t0\nbank\tUfer\t.1\nsea\tMeer\nsea\tSee\t0.5\n"
    )
    (bank, sea) = format_of(path).read(path, "de")
    assert [(one.text, one.weight) for one in bank.translations] == [("Bank", 0.7), ("Ufer", pytest.approx(0.3))]
    assert [(one.text, one.weight) for one in sea.translations] == [("Meer", 1.0), ("See", 0.5)]
    assert format_of(path).languages(path) is None
    table = write(tmp_path / "t.json", '{"bank": {"Ufer": 0.2, "Bank": 8e-1}}')
    (entry,) = format_of(table).read(table, "de")
    assert [(one.text, one.weight) for one in entry.translations] == [("Bank", 0.8), ("Ufer", 0.2)]


def test_a_table_of_one_long_line_streams(tmp_path):
    words = {f"слово{number}": {f"word{number}": 0.5, f"term{number}": 0.25} for number in range(40_000)}
    path = write(tmp_path / "rus-eng.json", json.dumps(words, ensure_ascii=False))
    one = format_of(path)
    assert sum(1 for _ in one.read(path, "en")) == len(words)
    del words
    tracemalloc.start()
    for _ in one.read(path, "en"):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 2 << 20  # of UTF-8; twice as much as text
    assert peak < 10 << 20


def test_xml_streams(tmp_path):
    entry = (
        "<entry><form><orth>word{0}</orth></form><sense><cit type='trans'><quote>Wort{0}x</quote></cit></sense></entry>"
    )
    body = "\n".join(entry.format(number) for number in range(8_000))
    path = write(tmp_path / "eng-deu.tei", f"<TEI><text><body>{body}</body></text></TEI>")
    one = format_of(path)
    tracemalloc.start()
    assert sum(1 for _ in one.read(path, "de")) == 8_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


BOMB = '<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><TEI><entry><form><orth>&b;</orth></form></entry></TEI>'
FILE = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><JMdict><entry>&x;</entry></JMdict>'


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.tei", BOMB, ":1: declares the entity 'a'"),
        ("b.dix", BOMB, ":1: declares the entity 'a'"),
        ("JMdict", BOMB, ":1: declares the entity 'b'"),
        ("JMdict.xml", FILE, ":1: declares the entity 'x'"),
        ("c.tei", TEI[:-30], "malformed XML"),
        ("d.tei", "", ":1: malformed XML (no element found"),
        ("e.tei", "<html></html>", "holds no entry"),
        ("f.dix", "<dictionary/>", "holds no entry"),
        ("JMdict_e", "<JMdict></JMdict>", "holds no entry"),
        ("g.tei", '<?xml version="1.0" encoding="klingon"?><a/>', "malformed XML"),
        ("edict", "", "holds no line of EDICT's"),
        ("edict2", "just text\n", "holds no line of EDICT's"),
        ("h.u8", "傳統 传统 /tradition/\n", ":1: not a line of CC-CEDICT's"),
        ("i.u8", "# nothing\n", "holds no word"),
        ("j.tsv", "one word\n", ":1: expected source, TAB, target"),
        ("k.tsv", "a\tb\tmuch\n", ":1: the weight 'much' is no number"),
        ("l.tsv", "a\tb\t-1\n", ":1: the weight '-1' is no number"),
        ("m.tsv", "", "holds no translation"),
        ("n.json", "[1, 2]", "another shape than"),
        ("o.json", '{"a": ["b"]}', "'a' has list where translations were expected"),
        ("p.json", '{"a": {"b": "c"}}', "the probability of 'b' for 'a' is 'c'"),
        ("q.json", '{"a": {"b": 0.5}', "malformed JSON"),
        ("r.json", '{"a": {"b": 0.', "malformed JSON"),
        ("s.json", '{"a": {"b": 1}} {}', "something follows the last }"),
        ("t.json", "", "another shape than"),
        ("u.mo", "text", "no compiled catalogue"),
        ("v.mo", "", "no compiled catalogue"),
        ("w.po", "hello\n", ":1: not a line of a gettext catalogue"),
        ("x.po", 'msgid "a\\"\n', ":1: text whose quotation marks do not match"),
        ("y.po", "", "holds no message"),
    ],
)
def test_a_damaged_file_is_one_clear_error(tmp_path, name, text, said):
    path = write(tmp_path / name, text)
    with pytest.raises(InputError) as found:
        list(format_of(path).read(path, "en"))
    assert str(found.value).startswith(str(path))
    assert said in str(found.value)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tei", TEI),
        ("a.u8", CEDICT),
        ("a.tsv", "a\tMüll\n"),
        ("a.json", '{"Müll": {"x": 1}}'),
        ("a.po", PO),
        ("edict", "a [b] /Müll/\n"),
    ],
)
def test_another_encoding(tmp_path, name, text):
    path = tmp_path / name
    raw = text.encode("utf-8")
    for letter in "üöÖन個":
        raw = raw.replace(letter.encode(), b"\xff")
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"UTF-8|malformed XML \(not well-formed"):
        list(format_of(path).read(path, "en"))


def test_a_catalogue_that_is_cut_short(tmp_path):
    path = write_mo(tmp_path / "x.mo", {"door": "Tür", "house": "Haus"})
    whole = path.read_bytes()
    for end in (40, 60, len(whole) - 4):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match="points behind its own end"):
            entries(path, "de")


def test_gzip_that_is_cut_short(tmp_path):
    for name, text in (
        ("x.tei.gz", TEI),
        ("x.tsv.gz", "a\tb\n" * 50),
        ("x.json.gz", '{"a": {"b": 1}}'),
        ("edict.gz", EDICT),
    ):
        path = write(tmp_path / name, text)
        path.write_bytes(path.read_bytes()[:-12])
        with pytest.raises(InputError, match="gzip stream is cut short or damaged"):
            entries(path)
