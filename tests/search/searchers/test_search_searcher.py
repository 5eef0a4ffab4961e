"""``XqgFaissSearcher`` over every kind of index, ours and other people's, in Pyserini's own hands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np
import pytest
from random_store import RandomStore, best_of_views, completed, naive, random_store, related_store

from pyserini_xqg.errors import EncoderError, StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, FAISS_FLAT, FAISS_HNSW, LATE
from pyserini_xqg.search.searchers.opened import LateChoice
from pyserini_xqg.store.vector_store import VectorStore

if TYPE_CHECKING:
    from conftest import Collection

    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher
pytestmark = pytest.mark.usefixtures("pyserini")

Hits = dict[str, list[tuple[str, float]]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RandomStore:
    return random_store(tmp_path_factory.mktemp("searcher") / "s", passages=300, dimension=24, shard_size=128)


@pytest.fixture(scope="module")
def queries() -> np.ndarray:
    return np.random.default_rng(11).standard_normal((9, 24), dtype=np.float32)


def searcher(folder: Path, encoder: object = None, late: LateChoice | None = None) -> XqgFaissSearcher:
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    kind = type("Chosen", (XqgFaissSearcher,), {"late": late}) if late is not None else XqgFaissSearcher
    return kind(str(folder), encoder)


def hits(of: object, queries: np.ndarray, k: int) -> Hits:
    found = of.batch_search(queries, [str(row) for row in range(len(queries))], k)  # type: ignore[attr-defined]
    return {qid: [(hit.docid, float(hit.score)) for hit in own] for qid, own in found.items()}


def assert_same(ours: Hits, theirs: Hits, tolerance: float = 1e-6) -> None:
    """Scores within a relative tolerance, docids equal where scores are not tied."""
    assert ours.keys() == theirs.keys()
    for qid, own in ours.items():
        scores = np.array([score for _, score in own])
        expected = np.array([score for _, score in theirs[qid]])
        assert len(own) == len(theirs[qid])
        np.testing.assert_allclose(scores, expected, rtol=tolerance, atol=tolerance)
        by_docid = dict(theirs[qid])
        for docid, score in own:
            assert abs(by_docid.get(docid, expected[-1]) - score) <= 2 * tolerance * max(1.0, abs(score))


@pytest.mark.parametrize("options", [IndexOptions(), IndexOptions(kind=FAISS_HNSW), IndexOptions(FAISS_FACTORY, "SQ8")])
@pytest.mark.parametrize("k", [1, 10, 300])
def test_indexes_of_passages_are_searched_as_pyserini_does(
    store: RandomStore, queries: np.ndarray, tmp_path: Path, options: IndexOptions, k: int
):
    from pyserini.search.faiss import FaissSearcher

    build_index(VectorStore(store.folder), tmp_path / "i", Recipe(), options)
    assert hits(searcher(tmp_path / "i"), queries, k) == hits(FaissSearcher(str(tmp_path / "i"), None), queries, k)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("views"),
        Recipe("views", languages=("ja",)),
        Recipe("views", kappa=0.0),
        Recipe("views", 0.9, plain_view=True, kappa=0.0),
        Recipe("views", languages=("ja",), kappa=0.0),
    ],
)
@pytest.mark.parametrize("k", [1, 10, 300, 400])
def test_views_come_back_as_passages(store: RandomStore, queries: np.ndarray, tmp_path: Path, recipe: Recipe, k: int):
    build_index(VectorStore(store.folder), tmp_path / "i", recipe, IndexOptions(allow_none=True))
    fused = completed(store, recipe)
    names, vectors = naive(store, fused.recipe, fused.prior)
    over = searcher(tmp_path / "i")
    assert (over.num_docs, over.dimension) == (300, 24)
    assert_same(
        hits(over, queries, k),
        {str(row): best_of_views(names, vectors, query)[:k] for row, query in enumerate(queries)},
        1e-5,
    )


def test_views_with_another_delimiter_and_docids_in_any_script(queries: np.ndarray, tmp_path: Path):
    made = random_store(tmp_path / "s", passages=12, dimension=24, docids=[f"页#{row}/é" for row in range(12)])
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe("views"), IndexOptions(view_delimiter="::"))
    found = hits(searcher(tmp_path / "i"), queries, 12)
    assert all({docid for docid, _ in own} == set(made.docids) for own in found.values())


def test_one_query_alone_is_the_same(store: RandomStore, queries: np.ndarray, tmp_path: Path):
    for recipe, kind in (
        (Recipe(), FAISS_FLAT),
        (Recipe("views"), FAISS_FLAT),
        (Recipe(), LATE),
    ):
        folder = tmp_path / f"{recipe.fusion}-{kind}"
        build_index(VectorStore(store.folder), folder, recipe, IndexOptions(kind=kind))
        over = searcher(folder)
        alone = {
            str(row): [(hit.docid, float(hit.score)) for hit in over.search(query[None], 7)]
            for row, query in enumerate(queries)
        }
        assert_same(alone, hits(over, queries, 7), 1e-5)


def test_views_in_a_graph(store: RandomStore, queries: np.ndarray, tmp_path: Path):
    build_index(VectorStore(store.folder), tmp_path / "i", Recipe("views"), IndexOptions(kind=FAISS_HNSW))
    over = searcher(tmp_path / "i")
    over.set_hnsw_ef_search(300)
    fused = completed(store, Recipe("views"))
    names, vectors = naive(store, fused.recipe, fused.prior)
    found = hits(over, queries, 10)
    expected = {
        str(row): {docid for docid, _ in best_of_views(names, vectors, query)[:10]} for row, query in enumerate(queries)
    }
    assert np.mean([len({docid for docid, _ in own} & expected[qid]) / 10 for qid, own in found.items()]) > 0.95


def test_ef_search_reaches_the_graph_and_nothing_else(store: RandomStore, tmp_path: Path):
    build_index(VectorStore(store.folder), tmp_path / "graph", Recipe(), IndexOptions(kind=FAISS_HNSW))
    over = searcher(tmp_path / "graph")
    over.set_hnsw_ef_search(77)
    assert over.index.hnsw.efSearch == 77
    for name, kind, fusion in (("flat", FAISS_FLAT, "views"), ("late", LATE, "mean")):
        build_index(VectorStore(store.folder), tmp_path / name, Recipe(fusion), IndexOptions(kind=kind))
        with pytest.raises(UsageError, match="--ef-search is for HNSW graphs"):
            searcher(tmp_path / name).set_hnsw_ef_search(77)


def test_feedback_needs_one_vector_a_passage(store: RandomStore, queries: np.ndarray, tmp_path: Path):
    for name, kind, fusion in (
        ("mean", FAISS_FLAT, "mean"),
        ("views", FAISS_FLAT, "views"),
        ("late", LATE, "mean"),
    ):
        build_index(VectorStore(store.folder), tmp_path / name, Recipe(fusion), IndexOptions(kind=kind))
    _, found = searcher(tmp_path / "mean").search(queries[:1], 3, return_vector=True)
    assert len(found[0].vectors) == 24
    for name in ("views", "late"):
        with pytest.raises(UsageError, match="pseudo-relevance feedback needs"):
            searcher(tmp_path / name).batch_search(queries, [str(row) for row in range(9)], 3, return_vector=True)


# Late


@pytest.mark.parametrize(
    "choice",
    [
        LateChoice(),
        LateChoice(alpha=0.0),
        LateChoice(alpha=1.0, normalize=False),
        LateChoice(alpha=0.45, fusion="views"),
        LateChoice(languages=("ja", "ar")),
        LateChoice(alpha=0.2, fusion="views", languages=("ru",), normalize=True),
        LateChoice(kappa=2.0),
        LateChoice(alpha=0.7, fusion="views", languages=("ru", "ja"), kappa=0.5),
    ],
    ids=str,
)
@pytest.mark.parametrize("kappa", [8.0, None])
def test_late_is_the_index_built_so(
    store: RandomStore, queries: np.ndarray, tmp_path: Path, choice: LateChoice, kappa: float | None
):
    base = Recipe(alpha=0.3, languages=("ar", "ja"), kappa=kappa)
    build_index(VectorStore(store.folder), tmp_path / "late", base, IndexOptions(kind=LATE))
    recipe = choice.apply(base)
    assert (recipe.alpha, recipe.fusion, recipe.kappa) == (
        base.alpha if choice.alpha is None else choice.alpha,
        choice.fusion or "mean",
        kappa if choice.kappa is None else choice.kappa,
    )
    build_index(VectorStore(store.folder), tmp_path / "built", recipe, IndexOptions())
    assert_same(
        hits(searcher(tmp_path / "late", late=choice), queries, 25),
        hits(searcher(tmp_path / "built"), queries, 25),
        1e-6,
    )


@pytest.mark.parametrize(
    "choice", [LateChoice(0.7), LateChoice(0.5, "views", ("ja",)), LateChoice(0.9, kappa=1.0)], ids=str
)
def test_late_goes_by_the_map_that_it_learned(tmp_path: Path, choice: LateChoice):
    made = related_store(tmp_path / "s", passages=300)
    asked = np.random.default_rng(6).standard_normal((5, 12), dtype=np.float32)
    build_index(VectorStore(made.folder), tmp_path / "late", Recipe(), IndexOptions(kind=LATE))
    build_index(VectorStore(made.folder), tmp_path / "built", choice.apply(Recipe()), IndexOptions())
    slopes = [read_manifest(tmp_path / name).prior.slope for name in ("late", "built")]
    assert slopes == ["learned", "learned"]
    late, built = (searcher(tmp_path / name, late=own) for name, own in (("late", choice), ("built", None)))
    assert_same(hits(late, asked, 25), hits(built, asked, 25), 1e-6)


def test_late_without_a_kappa_where_that_was_let_pass(store: RandomStore, queries: np.ndarray, tmp_path: Path):
    without = Recipe("views", kappa=0.0)
    for name, kind in (("late", LATE), ("built", FAISS_FLAT)):
        build_index(VectorStore(store.folder), tmp_path / name, without, IndexOptions(kind=kind, allow_none=True))
    assert_same(hits(searcher(tmp_path / "late"), queries, 25), hits(searcher(tmp_path / "built"), queries, 25), 1e-6)
    # One that was built without can be asked with a kappa: what is expected is read off the store then.
    build_index(VectorStore(store.folder), tmp_path / "with", Recipe("views"), IndexOptions())
    asked = hits(searcher(tmp_path / "late", late=LateChoice(kappa=8.0)), queries, 25)
    assert_same(asked, hits(searcher(tmp_path / "with"), queries, 25), 1e-6)


def test_a_late_index_of_a_total_refuses_what_it_cannot_tell_apart(tmp_path: Path):
    made = random_store(tmp_path / "s", keep=Keep.TOTAL)
    build_index(VectorStore(made.folder), tmp_path / "late", Recipe(), IndexOptions(kind=LATE))
    with pytest.raises(UsageError, match="to make views"):
        searcher(tmp_path / "late", late=LateChoice(fusion="views"))
    with pytest.raises(UsageError, match="keeps one sum over ar, ja, ru"):
        searcher(tmp_path / "late", late=LateChoice(languages=("ar",)))


def test_late_choices_that_cannot_be_had(store: RandomStore, tmp_path: Path):
    build_index(VectorStore(store.folder), tmp_path / "late", Recipe(), IndexOptions(kind=LATE))
    with pytest.raises(UsageError, match=r"alpha is 1\.5"):
        searcher(tmp_path / "late", late=LateChoice(alpha=1.5))
    with pytest.raises(UsageError, match="nothing is known of questions in ko; known are ar, ja, ru"):
        searcher(tmp_path / "late", late=LateChoice(languages=("ko",)))
    with pytest.raises(UsageError, match="equally many queries"):
        searcher(tmp_path / "late", late=LateChoice(fusion="sum"))
    with pytest.raises(UsageError, match="kappa is -1"):
        searcher(tmp_path / "late", late=LateChoice(kappa=-1))


def test_late_choices_of_an_index_that_is_not_late(store: RandomStore, tmp_path: Path):
    build_index(VectorStore(store.folder), tmp_path / "i", Recipe(), IndexOptions())
    with pytest.raises(UsageError, match="faiss-flat index, fused when it was built; only --type late"):
        searcher(tmp_path / "i", late=LateChoice(alpha=0.1))
    (tmp_path / "i/xqg.json").unlink()
    with pytest.raises(UsageError, match="is not a late index; build one with"):
        searcher(tmp_path / "i", late=LateChoice(alpha=0.1))


def test_a_late_index_of_unequal_sums_that_was_allowed_is_searched(
    store: RandomStore, queries: np.ndarray, tmp_path: Path
):
    recipe = Recipe("sum", 0.01, normalize=False)
    for name, kind in (("late", LATE), ("built", FAISS_FLAT)):
        build_index(VectorStore(store.folder), tmp_path / name, recipe, IndexOptions(kind=kind, allow_unequal=True))
    assert_same(hits(searcher(tmp_path / "late"), queries, 25), hits(searcher(tmp_path / "built"), queries, 25), 1e-5)


# The query encoder


def test_texts_are_encoded_by_our_encoder(collection: Collection):
    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder

    encoder = OnnxQueryEncoder(collection.encoder, precision=Precision.FP32)
    texts = list(collection.texts.values())
    for name in ("mean", "views", "late"):
        over = searcher(collection.index(name), encoder)
        by_text = over.batch_search(texts, list(collection.texts), 5)
        vectors = encoder.encode_batch(texts)
        assert_same({qid: [(hit.docid, float(hit.score)) for hit in own] for qid, own in by_text.items()},
                    dict(zip(collection.texts, hits(over, vectors, 5).values(), strict=True)), 1e-5)  # fmt: skip
        one = over.search(texts[2], 5)
        assert [hit.docid for hit in one] == [hit.docid for hit in by_text["3"]]


@pytest.mark.parametrize("name", ["mean", "views", "late"])
def test_another_encoder_is_refused(collection: Collection, tmp_path: Path, name: str):
    from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder

    encoder = OnnxQueryEncoder(collection.encoder)
    shutil.copytree(collection.index(name), tmp_path / "i")
    raw = json.loads((tmp_path / "i/xqg.json").read_text())
    raw["fingerprint"], raw["encoder"] = "0123456789ab" + "f" * 52, "mbert"
    (tmp_path / "i/xqg.json").write_text(json.dumps(raw))
    with pytest.raises(
        EncoderError,
        match=r"was made with the encoder mbert \(0123456789ab, 32 dimensions\), the queries' encoder is .*same one",
    ):
        searcher(tmp_path / "i", encoder)
    searcher(tmp_path / "i", None)  # vectors from elsewhere, such as --encoded-queries, cannot be checked


# Other people's indexes


def test_a_folder_without_xqg_json_is_pyserinis_business(queries: np.ndarray, tmp_path: Path):
    from pyserini.search.faiss import FaissSearcher

    vectors = np.random.default_rng(0).standard_normal((50, 24), dtype=np.float32)
    index = faiss.IndexFlatIP(24)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "index"))
    (tmp_path / "docid").write_text("".join(f"doc#{row}\n" for row in range(50)))
    ours = searcher(tmp_path)
    assert hits(ours, queries, 10) == hits(FaissSearcher(str(tmp_path), None), queries, 10)
    assert all(docid.startswith("doc#") for own in hits(ours, queries, 10).values() for docid, _ in own)


# Damage


@pytest.fixture
def index(store: RandomStore, tmp_path: Path) -> Path:
    build_index(VectorStore(store.folder), tmp_path / "i", Recipe(), IndexOptions())
    return tmp_path / "i"


def test_docids_fewer_than_vectors(index: Path):
    (index / "docid").write_text("d0\nd1\n")
    with pytest.raises(StoreError, match=r"docid has 2 lines, the index has 300 vectors; build the index again"):
        searcher(index)


def test_no_docids(index: Path):
    (index / "docid").unlink()
    with pytest.raises(StoreError, match=r"docid cannot be read \(No such file or directory\); build the index again"):
        searcher(index)


@pytest.mark.parametrize("left", [0, 3, 20, 1000])
def test_an_index_cut_short(index: Path, left: int):
    (index / "index").write_bytes((index / "index").read_bytes()[:left])
    with pytest.raises(StoreError, match=r"index cannot be read \(.*\); build the index again") as caught:
        searcher(index)
    assert "\n" not in str(caught.value)


def test_no_index(index: Path):
    (index / "index").unlink()
    with pytest.raises(StoreError, match="index cannot be read"):
        searcher(index)


def test_an_index_of_other_vectors(index: Path):
    faiss.write_index(faiss.IndexFlatIP(24), str(index / "index"))
    with pytest.raises(StoreError, match=r"holds 0 x 24, xqg\.json says 300 x 24"):
        searcher(index)


def test_damaged_xqg_json(index: Path):
    (index / "xqg.json").write_text('{"format": 1')
    with pytest.raises(StoreError, match=r"xqg\.json is damaged"):
        searcher(index)


def test_a_late_index_with_a_damaged_store(store: RandomStore, queries: np.ndarray, tmp_path: Path):
    build_index(VectorStore(store.folder), tmp_path / "i", Recipe(), IndexOptions(kind=LATE))
    path = tmp_path / "i/store/shards/00001/query.ja.0.npy"
    content = path.read_bytes()
    path.unlink()  # a hard link: the store itself must not change
    path.write_bytes(content[:-100])
    with pytest.raises(StoreError, match=r"query\.ja\.0\.npy is cut short or damaged"):
        hits(searcher(tmp_path / "i"), queries, 5)
