"""The whole of ``perturb --kind attack``: topics and judgments in, for each query the variant that hurts the index most
out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import TextIOBase
from itertools import batched
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, OutputError
from pyserini_xqg.evaluate.inputs.judgments import read_judgments
from pyserini_xqg.evaluate.inputs.places import files_for
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.text import write_json
from pyserini_xqg.files.whole import is_vacant, remove_leftovers, replacing_folder
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.perturb.attack.hunt import Candidates, Hunt, Target, hunt
from pyserini_xqg.perturb.attack.outcome import AttackOutcome, Summary, outcome, summary
from pyserini_xqg.perturb.attack.settings import AttackSettings
from pyserini_xqg.perturb.attack.victim import Victim
from pyserini_xqg.perturb.candidates import candidates
from pyserini_xqg.perturb.inputs import TopicsFile
from pyserini_xqg.perturb.makers import Maker
from pyserini_xqg.perturb.stop_words import stop_words
from pyserini_xqg.perturb.variant import Variant
from pyserini_xqg.progress import Progress, progress

ATTACKS = "attacks.jsonl"
SETTINGS = "attack.json"
_BATCH = 32
"""Queries that are attacked side by side: enough to fill the encoder's batches, few enough that their variants take
little memory.
"""


@dataclass(slots=True)
class AttackResult:
    """What came of it.

    :param languages: language code -> means.
    :param unjudged: language code -> topics that nobody judged or whose passages the index lacks; they stay as they
        are.
    """

    languages: dict[str, Summary] = field(default_factory=dict)
    unjudged: dict[str, int] = field(default_factory=dict)


def attack(
    *,
    files: Sequence[TopicsFile],
    qrels: Path,
    victim: Victim,
    output: Path,
    settings: AttackSettings,
    paraphrases: Maker | None = None,
) -> AttackResult:
    """Attack every topic that is judged, and write the worst variants as topics with the same ids.

    :param qrels: a qrels file, or a folder with ``qrels.LANG.txt``.
    :param paraphrases: makes variants of the query beside those of ``settings.kinds``, tried in the first step.
    :raises InputError: bad topics or judgments, or no topic of a language is judged.
    :raises OutputError: ``output`` is not empty, or cannot be written.
    """
    judgments = {
        code: read_judgments(path)
        for code, path in files_for(qrels, tuple(file.code for file in files), "qrels").items()
    }
    topics = {file.code: file.topics() for file in files}
    wanted = {file.code: _wanted(file, topics[file.code], judgments[file.code], victim) for file in files}
    if not is_vacant(output):
        raise OutputError(f"{output} is not empty; choose another --output, or remove it")
    result = AttackResult()
    with building(output), progress("attacking", "queries", sum(map(len, wanted.values()))) as bar:
        remove_leftovers(output)
        with replacing_folder(output) as folder:
            with (folder / ATTACKS).open("w", encoding="utf-8", newline="\n") as stream:
                for file in files:
                    targets = _targets(topics[file.code], wanted[file.code], file.code, settings, paraphrases)
                    outcomes, worst = _attack_language(targets, victim, settings, stream, bar)
                    lines = (f"{topic.qid}\t{worst.get(topic.qid, topic.text)}\n" for topic in topics[file.code])
                    (folder / file.output_name).write_text("".join(lines), encoding="utf-8", newline="\n")
                    result.languages[file.code] = summary(outcomes)
                    result.unjudged[file.code] = len(topics[file.code]) - len(outcomes)
            write_json(folder / SETTINGS, _record(result, victim, settings, paraphrases))
    return result


def _attack_language(
    targets: Iterable[Target], victim: Victim, settings: AttackSettings, stream: TextIOBase, bar: Progress
) -> tuple[list[AttackOutcome], dict[str, str]]:
    """Attack one language's queries: what came of each, and topic id -> its worst text."""
    outcomes: list[AttackOutcome] = []
    worst: dict[str, str] = {}
    for some in batched(targets, _BATCH):
        for found in hunt(some, victim, settings):
            came = outcome(found, settings.cutoff)
            outcomes.append(came)
            worst[found.target.qid] = found.worst.text
            _write(stream, found, came)
        bar.advance(len(some))
    return outcomes, worst


def _wanted(
    file: TopicsFile, topics: Sequence[Topic], judged: Mapping[str, Mapping[str, int]], victim: Victim
) -> dict[str, frozenset[str]]:
    """Topic id -> its relevant docids, of the topics that can be attacked."""
    relevant = {
        topic.qid: frozenset(docid for docid, grade in judged.get(topic.qid, {}).items() if grade > 0)
        for topic in topics
    }
    found = {qid: docids for qid, docids in relevant.items() if victim.holds(docids)}
    if not found:
        raise InputError(
            Location(file.path),
            f"has no topic whose relevant passage is in {victim.name}; take topics, qrels and index of one data set",
        )
    return found


def _targets(
    topics: Sequence[Topic],
    wanted: Mapping[str, frozenset[str]],
    code: str,
    settings: AttackSettings,
    paraphrases: Maker | None,
) -> Iterator[Target]:
    stops = stop_words(code, [topic.text for topic in topics])
    mine = [topic for topic in topics if topic.qid in wanted]
    made = (
        [each.variants for each in paraphrases.make(mine, code, stops)] if paraphrases is not None else [()] * len(mine)
    )
    for topic, others in zip(mine, made, strict=True):
        yield Target(
            topic.qid, code, topic.text, wanted[topic.qid], _offering(topic.text, others, code, settings, stops)
        )


def _offering(
    query: str, paraphrases: Sequence[Variant], code: str, settings: AttackSettings, stops: frozenset[str]
) -> Candidates:
    def offer(text: str) -> list[Variant]:
        return [*(paraphrases if text == query else ()), *candidates(text, code, settings.kinds, stops)]

    return offer


def _write(stream: TextIOBase, found: Hunt, came: AttackOutcome) -> None:
    worst = found.worst
    record = {
        "qid": found.target.qid,
        "language": found.target.code,
        "original": found.start.text,
        "text": worst.text,
        "changes": [{"operation": str(variant.operation), "text": variant.text} for variant in worst.path],
        "similarity": round(worst.similarity, 4),
        "rank": {"clean": found.start.rank, "worst": worst.rank},
        "margin": {"clean": _rounded(found.start.margin), "worst": _rounded(worst.margin)},
        **asdict(came),
    }
    stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _rounded(margin: float) -> float | None:
    """A margin as JSON takes it; None where all passages are relevant, so that there is none."""
    return round(margin, 6) if abs(margin) != float("inf") else None


def _record(
    result: AttackResult, victim: Victim, settings: AttackSettings, paraphrases: Maker | None
) -> dict[str, Any]:
    return {
        "settings": {**asdict(settings), "kinds": [str(kind) for kind in settings.kinds]},
        "paraphrases": None if paraphrases is None else dict(paraphrases.identity()),
        "index": {
            "encoder": victim.manifest.fingerprint,
            "inputs": victim.manifest.store_inputs,
            "fusion": str(victim.manifest.recipe.fusion),
        },
        "languages": {code: asdict(found) for code, found in result.languages.items()},
        "not judged": result.unjudged,
    }
