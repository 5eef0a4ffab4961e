"""Misspellings and paraphrase checks, measured: how many real questions get a misspelling that its writer could have
typed, how fast, what it costs.

Questions: XQuAD, AfriQA (native ones) and XOR-Retrieve. A misspelling counts where the text changed, no letter of a
script came in that the question did not have, every mark stands on its letter, and syllables that were whole still are.
``--multypo DIR`` names a folder that ``pip install --no-deps --target DIR multypo`` filled; without it that column
stays empty.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from common import data_dir, flags, head, say, table, work_folder
from misspell import Misspeller as Prototype
from xquad_data import LANGUAGES as XQUAD
from xquad_data import Topics, prepare_data, read_language

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.languages import LANGUAGES, language
from pyserini_xqg.perturb.edits.layouts import layout_for
from pyserini_xqg.perturb.edits.letters import is_whole
from pyserini_xqg.perturb.edits.misspell import Misspeller, TypoSettings
from pyserini_xqg.perturb.edits.words import words_of
from pyserini_xqg.perturb.scripts.abugida import ABUGIDAS, is_syllabic
from pyserini_xqg.perturb.scripts.scripts import script_of, scripts_of
from pyserini_xqg.perturb.settings import MIN_SIMILARITY, MIN_SIMILARITY_OF_FILES

_SEED = 20230
"""That of ``xquad.py``, so that the prototype misspells as it does there."""
_LONE_JAMO = range(0x3131, 0x3164)
_SPEED_ROUNDS = 3

type Speller = Callable[[str], str | None]


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument("--multypo", type=Path, metavar="DIR", help="where multypo is installed")
    args = parser.parse_args()
    head("Misspellings and paraphrases", args)
    multypo = _import_multypo(args.multypo)
    questions = _questions(40 if args.quick else None)
    _print_coverage(questions, multypo)
    encoder = Encoder(resolve_encoder("e5-small"), Precision.AUTO)
    with work_folder(args) as work:
        _print_cost(prepare_data(work), encoder, multypo, args)
    _print_separation(encoder, 40 if args.quick else None)


def _import_multypo(place: Path | None) -> ModuleType | None:
    if place is None:
        return None
    sys.path.append(str(place))
    import multypo

    return multypo


def _questions(most: int | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in ("en", *XQUAD):
        found[code] = [question for _, question in _xquad(code)]
    for code, pairs in _afriqa().items():
        found[code] = [native for native, _, _ in pairs]
    for line in (
        (data_dir() / "xor_retrieve" / "xor_dev_retrieve_eng_span_v1_1.jsonl").read_text(encoding="utf-8").splitlines()
    ):
        record = json.loads(line)
        found.setdefault(record["lang"], []).append(record["question"])
    return {code: texts[:most] for code, texts in sorted(found.items())}


def _xquad(code: str) -> list[tuple[int, str]]:
    """Each question with its paragraph's number."""
    articles = json.loads((data_dir() / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    return [(number, ask["question"]) for number, paragraph in enumerate(paragraphs) for ask in paragraph["qas"]]


def _afriqa() -> dict[str, list[tuple[str, str, str]]]:
    """Native question, its human translation, and its passage, by language."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted((data_dir() / "afriqa").glob("*.json")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            texts = (record["question_lang"], record["question_translated"], record["context"] or "")
            if all(isinstance(text, str) for text in texts) and texts[0].strip() and texts[1].strip():
                found.setdefault(language(path.name.split(".")[2]).code, []).append(texts)
    return found


# Coverage


def _print_coverage(questions: dict[str, list[str]], multypo: ModuleType | None) -> None:
    names = {mine["code"]: mine["name"] for mine in multypo.get_supported_languages()} if multypo else {}
    rows = []
    for code, texts in questions.items():
        say(f"misspelling {code}")
        ours = Misspeller(code)
        spellers: list[Speller | None] = [
            _ours(ours),
            _theirs(multypo, names[code]) if multypo and code in names else None,
        ]
        shares = [_share(speller, texts) if speller else "none" for speller in spellers]
        rows.append([code, f"{len(texts):,}", *shares, f"{_rate(ours, texts):,.0f}", _lost(ours, texts)])
    print("### Questions that got a misspelling that is whole and in its own script, %\n")
    print(table(["", "questions", "ours", "multypo", "ours, misspellings/s", "why the others stay"], rows))
    keyboards = [code for code in LANGUAGES if any(layout_for(code, script) for script in scripts_of(code))]
    there = len(set(names) & set(LANGUAGES))
    print(
        f"Keyboards: ours for {len(keyboards)} of the project's {len(LANGUAGES)} languages, multypo's for "
        f"{there if multypo else '?'}.\n",
        flush=True,
    )


def _ours(misspeller: Misspeller) -> Speller:
    def spell(text: str) -> str | None:
        made = misspeller.misspell(text, random.Random(f"{_SEED}{text}"))
        return made.text if made else None

    return spell


def _theirs(multypo: ModuleType, name: str) -> Speller:
    """One word in a text; multypo draws from the global state, which is all that can be seeded."""
    generator = multypo.MultiTypoGenerator(name)

    def spell(text: str) -> str | None:
        random.seed(f"{_SEED}{text}")
        return str(generator.insert_typos(text, typo_rate=1 / len(text.split(" "))))

    return spell


def _share(speller: Speller, texts: Sequence[str]) -> str:
    return f"{100 * np.mean([_is_faithful(text, speller(text)) for text in texts]):.1f}"


def _is_faithful(text: str, misspelled: str | None) -> bool:
    if misspelled is None or " ".join(misspelled.split()) == " ".join(text.split()) or not is_whole(misspelled):
        return False
    if not _scripts(misspelled) <= _scripts(text) or sum(ord(letter) in _LONE_JAMO for letter in misspelled) > sum(
        ord(letter) in _LONE_JAMO for letter in text
    ):
        return False
    return _broken_syllables(misspelled) <= _broken_syllables(text)


def _scripts(text: str) -> set[str]:
    return {script_of(letter) for letter in text if letter.isalpha()}


def _broken_syllables(text: str) -> int:
    return sum(word.script in ABUGIDAS and not is_syllabic(word.text, word.script) for word in words_of(text))


def _rate(misspeller: Misspeller, texts: Sequence[str]) -> float:
    best = 0.0
    for number in range(_SPEED_ROUNDS):
        rng, start = random.Random(number), time.perf_counter()
        for text in texts:
            misspeller.misspell(text, rng)
        best = max(best, len(texts) / (time.perf_counter() - start))
    return best


def _lost(misspeller: Misspeller, texts: Sequence[str]) -> str:
    reasons = [
        misspeller.reason(text) for text in texts if misspeller.misspell(text, random.Random(f"{_SEED}{text}")) is None
    ]
    return ", ".join(f"{reason} {reasons.count(reason)}" for reason in dict.fromkeys(reasons)) or "-"


# What misspellings cost


def _print_cost(data: Path, encoder: Encoder, multypo: ModuleType | None, args: argparse.Namespace) -> None:
    topics = {code: read_language(data, code) for code in XQUAD}
    if args.quick:
        topics = {code: Topics(mine.qids[:40], mine.texts[:40], mine.paragraphs[:40]) for code, mine in topics.items()}
    passages = list(read_passages(data / "corpus.jsonl"))
    say("encoding passages")
    vectors = encoder.encode([passage.contents for passage in passages], Side.PASSAGE)
    docids = [passage.docid for passage in passages]
    names = {mine["code"]: mine["name"] for mine in multypo.get_supported_languages()} if multypo else {}
    prototypes = {code: Prototype(mine.texts, _SEED) for code, mine in topics.items()}
    ways: dict[str, Callable[[str, str], str | None]] = {
        "clean": lambda code, text: text,
        "perturb: one edit of one word": lambda code, text: _ours(Misspeller(code))(text),
        "perturb: two edits of one word": lambda code, text: _ours(Misspeller(code, settings=TypoSettings(edits=2)))(
            text
        ),
        "perturb: one edit of two words": lambda code, text: _ours(Misspeller(code, settings=TypoSettings(words=2)))(
            text
        ),
        "prototype: one or two edits anywhere": lambda code, text: prototypes[code].misspell(text),
    }
    if multypo:
        ways["multypo: one typo"] = lambda code, text: _theirs(multypo, names[code])(text) if code in names else None
    rows = []
    for name, way in ways.items():
        say(f"searching: {name}")
        known = [code for code in XQUAD if not name.startswith("multypo") or code in names]
        scores = {
            code: _recall(
                encoder, [way(code, text) or text for text in topics[code].texts], topics[code], vectors, docids
            )
            for code in known
        }
        cells = [f"{scores[code]:.1f}" if code in scores else "" for code in XQUAD]
        rows.append(
            [
                name,
                *cells,
                f"**{np.mean(list(scores.values())):.1f}**"
                + ("" if len(known) == len(XQUAD) else f" ({len(known)} languages)"),
            ]
        )
    print(
        "### R@1 on XQuAD, English paragraphs, no augmentation "
        f"({encoder.arithmetic})\n\n{table(['', *XQUAD, 'macro'], rows)}",
        flush=True,
    )


def _recall(encoder: Encoder, texts: list[str], topics: Topics, passages: np.ndarray, docids: Sequence[str]) -> float:
    best = (encoder.encode(texts, Side.QUERY) @ passages.T).argmax(axis=1)
    return 100 * float(np.mean([docids[row] == wanted for row, wanted in zip(best, topics.paragraphs, strict=True)]))


# Whether a wording means the same


def _print_separation(encoder: Encoder, most: int | None) -> None:
    rows = []
    say("encoding XQuAD's questions")
    numbers = [number for number, _ in _xquad("en")][:most]
    vectors = {code: _unit(encoder, [text for _, text in _xquad(code)][:most]) for code in ("en", *XQUAD)}
    pairs = _others(numbers)
    for code in XQUAD:
        cross = (vectors["en"] * vectors[code]).sum(axis=1)
        rows.append(
            _separation(
                f"{code}, XQuAD",
                cross,
                _cosines(vectors["en"], vectors[code], pairs),
                _cosines(vectors[code], vectors[code], pairs),
            )
        )
    for code, mine in sorted(_afriqa().items()):
        say(f"encoding AfriQA {code}")
        native, translated = (_unit(encoder, [record[column] for record in mine][:most]) for column in (0, 1))
        pairs = [
            (one, other)
            for one, other in _others([record[2] for record in mine][:most])
            if mine[one][1].casefold() != mine[other][1].casefold()
        ]
        others = _cosines(native, translated, pairs)
        rows.append(
            _separation(f"{code}, AfriQA", (native * translated).sum(axis=1), others, _cosines(native, native, pairs))
        )
    header = [
        "",
        "AUC",
        f"translations ≥ {MIN_SIMILARITY_OF_FILES}",
        "others' translations",
        f"others, same language ≥ {MIN_SIMILARITY}",
        "pairs",
    ]
    print("### How well the check tells the same question from another one about the same passage, %\n")
    print(table(header, rows))


def _unit(encoder: Encoder, texts: list[str]) -> np.ndarray:
    vectors = encoder.encode(texts, Side.QUERY)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _others(places: Sequence[object]) -> list[tuple[int, int]]:
    """Pairs of different questions about the same passage."""
    by_place: dict[object, list[int]] = {}
    for number, place in enumerate(places):
        if place != "":
            by_place.setdefault(place, []).append(number)
    return [(one, other) for mine in by_place.values() for one in mine for other in mine if one != other]


def _cosines(one: np.ndarray, other: np.ndarray, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    rows = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return np.asarray((one[rows[:, 0]] * other[rows[:, 1]]).sum(axis=1))


def _separation(name: str, same: np.ndarray, others: np.ndarray, own: np.ndarray) -> list[str]:
    if not len(others):
        return [name, "", f"{100 * (same >= MIN_SIMILARITY_OF_FILES).mean():.1f}", "", "", "0"]
    wins = (same[:, None] > others).mean() + 0.5 * (same[:, None] == others).mean()
    shares = (
        (same >= MIN_SIMILARITY_OF_FILES).mean(),
        (others >= MIN_SIMILARITY_OF_FILES).mean(),
        (own >= MIN_SIMILARITY).mean(),
    )
    return [name, f"{wins:.3f}", *(f"{100 * share:.1f}" for share in shares), f"{len(others):,}"]


if __name__ == "__main__":
    main()
