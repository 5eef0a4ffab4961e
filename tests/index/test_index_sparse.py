"""BM25 indexes of passages and generated queries: what is in their fields, by Lucene's own reader."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from bm25_index import ANALYZERS, DEMO, LANGUAGES, analyze, analyze_english, build, build_demo, records, terms
from tiny_corpus import generated_queries, passages, tree, write_jsonl

from pyserini_xqg.errors import InputError, OutputError, StoreError, UsageError
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.sparse import read_sparse_manifest


@pytest.fixture(scope="module", autouse=True)
def pyserini() -> None:
    import_pyserini("pyserini.search.lucene")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_demo(tmp_path_factory.mktemp("demo"))


def frequencies(documents: list[list[str]]) -> dict[str, tuple[int, int]]:
    """Document and total frequency of each word."""
    total = Counter(word for words in documents for word in words)
    documents_with = Counter(word for words in documents for word in set(words))
    return {word: (documents_with[word], total[word]) for word in total}


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_languages_field_holds_what_its_own_analyzer_makes_of_the_queries(demo: Path, code: str):
    analyzed = [
        [word for text in record["queries"][code] for word in analyze(ANALYZERS[code], text)]
        for record in records(DEMO / "queries.jsonl")
    ]
    assert terms(demo, f"xqg_{code}") == frequencies(analyzed)
    assert len(terms(demo, f"xqg_{code}")) > 200


def test_contents_is_what_anserinis_default_makes_of_it(demo: Path, tmp_path: Path):
    from pyserini.index.lucene import LuceneIndexer

    plain = LuceneIndexer(str(tmp_path / "plain"), threads=1)
    for record in records(DEMO / "corpus.jsonl"):
        plain.add_doc_dict({"id": record["id"], "contents": record["contents"]})
    plain.close()
    assert terms(demo, "contents") == terms(tmp_path / "plain", "contents")
    assert terms(demo, "contents") == frequencies(
        [analyze_english(record["contents"]) for record in records(DEMO / "corpus.jsonl")]
    )


def test_languages_beyond_anserinis_table(tmp_path: Path):
    """Greek, Romanian and Tamil have analyzers in Lucene; Hebrew and Yoruba have none, and go by words."""
    texts = {
        "el": "Πότε χτίστηκαν οι παλιές γέφυρες της πόλης;",
        "ro": "Când au fost construite podurile vechi ale orașelor?",
        "ta": "பழைய பாலங்கள் எப்போது கட்டப்பட்டன?",
        "th": "สะพานเก่าสร้างขึ้นเมื่อใด",
        "zh": "古老的桥梁是什么时候建成的？",
        "de": "Wann wurden die alten Brücken der Städte gebaut?",
        "he": "מתי נבנו הגשרים הישנים?",
    }
    index = build(
        tmp_path,
        [{"id": "d1", "contents": "bridges"}],
        [{"id": "d1", "queries": {code: [text] for code, text in texts.items()}}],
    )
    for code, text in texts.items():
        assert terms(index, f"xqg_{code}") == frequencies([analyze(ANALYZERS[code], text)]), code
    assert not set(text_words := texts["el"].lower().rstrip(";").split()) <= set(terms(index, "xqg_el")), text_words


def test_words_of_languages_without_an_analyzer_are_composed(tmp_path: Path):
    composed = unicodedata.normalize("NFC", "Ọ̀nà wo ni wọ́n ń gbà kọ́ ilé?")
    apart = unicodedata.normalize("NFD", composed)
    assert apart != composed
    corpus = [{"id": "d1", "contents": "houses"}, {"id": "d2", "contents": "roads"}]
    index = build(
        tmp_path, corpus, [{"id": "d1", "queries": {"yo": [composed]}}, {"id": "d2", "queries": {"yo": [apart]}}]
    )
    found = terms(index, "xqg_yo")
    assert set(found) == set(analyze("org.apache.lucene.analysis.standard.StandardAnalyzer", composed))
    assert all(frequency == (2, 2) for frequency in found.values())


def test_passages_in_another_language(tmp_path: Path):
    text = "Die alten Brücken wurden gebaut"
    index = build(tmp_path, [{"id": "d1", "contents": text}], None, language="de")
    assert set(terms(index, "contents")) == set(analyze(ANALYZERS["de"], text))
    manifest = read_sparse_manifest(index)
    assert manifest is not None
    assert (manifest.fields, manifest.languages) == ({"contents": "de"}, ())


def test_characters_beyond_the_first_plane_survive(tmp_path: Path):
    from pyserini.search.lucene import LuceneSearcher

    text = "𝔊𝔬𝔱𝔥𝔦𝔠 🏰 castle 𠮷野家"
    index = build(
        tmp_path,
        [{"id": "d1", "contents": text}],
        [{"id": "d1", "queries": {"ja": ["𠮷野家はどこ🏰"]}}],
        store_raw=True,
    )
    raw = LuceneSearcher(str(index)).doc("d1").raw()
    assert text in raw and "𠮷野家はどこ🏰" in raw
    assert set(terms(index, "xqg_ja")) == set(analyze(ANALYZERS["ja"], "𠮷野家はどこ🏰"))


def test_scores_are_bm25_with_the_fields_own_statistics(tmp_path: Path):
    """By the formula (Lucene's, k1 0.9, b 0.4), with numbers of documents and lengths of that field alone; weights
    multiply, fields add up.

    Anserini rounds to four decimals.
    """
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    corpus = [{"id": f"d{row}", "contents": "bridge " * (row + 1) + f"word{row}"} for row in range(6)]
    texts = [["الجسور القديمة"], ["الجسور", "أين الجسور الطويلة جدا"], ["المدينة"], [], [], []]
    index = build(
        tmp_path, corpus, [{"id": f"d{row}", "queries": {"ar": found}} for row, found in enumerate(texts) if found]
    )
    words = [[word for text in found for word in analyze(ANALYZERS["ar"], text)] for found in texts]
    (asked,) = analyze(ANALYZERS["ar"], "والجسور")
    with_field = [found for found in words if found]

    def bm25(word: str, document: list[str], documents: list[list[str]]) -> float:
        number, frequency = sum(word in other for other in documents), document.count(word)
        idf = math.log(1 + (len(documents) - number + 0.5) / (number + 0.5))
        average = sum(map(len, documents)) / len(documents)
        return idf * frequency / (frequency + 0.9 * (1 - 0.4 + 0.4 * len(document) / average))

    searcher = XqgLuceneSearcher(str(index))
    own = {hit.docid: hit.score for hit in searcher.search("والجسور", fields={"xqg_ar": 1.0})}
    assert own == pytest.approx({f"d{row}": bm25(asked, words[row], with_field) for row in (0, 1)}, abs=6e-5)
    english = [analyze_english(record["contents"]) for record in corpus]
    both = {hit.docid: hit.score for hit in searcher.search("والجسور bridges", fields={"contents": 0.5, "xqg_ar": 2.0})}
    expected = {
        f"d{row}": 0.5 * bm25("bridg", english[row], english)
        + (2 * bm25(asked, words[row], with_field) if words[row] else 0)
        for row in range(6)
    }
    assert both == pytest.approx(expected, abs=6e-5)


def test_threads_change_nothing_that_is_found(demo: Path, tmp_path: Path):
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    texts = [
        line.split("\t")[1]
        for code in LANGUAGES
        for line in (DEMO / f"topics.{code}.tsv").read_text(encoding="utf-8").splitlines()
    ]
    found = []
    for threads in (1, 4):
        index = build_demo(tmp_path / str(threads), threads)
        hits = XqgLuceneSearcher(str(index)).batch_search(texts, list(map(str, range(len(texts)))), 20, 2)
        found.append({qid: [(hit.docid, f"{hit.score:.5f}") for hit in ranked] for qid, ranked in hits.items()})
    assert found[0] == found[1]
    assert sum(map(len, found[0].values())) > len(texts)


def test_only_so_many_queries_and_languages(tmp_path: Path):
    index = build_demo(tmp_path, languages=("ja", "ar"), queries_per_language=1)
    manifest = read_sparse_manifest(index)
    assert manifest is not None
    assert list(manifest.fields) == ["contents", "xqg_ar", "xqg_ja"]
    analyzed = [analyze(ANALYZERS["ja"], record["queries"]["ja"][0]) for record in records(DEMO / "queries.jsonl")]
    assert terms(index, "xqg_ja") == frequencies(analyzed)
    assert terms(index, "xqg_ko") == {}


def test_queries_in_any_order_and_passages_without(tmp_path: Path):
    """More passages than a batch, so that one is joined over its borders."""
    number = 2300
    corpus, queries = passages(number), generated_queries(number)
    in_order = build(tmp_path / "a", corpus, queries)
    turned = build(tmp_path / "b", corpus, list(reversed(queries)), threads=3)
    for field in ("contents", "xqg_ar", "xqg_ja"):
        assert terms(in_order, field) == terms(turned, field)
    assert read_sparse_manifest(in_order).passages == number


# Whole or absent


def test_the_same_again_is_nothing_to_do(tmp_path: Path):
    index = build_demo(tmp_path)
    before = tree(index)
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    again = build_sparse_index(corpus=corpus, queries=queries, output=index)
    assert not again.made
    assert tree(index) == before
    for options in (
        SparseOptions(languages=("ar",)),
        SparseOptions(queries_per_language=1),
        SparseOptions(store_raw=True),
        SparseOptions(language="de"),
    ):
        with pytest.raises(OutputError, match="holds something else than this index; choose another --output"):
            build_sparse_index(corpus=corpus, queries=queries, output=index, options=options)
    write_jsonl(corpus, [*records(DEMO / "corpus.jsonl"), {"id": "more", "contents": "more"}])
    with pytest.raises(OutputError, match="holds something else"):
        build_sparse_index(corpus=corpus, queries=queries, output=index)
    assert tree(index) == before


def test_other_folders_and_files_are_left_alone(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(3))
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for place in ("there", "file"):
        with pytest.raises(OutputError, match="holds something else"):
            build_sparse_index(corpus=corpus, queries=None, output=tmp_path / place)
    (tmp_path / "empty").mkdir()
    assert build_sparse_index(corpus=corpus, queries=None, output=tmp_path / "empty").made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.jsonl", "empty", "file", "there"]


def test_bad_input_leaves_nothing(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(3))
    cases = {
        r"q\.jsonl:1: queries for 'd9', which is not in": [{"id": "d9", "queries": {"ar": ["a"]}}],
        r"q\.jsonl:2: malformed JSON": [{"id": "d0", "queries": {"ar": ["a"]}}, "{"],
        r"q\.jsonl:1: .*unknown language code 'xx'": [{"id": "d0", "queries": {"xx": ["a"]}}],
        r"q\.jsonl:2: queries for 'd0' are there already": [{"id": "d0", "queries": {"ar": ["a"]}}] * 2,
    }
    for problem, lines in cases.items():
        with pytest.raises(InputError, match=problem):
            build_sparse_index(
                corpus=corpus, queries=write_jsonl(tmp_path / "q.jsonl", lines), output=tmp_path / "index"
            )
    with pytest.raises(InputError, match=r"twice\.jsonl:4: the docid 'd0' is there already"):
        build_sparse_index(
            corpus=write_jsonl(tmp_path / "twice.jsonl", [*passages(3), passages(1)[0]]),
            queries=None,
            output=tmp_path / "index",
        )
    queries = write_jsonl(tmp_path / "q.jsonl", [{"id": "d0", "queries": {"ar": ["a"]}}])
    with pytest.raises(InputError, match="holds no query in ja"):
        build_sparse_index(
            corpus=corpus, queries=queries, output=tmp_path / "index", options=SparseOptions(languages=("ar", "ja"))
        )
    with pytest.raises(UsageError, match="unknown language code 'xx'"):
        build_sparse_index(
            corpus=corpus, queries=queries, output=tmp_path / "index", options=SparseOptions(language="xx")
        )
    with pytest.raises(UsageError, match="--queries-per-language is 0"):
        build_sparse_index(
            corpus=corpus, queries=queries, output=tmp_path / "index", options=SparseOptions(queries_per_language=0)
        )
    with pytest.raises(UsageError, match="--threads is 0"):
        build_sparse_index(corpus=corpus, queries=queries, output=tmp_path / "index", threads=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.jsonl", "q.jsonl", "twice.jsonl"]


def test_a_generator_without_our_manifest_says_what_it_needs(tmp_path: Path):
    """As when somebody gives -generator XqgDocumentGenerator to Anserini alone."""
    from jnius import JavaException

    from pyserini_xqg.java import bridge

    bridge.join()
    from pyserini.index.lucene import LuceneIndexer

    with pytest.raises(JavaException) as raised:
        LuceneIndexer(args=["-index", str(tmp_path / "index"), "-generator", "XqgDocumentGenerator"], threads=1)
    assert "pyserini-xqg index-sparse" in " ".join(map(str, raised.value.args)) + "".join(
        map(str, raised.value.stacktrace or ())
    )


def test_an_index_is_no_vector_index(demo: Path):
    from pyserini_xqg.manifests.dense import read_manifest

    with pytest.raises(
        StoreError, match="is a BM25 index, which has no vectors; it goes to `pyserini-xqg search lucene`"
    ):
        read_manifest(demo)
