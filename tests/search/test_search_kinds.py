"""BM25 over questions and glosses, each in a field of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_corpus import write_jsonl

from pyserini_xqg.commands import main
from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.sparse import read_sparse_manifest
from pyserini_xqg.search.searchers.fields import choose_fields, default_fields

CORPUS = [{"id": "d1", "contents": "A bridge over the river."}, {"id": "d2", "contents": "A song of the sea."}]
TEXTS = [
    {"id": "d1", "queries": {"de": ["Wer baute sie?"]}, "glosses": {"de": ["Brücke Fluss"], "ru": ["мост река"]}},
    {"id": "d2", "queries": {"de": ["Welches Lied?"]}, "glosses": {"de": ["Lied Meer"], "ru": ["песня море"]}},
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sparse")
    write_jsonl(folder / "corpus.jsonl", CORPUS)
    write_jsonl(folder / "queries.jsonl", TEXTS)
    files = ["--corpus", str(folder / "corpus.jsonl"), "--queries", str(folder / "queries.jsonl")]
    assert main(["index-sparse", *files, "--output", str(folder / "i")]) == 0
    return folder / "i"


def test_each_kind_has_its_field_and_its_languages_analyzer(index: Path):
    manifest = read_sparse_manifest(index)
    assert manifest is not None
    assert manifest.fields == {"contents": "en", "xqg_de": "de", "xqg_de_gloss": "de", "xqg_ru_gloss": "ru"}
    assert default_fields(manifest, "de") == {"contents": 1, "xqg_de": 1, "xqg_de_gloss": 1}
    assert default_fields(manifest, "ru") == {"contents": 1, "xqg_ru_gloss": 1}
    assert choose_fields(manifest, {"contents": 1, "xqg_LANG_gloss": 0.5}, "ru") == {"contents": 1, "xqg_ru_gloss": 0.5}
    with pytest.raises(UsageError, match="xqg_LANG_gloss stands for the field of --language"):
        choose_fields(manifest, {"xqg_LANG_gloss": 1})
    with pytest.raises(UsageError, match="names 'xqg_de_gloss' twice"):
        choose_fields(manifest, {"xqg_LANG_gloss": 1, "xqg_de_gloss": 1}, "de")
    with pytest.raises(UsageError, match="it has queries in de; glosses in de, ru"):
        default_fields(manifest, "ja")
    card = (index / "README.md").read_text(encoding="utf-8")
    assert "generated queries in de; glosses in de, ru" in card


@pytest.mark.parametrize(
    ("language", "question", "first"), [("ru", "море", "d2"), ("ru", "реки", "d1"), ("de", "Meere", "d2")]
)
def test_questions_find_glosses(index: Path, tmp_path: Path, language: str, question: str, first: str):
    (tmp_path / "topics.tsv").write_text(f"1\t{question}\n", encoding="utf-8")
    flags = ["--topics", str(tmp_path / "topics.tsv"), "--language", language, "--output", str(tmp_path / "run.txt")]
    assert main(["search", "lucene", "--index", str(index), *flags]) == 0
    assert (tmp_path / "run.txt").read_text().split()[2] == first
