"""The search against trying everything, with the real embedded encoder over the embedded collection."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pyserini_xqg.demo.collection import write_collection
from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import EncoderError, InputError, OutputError, StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.manifests.kinds import FAISS_FLAT
from pyserini_xqg.perturb.attack.attack import ATTACKS, SETTINGS, attack
from pyserini_xqg.perturb.attack.hunt import Candidates, Target, hunt
from pyserini_xqg.perturb.attack.outcome import distance, outcome, summary
from pyserini_xqg.perturb.attack.settings import AttackSettings
from pyserini_xqg.perturb.attack.victim import Victim
from pyserini_xqg.perturb.candidates import candidates
from pyserini_xqg.perturb.inputs import topics_files
from pyserini_xqg.perturb.operations import Operation
from pyserini_xqg.perturb.paraphrase.file import FileMaker
from pyserini_xqg.perturb.variant import Variant
from pyserini_xqg.store.vector_store import VectorStore

TYPOS = AttackSettings(budget=10_000)


@pytest.fixture(scope="module")
def encoder(e5: Path) -> Encoder:
    return Encoder(e5)


@pytest.fixture(scope="module")
def place(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection with a plain index and one of views."""
    folder = tmp_path_factory.mktemp("attacked")
    write_collection(folder)
    encode(
        corpus=folder / "corpus.jsonl",
        queries=folder / "queries.jsonl",
        encoder=encoder,
        encoder_name="e5-small",
        output=folder / "store",
    )
    for name, recipe in (("plain", Recipe(alpha=0)), ("views", Recipe("views"))):
        build_index(VectorStore(folder / "store"), folder / name, recipe, IndexOptions(FAISS_FLAT))
    return folder


@pytest.fixture(scope="module")
def victim(place: Path, encoder: Encoder) -> Victim:
    return Victim(place / "plain", encoder, 66)


def typos(code: str) -> Candidates:
    return lambda text: candidates(text, code, [Operation.SWAP, Operation.DELETE])


def targets(place: Path, code: str, number: int) -> list[Target]:
    relevant = {judgment.qid: frozenset([judgment.docid]) for judgment in read_qrels(place / f"qrels.{code}.txt")}
    topics = list(read_topics(place / f"topics.{code}.tsv"))[:number]
    return [Target(topic.qid, code, topic.text, relevant[topic.qid], typos(code)) for topic in topics]


def test_one_step_with_budget_enough_finds_what_trying_everything_finds(place: Path, victim: Victim, encoder: Encoder):
    passages = list(read_passages(place / "corpus.jsonl"))
    vectors = encoder.encode([passage.contents for passage in passages], Side.PASSAGE)
    for code in ("sw", "ru"):
        for target, found in zip(targets(place, code, 2), hunt(targets(place, code, 2), victim, TYPOS), strict=True):
            texts = [target.text, *(variant.text for variant in target.candidates(target.text))]
            scores = encoder.encode(texts, Side.QUERY) @ vectors.T
            own = next(row for row, passage in enumerate(passages) if passage.docid in target.relevant)
            ranks = 1 + (scores > scores[:, [own]]).sum(axis=1)
            assert found.start.rank == ranks[0]
            assert found.worst.rank == ranks.max()
            assert found.asked == len(texts)
            assert len(found.valid) == len(texts) - 1


def test_what_a_query_suffers_depends_on_no_other(place: Path, victim: Victim):
    settings = AttackSettings(budget=9, steps=2, beam=2)
    together = hunt(targets(place, "fi", 5), victim, settings)
    alone = [hunt([target], victim, settings)[0] for target in targets(place, "fi", 5)]
    assert [[attempt.text for attempt in one.valid] for one in together] == [
        [attempt.text for attempt in one.valid] for one in alone
    ]


def test_the_budget_is_never_passed_and_is_shared_by_the_steps(place: Path, victim: Victim):
    found = hunt(targets(place, "fi", 5), victim, AttackSettings(budget=12, steps=3, beam=2))
    assert all(one.asked <= 12 for one in found)
    assert max(len(attempt.path) for one in found for attempt in one.valid) > 1


def test_another_seed_tries_other_variants(place: Path, victim: Victim):
    first, second, again = (
        hunt(targets(place, "fi", 3), victim, AttackSettings(budget=8, seed=seed)) for seed in (0, 1, 0)
    )
    texts = [[attempt.text for one in found for attempt in one.valid] for found in (first, second, again)]
    assert texts[0] == texts[2] != texts[1]


def test_a_second_step_never_harms_less_than_the_first(place: Path, victim: Victim):
    one = hunt(targets(place, "sw", 3), victim, AttackSettings(budget=60, steps=1))
    two = hunt(targets(place, "sw", 3), victim, AttackSettings(budget=200, steps=2))
    beam = hunt(targets(place, "sw", 3), victim, AttackSettings(budget=400, steps=2, beam=3))
    ranks = np.array([[found.worst.rank for found in kind] for kind in (one, two, beam)])
    assert (np.diff(ranks, axis=0) >= 0).all()
    assert ranks[2].sum() > ranks[0].sum()


def test_a_wording_that_means_something_else_is_not_chosen(place: Path, victim: Victim):
    (target,) = targets(place, "sw", 1)
    others = [
        Variant("Bei ya mkate ni kiasi gani?", Operation.FILE),
        Variant(target.text.rstrip("?") + " ?", Operation.FILE),
    ]
    (found,) = hunt(
        [Target(target.qid, "sw", target.text, target.relevant, lambda text: others)],
        victim,
        AttackSettings(min_similarity=0.95),
    )
    assert found.invalid == 1
    assert [attempt.text for attempt in found.valid] == [others[1].text]


def test_nothing_to_change_leaves_the_query(victim: Victim):
    (found,) = hunt([Target("q", "en", "?", frozenset(["nowhere"]), typos("en"))], victim, TYPOS)
    assert found.worst.text == "?"
    assert outcome(found, 10).average == outcome(found, 10).clean == outcome(found, 10).worst == 0.0


def test_the_means_of_a_language(place: Path, victim: Victim):
    outcomes = [outcome(found, 1) for found in hunt(targets(place, "sw", 10), victim, AttackSettings(budget=40))]
    found = summary(outcomes)
    assert found.worst <= min(found.average, found.clean)
    assert found.worst < found.clean
    reached = [one for one in outcomes if one.reached]
    assert found.success == sum(one.worst == 0 for one in reached) / len(reached)


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [("", "", 0), ("naan", "nana", 1), ("कि", "का", 1), ("abc", "ab", 1), ("ab", "xaby", 2)],
)
def test_distance_counts_graphemes_and_exchanges(first: str, second: str, edits: int):
    assert distance(first, second) == edits


def test_the_whole_writes_topics_that_fit_the_same_qrels(place: Path, encoder: Encoder, tmp_path: Path):
    (tmp_path / "few").mkdir()
    lines = (place / "topics.sw.tsv").read_text(encoding="utf-8").splitlines()[:6]
    (tmp_path / "few" / "topics.sw.tsv").write_text("\n".join([*lines, "unjudged\tnani?"]) + "\n", encoding="utf-8")
    paraphrases = FileMaker.read(_variations(tmp_path / "variations.tsv", lines[0]), 1)
    files = topics_files(tmp_path / "few", None)
    settings = AttackSettings(budget=30)
    for name in ("one", "two"):
        result = attack(
            files=files,
            qrels=place,
            victim=Victim(place / "views", encoder, 20),
            output=tmp_path / name,
            settings=settings,
            paraphrases=paraphrases,
        )
    for file in (ATTACKS, SETTINGS, "topics.sw.tsv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    topics = [topic.qid for topic in read_topics(tmp_path / "one" / "topics.sw.tsv")]
    assert topics == [line.split("\t")[0] for line in lines] + ["unjudged"]
    records = [json.loads(line) for line in (tmp_path / "one" / ATTACKS).read_text(encoding="utf-8").splitlines()]
    assert len(records) == 6 == result.languages["sw"].queries
    assert result.unjudged == {"sw": 1}
    assert all(record["worst"] <= record["clean"] and record["asked"] <= 30 for record in records)
    with pytest.raises(OutputError, match="is not empty"):
        attack(
            files=files,
            qrels=place,
            victim=Victim(place / "plain", encoder, 20),
            output=tmp_path / "one",
            settings=settings,
        )


def _variations(path: Path, line: str) -> Path:
    qid, text = line.split("\t")
    path.write_text(f"{qid}\t{text} tafadhali\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "wrong",
    [{"budget": 0}, {"budget": 1}, {"steps": 0}, {"beam": 0}, {"cutoff": 0}, {"kinds": ()}, {"min_similarity": 2.0}],
)
def test_numbers_that_cannot_be(wrong: dict[str, object]):
    with pytest.raises(UsageError):
        AttackSettings(**wrong)  # type: ignore[arg-type]


def test_topics_of_another_collection(place: Path, victim: Victim, tmp_path: Path):
    (tmp_path / "topics.sw.tsv").write_text("q1\tnani\n", encoding="utf-8")
    (tmp_path / "qrels.sw.txt").write_text("q1 0 elsewhere 1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"topics\.sw\.tsv.*no topic whose relevant passage"):
        attack(
            files=topics_files(tmp_path, None), qrels=tmp_path, victim=victim, output=tmp_path / "out", settings=TYPOS
        )
    assert not (tmp_path / "out").exists()


def test_an_index_that_is_none_or_of_another_encoder(place: Path, encoder: Encoder, tiny_encoder: Path, tmp_path: Path):
    with pytest.raises(StoreError, match=r"no xqg\.json"):
        Victim(tmp_path, encoder, 10)
    with pytest.raises(EncoderError, match="is another one"):
        Victim(place / "plain", Encoder(tiny_encoder), 10)
