"""``search hybrid`` on the embedded collection: FAISS or Lucene, two rankings or three, in one call."""

from __future__ import annotations

from pathlib import Path

import pytest
from bm25_index import DEMO, build_demo
from tiny_corpus import xqg

from pyserini_xqg.runs.rank_fusion.fuse import RankFusion, fuse_rankings
from pyserini_xqg.runs.rank_fusion.interpolation import Interpolation
from pyserini_xqg.runs.rank_fusion.registry import METHODS, find_method
from pyserini_xqg.runs.rankings import Rankings, read_rankings
from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, run

pytestmark = pytest.mark.usefixtures("pyserini")

PASSAGES = 66
FIELDS = {"passages": ["contents=1.0"], "queries": ["xqg_ar=1.0", "xqg_sw=0.5"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path, pyserini: None) -> Path:
    """Indexes ``faiss``, ``lucene`` (both of views) and ``bm25``."""
    from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.index.build_index import IndexOptions, build_index
    from pyserini_xqg.manifests.kinds import LUCENE_FLAT
    from pyserini_xqg.store.vector_store import VectorStore

    folder = tmp_path_factory.mktemp("three-ways")
    encode(
        corpus=DEMO / "corpus.jsonl",
        queries=DEMO / "queries.jsonl",
        encoder=Encoder(tiny_encoder, Precision.FP32),
        encoder_name=str(tiny_encoder),
        output=folder / "store",
        options=EncodeOptions(dtype="float32"),
    )
    store = VectorStore(folder / "store")
    build_index(store, folder / "faiss", Recipe("views"), IndexOptions())
    build_index(store, folder / "lucene", Recipe("views"), IndexOptions(kind=LUCENE_FLAT))
    (folder / "sparse").mkdir()
    build_demo(folder / "sparse").rename(folder / "bm25")
    return folder


def hybrid(
    demo: Path,
    output: Path,
    fusion: str,
    *,
    dense: str = "faiss",
    fields: str = "",
    hits: int = 10,
    depth: int = PASSAGES,
) -> Rankings:
    words = (
        f"--precision fp32 dense --index {demo / dense} sparse --index {demo / 'bm25'} {fields} fusion "
        f"{fusion} --hits {depth}"
    )
    words += f" run --topics {DEMO / 'topics.ar.tsv'} --output {output} --hits {hits}"
    run(PyseriniCommand.HYBRID, words.split(), Path)
    return read_rankings(output)


@pytest.fixture(scope="module")
def alone(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rankings]:
    """Each way by its own command."""
    folder, topics = tmp_path_factory.mktemp("alone"), str(DEMO / "topics.ar.tsv")
    asked = ["--topics", topics, "--hits", str(PASSAGES)]
    run(
        PyseriniCommand.FAISS,
        ["--precision", "fp32", "--index", str(demo / "faiss"), *asked, "--output", str(folder / "dense.txt")],
        Path,
    )
    for name, fields in {**FIELDS, "both": [*FIELDS["passages"], *FIELDS["queries"]]}.items():
        words = ["--index", str(demo / "bm25"), *asked, "--output", str(folder / f"{name}.txt"), "--fields", *fields]
        run(PyseriniCommand.LUCENE, words, Path)
    return {path.stem: read_rankings(path) for path in folder.iterdir()}


def assert_fused(found: Rankings, parts: list[Rankings], fusion: RankFusion, k: int = 10) -> None:
    """Score by score what fusing the printed runs gives; the last printed digit of a score may be another."""
    expected = fuse_rankings(parts, fusion)
    assert found.keys() == expected.keys()
    for qid, hits in found.items():
        assert len(hits) == k
        assert all("#" not in docid for docid in hits)
        assert list(hits.values()) == pytest.approx(list(expected[qid].values())[:k], abs=2e-4)
        assert hits == pytest.approx({docid: expected[qid][docid] for docid in hits}, abs=2e-4)


@pytest.mark.parametrize("dense", ["faiss", "lucene"])
@pytest.mark.parametrize("method", METHODS)
def test_three_ways_in_one_call(dense: str, method: str, demo: Path, alone: dict[str, Rankings], tmp_path: Path):
    fields = " ".join(["--fields", *FIELDS["passages"], *FIELDS["queries"]])
    found = hybrid(demo, tmp_path / "run.txt", f"--method {method} --weights 0.5 0.3 0.2", dense=dense, fields=fields)
    parts = [alone["dense"], alone["passages"], alone["queries"]]
    if method == "interpolation":
        assert_fused(found, parts, RankFusion(find_method(method), (0.5, 0.3, 0.2)))
    else:  # the printed scores of the tiny encoder tie, so that ranks may be exchanged: the best one is enough
        expected = fuse_rankings(parts, RankFusion(find_method(method), (0.5, 0.3, 0.2)))
        same = sum(next(iter(hits)) == next(iter(expected[qid])) for qid, hits in found.items())
        assert same >= 0.9 * len(found)


def test_two_ways_by_ranks_or_scores(demo: Path, alone: dict[str, Rankings], tmp_path: Path):
    fields = " ".join(["--fields", *FIELDS["passages"], *FIELDS["queries"]])
    found = hybrid(demo, tmp_path / "run.txt", "--weights 0.4 0.6", fields=fields)
    assert_fused(found, [alone["dense"], alone["both"]], RankFusion(Interpolation(), (0.4, 0.6)))
    found = hybrid(demo, tmp_path / "rrf.txt", "--method rrf --rrf-k 5", fields=fields, hits=3)
    assert all(len(hits) == 3 for hits in found.values())
    assert all(score <= 2 / 6 for hits in found.values() for score in hits.values())


@pytest.mark.parametrize("dense", ["faiss", "lucene"])
def test_pyserinis_own_formula_over_chosen_fields(dense: str, demo: Path, alone: dict[str, Rankings], tmp_path: Path):
    fields = " ".join(["--fields", *FIELDS["passages"], *FIELDS["queries"]])
    found = hybrid(demo, tmp_path / "run.txt", "--alpha 0.1", dense=dense, fields=fields)
    for qid, hits in found.items():
        bm25 = alone["both"].get(qid, {})
        lowest = min(bm25.values(), default=0.0)
        expected = {docid: score + 0.1 * bm25.get(docid, lowest) for docid, score in alone["dense"][qid].items()}
        assert hits == pytest.approx({docid: expected[docid] for docid in hits}, abs=1e-5)
        assert list(hits.values()) == pytest.approx(sorted(expected.values(), reverse=True)[:10], abs=1e-5)


def test_language_names_the_field(demo: Path, tmp_path: Path):
    by_language = hybrid(demo, tmp_path / "a.txt", "--weights 0 1 0", fields="--language ar")
    by_name = hybrid(demo, tmp_path / "b.txt", "--weights 0 1 0", fields="--fields contents=1.0 xqg_ar=1.0")
    assert by_language == by_name
    assert by_language != hybrid(demo, tmp_path / "c.txt", "--weights 0 0 1", fields="--language ar")


def test_from_the_command_line(demo: Path, tmp_path: Path):
    parts = ["dense", "--index", demo / "lucene", "sparse", "--index", demo / "bm25", "--language", "ar"]
    asked = ["run", "--topics", DEMO / "topics.ar.tsv", "--output", tmp_path / "run.txt", "--hits", "5"]
    done = xqg("search", "hybrid", *parts, "fusion", "--method", "rrf", "--weights", "2", "1", "1", *asked)
    assert done.returncode == 0, done.stderr
    assert all(len(hits) == 5 for hits in read_rankings(tmp_path / "run.txt").values())
    done = xqg("search", "hybrid", *parts, "fusion", "--method", "rrf", "--alpha", "1", *asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--alpha belongs to Pyserini's own interpolation" in done.stderr


def test_an_encoder_that_is_not_the_indexs(demo: Path, e5: Path, tmp_path: Path):
    from pyserini_xqg.errors import EncoderError

    with pytest.raises(EncoderError, match="search with the same one"):
        words = (
            f"dense --index {demo / 'lucene'} --encoder {e5} sparse --index {demo / 'bm25'} fusion run "
            f"--topics {DEMO / 'topics.ar.tsv'}"
        )
        run(PyseriniCommand.HYBRID, [*words.split(), "--output", str(tmp_path / "run.txt")], Path)
    assert not (tmp_path / "run.txt").exists()
