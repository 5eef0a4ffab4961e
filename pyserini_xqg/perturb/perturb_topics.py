"""The whole of the stage: topics in, variants made and judged, topics with the same ids out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.whole import remove_leftovers, replacing_folder
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.perturb.edits.misspell import Untouched
from pyserini_xqg.perturb.inputs import TopicsFile
from pyserini_xqg.perturb.makers import Made, Maker, RuleMaker
from pyserini_xqg.perturb.output import TopicsWriter, counts_there, write_settings
from pyserini_xqg.perturb.paraphrase.meaning import judge, needs_encoder
from pyserini_xqg.perturb.settings import PerturbSettings, StopWords
from pyserini_xqg.perturb.stop_words import stop_words
from pyserini_xqg.perturb.tally import PerturbTally
from pyserini_xqg.perturb.variant import VALID

_FORMAT = 1
"""Raise it when the same topics and settings give other variants."""


@dataclass(frozen=True, slots=True)
class PerturbResult:
    """What is in the output folder.

    :param counts: language -> what ``perturb.json`` says of it.
    :param was_there: whether the very same result was there already.
    """

    counts: dict[str, dict[str, Any]]
    was_there: bool


def perturb(
    files: Sequence[TopicsFile],
    output: Path,
    settings: PerturbSettings,
    maker: Maker | None = None,
    encoder: Encoder | None = None,
) -> PerturbResult:
    """Write perturbed topics.

    The same input and settings give the same bytes, and a language's topics are the same whatever other languages there
    are.

    :param maker: what makes paraphrases; None for the other kinds.
    :param encoder: what judges whether variants mean the same; None for not judging.
    :raises InputError: with file and line, for bad topics, before anything is written.
    :raises OutputError: ``output`` holds something else, another process is at it, or the disk is full.
    :raises EncoderError: the encoder gave a vector that is not finite, or its files are damaged.
    :raises GeneratorError: the generator cannot go on.
    """
    topics = {file.code: file.topics() for file in files}
    maker = RuleMaker(settings) if maker is None else maker
    encoder = encoder if needs_encoder(settings) else None
    identity = _identity(files, settings, maker, encoder)
    with building(output):
        there = counts_there(output, identity)
        if there is not None:
            return PerturbResult(there, was_there=True)
        remove_leftovers(output)
        with replacing_folder(output) as folder:
            with TopicsWriter(folder, settings.seed) as writer:
                tallies = {
                    file.code: _Perturbing(settings, maker, encoder, writer).write(file, topics[file.code])
                    for file in files
                }
            counts = {code: tally.record() for code, tally in tallies.items()}
            write_settings(folder, identity, counts)
    return PerturbResult(counts, was_there=False)


@dataclass(frozen=True, slots=True)
class _Perturbing:
    settings: PerturbSettings
    maker: Maker
    encoder: Encoder | None
    writer: TopicsWriter

    def write(self, file: TopicsFile, topics: Sequence[Topic]) -> PerturbTally:
        made = self._make(topics, file.code)
        judged = judge(self.encoder, self.settings, [topic.text for topic in topics], [each.variants for each in made])
        chosen = [next((mine for mine in each if mine.verdict in VALID), None) for each in judged]
        tally = PerturbTally()
        for topic, each, verdicts, best in zip(topics, made, judged, chosen, strict=True):
            tally.add(each, verdicts, best)
            self.writer.write_variants(topic, file.code, verdicts, best)
        texts = [topic.text if mine is None else mine.variant.text for topic, mine in zip(topics, chosen, strict=True)]
        self.writer.write_topics(file.output_name, topics, texts)
        return tally

    def _make(self, topics: Sequence[Topic], code: str) -> list[Made]:
        stops = (
            stop_words(code, [topic.text for topic in topics])
            if self.settings.stop_words is StopWords.AUTO
            else frozenset[str]()
        )
        varied = [topic for topic in topics if self._is_varied(topic, code)]
        made = dict(zip([topic.qid for topic in varied], self.maker.make(varied, code, stops), strict=True))
        return [made.get(topic.qid, Made((), Untouched.SPARED)) for topic in topics]

    def _is_varied(self, topic: Topic, code: str) -> bool:
        chance = random.Random(f"{self.settings.seed}/{self.settings.kind}/{code}/{topic.qid}/whether")
        return chance.random() < self.settings.probability


def _identity(
    files: Sequence[TopicsFile], settings: PerturbSettings, maker: Maker, encoder: Encoder | None
) -> dict[str, Any]:
    """All that decides the output; the encoder's files are checked against their hashes on the way."""
    config = read_config(encoder.folder, check_hashes=True) if encoder else None
    return {
        "format": _FORMAT,
        "topics": {file.code: file.sha256() for file in files},
        "settings": {**asdict(settings), "operations": settings.chosen},
        "thresholds": {operation: settings.threshold(operation) for operation in settings.chosen} if encoder else None,
        "maker": dict(maker.identity()),
        "encoder": config.fingerprint if config else None,
        "arithmetic": encoder.arithmetic if encoder else None,
    }
