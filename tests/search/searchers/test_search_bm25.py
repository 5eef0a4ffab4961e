"""BM25 over passages and generated queries: Pyserini's command and its own searcher, on the embedded collection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import forked
import pytest
from bm25_index import DEMO, LANGUAGES, build, build_demo
from tiny_corpus import environment, xqg

from pyserini_xqg.errors import InputError, StoreError, UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_run
from pyserini_xqg.runs.rankings import read_rankings
from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, run

# MRR@10 on the embedded collection: passages alone, and with the language's generated queries, as measured when this
# was written.
EXPECTED = {
    "ar": (0.172, 0.330),
    "bn": (0.000, 0.170),
    "fi": (0.258, 0.313),
    "ja": (0.232, 0.311),
    "ko": (0.000, 0.225),
    "ru": (0.106, 0.239),
    "sw": (0.475, 0.543),
    "te": (0.030, 0.167),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, pyserini: None) -> Path:
    return build_demo(tmp_path_factory.mktemp("demo"), store_docvectors=True)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, pyserini: None) -> Path:
    """The same passages, as Pyserini alone indexes them."""
    from bm25_index import records
    from pyserini.index.lucene import LuceneIndexer

    place = tmp_path_factory.mktemp("plain") / "index"
    indexer = LuceneIndexer(str(place), threads=1)
    for record in records(DEMO / "corpus.jsonl"):
        indexer.add_doc_dict({"id": record["id"], "contents": record["contents"]})
    indexer.close()
    return place


def search(
    index: Path,
    output: Path,
    *flags: str,
    code: str = "ar",
    topics: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    asked = topics or DEMO / f"topics.{code}.tsv"
    run(
        PyseriniCommand.LUCENE,
        ["--index", str(index), "--topics", str(asked), "--output", str(output), "--hits", "10", *flags],
        Path,
        say,
    )
    return output


def mrr(run_file: Path, code: str) -> float:
    return score_run(run_file, DEMO / f"qrels.{code}.txt", ["MRR@10"]).mean("MRR@10")


@pytest.mark.parametrize("code", LANGUAGES)
def test_with_generated_queries_bm25_understands_the_language(index: Path, plain: Path, tmp_path: Path, code: str):
    before = mrr(search(plain, tmp_path / "plain.txt", "--bm25", code=code), code)
    after = mrr(search(index, tmp_path / "own.txt", "--bm25", "--language", code, code=code), code)
    assert (before, after) == pytest.approx(EXPECTED[code], abs=0.006)
    assert after > before + 0.05
    named = search(
        index, tmp_path / "named.txt", "--language", code, "--fields", "contents=1.0", "xqg_LANG=1.0", code=code
    )
    assert named.read_text() == (tmp_path / "own.txt").read_text()


def test_without_a_language_all_fields_are_searched_and_said(index: Path, tmp_path: Path):
    said: list[str] = []
    found = search(index, tmp_path / "all.txt", code="ja", say=said.append)
    fields = " ".join(["contents=1", *(f"xqg_{code}=1" for code in LANGUAGES)])
    assert said == [f"{index}: searching {fields}; --fields chooses others, --language LANG one language's"]
    named = search(
        index,
        tmp_path / "named.txt",
        "--fields",
        *fields.split(),
        "--batch-size",
        "1",
        "--threads",
        "1",
        code="ja",
        say=said.append,
    )
    assert named.read_text() == found.read_text()
    assert len(said) == 1, "nothing was chosen, so there is nothing to say"
    assert mrr(found, "ja") == pytest.approx(0.301, abs=0.006)


def test_arabic_and_japanese_find_english_passages_where_nothing_else_could(tmp_path: Path, pyserini: None):
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    corpus = [
        {"id": "bridge", "contents": "The stone bridge was built in 1420."},
        {"id": "library", "contents": "The library lends maps."},
    ]
    queries = [
        {"id": "bridge", "queries": {"ar": ["متى بُني الجسر الحجري؟"], "ja": ["石橋はいつ架けられましたか"]}},
        {"id": "library", "queries": {"ar": ["هل يمكن استعارة الخرائط؟"], "ja": ["図書館で地図を借りられますか"]}},
    ]
    searcher = XqgLuceneSearcher(str(build(tmp_path, corpus, queries)))
    for text, docid in [
        ("وجسر", "bridge"),
        ("خرائط", "library"),
        ("石橋を架ける", "bridge"),
        ("地図", "library"),
        ("maps lending", "library"),
    ]:
        assert [hit.docid for hit in searcher.search(text)] == [docid], text


def test_each_field_is_analysed_in_its_own_language_whatever_the_searchers(tmp_path: Path, pyserini: None):
    """English "bridges" and Arabic "والجسور" in one query: both are stemmed, each in its field, and `set_language`
    turns neither off.
    """
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    corpus = [
        {"id": "english", "contents": "an old bridge"},
        {"id": "arabic", "contents": "nothing"},
        {"id": "other", "contents": "the city"},
    ]
    queries = [{"id": "arabic", "queries": {"ar": ["الجسور القديمة"]}}, {"id": "other", "queries": {"ar": ["مدينة"]}}]
    searcher = XqgLuceneSearcher(str(build(tmp_path, corpus, queries)))
    fields = {"contents": 1.0, "xqg_ar": 1.0}
    mixed = [(hit.docid, hit.score) for hit in searcher.search("bridges والجسور", fields=fields)]
    assert {docid for docid, _ in mixed} == {"english", "arabic"}
    searcher.set_language("ar")
    assert [(hit.docid, hit.score) for hit in searcher.search("bridges والجسور", fields=fields)] == mixed
    assert [hit.docid for hit in searcher.search("bridges والجسور", fields={"xqg_ar": 1.0})] == ["arabic"]
    assert [hit.docid for hit in searcher.search("bridges والجسور", fields={"contents": 1.0})] == ["english"]


def test_pyserinis_own_searcher_with_our_query_generator(index: Path):
    from pyserini.search.lucene import LuceneSearcher

    from pyserini_xqg import query_generator
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    theirs, ours, generator = LuceneSearcher(str(index)), XqgLuceneSearcher(str(index)), query_generator(index)
    fields = {"contents": 0.5, "xqg_ar": 2.0}
    texts = [line.split("\t")[1] for line in (DEMO / "topics.ar.tsv").read_text(encoding="utf-8").splitlines()]
    found = 0
    for text in texts:
        expected = [(hit.docid, hit.score) for hit in ours.search(text, 10, fields=fields)]
        assert [
            (hit.docid, hit.score) for hit in theirs.search(text, 10, fields=fields, query_generator=generator)
        ] == expected
        found += len(expected)
    assert found > 100
    batch = theirs.batch_search(
        texts, [str(n) for n in range(len(texts))], 10, 2, query_generator=generator, fields=fields
    )
    assert sum(map(len, batch.values())) == found


def test_a_process_that_has_started_pyserini_before(index: Path, tmp_path: Path):
    """Plain Pyserini code, with one line of ours."""
    script = (
        "import sys\nfrom pyserini.search.lucene import LuceneSearcher\nfrom pyserini_xqg.search.query_generator "
        "import query_generator\n"
        "searcher = LuceneSearcher(sys.argv[1])\n"
        "print(*(hit.docid for hit in searcher.search('石橋', fields={'xqg_ja': 1.0}, "
        "query_generator=query_generator(sys.argv[1]))))"
    )
    corpus = [{"id": "d1", "contents": "a stone bridge"}]
    small = build(tmp_path, corpus, [{"id": "d1", "queries": {"ja": ["石橋はいつ架けられましたか"]}}])
    done = forked.run(["-c", script, small], environment())
    assert done.stdout.split() == ["d1"], done.stderr


def test_anserinis_way_by_name_and_system_property(index: Path):
    from jnius import JavaException, autoclass
    from pyserini.search.lucene import LuceneSearcher

    from pyserini_xqg.java import bridge

    bridge.join()
    by_name = autoclass("io.anserini.search.query.XqgQueryGenerator")
    with pytest.raises(JavaException, match=r"set the system property xqg\.index"):
        by_name()
    bridge.set_property("xqg.index", str(index))
    try:
        hits = LuceneSearcher(str(index)).search("橋", fields={"xqg_ja": 1.0}, query_generator=by_name())
    finally:
        autoclass("java.lang.System").clearProperty("xqg.index")
    assert hits is not None


def test_a_long_query_over_many_fields_is_no_error(index: Path):
    """Lucene stops at 1,024 terms in all."""
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    text = " ".join(f"word{number}" for number in range(900)) + " harbour"
    assert XqgLuceneSearcher(str(index)).search(text, 3) is not None


def test_other_indexes_are_searched_as_before(plain: Path, index: Path, tmp_path: Path):
    from pyserini.search.lucene import LuceneSearcher

    found = read_rankings(search(plain, tmp_path / "plain.txt", code="sw"))
    stock = LuceneSearcher(str(plain))
    for line in (DEMO / "topics.sw.tsv").read_text(encoding="utf-8").splitlines()[:20]:
        qid, text = line.split("\t")
        assert list(found.get(qid, {})) == [hit.docid for hit in stock.search(text, 10)]
    same = search(index, tmp_path / "contents.txt", "--fields", "contents=1.0", code="sw")
    assert same.read_text() == (tmp_path / "plain.txt").read_text(), "contents alone is plain BM25"


def test_feedback_on_contents_alone(index: Path, tmp_path: Path):
    assert mrr(search(index, tmp_path / "rm3.txt", "--rm3", "--fields", "contents=1.0", code="sw"), "sw") > 0.3


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--fields", "contents=1.0", "xqg_fr=1.0"], "no field 'xqg_fr'; it has contents, xqg_ar, xqg_bn"),
        (["--language", "fr"], "no generated queries in fr; it has queries in ar, bn"),
        (["--language", "xx"], "unknown language code 'xx'"),
        (["--fields", "contents=-1"], "a weight must be a number of at least 0"),
        (["--hits", "0"], "--hits is 0; it must be at least 1"),
        (["--dense", "--flat"], "--dense does not go with .* a BM25 index"),
        (["--impact"], "--impact does not go with"),
        (["--pretokenized"], "--pretokenized changes how queries are analysed"),
        (["--stopwords", "words.txt"], "--stopwords changes how queries are analysed"),
        (["--bm25qs"], "--bm25qs analyses the query alike for all fields"),
        (["--dismax"], "--dismax analyses the query alike for all fields"),
        (["--rm3"], "--rm3 expands contents alone"),
    ],
)
def test_what_does_not_go_is_refused_and_no_run_is_left(index: Path, tmp_path: Path, flags: list[str], problem: str):
    hits = [] if "--hits" in flags else ["--hits", "10"]
    with pytest.raises(UsageError, match=problem):
        run(
            PyseriniCommand.LUCENE,
            [
                "--index",
                str(index),
                "--topics",
                str(DEMO / "topics.ar.tsv"),
                "--output",
                str(tmp_path / "run.txt"),
                *hits,
                *flags,
            ],
            Path,
        )
    assert list(tmp_path.iterdir()) == []


def test_feedback_needs_stored_vectors(tmp_path: Path, pyserini: None):
    small = build(tmp_path, [{"id": "d1", "contents": "a bridge"}], None)
    with pytest.raises(UsageError, match="build it with --store-docvectors"):
        search(small, tmp_path / "run.txt", "--rm3", "--fields", "contents=1.0")


def test_topics_are_checked_and_older_runs_kept(index: Path, tmp_path: Path):
    output, topics = tmp_path / "run.txt", tmp_path / "bad.tsv"
    output.write_text("older")
    topics.write_text("1\tgood\n2\twith\ttab\n")
    with pytest.raises(InputError, match=r"bad\.tsv:2: expected 'qid<TAB>text', found 2 tabs"):
        search(index, output, topics=topics)
    assert output.read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tsv", "run.txt"]


def test_an_index_with_more_or_fewer_passages_than_it_says_is_refused(tmp_path: Path, pyserini: None):
    """As when somebody lets Anserini index into the folder once more, which doubles the passages."""
    from pyserini.index.lucene import LuceneIndexer

    small = build(tmp_path, [{"id": "d1", "contents": "a bridge"}], None)
    more = LuceneIndexer(str(small), append=True, threads=1)
    more.add_doc_dict({"id": "d1", "contents": "a bridge"})
    more.close()
    with pytest.raises(StoreError, match="holds 2 passages and was built with 1; build the index again"):
        search(small, tmp_path / "run.txt")
    assert not (tmp_path / "run.txt").exists()


def test_the_command_says_on_stderr_what_it_took(index: Path, tmp_path: Path):
    done = xqg(
        "search",
        "lucene",
        "--index",
        index,
        "--topics",
        DEMO / "topics.ko.tsv",
        "--language",
        "ko",
        "--output",
        tmp_path / "run.txt",
    )
    assert done.returncode == 0
    assert "searching contents=1 xqg_ko=1" in done.stderr
    assert mrr(tmp_path / "run.txt", "ko") == pytest.approx(EXPECTED["ko"][1], abs=0.01)
    done = xqg(
        "search",
        "lucene",
        "--index",
        index,
        "--topics",
        DEMO / "topics.ko.tsv",
        "--fields",
        "xqg_fr=1",
        "--output",
        tmp_path / "no.txt",
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "no.txt").exists()
