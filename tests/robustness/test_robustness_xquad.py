"""On real questions: a search by words loses more to misspellings than one by parts of words, in every language, and
the report shows it.
"""

from __future__ import annotations

import csv
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from robustness_world import lines

from pyserini_xqg.commands import main

LANGUAGES = ("de", "es", "hi", "ru")
QUESTIONS = 80


def words(text: str) -> Iterator[str]:
    yield from text.lower().split()


def trigrams(text: str) -> Iterator[str]:
    padded = f" {text.lower()} "
    yield from (padded[place : place + 3] for place in range(len(padded) - 2))


class Index:
    """Inner products of tf-idf, the paragraph's normalised."""

    def __init__(self, paragraphs: dict[str, str], terms: Callable[[str], Iterator[str]]) -> None:
        self.terms = terms
        counts = {docid: Counter(terms(text)) for docid, text in paragraphs.items()}
        holders = Counter(term for count in counts.values() for term in count)
        self.rarity = {term: math.log(len(counts) / number) for term, number in holders.items()}
        self.postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for docid, count in counts.items():
            length = math.sqrt(sum(n * self.rarity[term] ** 2 for term, n in count.items()))
            for term, n in count.items():
                self.postings[term].append((docid, math.sqrt(n) * self.rarity[term] / length))

    def run(self, questions: dict[str, str]) -> Iterator[str]:
        """The lines of a run file."""
        for qid, text in questions.items():
            scores: Counter[str] = Counter()
            for term in sorted(set(self.terms(text))):
                for docid, weight in self.postings.get(term, ()):
                    scores[docid] += weight * self.rarity[term]
            for rank, (docid, score) in enumerate(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:20], 1):
                yield f"{qid} Q0 {docid} {rank} {score:.6f} t"


def misspelled(text: str, chance: random.Random) -> str:
    """Four words, of those that are long enough, with two neighbouring letters exchanged."""
    found = text.split()
    for place in chance.sample(range(len(found)), k=min(4, len(found))):
        word = found[place]
        if len(word) > 3:
            cut = chance.randrange(1, len(word) - 2)
            found[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(found)


@pytest.fixture(scope="module")
def runs(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("xquad")
    for code in LANGUAGES:
        articles = json.loads((data_dir / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))["data"]
        numbered = [
            (f"{article['title']}-{n}", paragraph)
            for article in articles
            for n, paragraph in enumerate(article["paragraphs"])
        ]
        paragraphs = {docid: paragraph["context"] for docid, paragraph in numbered}
        asked = [
            (question["id"], question["question"], docid)
            for docid, paragraph in numbered
            for question in paragraph["qas"]
        ]
        asked = asked[:: max(1, len(asked) // QUESTIONS)]
        lines(place / "qrels" / f"qrels.{code}.txt", *(f"{qid} 0 {docid} 1" for qid, _, docid in asked))
        indexes = {"words": Index(paragraphs, words), "trigrams": Index(paragraphs, trigrams)}
        for condition in ("clean", "typos-1", "typos-2"):
            chance = random.Random(f"{condition} {code}")
            questions = {qid: text if condition == "clean" else misspelled(text, chance) for qid, text, _ in asked}
            for system, index in indexes.items():
                lines(place / condition / f"{system}.{code}.txt", *index.run(questions))
    return place


def test_trigrams_lose_less_than_words(runs: Path, tmp_path: Path):
    perturbed = [f"typos={runs / name}" for name in ("typos-1", "typos-2")]
    flags = ["--qrels", str(runs / "qrels"), "--measures", "nDCG@10", "--baseline", "words", "--resamples", "2000"]
    assert (
        main(
            [
                "robustness",
                "--clean",
                str(runs / "clean"),
                "--perturbed",
                *perturbed,
                *flags,
                "--output",
                str(tmp_path / "report"),
            ]
        )
        == 0
    )
    with (tmp_path / "report" / "robustness.csv").open(encoding="utf-8") as stream:
        found = {(row["name"], row["system"], row["figure"]): row for row in csv.DictReader(stream)}
    for name in ("German", "Spanish", "Hindi", "Russian", "all 4 languages"):
        assert float(found[name, "trigrams", "relative_drop"]["value"]) < float(
            found[name, "words", "relative_drop"]["value"]
        )
        for system in ("words", "trigrams"):
            worst, perturbed_score, clean = (
                float(found[name, system, figure]["value"]) for figure in ("worst", "perturbed", "clean")
            )
            assert worst < perturbed_score < clean
    everywhere = found["all 4 languages", "trigrams", "drop_difference"]
    assert float(everywhere["high"]) < 0
    assert float(found["German", "words", "drop"]["p_holm"]) < 0.001


def test_the_clean_column_is_what_evaluate_says(runs: Path, tmp_path: Path):
    flags = ["--qrels", str(runs / "qrels"), "--measures", "R@5", "nDCG@10"]
    assert main(["evaluate", "--runs", str(runs / "clean"), *flags, "--report", str(tmp_path / "evaluated.csv")]) == 0
    perturbed = ["--perturbed", f"typos={runs / 'typos-1'}", "--resamples", "100", "--no-plots"]
    assert (
        main(["robustness", "--clean", str(runs / "clean"), *perturbed, *flags, "--output", str(tmp_path / "report")])
        == 0
    )
    with (tmp_path / "evaluated.csv").open(encoding="utf-8") as stream:
        theirs = {
            (row["measure"], row["system"], row["language"]): float(row["score"]) for row in csv.DictReader(stream)
        }
    with (tmp_path / "report" / "robustness.csv").open(encoding="utf-8") as stream:
        ours = {
            (row["measure"], row["system"], row["languages"] if row["scope"] == "language" else row["scope"]): float(
                row["value"]
            )
            for row in csv.DictReader(stream)
            if row["figure"] == "clean" and row["scope"] in {"language", "macro"}
        }
    assert len(ours) == 20
    assert ours == pytest.approx({key: theirs[key] for key in ours})
