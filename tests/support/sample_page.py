"""A page with everything that a page can hold."""

from __future__ import annotations

from functools import cache

from pyserini_xqg.report.model import Cell, Column, Commands, CopiedCommand, Page, Prose, Section, Table, Tone
from pyserini_xqg.report.plots.curve import Series, curve
from pyserini_xqg.report.plots.drops import Drop, drops
from pyserini_xqg.report.plots.gains import Gain, gains
from pyserini_xqg.report.plots.tradeoff import Point, tradeoff

LANGUAGES = ("ar", "de", "el", "es", "hi", "ru", "sw", "th", "vi", "zh")
SYSTEMS = (
    "BM25",
    "no augmentation",
    "passage doubled",
    "xQG sum",
    "xQG mean",
    "xQG mean, filtered",
    "xQG views",
    "hybrid: BM25 + views",
)
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'too' </style>"


def score(system: int, language: int) -> float:
    """An invented score, the same each time."""
    return round(48 + 4.1 * system + (37 * (language + 1) + 11 * system) % 17 + (0.7 * system * language) % 3, 1)


def scores() -> Table:
    columns = (
        Column("System", figures=False),
        *(Column(code) for code in LANGUAGES),
        Column("macro", note="the mean of the languages"),
    )
    rows = []
    for system, name in enumerate(SYSTEMS):
        figures = [score(system, language) for language in range(len(LANGUAGES))]
        best = [
            all(score(other, language) <= figures[language] for other in range(len(SYSTEMS)))
            for language in range(len(LANGUAGES))
        ]
        letters = "abcdefg"[: max(system - 1, 0)]
        macro = sum(figures) / len(figures)
        cells = [
            Cell(f"{value:.1f}", value, Tone.BEST if first else Tone.PLAIN, letters)
            for value, first in zip(figures, best, strict=True)
        ]
        if system == 0:
            cells[6] = Cell("–", tone=Tone.QUIET, note="Lucene has no analyser for Swahili")
        tone = Tone.BAD if system == 0 else Tone.GOOD if system > 5 else Tone.PLAIN
        rows.append((Cell(f"{'abcdefgh'[system]}  {name}"), *cells, Cell(f"{macro:.1f}", macro, tone)))
    return Table(
        "R@1 on XQuAD",
        columns,
        tuple(rows),
        "In percent; letters name the systems that a score is significantly better than (Holm, p < 0.05).",
    )


def words() -> Table:
    rows = (
        ("d17", "عندما تأسست الجامعة، كان عدد الطلاب 120.", "12", 12.0),
        ("d2", "ナイル川はどこから流れていますか?", "3", 3.0),
        ("d101", HOSTILE, "n/a", None),
        ("d9", "Mto Nile unaanzia wapi?", "101", 101.0),
    )
    cells = tuple((Cell(docid), Cell(text), Cell(shown, value)) for docid, text, shown, value in rows)
    return Table("Hits", (Column("docid", figures=False), Column("query", figures=False), Column("rank")), cells)


def plots() -> tuple[Section, ...]:
    alphas = tuple(n / 10 for n in range(10))
    series = []
    for place, name in enumerate(("xQG mean", "xQG views", "xQG sum, not normalised")):
        ys = tuple(75.7 + (9 + 3 * place) * alpha - (10 + place) * alpha**2 for alpha in alphas)
        series.append(Series(name, alphas, ys, tuple(y - 1.2 for y in ys), tuple(y + 1.2 for y in ys)))
    rows = [
        Gain(label, group, value, value - 1.4, value + 1.4, abs(value) > 1.4)
        for label, group, value in (
            ("Arabic", "Afro-Asiatic", 4.2),
            ("Hausa", "Afro-Asiatic", 2.9),
            ("Swahili", "Atlantic-Congo", 6.1),
            ("Yoruba", "Atlantic-Congo", 1.1),
            ("German", "Indo-European", -0.4),
            ("Hindi", "Indo-European", 3.3),
            ("Russian", "Indo-European", 1.8),
            ("Chinese", "Sino-Tibetan", 2.2),
        )
    ]
    systems = [Drop(name, score(place, 3), score(place, 3) - 9 + place) for place, name in enumerate(SYSTEMS)]
    points = [
        Point("BM25", 3.1, 48.8),
        Point("no augmentation", 14, 63.0, 61.8, 64.1),
        Point("xQG mean", 14.2, 66.1, 65, 67.3),
        Point("xQG mean, filtered", 14.1, 66.0, 65, 67),
        Point("xQG views", 52, 69.9, 68.7, 71),
        Point("views, HNSW", 4.4, 69.1, 68, 70.2),
        Point("hybrid", 61, 70.4),
        Point("late interaction", 940, 70.2),
    ]
    return (
        Section("The alpha curve", (curve("R@1 over alpha", "alpha", "R@1, macro (%)", series),)),
        Section(
            "Gains per language",
            (gains("xQG views against no augmentation", "Gain in R@1 (points), 95% interval", rows),),
        ),
        Section("Misspelled queries", (drops("R@1 with clean and with misspelled queries", "R@1 (%)", systems),)),
        Section(
            "What it costs", (tradeoff("R@1 against latency", "Latency (ms a query)", "R@1 (%)", points, log_x=True),)
        ),
    )


@cache
def sample() -> Page:
    commands = Commands(
        "Commands that make these runs",
        (
            CopiedCommand(
                "a vector store of passages and queries",
                "pyserini-xqg encode --encoder e5-small --corpus corpus.jsonl --queries queries/ --output store",
            ),
            CopiedCommand(
                "an index of views", "pyserini-xqg index --store store --output index-views --fusion views --alpha 0.3"
            ),
        ),
    )
    return Page(
        "Cross-lingual query generation on XQuAD",
        "Eight systems, ten languages, 1,190 questions each. Passages are in English; xQG adds generated questions in "
        "the query's language to each passage.",
        (
            Section(
                "Scores",
                (
                    Prose("One encoder for all: e5-small.\n\nThe interval of a macro mean is about a point wide."),
                    scores(),
                    commands,
                ),
            ),
            *plots(),
            Section("One query", (words(),)),
        ),
        (("Machine", "2 cores, 8 GB"), ("pyserini-xqg", "0.1.0"), ("Seed", "42"), ("Store", "sha256:" + "8f" * 32)),
    )
