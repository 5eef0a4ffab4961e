"""LibreOffice's help: a small folder in the packages' shape, and what becomes of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from help_samples import FILLER, INSIDE, heading, help_folder, index, packages, page, paragraph, write

from pyserini_xqg.commands import main
from pyserini_xqg.datasets.libreoffice.build import build
from pyserini_xqg.datasets.libreoffice.names import Half, Wording, half_of, is_mostly_new, wording
from pyserini_xqg.datasets.libreoffice.options import HelpCollection, HelpOptions, HelpUnit
from pyserini_xqg.datasets.libreoffice.packages import install_line
from pyserini_xqg.datasets.libreoffice.pages import read_index, read_page
from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.topics import read_topics


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return packages(tmp_path / "in")


def convert(
    place: Path,
    output: Path,
    *languages: str,
    unit: HelpUnit = HelpUnit.PAGE,
    collection: HelpCollection = HelpCollection.ENGLISH,
) -> DatasetRecord:
    return write_dataset(output, lambda folder: build(place, folder, HelpOptions(unit, collection, languages)))[0]


def topics(place: Path, half: str, code: str) -> dict[str, str]:
    return {topic.qid: topic.text for topic in read_topics(place / half / f"topics.{code}.tsv")}


def judged(place: Path, half: str, code: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in read_qrels(place / half / f"qrels.{code}.txt"):
        found.setdefault(line.qid, set()).add(line.docid)
    return found


def queries(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    return {one.docid: dict(one.queries) for one in read_queries(path)}


def remarks(found: DatasetRecord) -> dict[str, dict[str, int]]:
    return {remark.what: dict(remark.counts) for remark in found.remarks}


def test_passages_are_the_english_pages_by_their_paths(installed: Path, tmp_path: Path):
    convert(installed, tmp_path / "out")
    passages = {passage.docid: passage.contents for passage in read_passages(tmp_path / "out" / "corpus.jsonl")}
    assert list(passages) == [
        "sbasic/or",
        "scalc/01/range",
        "scalc/guide/borders",
        "shared/01/edit",
        "shared/01/editing",
        "shared/01/printing",
        "shared/02/saving",
        "swriter/guide/borders",
    ]
    assert passages["shared/02/saving"] == f"Saving & Loading {FILLER}"


def test_topics_are_translated_titles_in_the_half_of_their_english_title(installed: Path, tmp_path: Path):
    convert(installed, tmp_path / "out")
    assert topics(tmp_path / "out", "test", "de") == {
        "scalc/guide/borders": "Umrandung von Zellen",
        "shared/02/saving": "Speichern & Laden",
    }
    assert topics(tmp_path / "out", "dev", "de") == {"scalc/01/range": "Druckbereich", "shared/01/printing": "Drucken"}
    assert topics(tmp_path / "out", "dev", "zh") == {"scalc/01/range": "打印区域", "shared/01/editing": "正在编辑"}


def test_pages_that_share_an_english_title_are_relevant_together(installed: Path, tmp_path: Path):
    convert(installed, tmp_path / "out")
    both = {"scalc/guide/borders", "swriter/guide/borders"}
    # In German one of the two bears its English title still; in Chinese they bear different ones.
    assert judged(tmp_path / "out", "test", "de")["scalc/guide/borders"] == both
    assert {qid: docids for qid, docids in judged(tmp_path / "out", "test", "zh").items() if qid in both} == {
        "scalc/guide/borders": both,
        "swriter/guide/borders": both,
    }


def test_titles_that_mean_pages_of_one_half_are_one_topic(tmp_path: Path, installed: Path):
    for path, title in (("shared/01/print1", "Help"), ("shared/01/print2", "Page Styles")):
        for language, text in (("en-US", title), ("de", "dasselbe" if title == "Help" else "Dasselbe")):
            markup = page(text, paragraph("1", FILLER), language=language)
            write(help_folder(installed, language) / "text" / f"{path}.html", markup)
    convert(installed, tmp_path / "out", "de")
    assert topics(tmp_path / "out", "dev", "de")["shared/01/print1"] == "dasselbe"
    assert judged(tmp_path / "out", "dev", "de")["shared/01/print1"] == {"shared/01/print1", "shared/01/print2"}
    assert queries(tmp_path / "out" / "dev" / "queries.jsonl")["shared/01/print2"] == {"de": ("dasselbe",)}


def test_dev_titles_are_queries_of_the_pages_that_bear_them(installed: Path, tmp_path: Path):
    convert(installed, tmp_path / "out")
    assert queries(tmp_path / "out" / "dev" / "queries.jsonl") == {
        "scalc/01/range": {"de": ("Druckbereich",), "zh": ("打印区域",)},
        "shared/01/editing": {"zh": ("正在编辑",)},
        "shared/01/printing": {"de": ("Drucken",)},
    }


def test_english_titles_are_queries_of_all_pages(installed: Path, tmp_path: Path):
    convert(installed, tmp_path / "out")
    found = queries(tmp_path / "out" / "english-titles.jsonl")
    assert len(found) == 8
    assert found["swriter/guide/borders"] == {"en": ("Borders of cells",)}


def test_index_entries_are_queries_unless_they_tell_the_answer(installed: Path, tmp_path: Path):
    found = remarks(convert(installed, tmp_path / "out"))
    assert queries(tmp_path / "out" / "index-entries.jsonl") == {
        "sbasic/or": {"en": ('"\\" operator & more',)},
        "scalc/guide/borders": {"en": ("borders, of cells", "cells, borders"), "de": ("Zellen, umranden",)},
    }
    assert found["index entries that lead to no passage: left out"] == {"en": 1}
    assert found["index entries that are the title of what they lead to: left out"] == {"en": 1, "de": 1}
    assert found["index entries that are English, or names: left out"] == {"de": 1}


def test_what_is_left_out_is_counted_by_reason(installed: Path, tmp_path: Path):
    found = remarks(convert(installed, tmp_path / "out"))
    assert {what: counts for what, counts in found.items() if "index" not in what} == {
        "pages with fewer than 80 characters of text: left out": {"en": 1},
        "titles the same as in English: no topics": {"de": 1, "zh": 1},
        "titles without a word that the English one lacks: no topics": {"de": 1},
        "titles that this language lacks: no topics": {"zh": 1},
        "topics whose passages are in both halves: left out": {"de": 1},
        "pages of varieties of a language that is there: left out": {"pt-BR": 1},
        "pages in languages that are not in this project's table: left out": {"ca": 1},
    }


def test_long_pages_are_cut_and_empty_titles_left_out(installed: Path, tmp_path: Path):
    text = help_folder(installed, "en-US") / "text"
    write(text / "long.html", page("Long", paragraph("1", "words " * 300)))
    write(text / "nameless.html", page(" ", paragraph("1", FILLER)))
    found = remarks(convert(installed, tmp_path / "out"))
    passages = {passage.docid: passage.contents for passage in read_passages(tmp_path / "out" / "corpus.jsonl")}
    assert passages["long"] == f"Long {'words ' * 300}"[:1200]
    assert len(passages["long"]) == 1200
    assert found["pages longer than 1,200 characters: cut there"] == {"en": 1}
    assert found["pages without a title: left out"] == {"en": 1}


def sections(installed: Path) -> None:
    """A page with two sections in English and German."""
    for language, title, one, two in (
        ("en-US", "Charts", "Charts", "Editing"),
        ("de", "Diagramme", "Diagramme", "Achsen ändern"),
    ):
        markup = page(
            title,
            heading("1", one, level=1, before="bm_id1"),
            paragraph("2", FILLER),
            heading("3", two, before="bm_id2"),
            paragraph("4", "Short."),
            heading("5", f"{two} again", before="bm_id3"),
            paragraph("6", FILLER),
            language=language,
        )
        write(help_folder(installed, language) / "text" / "schart" / "charts.html", markup)
    entries = [("schart/charts", "bm_id1", "first"), ("schart/charts", "bm_id3", "third")]
    write(help_folder(installed, "en-US") / "bookmarks.js", index("en-US", *entries))


def test_sections_are_passages_with_headings_as_topics(installed: Path, tmp_path: Path):
    sections(installed)
    found = convert(installed, tmp_path / "out", "de", unit=HelpUnit.SECTION)
    lines = (tmp_path / "out" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    assert [record for record in map(json.loads, lines) if record["title"] == "Charts"] == [
        {"id": "schart/charts-0", "title": "Charts", "heading": "Charts", "text": FILLER, "language": "en"},
        {
            "id": "schart/charts-2",
            "title": "Charts",
            "heading": "Editing again",
            "text": f"Editing again {FILLER}",
            "language": "en",
        },
    ]
    asked, relevant = topics(tmp_path / "out", "test", "de"), judged(tmp_path / "out", "test", "de")
    assert (asked["schart/charts"], asked["schart/charts-2"]) == ("Diagramme", "Achsen ändern again")
    assert relevant["schart/charts"] == {"schart/charts-0", "schart/charts-2"}
    assert relevant["schart/charts-2"] == {"schart/charts-2"}
    entries = queries(tmp_path / "out" / "index-entries.jsonl")
    assert {docid: some["en"] for docid, some in entries.items() if "en" in some} == {
        "schart/charts-0": ("first",),
        "schart/charts-2": ("third",),
    }
    assert queries(tmp_path / "out" / "english-titles.jsonl")["schart/charts-2"] == {"en": ("Charts", "Editing again")}
    assert remarks(found)["sections with fewer than 80 characters of text: left out"] == {"en": 2}


def test_sentence_pairs_are_paragraphs_and_headings_that_are_really_translated(installed: Path, tmp_path: Path):
    for language, texts in (
        ("en-US", ("Sort <b>cells</b>", "Sort cells", "Only here", "Insert a row", "LibreOffice Writer", "The end")),
        (
            "de",
            ("<i>Zellen</i> sortieren", "Zellen sortieren", "", "Insert eine row", "LibreOffice Writer", "Ende\tgut"),
        ),
    ):
        parts = [paragraph(str(number), text) for number, text in enumerate(texts, start=10) if text]
        markup = page("Charts", heading("1", "Charts" if language == "en-US" else "Diagramme"), *parts)
        write(help_folder(installed, language) / "text" / "schart" / "charts.html", markup)
    options = HelpOptions(languages=("de",), parallel=True)
    found = write_dataset(tmp_path / "out", lambda folder: build(installed, folder, options))[0]
    lines = (tmp_path / "out" / "parallel.en-de.tsv").read_text(encoding="utf-8").splitlines()
    mine = lines[lines.index("Charts\tDiagramme") :]
    # "Insert eine row" is English for the most part, and "Sort cells" is on the page twice.
    assert mine[:3] == ["Charts\tDiagramme", "Sort cells\tZellen sortieren", "The end\tEnde gut"]
    assert {what: counts["de"] for what, counts in remarks(found).items() if "sentence pairs" in what} == {
        "headings and paragraphs most of which is English, or names: no sentence pairs": 12
    }
    assert found.counts["parallel.en-de.tsv"] == len(lines)


GERMAN = "Dieser Absatz ist lang genug für eine Seite, die außer ihm nichts enthält und doch gefunden werden soll."


def test_one_pool_holds_the_pages_that_are_translated_in_every_language(installed: Path, tmp_path: Path):
    for path, title, text in (
        ("scalc/guide/borders", "Umrandung von Zellen", GERMAN),
        ("scalc/01/range", "Druckbereich", FILLER),
        ("shared/01/printing", "Printing", GERMAN),
        ("shared/01/edit", "Bearbeiten", "Zu kurz."),
    ):
        markup = page(title, paragraph("2", text), language="de")
        write(help_folder(installed, "de") / "text" / f"{path}.html", markup)
    found = remarks(convert(installed, tmp_path / "out", "de", collection=HelpCollection.MANY))
    lines = (tmp_path / "out" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    records = {record["id"]: record for record in map(json.loads, lines)}
    assert [docid for docid in records if not docid.startswith("en/")] == ["de/scalc/guide/borders"]
    assert records["de/scalc/guide/borders"] == {
        "id": "de/scalc/guide/borders",
        "title": "Umrandung von Zellen",
        "text": GERMAN,
        "language": "de",
    }
    assert found["pages whose title or most of whose text is English: not in the corpus"] == {"de": 7}
    assert judged(tmp_path / "out", "test", "de")["scalc/guide/borders"] == {
        "en/scalc/guide/borders",
        "de/scalc/guide/borders",
        "en/swriter/guide/borders",
    }
    titles = queries(tmp_path / "out" / "english-titles.jsonl")
    assert titles["de/scalc/guide/borders"] == titles["en/scalc/guide/borders"] == {"en": ("Borders of Cells",)}


def test_sections_go_into_no_pool(installed: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="--collection many goes with --unit page"):
        convert(installed, tmp_path / "out", unit=HelpUnit.SECTION, collection=HelpCollection.MANY)


def test_half_of_the_letters_tell_whether_a_page_is_translated():
    assert is_mostly_new("Zellen haben Ränder. See Cells.", "Cells have borders. See Cells.")
    assert not is_mostly_new("Zellen. Cells have borders. See Cells.", "Cells have borders. See Cells.")


def test_a_page_is_read_as_the_packages_write_it():
    markup = page(
        "Saving & Loading",
        paragraph("0", "Before<br>all headings."),
        heading("1", 'The <span class="emph">first</span> &amp; only', before="bm_id7 bm_id8.00000001"),
        paragraph("2.00000001", 'Press <kbd class="input">Enter</kbd>.'),
        paragraph("3", '<img src="media/x.svg" alt="Icon">'),
        '<p class="related" dir="auto">Related Topics</p>',
    )
    found = read_page("shared/02/saving", markup)
    assert found.title == "Saving & Loading"
    assert found.text == "Before all headings. Press Enter."
    assert [(one.number, one.heading_id, one.heading, one.anchors) for one in found.sections] == [
        (0, "", "Saving & Loading", ()),
        (1, "hd_id1", "The first & only", ("bm_id7", "bm_id8.00000001")),
    ]


def test_an_index_entry_is_read_with_its_levels():
    (found,) = read_index(index("de", ("scalc/a", "bm_id1", "&#34;\\\\&#34; -- in --  Formeln")))
    assert (found.path, found.anchor, found.text) == ("scalc/a", "bm_id1", '"\\", in, Formeln')


@pytest.mark.parametrize(
    ("text", "english", "found"),
    [
        ("Zellen", "Cells", Wording.TRANSLATED),
        ("CELLS", "Cells", Wording.ENGLISH),
        ("Operator AND", "AND Operator", Wording.NAMES),
        ('Operator "*"', '"*" Operator', Wording.NAMES),
        ("RmDir (Anweisung)", "RmDir Statement", Wording.TRANSLATED),
        ("AND 演算子", "AND Operator", Wording.TRANSLATED),
        ("", "Cells", Wording.NAMES),
    ],
)
def test_a_name_with_other_punctuation_is_no_translation(text: str, english: str, found: Wording):
    assert wording(text, english) is found


def test_the_halves_hang_on_the_title_alone():
    assert half_of("Print Range") is half_of("print range") is Half.DEV
    assert half_of("Borders of Cells") is Half.TEST


def merged(root: Path) -> Path:
    """The packages as they are installed: in one root."""
    for part in sorted(root.iterdir()):
        shutil.copytree(part, root.parent / "merged", dirs_exist_ok=True)
    return root.parent / "merged"


@pytest.mark.parametrize("inside", [Path(), INSIDE], ids=["root", "as installed"])
def test_one_root_gives_the_same_bytes_as_a_root_a_package(installed: Path, tmp_path: Path, inside: Path):
    convert(installed, tmp_path / "apart")
    convert(merged(installed) / inside, tmp_path / "together")
    files = {path.relative_to(tmp_path / "apart") for path in (tmp_path / "apart").rglob("*.*")}
    assert len(files) == 13
    for name in files:
        assert (tmp_path / "apart" / name).read_bytes() == (tmp_path / "together" / name).read_bytes()


def test_dataset_json_names_packages_version_and_languages(installed: Path, tmp_path: Path):
    convert(installed, tmp_path / "out", "de")
    found = json.loads((tmp_path / "out" / "dataset.json").read_text(encoding="utf-8"))
    assert (found["version"], found["options"]) == (
        "7.4",
        {"unit": "page", "collection": "english", "languages": ["de"], "parallel": False},
    )
    assert [source["file"] for source in found["sources"]] == ["libreoffice-help-en-us", "libreoffice-help-de"]
    assert not list((tmp_path / "out").rglob("*.zh.*"))


def test_a_changed_page_changes_its_packages_checksum_alone(installed: Path, tmp_path: Path):
    def digests(name: str) -> list[str]:
        return [source.sha256 for source in convert(installed, tmp_path / name).sources]

    before = digests("before")
    path = help_folder(installed, "de") / "text" / "scalc" / "01" / "range.html"
    write(path, path.read_text(encoding="utf-8") + "\n")
    assert [old == new for old, new in zip(before, digests("after"), strict=True)] == [True, False, True]


def nothing(place: Path) -> None:
    shutil.rmtree(place)
    place.mkdir()


def no_english(place: Path) -> None:
    shutil.rmtree(place / "en-us")


def english_alone(place: Path) -> None:
    for name in ("de", "zh-cn"):
        shutil.rmtree(place / name)


def twice(place: Path) -> None:
    shutil.copytree(place / "de", place / "de-again")


def not_utf8(place: Path) -> None:
    (help_folder(place, "de") / "text" / "scalc" / "01" / "range.html").write_bytes(b"\xff")


@pytest.mark.parametrize(
    ("spoil", "languages", "message"),
    [
        (
            nothing,
            (),
            r"in: holds no help of LibreOffice; install it \(`sudo apt .*-en-us libreoffice-help-da ",
        ),
        (
            nothing,
            ("de",),
            r"holds no help of LibreOffice; install it \(`.*recommends \S+-en-us libreoffice-help-de`\)",
        ),
        (no_english, (), r"holds no help in en; install it \(`sudo apt install --no-install-recommends \S+-en-us`\)"),
        (english_alone, (), r"holds no help in any language but English; install it \(`.* libreoffice-help-zh-cn`\)"),
        (twice, (), r"in: holds de twice, .*; keep one"),
        (not_utf8, (), r"range\.html: cannot be read .*; install or unpack the package again"),
        (lambda place: None, ("el", "de"), r"holds no help in el; install it \(`.*-en-us libreoffice-help-el`\)"),
        (lambda place: None, ("sw",), r"holds no help in sw, and Debian has none; it has da, de, .*zh"),
    ],
)
def test_missing_and_damaged_packages_are_one_sentence(
    installed: Path, tmp_path: Path, spoil: Callable[[Path], Any], languages: tuple[str, ...], message: str
):
    spoil(installed)
    with pytest.raises(InputError, match=message):
        convert(installed, tmp_path / "out", *languages)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        (("de,en",), "the pages are English"),
        (("de", "deu"), "named twice"),
        (("tlh",), "unknown language code 'tlh'"),
    ],
)
def test_languages_that_cannot_be_asked_for(installed: Path, tmp_path: Path, languages: tuple[str, ...], message: str):
    with pytest.raises(UsageError, match=message):
        convert(installed, tmp_path / "out", *languages)


def test_from_the_command_line(installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flags = ["dataset", "libreoffice-help", "--source", str(installed), "--output", str(tmp_path / "out")]
    assert main([*flags, "--languages", "de,zh"]) == 0
    out = capsys.readouterr().out
    assert "packages libreoffice-help-LANG (7.4, MPL 2.0)" in out
    assert "  */topics.LANG.tsv: dev de 2, test de 2, dev zh 2, test zh 4" in out
    assert "  topics whose passages are in both halves: left out: de 1" in out
    assert main([*flags, "--languages", "de", "zh"]) == 0
    assert "there already, unchanged" in capsys.readouterr().out


def test_install_prints_the_line_and_does_nothing(capsys: pytest.CaptureFixture[str]):
    assert main(["dataset", "libreoffice-help", "--install", "--languages", "de,zh"]) == 0
    assert capsys.readouterr().out == (
        "sudo apt install --no-install-recommends libreoffice-help-en-us libreoffice-help-de libreoffice-help-zh-cn\n"
    )
    assert main(["dataset", "libreoffice-help", "--install", "--languages", "sw"]) == 2
    assert "Debian has no LibreOffice help in sw; it has da, de" in capsys.readouterr().err
    assert install_line().count("libreoffice-help-") == 21


def test_a_folder_for_the_output_is_needed(capsys: pytest.CaptureFixture[str]):
    assert main(["dataset", "libreoffice-help"]) == 2
    assert "--output DIR: name a folder" in capsys.readouterr().err


def test_help_says_where_the_packages_are_installed(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="0"):
        main(["dataset", "libreoffice-help", "--help"])
    assert "default /usr/share/libreoffice/help" in " ".join(capsys.readouterr().out.split())
