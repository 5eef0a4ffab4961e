"""From a corpus to an index in one command, with tiny models that really run."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence

import pytest
from tiny_corpus import command, generated_queries, passages, start_xqg, tree, write_jsonl, xqg
from tiny_generators import write_mt5
from watching import stop_where

from pyserini_xqg.build.build import working_folder
from pyserini_xqg.commands import main
from pyserini_xqg.expand import registry
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.request import NamedGenerator
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import Language
from pyserini_xqg.manifests.dense import read_manifest

_QUERIES = ("--generate", "2", "--languages", "ar,ja", "--no-filter")


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    return write_mt5(tmp_path_factory.mktemp("generator") / "mt5")


@pytest.fixture
def corpus(tmp_path):
    return write_jsonl(tmp_path / "corpus.jsonl", passages(40))


def build(corpus, generator, encoder, output, *more):
    return command(
        "build",
        "--corpus",
        corpus,
        "--generator",
        generator,
        "--encoder",
        encoder,
        "--output",
        output,
        *_QUERIES,
        *more,
    )


def test_an_index_from_a_corpus_and_a_generator(corpus, generator, tiny_encoder, tmp_path):
    done = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "index", "--fusion", "views")[3:], fresh=True)
    assert done.returncode == 0, done.stderr
    manifest = read_manifest(tmp_path / "index")
    assert (manifest.passages, manifest.recipe.languages) == (40, ("ar", "ja"))
    assert [
        line.partition(":")[0]
        for line in done.stderr.splitlines()
        if line.startswith(("expand", "filter", "encode", "index"))
    ] == [
        "expand",
        "encode",
        "index",
    ]
    work = working_folder(tmp_path / "index")
    assert sorted(entry.name for entry in work.iterdir()) == ["queries", "store"]
    assert str(work) in done.stdout and "search faiss" in done.stdout
    again = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "index", "--fusion", "views")[3:])
    assert again.returncode == 0 and "was there already" in again.stdout


def test_a_killed_build_goes_on_to_the_same_bytes(corpus, generator, tiny_encoder, tmp_path):
    unbroken = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "a" / "index")[3:])
    assert unbroken.returncode == 0, unbroken.stderr
    started = start_xqg(*build(corpus, generator, tiny_encoder, tmp_path / "b" / "index")[3:])
    work = working_folder(tmp_path / "b" / "index")
    stop_where(started, lambda: (work / "queries").is_dir())
    started.kill()
    assert started.wait() == -signal.SIGKILL
    resumed = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "b" / "index")[3:])
    assert resumed.returncode == 0, resumed.stderr
    assert tree(work / "queries") == tree(working_folder(tmp_path / "a" / "index") / "queries")
    assert (tmp_path / "b" / "index" / "index").read_bytes() == (tmp_path / "a" / "index" / "index").read_bytes()


def test_queries_that_are_there_are_filtered_and_the_rest_discarded(corpus, tiny_encoder, tmp_path):
    records = [{**record, "queries": {**record["queries"], "ja": ["。。。"]}} for record in generated_queries(40)]
    queries = write_jsonl(tmp_path / "queries.jsonl", records)
    done = xqg(
        "build",
        "--corpus",
        corpus,
        "--queries",
        queries,
        "--encoder",
        tiny_encoder,
        "--output",
        tmp_path / "index",
        "--discard",
    )
    assert done.returncode == 0, done.stderr
    assert not working_folder(tmp_path / "index").exists()
    assert (tmp_path / "index" / "index").is_file()
    assert "filter: " in done.stderr and "expand: " not in done.stderr


def test_a_full_place_is_seen_before_anything_is_generated(corpus, generator, tiny_encoder, tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "thesis.tex").write_text("mine")
    refused = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "index")[3:])
    assert refused.returncode == 1
    assert f"{tmp_path / 'index'} is there already and holds no index of ours" in refused.stderr
    assert not working_folder(tmp_path / "index").exists()


def test_an_index_whose_working_folder_is_gone_is_left_alone(corpus, tiny_encoder, tmp_path):
    queries = write_jsonl(tmp_path / "queries.jsonl", generated_queries(40))
    flags = (
        "build",
        "--corpus",
        corpus,
        "--queries",
        queries,
        "--encoder",
        tiny_encoder,
        "--output",
        tmp_path / "index",
        "--no-filter",
        "--discard",
    )
    assert xqg(*flags).returncode == 0
    before = tree(tmp_path / "index")
    refused = xqg(*flags)
    assert refused.returncode == 1 and "is gone; choose another --output" in refused.stderr
    assert tree(tmp_path / "index") == before


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--generator", "GENERATOR"), "--generator needs --languages"),
        (("--generator", "GENERATOR", "--languages", "xx"), "xx"),
        (("--generator", "nowhere/to/be/found", "--languages", "ar"), "nowhere/to/be/found"),
        (("--queries", "none.jsonl"), "none.jsonl"),
    ],
)
def test_wrong_flags_are_said_in_a_sentence(corpus, generator, tiny_encoder, tmp_path, flags, said):
    flags = [str(generator) if flag == "GENERATOR" else flag for flag in flags]
    refused = xqg("build", "--corpus", corpus, "--encoder", tiny_encoder, "--output", tmp_path / "index", *flags)
    assert refused.returncode in (1, 2)
    assert said in refused.stderr
    assert not (tmp_path / "index").exists()


def test_first_queries_can_be_chosen(corpus, tiny_encoder, tmp_path):
    queries = write_jsonl(tmp_path / "queries.jsonl", generated_queries(40))
    done = xqg(
        *("build", "--corpus", corpus, "--queries", queries, "--encoder", tiny_encoder, "--output", tmp_path / "index"),
        *("--no-filter", "--queries-per-language", "1"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "index" / "xqg.json").read_text())["recipe"]["queries_per_language"] == 1


def test_an_index_of_all_passages_from_the_queries_of_a_sample(corpus, generator, tiny_encoder, tmp_path):
    done = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "index", "--sample", "25")[3:])
    assert done.returncode == 0, done.stderr
    assert (
        "queries for 25 of 40 passages; `index` predicts the others' where that does better" in done.stderr.splitlines()
    )
    manifest = read_manifest(tmp_path / "index")
    assert manifest.passages == 40
    assert set(manifest.prior.passages) == {25}


def test_a_sample_that_the_recipe_cannot_bear_is_refused_before_anything_is_generated(
    corpus, generator, tiny_encoder, tmp_path
):
    for more, said in (
        (("--kappa", "0"), "with --kappa 0 they would lose"),
        (("--fusion", "sum"), "with --fusion sum they would lose"),
    ):
        done = xqg(*build(corpus, generator, tiny_encoder, tmp_path / "index", "--sample", "25", *more)[3:])
        assert done.returncode == 2
        assert said in done.stderr
    assert not working_folder(tmp_path / "index").exists()
    queries = write_jsonl(tmp_path / "queries.jsonl", generated_queries(40))
    words = ("build", "--corpus", corpus, "--queries", queries, "--encoder", tiny_encoder, "--output", tmp_path / "i")
    assert "--queries are there already" in xqg(*words, "--sample", "25").stderr


@pytest.fixture
def only_dictionary(tmp_path, monkeypatch):
    """A small German dictionary, and none of this machine's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "none"))
    (tmp_path / "words.en-de.tsv").write_text("passage\tAbschnitt\nwater\tWasser\nnumber\tNummer\n", encoding="utf-8")
    monkeypatch.setenv("XQG_DICTIONARIES", str(tmp_path / "words.en-de.tsv"))


def test_without_generator_dictionaries_and_the_bank_serve(corpus, tiny_encoder, tmp_path, only_dictionary):
    words = ["build", "--corpus", str(corpus), "--encoder", str(tiny_encoder), "--languages", "de,ja"]
    done = xqg(*words, "--output", str(tmp_path / "index"))
    assert done.returncode == 0, done.stderr
    assert "(de: words.en-de.tsv" in done.stderr
    assert "no dictionary for ja" in done.stderr
    manifest = read_manifest(tmp_path / "index")
    assert manifest.recipe.languages == ("de", "de.gloss", "ja")
    assert manifest.prior.bank == "embedded"
    done = xqg(*words, "--no-gloss", "--output", str(tmp_path / "plain"))
    assert done.returncode == 0, done.stderr
    assert read_manifest(tmp_path / "plain").recipe.languages == ("de", "ja")


def test_glosses_beside_queries_that_are_there(corpus, tiny_encoder, tmp_path, only_dictionary):
    queries = write_jsonl(tmp_path / "queries.jsonl", generated_queries(40))
    words = ["build", "--corpus", str(corpus), "--encoder", str(tiny_encoder), "--queries", str(queries), "--no-filter"]
    done = xqg(*words, "--gloss", "--languages", "ar,de", "--output", str(tmp_path / "index"))
    assert done.returncode == 0, done.stderr
    assert read_manifest(tmp_path / "index").recipe.languages == ("ar", "de.gloss")


class BackwardsKind(GeneratorKind):
    """Translates by saying everything backwards."""

    name = "backwards"
    takes = ("backwards",)
    precedence = Precedence.NAME
    writes = (TextKind.TRANSLATION,)
    options = frozenset()

    def knows(self, name: str) -> bool:
        return name == self.name

    def open(self, named: NamedGenerator) -> Backwards:
        assert (named.request.kind, named.request.languages) == (TextKind.TRANSLATION, ("ar", "ja"))
        assert (named.request.source, named.request.sampling.top_k) == ("de", 1)
        return Backwards()


class Backwards:
    name = fingerprint = arithmetic = "backwards"

    def phrases(self, language: Language) -> Sequence[str]:
        return ()

    def generate(self, unit: Unit) -> list[Answer]:
        return [Answer((text[::-1],)) for text in unit.texts]


def test_what_a_generator_writes_is_known_without_being_told(corpus, tiny_encoder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(registry, "_KINDS", dict(registry._KINDS))
    registry.register(BackwardsKind())
    words = build(corpus, "backwards", tiny_encoder, tmp_path / "index", "--passage-language", "de")[3:]
    del words[words.index("--generate") : words.index("--generate") + 2]
    assert main([str(word) for word in words]) == 0
    assert "expand: 1 translations a passage in each of ar, ja, by backwards" in capsys.readouterr().err
    assert read_manifest(tmp_path / "index").passages == 40
    record = json.loads((working_folder(tmp_path / "index") / "queries" / "expand.json").read_text())
    assert (record["kind"], record["queries_per_language"]) == ("translation", 1)
