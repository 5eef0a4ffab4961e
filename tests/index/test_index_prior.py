"""``index`` with banks and predictors, as a user runs it: what is built, and what is refused and leaves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np
import pytest
from card_reader import commands, placed
from random_store import RandomStore, random_store, related_store, store_of
from tiny_corpus import generated_queries, passages, tree, write_jsonl

from pyserini_xqg.commands import main
from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.manifests.dense import Manifest, read_manifest
from pyserini_xqg.manifests.prior import read_prior

SWAHILI = ("Ni nini hiki?", "Nani alijenga daraja?", "Mto mrefu uko wapi?")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(place))
    return place


@pytest.fixture
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32, 1)


@pytest.fixture
def world(tmp_path: Path, encoder: Encoder) -> Path:
    """A store of a real encoder's vectors, and a bank in a folder."""
    write_jsonl(tmp_path / "corpus.jsonl", passages(40))
    write_jsonl(tmp_path / "queries.jsonl", generated_queries(40))
    encode(
        corpus=tmp_path / "corpus.jsonl",
        queries=tmp_path / "queries.jsonl",
        encoder=encoder,
        encoder_name=str(encoder.folder),
        output=tmp_path / "s",
        options=EncodeOptions(keep=Keep.LANGUAGES, dtype="float32", shard_size=16),
    )
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank/sw.txt").write_text("\n".join(SWAHILI), encoding="utf-8")
    (tmp_path / "bank/ar.txt").write_text("متى؟\nأين هو الجسر؟\n", encoding="utf-8")
    return tmp_path


def index(folder: Path, *flags: object, output: str = "i") -> int:
    return main(["index", "--store", str(folder / "s"), "--output", str(folder / output), *map(str, flags)])


def manifest_of(folder: Path) -> Manifest:
    found = read_manifest(folder)
    assert found is not None
    return found


def vectors_of(folder: Path) -> np.ndarray:
    built = faiss.read_index(str(folder / "index"))
    return built.reconstruct_n(0, built.ntotal)


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *flags: object, status: int = 2) -> str:
    """What is said in one line, with nothing left behind."""
    before = sorted(path.name for path in folder.iterdir())
    capsys.readouterr()
    assert index(folder, *flags, output="refused") == status
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    assert sorted(path.name for path in folder.iterdir()) == before
    return said


# Banks


def test_a_bank_brings_its_languages_into_the_index(world: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]):
    assert index(world, "--bank", world / "bank", "--languages", "sw,ja", "--fusion", "views", "--no-predict") == 0
    manifest = manifest_of(world / "i")
    record = manifest.prior
    assert record is not None
    assert (record.languages, record.bank_texts) == (("sw", "ja"), (3, 0))
    assert (record.bank, record.bank_kind) == (str(world / "bank"), "questions")
    assert (manifest.views, manifest.vectors) == (3, 120)
    prior = read_prior(world / "i", manifest)
    assert prior is not None
    np.testing.assert_allclose(prior.intercepts[0], encoder.encode(list(SWAHILI), Side.QUERY).mean(axis=0), atol=1e-3)
    said = capsys.readouterr().out
    assert "(the store's queries and the bank bank, 3 questions a language)" in said
    assert "sw none" in said
    card = (world / "i/README.md").read_text(encoding="utf-8")
    assert str(world) not in card
    (steps,) = [words for words in commands(card, "How it is built again") if words[0] == "index"]
    places = {"STORE": world / "s", "INDEX": world / "j", "bank": world / "bank"}
    assert main(placed(steps, places)) == 0
    assert tree(world / "j") == tree(world / "i")


def test_texts_of_a_bank_may_be_passages(world: Path, encoder: Encoder):
    flags = ("--bank", world / "bank", "--bank-kind", "text", "--languages", "sw", "--no-predict")
    assert index(world, *flags) == 0
    prior = read_prior(world / "i", manifest_of(world / "i"))
    assert prior is not None
    expected = encoder.encode(list(SWAHILI), Side.PASSAGE).mean(axis=0)
    np.testing.assert_allclose(prior.intercepts[0], expected, atol=1e-3)


def test_the_embedded_bank_serves_a_store_without_any_query(world: Path, encoder: Encoder):
    options = EncodeOptions(keep=Keep.LANGUAGES, dtype="float32")
    encode(
        corpus=world / "corpus.jsonl",
        queries=None,
        encoder=encoder,
        encoder_name=str(encoder.folder),
        output=world / "t",
        options=options,
    )
    argv = ["index", "--store", str(world / "t"), "--output", str(world / "i"), "--bank", "embedded"]
    assert main([*argv, "--languages", "sw,yo", "--fusion", "views"]) == 0
    assert manifest_of(world / "i").recipe.languages == ("sw", "yo")
    assert np.isfinite(vectors_of(world / "i")).all()
    assert "all are drawn towards what is expected" in (world / "i/README.md").read_text(encoding="utf-8")


def test_banks_that_cannot_be(world: Path, capsys: pytest.CaptureFixture[str], tiny_bert: Path):
    nowhere = world / "bank/none"
    assert "none" in refused(world, capsys, "--bank", nowhere, status=1)
    assert "has no queries in yo, and the bank" in refused(world, capsys, "--bank", world / "bank", "--languages", "yo")
    (world / "bank/xx.txt").write_text("?", encoding="utf-8")
    assert "xx.txt: unknown language code 'xx'" in refused(world, capsys, "--bank", world / "bank", status=1)
    for path in (world / "bank").iterdir():
        path.write_text("\n", encoding="utf-8")
    (world / "bank/xx.txt").unlink()
    assert "the bank holds no text" in refused(world, capsys, "--bank", world / "bank", status=1)


def test_a_bank_beside_one_total_is_refused_and_without_it_goes_well(
    world: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]
):
    encode(
        corpus=world / "corpus.jsonl",
        queries=world / "queries.jsonl",
        encoder=encoder,
        encoder_name=str(encoder.folder),
        output=world / "total/s",
        options=EncodeOptions(keep=Keep.TOTAL),
    )
    said = refused(world / "total", capsys, "--bank", world / "bank")
    assert "keeps one sum over ar, ja, beside which a bank's languages cannot be told apart" in said
    assert index(world / "total") == 0
    assert manifest_of(world / "total/i").recipe.kappas == (8.0,)
    assert "of 40 passages have queries of their own: in all " in capsys.readouterr().out


def test_a_bank_needs_the_stores_own_encoder(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    from tiny_graph import write_word_encoder

    other = write_word_encoder(tmp_path / "other")
    said = refused(world, capsys, "--bank", world / "bank", "--encoder", other, status=1)
    assert f"the encoder {other} is not the one that the vectors were made with" in said
    assert index(world, "--bank", world / "bank") == 0  # the store's own, where none is named


def test_a_bank_that_the_encoder_makes_nan_of_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cache: Path
):
    from tiny_graph import write_word_encoder

    broken = Encoder(write_word_encoder(tmp_path / "encoder"), Precision.FP32)
    write_jsonl(tmp_path / "corpus.jsonl", [{"id": f"d{row}", "contents": "one two"} for row in range(4)])
    encode(
        corpus=tmp_path / "corpus.jsonl",
        queries=None,
        encoder=broken,
        encoder_name=str(broken.folder),
        output=tmp_path / "s",
        options=EncodeOptions(),
    )
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank/sw.txt").write_text("one two\none nan\n", encoding="utf-8")
    assert "gave NaN or Inf" in refused(tmp_path, capsys, "--bank", tmp_path / "bank", status=1)
    assert not list(cache.rglob("*.npy"))


# Predictors


def test_a_predictor_from_another_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    related_store(tmp_path / "s")
    assert index(tmp_path, output="teacher") == 0
    assert "a linear map, learned from" in capsys.readouterr().out
    (tmp_path / "s").rename(tmp_path / "first")
    related_store(tmp_path / "s", passages=12, seed=4)
    assert index(tmp_path, output="alone") == 0
    assert manifest_of(tmp_path / "alone").prior.slope == ""
    assert index(tmp_path, "--predictor", tmp_path / "teacher") == 0
    manifest = manifest_of(tmp_path / "i")
    assert manifest.prior.slope == str(tmp_path / "teacher")
    ours, theirs = (read_prior(tmp_path / name, manifest_of(tmp_path / name)) for name in ("i", "teacher"))
    np.testing.assert_array_equal(ours.slope, theirs.slope)
    assert "moved by what the linear map of teacher predicts" in capsys.readouterr().out
    assert main(["rebuild", "--from", str(tmp_path / "i"), "--output", str(tmp_path / "again")]) == 0
    assert tree(tmp_path / "again") == tree(tmp_path / "i")


def test_predictors_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    related_store(tmp_path / "s")
    assert index(tmp_path, "--no-predict", output="mean") == 0
    assert index(tmp_path, output="teacher") == 0
    assert "is not an index of ours" in refused(tmp_path, capsys, "--predictor", tmp_path / "s")
    assert "is not an index of ours" in refused(tmp_path, capsys, "--predictor", tmp_path / "nowhere")
    assert "has learned no predictor" in refused(tmp_path, capsys, "--predictor", tmp_path / "mean")
    raw = json.loads((tmp_path / "teacher/xqg.json").read_text())
    (tmp_path / "teacher/xqg.json").write_text(json.dumps({**raw, "fingerprint": "0" * 64}))
    assert "was made with another encoder" in refused(tmp_path, capsys, "--predictor", tmp_path / "teacher")
    (tmp_path / "teacher/xqg.json").write_text(json.dumps(raw))
    (tmp_path / "teacher/prior.npy").write_bytes(b"")
    assert "prior.npy was changed" in refused(tmp_path, capsys, "--predictor", tmp_path / "teacher", status=1)


# Stores that are strange


def strange(folder: Path, kind: str) -> RandomStore:
    made = related_store(folder / "made")
    vectors, queries = made.passages, made.queries
    match kind:
        case "one passage":
            vectors, queries = vectors[:1], {code: own[:1] for code, own in queries.items()}
        case "all the same passages":
            vectors = np.tile(vectors[:1], (200, 1))
        case "passages of zeros":
            vectors = np.zeros_like(vectors)
        case "all the same queries":
            queries = {
                code: [np.eye(1, 12, dtype=np.float32).repeat(len(one), axis=0) for one in own]
                for code, own in queries.items()
            }
        case "queries that are their passages":
            queries = {
                code: [np.tile(vectors[row], (len(one), 1)) for row, one in enumerate(own)]
                for code, own in queries.items()
            }
        case "one article":
            queries = {
                code: [one if 60 <= row < 84 else one[:0] for row, one in enumerate(own)]
                for code, own in queries.items()
            }
        case "a single query in a language":
            single = [one[:0] for one in queries["ja"]]
            single[1] = np.eye(1, 12, dtype=np.float32)
            queries = {**queries, "ja": single}
    return store_of(folder / "s", made.docids[: len(vectors)], vectors, queries)


@pytest.mark.parametrize("fusion", ["mean", "views"])
@pytest.mark.parametrize(
    "kind",
    [
        "one passage",
        "all the same passages",
        "passages of zeros",
        "all the same queries",
        "queries that are their passages",
        "one article",
        "a single query in a language",
    ],
)
@pytest.mark.parametrize("kappa", ["8", "moments"])
def test_no_store_makes_a_vector_that_is_not_finite(tmp_path: Path, kind: str, fusion: str, kappa: str):
    made = strange(tmp_path, kind)
    argv = ["--fusion", fusion, "--kappa", kappa]
    if kind == "one passage" and not all(len(own[0]) for own in made.queries.values()):
        argv += ["--languages", ",".join(code for code, own in made.queries.items() if len(own[0]))]
    assert index(tmp_path, *argv) == 0
    vectors = vectors_of(tmp_path / "i")
    assert np.isfinite(vectors).all()
    lengths = np.linalg.norm(vectors, axis=1)
    assert ((np.abs(lengths - 1) < 1e-5) | (lengths == 0)).all()
    prior = read_prior(tmp_path / "i", manifest_of(tmp_path / "i"))
    assert prior is not None
    assert np.isfinite(prior.intercepts).all()
    assert prior.slope is None or np.isfinite(prior.slope).all()


def test_a_single_query_in_a_language_does_not_make_one_vector_of_all_views(tmp_path: Path):
    strange(tmp_path, "a single query in a language")
    assert index(tmp_path, "--fusion", "views", "--languages", "ja") == 0
    views = vectors_of(tmp_path / "i")[::2]
    products = views @ views.T
    passages = np.load(tmp_path / "s/shards/00000/passages.npy").astype(np.float32)
    as_they_are = passages @ passages.T
    assert np.median(products) < 0.5 + 0.5 * np.median(as_they_are) + 0.2
    assert np.linalg.matrix_rank(views - views.mean(axis=0), tol=1e-2) == 12


def test_too_few_passages_with_queries_for_a_map_are_told_what_is_expected_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    related_store(tmp_path / "s", passages=20)
    assert index(tmp_path) == 0
    assert "expected: each language's mean query (the store's queries)\n" in capsys.readouterr().out


def test_a_language_that_no_passage_has_a_query_in_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = related_store(tmp_path / "made")
    nobody = {**made.queries, "ja": [own[:0] for own in made.queries["ja"]]}
    store_of(tmp_path / "s", made.docids, made.passages, nobody)
    said = refused(tmp_path, capsys)
    assert "has no queries in ja, and no bank is given; give a --bank that has some, or leave the language out" in said
    assert index(tmp_path, "--languages", "ar") == 0


def test_a_store_of_no_query_at_all_is_refused_but_not_without_a_kappa(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    random_store(tmp_path / "s", number=0)
    assert "has no queries in ar" in refused(tmp_path, capsys)
    assert index(tmp_path, "--kappa", "0", "--allow-none") == 0
