"""The curve over alpha, from topics to pictures, with a real encoder."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib_settings import settings_stay
from tiny_corpus import generated_queries, passages, tree, write_jsonl

from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, InputError, UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_run
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.curve import Curve, tune_curves
from pyserini_xqg.tune.plot import as_text, write_curve

ALPHAS = (0.0, 0.3, 0.6)
(MRR,) = parse_measures(["MRR@10"])


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32, threads=1)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A store of 30 passages, and topics that are some of their queries with a word more."""
    folder = tmp_path_factory.mktemp("dev")
    queries = generated_queries(30)
    write_jsonl(folder / "corpus.jsonl", passages(30))
    write_jsonl(folder / "queries.jsonl", queries)
    encode(
        corpus=folder / "corpus.jsonl",
        queries=folder / "queries.jsonl",
        encoder=encoder,
        encoder_name="tiny",
        output=folder / "store",
    )
    for code in ("ar", "ja"):
        asked = [
            (record["id"], " ".join(record["queries"][code][0].split()))
            for record in queries
            if record["queries"][code]
        ]
        (folder / f"topics.{code}.tsv").write_text("".join(f"{n}\t{text} ?\n" for n, (_, text) in enumerate(asked)))
        (folder / f"qrels.{code}.txt").write_text("".join(f"{n} 0 {docid} 1\n" for n, (docid, _) in enumerate(asked)))
    return folder


def tune(*, recipe: Recipe, **asked) -> Curve:
    """At the recipe's own kappa."""
    (curve,) = tune_curves(recipe=recipe, kappas=(recipe.kappa,), **asked)
    return curve


def test_the_curve_is_what_indexes_and_runs_at_each_alpha_score(dev: Path, encoder: Encoder, tmp_path: Path):
    from pyserini_xqg.encoder.folder import Side
    from pyserini_xqg.input.topics import read_topics
    from pyserini_xqg.search.searchers.late import LateIndex

    curve = tune(
        store=VectorStore(dev / "store"),
        encoder=encoder,
        topics=dev,
        qrels=dev,
        measure=MRR,
        recipe=Recipe(),
        alphas=ALPHAS,
    )
    docids = [docid for shard in VectorStore(dev / "store").shards() for docid in shard.docids()]
    for code in ("ar", "ja"):
        topics = list(read_topics(dev / f"topics.{code}.tsv"))
        queries = encoder.encode([topic.text for topic in topics], Side.QUERY)
        for place, alpha in enumerate(ALPHAS):
            scores, numbers = LateIndex(dev / "store", Recipe(alpha=alpha)).search(queries, 10)
            run = tmp_path / f"{code}.{alpha}.txt"
            lines = [
                f"{t.qid} Q0 {docids[n]} {r} {s:.6f} t"
                for t, ns, ss in zip(topics, numbers, scores, strict=True)
                for r, (n, s) in enumerate(zip(ns, ss, strict=True), 1)
            ]
            run.write_text("\n".join(lines) + "\n")
            assert curve.languages[code][place] == pytest.approx(
                score_run(run, dev / f"qrels.{code}.txt", ["MRR@10"]).mean("MRR@10"), abs=0.02
            )
    assert curve.average[1] == pytest.approx((curve.languages["ar"][1] + curve.languages["ja"][1]) / 2)


def test_augmentation_with_the_queries_themselves_helps(dev: Path, encoder: Encoder):
    curve = tune(
        store=VectorStore(dev / "store"),
        encoder=encoder,
        topics=dev,
        qrels=dev,
        measure=MRR,
        recipe=Recipe(fusion="views"),
        alphas=ALPHAS,
        only=["ar"],
    )
    assert list(curve.languages) == ["ar"]
    assert curve.best > 0
    assert f"{curve.alphas[curve.best]:g}" in next(
        line for line in as_text(curve).splitlines() if line.endswith("best")
    )


def test_pictures_are_the_same_bytes_each_time(dev: Path, encoder: Encoder, tmp_path: Path):
    curve = tune(
        store=VectorStore(dev / "store"),
        encoder=encoder,
        topics=dev,
        qrels=dev,
        measure=MRR,
        recipe=Recipe(),
        alphas=ALPHAS,
    )
    for name in ("one", "two"):
        with settings_stay():
            write_curve(curve, tmp_path / name)
    first, second = tree(tmp_path / "one"), tree(tmp_path / "two")
    assert first == second
    assert first["curve.png"].startswith(b"\x89PNG")
    assert "Arabic" in first["curve.svg"].decode() or b"<path" in first["curve.svg"]
    assert first["curve.csv"].decode().splitlines()[0] == "alpha,ar,ja,mean"


def test_ties_go_to_the_smaller_alpha():
    assert Curve(Recipe(), "R@1", (0.0, 0.1, 0.2), {"ar": (0.1, 0.5, 0.5)}, (0.1, 0.5, 0.5)).best == 1


def test_what_does_not_fit_is_refused(dev: Path, encoder: Encoder, e5: Path, tmp_path: Path):
    store = VectorStore(dev / "store")
    with pytest.raises(UsageError, match="R@2kt needs answers"):
        tune(
            store=store,
            encoder=encoder,
            topics=dev,
            qrels=dev,
            measure=parse_measures(["R@2kt"])[0],
            recipe=Recipe(),
            alphas=ALPHAS,
        )
    with pytest.raises(EncoderError, match="was made with tiny"):
        tune(
            store=store,
            encoder=Encoder(e5, Precision.FP32),
            topics=dev,
            qrels=dev,
            measure=MRR,
            recipe=Recipe(),
            alphas=ALPHAS,
        )
    with pytest.raises(InputError, match="no topics in sw; it has ar, ja"):
        tune(
            store=store,
            encoder=encoder,
            topics=dev,
            qrels=dev,
            measure=MRR,
            recipe=Recipe(),
            alphas=ALPHAS,
            only=["sw"],
        )
    with pytest.raises(InputError, match=r"holds no topics\.LANG\.tsv"):
        tune(store=store, encoder=encoder, topics=tmp_path, qrels=dev, measure=MRR, recipe=Recipe(), alphas=ALPHAS)


def test_curves_of_several_kappas_are_those_of_each(dev: Path, encoder: Encoder):
    def at(kappa: float | None) -> Curve:
        return tune(
            store=VectorStore(dev / "store"),
            encoder=encoder,
            topics=dev,
            qrels=dev,
            measure=MRR,
            recipe=Recipe("views", kappa=kappa),
            alphas=ALPHAS,
        )

    kappas = (0.0, 4.0, None)
    curves = tune_curves(
        store=VectorStore(dev / "store"),
        encoder=encoder,
        topics=dev,
        qrels=dev,
        measure=MRR,
        recipe=Recipe("views"),
        alphas=ALPHAS,
        kappas=kappas,
    )
    assert curves == tuple(map(at, kappas))
    assert curves[0].average != curves[1].average
