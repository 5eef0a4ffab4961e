"""R@kt of XOR-Retrieve (Asai et al. 2021, "XOR QA: Cross-lingual Open-Retrieval Question Answering").

The tokens of the retrieved passages are concatenated in rank order up to k·1000 of them; a question is a hit when one
of its answers is a case-sensitive substring of those tokens joined by spaces. The answer itself is not tokenised, so
one that tokenisation would split can hardly match: that is how the reference scorer works, and comparable figures need
it. Questions whose only answers are ``yes`` and ``no`` are left out. Unlike the reference scorer, a question that the
run does not answer counts as a miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.evaluate.inputs.judgments import Answers, read_answers, read_contents
from pyserini_xqg.evaluate.scoring.measures import check_shared
from pyserini_xqg.evaluate.scoring.names import Measure, parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.scoring.tokens import word_tokenize
from pyserini_xqg.runs.rankings import read_rankings

_YES_NO = frozenset({"yes", "no"})
_EXAMPLES = 3


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
    :raises UsageError: a measure needs qrels instead of answers.
    """
    wrong = [measure.name for measure in measures if not measure.needs_answers]
    if wrong:
        raise UsageError(f"{', '.join(wrong)} cannot be computed from answers: qrels are needed")
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


def needed_docids(rankings: Mapping[str, Iterable[str]], answers: Answers) -> set[str]:
    """The documents whose texts :func:`score_answers` may look at."""
    return set(chain.from_iterable(rankings[qid] for qid in span_answers(answers).keys() & rankings.keys()))


def score_answers_run(run: Path, answers: Path, corpus: Path, measures: Sequence[str]) -> RunScores:
    """R@kt of a run file in one language.

    :param answers: JSONL with ``id`` and ``answers``, of one language.
    :param corpus: the passages; only the retrieved ones are held in memory.
    :raises InputError: a file is not what it should be, run and answers share no query, or a retrieved document is not
        in the corpus.
    :raises UsageError: a measure is not known, or the answers are of several languages.
    """
    by_language = read_answers(answers)
    if len(by_language) != 1:
        raise UsageError(f"{answers} holds answers in {', '.join(by_language)}; give those of the run's language alone")
    (wanted,) = by_language.values()
    rankings = read_rankings(run)
    check_shared(rankings, wanted, run, answers)
    docids = needed_docids(rankings, wanted)
    contents = read_contents(corpus, docids)
    check_contents(docids, contents, run, corpus)
    return score_answers(rankings, wanted, TokenizedPassages(contents), parse_measures(measures))


def check_contents(docids: set[str], contents: Mapping[str, str], run: Path, corpus: Path) -> None:
    """See that the texts of all retrieved documents were found.

    :raises InputError: some were not.
    """
    lacking = sorted(docids - contents.keys())
    if lacking:
        shown = ", ".join(map(repr, lacking[:_EXAMPLES]))
        raise InputError(
            Location(run),
            f"{len(lacking):,} retrieved documents are not in {corpus}: "
            f"{shown}{', …' if len(lacking) > _EXAMPLES else ''}; "
            "give the corpus that was searched (an index of views is searched with --max-passage, so that passages "
            "come back)",
        )
