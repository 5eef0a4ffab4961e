from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from perturb_queries import INVENTED
from tiny_translators import write_nllb
from translating_server import ENGLISH, REWORDED, translating

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import InputError, OutputError, UsageError
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.perturb.inputs import topics_files
from pyserini_xqg.perturb.makers import Made
from pyserini_xqg.perturb.operations import Operation, OperationKind
from pyserini_xqg.perturb.paraphrase.file import FileMaker
from pyserini_xqg.perturb.perturb_topics import perturb
from pyserini_xqg.perturb.settings import PerturbSettings
from pyserini_xqg.perturb.variant import MeaningVerdict

_ODD = ["a", "😀", "2015?", "水 ☔ iPhone の価格"]


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Topics in every language that the tests invented queries for, and odd ones."""
    folder = tmp_path_factory.mktemp("topics")
    for code, texts in INVENTED.items():
        (folder / f"topics.{code}.tsv").write_text(
            "".join(f"{number}\t{text}\n" for number, text in enumerate([*texts, *_ODD]))
        )
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _variants(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "variants.jsonl").read_text().splitlines()]


def _perturbed(topics: Path, output: Path, *languages: str, **settings: Any) -> dict[str, dict[str, Any]]:
    return perturb(topics_files(topics, languages or None), output, PerturbSettings(**settings)).counts


@pytest.mark.parametrize(
    "kind", [OperationKind.MISSPELLING, OperationKind.NATURALITY, OperationKind.ORDER, OperationKind.SCRIPT]
)
def test_ids_stay_and_the_same_seed_gives_the_same_bytes(kind: OperationKind, topics: Path, tmp_path: Path) -> None:
    counts = _perturbed(topics, tmp_path / "one", kind=kind, seed=7, variants=2)
    _perturbed(topics, tmp_path / "two", kind=kind, seed=7, variants=2)
    assert _files(tmp_path / "one") == _files(tmp_path / "two")
    assert set(counts) == set(INVENTED)
    for code in INVENTED:
        before, after = (list(read_topics(place / f"topics.{code}.tsv")) for place in (topics, tmp_path / "one"))
        assert [topic.qid for topic in after] == [topic.qid for topic in before]
        assert sum(old.text != new.text for old, new in zip(before, after, strict=True)) == counts[code]["changed"]
        assert sum(counts[code]["untouched"].values()) + counts[code]["changed"] == len(before)


def test_a_subset_of_languages_gets_what_it_gets_among_all(topics: Path, tmp_path: Path) -> None:
    _perturbed(topics, tmp_path / "all", seed=1)
    _perturbed(topics, tmp_path / "some", "th", "fr", seed=1)
    assert sorted(path.name for path in (tmp_path / "some").glob("*.tsv")) == ["topics.fr.tsv", "topics.th.tsv"]
    for name in ("topics.fr.tsv", "topics.th.tsv"):
        assert (tmp_path / "some" / name).read_bytes() == (tmp_path / "all" / name).read_bytes()
    _perturbed(topics, tmp_path / "other", "th", "fr", seed=2)
    assert (tmp_path / "other" / "topics.fr.tsv").read_bytes() != (tmp_path / "some" / "topics.fr.tsv").read_bytes()


def test_a_topic_gets_the_same_whatever_stands_beside_it(topics: Path, tmp_path: Path) -> None:
    lines = (topics / "topics.fr.tsv").read_text().splitlines(keepends=True)
    (tmp_path / "topics.fr.tsv").write_text("".join(reversed(lines[:2])))
    _perturbed(topics, tmp_path / "all", "fr")
    _perturbed(tmp_path / "topics.fr.tsv", tmp_path / "few")
    assert set((tmp_path / "few" / "topics.fr.tsv").read_text().splitlines()) == set(
        (tmp_path / "all" / "topics.fr.tsv").read_text().splitlines()[:2]
    )


def test_what_cannot_be_misspelled_stays_and_is_counted_by_reason(topics: Path, tmp_path: Path) -> None:
    counts = _perturbed(topics, tmp_path / "out", "fr")
    assert counts["fr"]["untouched"] == {"no letters": 2, "only short words": 1}
    texts = [topic.text for topic in read_topics(tmp_path / "out" / "topics.fr.tsv")]
    assert texts[3:6] == _ODD[:3]
    assert texts[6] != _ODD[3]
    assert {variant["verdict"] for variant in _variants(tmp_path / "out")} == {MeaningVerdict.BY_CONSTRUCTION}


def test_variants_are_different_and_the_first_is_taken(topics: Path, tmp_path: Path) -> None:
    _perturbed(topics, tmp_path / "out", "nl", variants=5)
    by_qid: dict[str, list[dict[str, Any]]] = {}
    for variant in _variants(tmp_path / "out"):
        by_qid.setdefault(variant["qid"], []).append(variant)
    assert all(len({variant["text"] for variant in mine}) == len(mine) for mine in by_qid.values())
    assert all(
        [variant["chosen"] for variant in mine] == [True] + [False] * (len(mine) - 1) for mine in by_qid.values()
    )
    assert max(map(len, by_qid.values())) == 5


def test_probability_spares_some(topics: Path, tmp_path: Path) -> None:
    counts = _perturbed(topics, tmp_path / "out", probability=0.5)
    spared = sum(count["untouched"].get("spared by chance", 0) for count in counts.values())
    assert 0.3 < spared / sum(count["topics"] for count in counts.values()) < 0.7
    assert _perturbed(topics, tmp_path / "none", "fr", probability=0.0)["fr"]["changed"] == 0


def test_the_same_again_is_left_and_anything_else_is_refused(topics: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    _perturbed(topics, output, "fr")
    times = {path: path.stat().st_mtime_ns for path in output.iterdir()}
    assert perturb(topics_files(topics, ("fr",)), output, PerturbSettings()).was_there
    assert times == {path: path.stat().st_mtime_ns for path in output.iterdir()}
    with pytest.raises(OutputError, match="perturbed in another way"):
        _perturbed(topics, output, "fr", seed=1)
    (output / "topics.fr.tsv").write_text("1\tchanged\n")
    with pytest.raises(OutputError, match=r"topics\.fr\.tsv is gone or was changed"):
        _perturbed(topics, output, "fr")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    with pytest.raises(OutputError, match="something else than perturbed topics"):
        _perturbed(topics, tmp_path / "mine", "fr")


def test_nothing_is_left_of_a_run_that_breaks_off(topics: Path, tmp_path: Path) -> None:
    class Broken:
        def identity(self) -> dict[str, object]:
            return {}

        def make(self, topics: list[Topic], code: str, stops: frozenset[str]) -> list[Made]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perturb(topics_files(topics, None), tmp_path / "out", PerturbSettings(kind=OperationKind.PARAPHRASE), Broken())
    assert not list(tmp_path.iterdir())


def test_bad_topics_are_named_by_file_and_line(topics: Path, tmp_path: Path) -> None:
    bad = tmp_path / "topics.fr.tsv"
    bad.write_text("1\tOù ?\n2 sans tabulation\n")
    with pytest.raises(InputError, match=r"topics\.fr\.tsv:2: expected 'qid<TAB>text'"):
        _perturbed(tmp_path, tmp_path / "out")
    bad.write_text("")
    with pytest.raises(InputError, match="holds no topic"):
        _perturbed(tmp_path, tmp_path / "out")
    with pytest.raises(UsageError, match="has topics in fr"):
        topics_files(tmp_path, ("fr", "ja"))
    with pytest.raises(InputError, match=r"holds no topics\.LANG\.tsv"):
        topics_files(_empty(tmp_path), None)
    (tmp_path / "mine.tsv").write_text("1\tOù ?\n")
    with pytest.raises(UsageError, match="name it with --language"):
        topics_files(tmp_path / "mine.tsv", None)
    assert topics_files(tmp_path / "mine.tsv", None, "fra")[0].code == "fr"
    (tmp_path / "topics.xx.tsv").write_text("1\tOù ?\n")
    with pytest.raises(InputError, match="unknown language code 'xx'"):
        topics_files(tmp_path, None)


def _empty(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def test_paraphrases_from_a_file_are_judged_and_invalid_ones_do_not_stand_for_the_query(
    e5: Path, tmp_path: Path
) -> None:
    (tmp_path / "topics.en.tsv").write_text(
        f"1\t{ENGLISH}\n2\tWho wrote the novel Ulysses?\n3\tWhere is Lake Baikal?\n4\tWhat is a quark?\n"
    )
    lines = [
        "1\tWhich bird lays the largest eggs?",
        f"1\t{REWORDED}",
        "2\ten\tWhich mushrooms are poisonous?",
        "3\tde\tWo liegt der Baikalsee?",
    ]
    (tmp_path / "v.tsv").write_text("\n".join(lines) + "\n")
    maker = FileMaker.read(tmp_path / "v.tsv", 2)
    settings = PerturbSettings(kind=OperationKind.PARAPHRASE, variants=2, min_similarity=0.9)
    counts = perturb(topics_files(tmp_path, None), tmp_path / "out", settings, maker, Encoder(e5)).counts["en"]
    assert [topic.text for topic in read_topics(tmp_path / "out" / "topics.en.tsv")] == [
        REWORDED,
        "Who wrote the novel Ulysses?",
        "Where is Lake Baikal?",
        "What is a quark?",
    ]
    assert counts["verdicts"] == {"changed": 2, "kept": 1}
    assert counts["kept meaning"] == pytest.approx(1 / 3, abs=1e-3)
    assert counts["untouched"] == {"no other wording": 2}
    assert counts["first variant not valid, a later one taken"] == 1
    assert counts["no valid variant, text left as it was"] == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("v.tsv", "1\n", "found 1 columns"),
        ("v.tsv", "1\txx\ttext\n", "unknown language code 'xx'"),
        ("v.tsv", "1\t\n", "id or text is empty"),
        ("v.tsv", "", "holds no variation"),
        ("v.jsonl", '{"qid": "1"}\n', 'expected {"qid"'),
        ("v.jsonl", '{"qid": "1", "text": 3}\n', 'expected {"qid"'),
    ],
)
def test_bad_variations_are_named_by_file_and_line(name: str, content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        FileMaker.read(tmp_path / name, 1)
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_a_server_paraphrases_and_translates_there_and_back(tmp_path: Path) -> None:
    (tmp_path / "topics.en.tsv").write_text(f"1\t{ENGLISH}\n2\tWho wrote the novel Ulysses?\n")
    asked = ["perturb", "--topics", str(tmp_path), "--kind", "paraphrase", "--encoder", "none"]
    with translating() as address:
        for output, flags in (("said", []), ("back", ["--pivot", "de"])):
            assert main([*asked, "--generator", address, *flags, "--output", str(tmp_path / output)]) == 0
    said, back = (_variants(tmp_path / output) for output in ("said", "back"))
    assert [(variant["qid"], variant["text"], variant["operation"]) for variant in said] == [
        ("1", REWORDED, "generated")
    ]
    assert [(variant["qid"], variant["text"], variant["operation"]) for variant in back] == [
        ("1", REWORDED, "round-trip")
    ]
    assert "en-de-en" in back[0]["source"]
    assert {variant["verdict"] for variant in said} == {"unchecked"}


def test_a_translator_goes_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a model of random weights writes is no question; that it is asked both ways is what counts."""
    (tmp_path / "topics.en.tsv").write_text(f"1\t{ENGLISH}\n")
    folder = write_nllb(tmp_path / "nllb")
    asked = ["perturb", "--topics", str(tmp_path), "--kind", "paraphrase", "--encoder", "none", "--generator"]
    assert main([*asked, str(folder), "--pivot", "de", "--output", str(tmp_path / "back")]) == 0
    assert main([*asked, str(folder), "--output", str(tmp_path / "said")]) == 2
    assert "writes translation, and no questions" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--kind", "paraphrase"], "needs --variations FILE, or a --generator"),
        (["--kind", "order", "--variations", "x"], "--variations goes with --kind paraphrase"),
        (["--kind", "order", "--operations", "swap"], "--kind order has exchange, shuffle"),
        (
            ["--kind", "order", "--operations", "turn"],
            "'turn' is not a valid Operation; --kind order has exchange, shuffle",
        ),
        (["--kind", "order", "--edits", "2"], "--edits and --words go with --kind misspelling"),
        (["--kind", "misspelling", "--variants", "0"], "--variants is 0"),
        (["--kind", "misspelling", "--probability", "2"], "--probability is 2.0"),
        (["--kind", "order", "--min-similarity", "80"], "--min-similarity is 80.0; it is a cosine"),
        (["--kind", "misspelling", "--language", "fr"], "choose among a folder's with --languages"),
        (["--kind", "misspelling", "--languages", "xx"], "unknown language code 'xx'"),
    ],
)
def test_flags_that_do_not_go_together(
    flags: list[str], said: str, topics: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["perturb", "--topics", str(topics), "--output", str(tmp_path / "out"), *flags]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_each_language_got(
    topics: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = [
        "perturb",
        "--topics",
        str(topics),
        "--output",
        str(tmp_path / "out"),
        "--kind",
        "misspelling",
        "--languages",
        "fr,th",
    ]
    assert main(call) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].split(maxsplit=6) == [
        "fr",
        "7",
        "4",
        "57.1%",
        "4",
        "by",
        "construction  no letters 2, only short words 1",
    ]
    assert main(call) == 0
    assert "was there already, the very same" in capsys.readouterr().out


def test_orders_keep_words_and_judged_kinds_carry_scores(topics: Path, e5: Path, tmp_path: Path) -> None:
    settings = PerturbSettings(kind=OperationKind.ORDER, operations=(Operation.SHUFFLE,))
    perturb(topics_files(topics, ("fr", "vi")), tmp_path / "out", settings, encoder=Encoder(e5))
    for variant in _variants(tmp_path / "out"):
        assert sorted(variant["text"].replace("?", "").split()) == sorted(variant["original"].replace("?", "").split())
        assert 0 < variant["similarity"] < 1
        assert variant["verdict"] == ("kept" if variant["similarity"] >= 0.92 else "changed")
