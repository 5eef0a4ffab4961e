"""Questions, translations and glosses side by side: from the queries file through `encode` to `index` and `rebuild`."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from card_reader import commands, placed
from kinds_files import GLOSS, QUESTION, TRANSLATION, write_kinds

from pyserini_xqg.commands import main
from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.search.open_searcher import open_searcher
from pyserini_xqg.store.fused_store import complete
from pyserini_xqg.store.vector_store import VectorStore

PASSAGES = 12


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32, 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Arabic questions and glosses of all passages, German translations of every second one."""
    folder = tmp_path_factory.mktemp("kinds")
    write_kinds(folder, PASSAGES)
    encode(
        corpus=folder / "corpus.jsonl",
        queries=folder / "queries.jsonl",
        encoder=encoder,
        encoder_name=str(encoder.folder),
        output=folder / "s",
        options=EncodeOptions(dtype="float32", shard_size=5),
    )
    return folder


def vectors_of(folder: Path) -> np.ndarray:
    built = faiss.read_index(str(folder / "index"))
    return built.reconstruct_n(0, built.ntotal)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_each_kind_is_encoded_on_its_side(world: Path, encoder: Encoder):
    store = VectorStore(world / "s")
    assert store.meta.languages == ("ar", "ar.gloss", "de.translation")
    shard = next(store.shards())
    (questions,), (glosses,), (translations,) = shard.query_matrices(store.meta.languages)
    asked = encoder.encode([QUESTION.format(3), QUESTION.format(-3)], Side.QUERY)
    np.testing.assert_allclose(questions[3], asked.sum(axis=0), atol=1e-5)
    np.testing.assert_allclose(glosses[3], encoder.encode([GLOSS.format(3)], Side.PASSAGE)[0], atol=1e-5)
    np.testing.assert_allclose(translations[2], encoder.encode([TRANSLATION.format(2)], Side.PASSAGE)[0], atol=1e-5)
    assert shard.counts(store.meta.languages)[:4].tolist() == [[2, 1, 1], [2, 1, 0], [2, 1, 1], [2, 1, 0]]


def test_views_weigh_the_kinds_of_a_language(world: Path, encoder: Encoder, tmp_path: Path, capsys):
    flags = ["--fusion", "views", "--alpha", "0.5", "--weights", "gloss=0.5,translation=2", "--no-predict"]
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), *flags]) == 0
    said = capsys.readouterr().out
    assert "queries in ar; translations in de; glosses in ar" in said
    assert "weights questions=1.0,translation=2.0,gloss=0.5" in said
    manifest = read_manifest(tmp_path / "i")
    assert manifest is not None and manifest.recipe.languages == ("ar", "ar.gloss", "de.translation")
    fused = complete(VectorStore(world / "s"), manifest.recipe)
    assert fused.prior is not None and fused.recipe.kappas[0] == 8 and max(fused.recipe.kappas[1:]) < 1e-5
    vectors = vectors_of(tmp_path / "i").reshape(PASSAGES, 3, -1)
    shard = next(VectorStore(world / "s").shards())
    (questions,), (glosses,), (translations,) = shard.query_matrices(fused.recipe.languages)
    prior = dict(zip(fused.prior.languages, fused.prior.intercepts, strict=True))
    arabic = ((questions[1] + 8 * prior["ar"]) / 10 + 0.5 * glosses[1]) / 1.5
    np.testing.assert_allclose(vectors[1, 0], unit(0.5 * shard.passages()[1] + 0.5 * arabic), atol=1e-5)
    # A passage without a translation stands where the average one is; one with its own is not drawn away from it.
    for row, german in ((1, prior["de.translation"]), (2, translations[2])):
        np.testing.assert_allclose(vectors[row, 1], unit(0.5 * shard.passages()[row] + 0.5 * german), atol=1e-4)
    names = (tmp_path / "i" / "docid").read_text().split()
    assert names[:3] == ["d0#ar", "d0#de", "d0"]


def test_one_vector_weighs_languages_alike(world: Path, tmp_path: Path):
    flags = ["--fusion", "mean", "--alpha", "1", "--weights", "gloss=1", "--no-predict"]
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), *flags]) == 0
    store = VectorStore(world / "s")
    fused = complete(store, Recipe("mean", alpha=1.0, weights=(("gloss", 1.0),)))
    assert fused.prior is not None
    shard = next(store.shards())
    (questions,), (glosses,), (translations,) = shard.query_matrices(store.meta.languages)
    prior = dict(zip(fused.prior.languages, fused.prior.intercepts, strict=True))
    arabic = ((questions[0] + 8 * prior["ar"]) / 10 + glosses[0]) / 2
    np.testing.assert_allclose(vectors_of(tmp_path / "i")[0], unit((arabic + translations[0]) / 2), atol=1e-4)


def test_a_kind_that_weighs_nothing_is_left_out(world: Path, tmp_path: Path, capsys):
    flags = ["--weights", "gloss=0,translation=0", "--kappa", "0"]
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), *flags]) == 0
    assert "queries in ar (weights" in capsys.readouterr().out
    everything = ["--weights", "gloss=0,translation=0,questions=0"]
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "j"), *everything]) == 2
    assert "--weights leaves nothing of queries in ar; translations in de; glosses in ar" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["gloss", "gloss=x", "gloss=-1", "summary=1", "gloss=1,gloss=2", "gloss=nan"])
def test_weights_that_are_none(world: Path, tmp_path: Path, capsys, words: str):
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), "--weights", words]) == 2
    said = capsys.readouterr().err
    assert "--weights" in said and said.count("\n") == 1
    assert not (tmp_path / "i").exists()


def test_what_the_card_says_builds_it_again(world: Path, tmp_path: Path):
    flags = ["--fusion", "views", "--weights", "gloss=0.7", "--languages", "ar"]
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), *flags]) == 0
    card = (tmp_path / "i/README.md").read_text(encoding="utf-8")
    assert "questions=1.0, translation" not in card  # a language without translations
    (steps,) = [words for words in commands(card, "How it is built again") if words[0] == "index"]
    assert main(placed(steps, {"STORE": world / "s", "INDEX": tmp_path / "j"})) == 0
    assert (tmp_path / "i/index").read_bytes() == (tmp_path / "j/index").read_bytes()
    before = (tmp_path / "i/xqg.json").read_bytes()
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), *flags]) == 0  # there already
    assert (tmp_path / "i/xqg.json").read_bytes() == before
    assert main(["rebuild", "--from", str(tmp_path / "i/xqg.json"), "--output", str(tmp_path / "k")]) == 0
    assert (tmp_path / "i/index").read_bytes() == (tmp_path / "k/index").read_bytes()


def test_inspect_names_kinds(world: Path, tmp_path: Path, capsys):
    assert main(["index", "--store", str(world / "s"), "--output", str(tmp_path / "i"), "--fusion", "views"]) == 0
    capsys.readouterr()
    question = ["--query", QUESTION.format(3), "--language", "ar", "--hits", "3"]
    assert main(["inspect", "--index", str(tmp_path / "i"), *question]) == 0
    said = " ".join(capsys.readouterr().out.split())  # however long a folder's name is, lines are broken
    assert "queries in ar; translations in de; glosses in ar" in said
    assert "ar gloss" in said and GLOSS.format(3)[:8] in said


def test_a_total_of_several_kinds_is_refused(world: Path, encoder: Encoder, tmp_path: Path, capsys):
    flags = ["--corpus", world / "corpus.jsonl", "--queries", world / "queries.jsonl", "--encoder", encoder.folder]
    command = ["encode", *map(str, flags), "--keep", str(Keep.TOTAL), "--output", str(tmp_path / "s")]
    assert main(command) == 2
    assert "queries in ar; translations in de; glosses in ar, which weigh differently" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


def test_a_late_index_keeps_its_weights(world: Path, encoder: Encoder, tmp_path: Path):
    flags = ["--fusion", "views", "--weights", "gloss=3,translation=0"]
    for kind in ("late", "faiss-flat"):
        command = ["index", "--store", str(world / "s"), "--type", kind, "--output", str(tmp_path / kind), *flags]
        assert main(command) == 0
    late, built = (open_searcher(tmp_path / kind, encoder) for kind in ("late", "faiss-flat"))
    found, expected = (searcher.search(QUESTION.format(3), k=5) for searcher in (late, built))
    assert [hit.docid for hit in found] == [hit.docid for hit in expected]
    np.testing.assert_allclose([hit.score for hit in found], [hit.score for hit in expected], atol=1e-4)
