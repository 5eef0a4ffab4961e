"""What a new fusion costs: one object. Registered, it goes the whole way, and nothing else was touched for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_corpus import generated_queries, passages, tree, write_jsonl

from pyserini_xqg.commands import main
from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.fusion import Fusion
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mixture import Mixture
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import FUSIONS, checked
from pyserini_xqg.inspection.hits import InspectedQuestion
from pyserini_xqg.inspection.inspect_query import InspectedIndex, inspect
from pyserini_xqg.inspection.source import open_for_inspection, open_store
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, own_flags
from pyserini_xqg.search.searchers.opened import LateChoice, open_index
from pyserini_xqg.store.fused_store import complete
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.sweep import sweep

LANGUAGES = ("ar", "es", "ja")
NUMBER = 40
QUESTION = "Who built the old bridge?"


def fullest(counts: np.ndarray, recipe: Recipe) -> tuple[Mixture, ...]:
    """The passage drawn towards the mean of the language that it has most queries in."""
    best = np.eye(counts.shape[1])[counts.argmax(axis=1)]
    return (Mixture(view=None, there=np.ones(len(counts), bool), coefficients=best, divisors=counts.max(axis=1)),)


def pairs(counts: np.ndarray, recipe: Recipe) -> tuple[Mixture, ...]:
    """The passage, and a view of the sum of each language that it has two queries or more in."""
    itself = Mixture(view="", there=np.ones(len(counts), bool), coefficients=None, divisors=np.zeros(len(counts)))
    views = [
        Mixture(
            view=code,
            there=counts[:, column] >= 2,
            coefficients=np.broadcast_to(own, counts.shape),
            divisors=np.ones(len(counts)),
        )
        for column, (code, own) in enumerate(zip(recipe.languages, np.eye(len(recipe.languages)), strict=True))
    ]
    return (itself, *views)


NEW = {
    "fullest": Fusion(
        name="fullest",
        words="the language with most queries",
        formula="`(1 − α) · passage + α · mean of the queries in its fullest language`",
        formula_alone="`(1 − α) · passage + α · mean of the queries in its fullest language`",
        alpha=0.4,
        needs=Keep.LANGUAGES,
        equal_numbers=False,
        shrinks=False,
        views=False,
        mixtures=fullest,
    ),
    "pairs": Fusion(
        name="pairs",
        words="a vector a language of two queries",
        formula="the passage, and a vector for each language with two queries",
        formula_alone="the passage, and a vector for each language with two queries",
        alpha=0.3,
        needs=Keep.LANGUAGES,
        equal_numbers=True,
        shrinks=False,
        views=True,
        mixtures=pairs,
    ),
}


@pytest.fixture(params=NEW)
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(FUSIONS, request.param, checked(NEW[request.param]))
    return request.param


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32, threads=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Corpus, queries, topics and qrels, and a store of them."""
    folder = tmp_path_factory.mktemp("new")
    queries = generated_queries(NUMBER, LANGUAGES)
    write_jsonl(folder / "corpus.jsonl", passages(NUMBER))
    write_jsonl(folder / "queries.jsonl", queries)
    asked = [(record["id"], " ".join(own[0].split())) for record in queries if (own := record["queries"]["ar"])]
    (folder / "topics.ar.tsv").write_text("".join(f"{n}\t{text} ?\n" for n, (_, text) in enumerate(asked)))
    (folder / "qrels.ar.txt").write_text("".join(f"{n} 0 {docid} 1\n" for n, (docid, _) in enumerate(asked)))
    encode(
        corpus=folder / "corpus.jsonl",
        queries=folder / "queries.jsonl",
        encoder=encoder,
        encoder_name=str(encoder.folder),
        output=folder / "store",
        options=EncodeOptions(keep=Keep.RANKS, dtype="float32", shard_size=16),
    )
    return folder


def by_hand(store: VectorStore, name: str, alpha: float, question: np.ndarray) -> dict[str, float]:
    """Each passage's score, straight from what the fusion is in words."""
    scores = {}
    for shard in store.shards():
        counts = np.array(shard.counts(LANGUAGES))
        sums = [np.sum(ranks, axis=0, dtype=np.float64) for ranks in shard.query_matrices(LANGUAGES)]
        for row, docid in enumerate(shard.docids()):
            passage = np.array(shard.passages()[row], dtype=np.float64)
            if name == "fullest":
                best = int(counts[row].argmax())
                towards = sums[best][row] / counts[row, best] if counts[row, best] else passage
                vectors = [(1 - alpha) * passage + alpha * towards]
            else:
                views = [own[row] for column, own in enumerate(sums) if counts[row, column] >= 2]
                vectors = [passage, *((1 - alpha) * passage + alpha * view for view in views)]
            scores[docid] = max(float(vector @ question / np.linalg.norm(vector)) for vector in vectors)
    return scores


def found(folder: Path, question: np.ndarray, late: LateChoice | None = None) -> dict[str, float]:
    manifest = read_manifest(folder)
    assert manifest is not None
    index, docids = open_index(folder, manifest, late)
    scores, numbers = index.search(question[None], NUMBER)
    return {docids[number]: score for number, score in zip(numbers[0], scores[0].tolist(), strict=True)}


def test_from_the_store_to_the_card(
    name: str, world: Path, encoder: Encoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    store, question = VectorStore(world / "store"), encoder.encode_one(QUESTION, Side.QUERY)
    expected = pytest.approx(by_hand(store, name, 0.4, question), abs=1e-5)

    # index, and a late one that leaves the choice to the search
    flags = ["--store", world / "store", "--alpha", 0.4, "--fusion", name, "--allow-unequal"]
    assert main(["index", *map(str, flags), "--output", str(tmp_path / "flat")]) == 0
    assert main(["index", "--store", str(world / "store"), "--output", str(tmp_path / "late"), "--type", "late"]) == 0
    assert found(tmp_path / "flat", question) == expected
    wanted = own_flags(PyseriniCommand.FAISS).parse_args(["--late-fusion", name])
    if NEW[name].equal_numbers:
        with pytest.raises(UsageError, match=f"a {name} needs equally many queries"):
            found(tmp_path / "late", question, LateChoice(0.4, wanted.late_fusion))
        assert main(["index", *map(str, flags), "--output", str(tmp_path / "own"), "--type", "late"]) == 0
        assert found(tmp_path / "own", question) == expected
    else:
        assert found(tmp_path / "late", question, LateChoice(0.4, wanted.late_fusion)) == expected

    # tune: the same scores at each alpha, from one pass
    fused = complete(store, Recipe(name), allow_unequal=True)
    docids = [docid for shard in store.shards() for docid in shard.docids()]
    swept, numbers = sweep(fused, question[None], (0.1, 0.4, 1.0), NUMBER)
    for place, alpha in enumerate((0.1, 0.4, 1.0)):
        scores = dict(zip((docids[number] for number in numbers[place, 0]), swept[place, 0].tolist(), strict=True))
        assert scores == pytest.approx(by_hand(store, name, alpha, question), abs=1e-4)
    asked = ["--topics", world / "topics.ar.tsv", "--qrels", world / "qrels.ar.txt", "--alphas", "0.2,0.4"]
    assert main(["tune", "--store", str(world / "store"), "--fusion", name, *map(str, asked)]) == 0
    assert f"--fusion {name} --alpha" in capsys.readouterr().out

    # inspect: the parts add up to the score
    opened = open_for_inspection(tmp_path / "flat")
    looked = inspect(InspectedIndex(opened, open_store(opened, None)), encoder, InspectedQuestion(QUESTION), 5)
    assert [hit.standing.docid for hit in looked.hits] == list(found(tmp_path / "flat", question))[:5]
    assert looked.residue < 1e-5
    assert all((hit.view is None) != NEW[name].views for hit in looked.hits)
    assert main(["inspect", "--index", str(tmp_path / "flat"), "--query", QUESTION]) == 0
    assert f"{name}, alpha 0.4" in " ".join(capsys.readouterr().out.split())

    # card and xqg.json, and from them the same index again
    card = (tmp_path / "flat/README.md").read_text(encoding="utf-8")
    assert f"| fusion | `{name}`: {NEW[name].formula} |" in card
    assert f"--fusion {name} " in card
    assert ("--allow-unequal" in card) == NEW[name].equal_numbers
    assert json.loads((tmp_path / "flat/xqg.json").read_text())["recipe"]["fusion"] == name
    assert main(["rebuild", "--from", str(tmp_path / "flat/xqg.json"), "--output", str(tmp_path / "again")]) == 0
    assert tree(tmp_path / "again") == tree(tmp_path / "flat")


def test_help_lists_it(name: str, capsys: pytest.CaptureFixture[str]):
    for stage in ("index", "tune", "build"):
        with pytest.raises(SystemExit):
            main([stage, "--help"])
        assert name in capsys.readouterr().out
    assert name in own_flags(PyseriniCommand.FAISS).format_help()


def test_without_it_its_index_is_not_read_as_another(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(FUSIONS, "fullest", NEW["fullest"])
    assert main(["index", "--store", str(world / "store"), "--fusion", "fullest", "--output", str(tmp_path / "i")]) == 0
    monkeypatch.undo()
    with pytest.raises(StoreError, match="no fusion 'fullest'; there are mean, sum, views"):
        read_manifest(tmp_path / "i")


def test_a_member_that_lacks_something_is_refused():
    with pytest.raises(ValueError, match="lacks its formula"):
        checked(replace(NEW["fullest"], formula=""))
