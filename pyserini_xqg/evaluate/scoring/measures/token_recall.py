"""R@kt of XOR-Retrieve (Asai et al. 2021, "XOR QA: Cross-lingual Open-Retrieval Question Answering").

The tokens of the retrieved passages are concatenated in rank order up to k·1000 of them; a question is a hit when one
of its answers is a case-sensitive substring of those tokens joined by spaces. The answer itself is not tokenised, so
one that tokenisation would split can hardly match: that is how the reference scorer works, and comparable figures need
it. Questions whose only answers are ``yes`` and ``no`` are left out. Unlike the reference scorer, a question that the
run does not answer counts as a miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.evaluate.inputs.judgments import Answers, check_shared, read_answers, read_contents
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs, each_run, for_languages, languages_of
from pyserini_xqg.evaluate.scoring.measures.registry import Basis, Judge, Measure, register
from pyserini_xqg.evaluate.scoring.scores import RunScores, percent
from pyserini_xqg.evaluate.scoring.tokens import word_tokenize
from pyserini_xqg.runs.rankings import Rankings, read_rankings

_YES_NO = frozenset({"yes", "no"})
_EXAMPLES = 3


def _read(places: JudgmentPlaces, runs: Runs, measures: Sequence[Measure]) -> Judge:
    """Go through all runs once, so that one pass over the corpus finds the texts of all that they retrieved."""
    assert places.answers is not None and places.corpus is not None  # the flags of the basis were checked
    answers = for_languages(read_answers(places.answers), languages_of(runs), "answers", places.answers)
    needed: dict[Path, set[str]] = {}
    for _, code, run in each_run(runs):
        rankings = read_rankings(run)
        check_shared(rankings, answers[code], run, places.answers)
        needed[run] = _needed_docids(rankings, answers[code])
    contents = read_contents(places.corpus, set().union(*needed.values()))
    for run, docids in needed.items():
        _check_contents(docids, contents, run, places.corpus)
    return _AnswersJudge(measures, answers, TokenizedPassages(contents))


ANSWERS = Basis(
    name="answers",
    flags=("answers", "corpus"),
    material="answers and the retrieved passages",
    needs="answers and passages' texts",
    defaults=("R@2kt", "R@5kt"),
    read=_read,
)


class TokenRecall(Measure):
    """Whether an answer is in the first k thousand tokens of the retrieved passages."""

    NAME = "R"
    SPELLINGS = ("r", "recall")
    UNIT = "kt"
    BASIS = ANSWERS
    WORDS = "thousands of tokens: R@2kt, R@5kt"
    SHORT = "whose passages end before R@kt has its tokens; it may be higher with more --hits"
    LEFT_OUT = "questions with no answer but yes or no are left out of R@kt, as in the reference scorer"

    def missing_note(self, label: str, scores: RunScores) -> str:
        """What the reference scorer would say, which leaves such queries out."""
        alone = scores.mean_of_answered(self.name)
        theirs = "nothing" if alone is None else percent(alone)
        return (
            f"{label}: {self.name} is {percent(scores.mean(self.name))}; the reference scorer leaves such queries out "
            f"and would say {theirs}"
        )


@dataclass(frozen=True, slots=True)
class _AnswersJudge(Judge):
    measures: Sequence[Measure]
    answers: Mapping[str, Answers]
    passages: TokenizedPassages

    def score(self, run: Path, language: str, rankings: Rankings) -> RunScores:
        return score_answers(rankings, self.answers[language], self.passages, self.measures)


class TokenizedPassages:
    """Passages' tokens joined by spaces, tokenised when they are first needed."""

    def __init__(self, contents: Mapping[str, str]) -> None:
        self._contents = contents
        self._joined: dict[str, str] = {}

    def first_tokens(self, docids: Iterable[str], budget: int) -> list[str]:
        """The first ``budget`` tokens of these passages, one after another; fewer where the passages end before."""
        tokens: list[str] = []
        for docid in docids:
            if docid not in self._joined:
                self._joined[docid] = " ".join(word_tokenize(self._contents[docid]))
            tokens += self._joined[docid].split()
            if len(tokens) >= budget:
                break
        return tokens[:budget]


def score_answers(
    rankings: Mapping[str, Iterable[str]], answers: Answers, passages: TokenizedPassages, measures: Sequence[Measure]
) -> RunScores:
    """R@kt of rankings that are in memory.

    :param rankings: query id -> docids, best first; their texts are all in ``passages``.
    :param answers: query id -> answers, those of yes/no questions included.
    :raises UsageError: a measure needs something else than answers.
    """
    ANSWERS.check(measures)
    spans = span_answers(answers)
    budgets = {measure.name: 1000 * (measure.cutoff or 0) for measure in measures}
    largest = max(budgets.values())
    per_query: dict[str, dict[str, float]] = {name: dict.fromkeys(spans, 0.0) for name in budgets}
    short = []
    for qid in spans.keys() & rankings.keys():
        tokens = passages.first_tokens(rankings[qid], largest)
        for name, budget in budgets.items():
            text = " ".join(tokens[:budget])
            per_query[name][qid] = float(any(answer in text for answer in spans[qid]))
        if len(tokens) < largest:
            short.append(qid)
    return RunScores(
        per_query=per_query,
        missing=tuple(qid for qid in spans if qid not in rankings),
        unjudged=tuple(qid for qid in rankings if qid not in answers),
        left_out=tuple(qid for qid in answers if qid not in spans),
        short=tuple(sorted(short)),
    )


def span_answers(answers: Answers) -> Answers:
    """The answers that can be looked for: without ``yes`` and ``no``, and without the questions that then have none."""
    spans = {qid: tuple(answer for answer in texts if answer not in _YES_NO) for qid, texts in answers.items()}
    return {qid: texts for qid, texts in spans.items() if texts}


def _needed_docids(rankings: Mapping[str, Iterable[str]], answers: Answers) -> set[str]:
    """The documents whose texts :func:`score_answers` may look at."""
    return set(chain.from_iterable(rankings[qid] for qid in span_answers(answers).keys() & rankings.keys()))


def _check_contents(docids: set[str], contents: Mapping[str, str], run: Path, corpus: Path) -> None:
    """See that the texts of all retrieved documents were found.

    :raises InputError: some were not.
    """
    lacking = sorted(docids - contents.keys())
    if lacking:
        shown = ", ".join(map(repr, lacking[:_EXAMPLES]))
        raise InputError(
            Location(run),
            f"{len(lacking):,} retrieved documents are not in {corpus}: "
            f"{shown}{', …' if len(lacking) > _EXAMPLES else ''}; give the corpus that was searched (an index of views "
            "is searched with --max-passage, so that passages come back)",
        )


register(TokenRecall)
