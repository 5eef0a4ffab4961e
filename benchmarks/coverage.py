"""What fusion is worth where passages lack queries, have few, wrong ones, or none: by setting, by sample, by bank.

Sets: XQuAD (240 English paragraphs; queries: people's translations of the even-numbered questions, topics: the odd
ones), the embedded collection (66 passages, two queries a language), AfriQA (4,203 English passages; queries: what was
asked in train and dev; topics: test questions about passages that were asked nothing there), and, with --help-data,
LibreOffice's help (topics: the titles of test pages; queries: the dev pages' translated titles). Everything is fused by
the product and searched exactly. Intervals (95%) draw passages anew, with all the topics about them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from common import flags, head, say, stage, table, work_folder
from coverage_cuts import Kept, at_random, cut, everything, of_passages, only_first, sample
from coverage_scores import (
    SystemScores,
    home_interval,
    interval,
    language_interval,
    scored,
    scored_vectors,
    vectors_of,
)
from coverage_sets import (
    CoverageSet,
    encode,
    first,
    opened,
    prepare_afriqa,
    prepare_help,
    reciprocal,
    reciprocal_at_10,
)
from xquad_data import LANGUAGES, prepare_data

from pyserini_xqg.encode.bank import bank_means
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.arithmetic import normalized
from pyserini_xqg.fusion.expected.bank import BankKind, BankMeans
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.input.bank import EMBEDDED, read_bank
from pyserini_xqg.languages import LANGUAGES as ALL_LANGUAGES
from pyserini_xqg.store.dealing import passage_folds
from pyserini_xqg.store.fused_store import Allowed, FusedStore, complete
from pyserini_xqg.store.prior import NO_SOURCES, PriorSources
from pyserini_xqg.store.vector_store import VectorStore

PLAIN = Recipe(alpha=0.0)
BEFORE = {
    "mean, α .3, κ 0": Recipe("mean", alpha=0.3, kappa=0.0),
    "views, α .3, κ 0": Recipe("views", alpha=0.3, kappa=0.0),
}
NOW = {"mean": Recipe("mean"), "views": Recipe("views")}
WITHOUT = PriorSources(predict=False)
AFRICAN = ("bem", "ha", "ig", "rw", "sw", "tw")


@dataclass(frozen=True, slots=True)
class Bench:
    """What every table needs."""

    work: Path
    encoder: Encoder
    sets: dict[str, CoverageSet]

    def cut(self, where: CoverageSet, name: str, kept: Kept, *, swapped: bool = False) -> VectorStore:
        """A store with these queries, made anew."""
        place = self.work / "cuts" / f"{where.name}-{name}"
        shutil.rmtree(place, ignore_errors=True)
        return cut(where, place, kept, swapped=swapped)

    def embedded(self, languages: Sequence[str]) -> PriorSources:
        """The embedded bank."""
        bank = read_bank(EMBEDDED).choose(tuple(languages))
        return PriorSources(
            bank_means(bank, self.encoder.config.fingerprint, self.encoder.precision, lambda: self.encoder)
        )


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument("--help-data", type=Path, metavar="DIR", help="what `dataset libreoffice-help` has made")
    parser.add_argument("--only", nargs="+", metavar="TABLE", choices=list(TABLES), help="these tables alone")
    args = parser.parse_args()
    head("Queries for some passages, for none, and wrong ones", args)
    with work_folder(args) as work:
        encoder = Encoder(resolve_encoder("e5-small"), Precision.AUTO)
        bench = Bench(work, encoder, _sets(work, encoder, args.help_data))
        for name, made in TABLES.items():
            if args.only is None or name in args.only:
                say(name)
                made(bench)


def _sets(work: Path, encoder: Encoder, help_data: Path | None) -> dict[str, CoverageSet]:
    xquad, demo, afriqa = prepare_data(work), work / "demo", prepare_afriqa(work)
    if not (demo / "corpus.jsonl").is_file():
        stage("demo", "--collection-only", "--output", demo)
    folders = {"XQuAD": xquad, "embedded": demo, "AfriQA": afriqa}
    if help_data is not None:
        folders["help"] = prepare_help(work, help_data)
    for name, folder in folders.items():
        encode(folder, work / f"{name}.ranks")
    embedded = VectorStore(work / "embedded.ranks").meta.languages
    r1, mrr, mrr10 = ("R@1", first), ("MRR", reciprocal), ("MRR@10", reciprocal_at_10)
    asked = {"XQuAD": LANGUAGES, "embedded": embedded, "AfriQA": AFRICAN}
    queries = {"XQuAD": LANGUAGES, "embedded": embedded, "AfriQA": tuple(code for code in AFRICAN if code != "sw")}
    measures = {"XQuAD": r1, "embedded": r1, "AfriQA": mrr, "help": mrr10}
    if help_data is not None:
        asked["help"] = tuple(sorted(path.name.split(".")[1] for path in folders["help"].glob("topics.*.tsv")))
        queries["help"] = asked["help"]
    return {
        name: opened(
            name,
            data=folder,
            store=work / f"{name}.ranks",
            encoder=encoder,
            asked=asked[name],
            home="en" if name == "XQuAD" else None,
            languages=queries[name],
            measure=measures[name],
        )
        for name, folder in folders.items()
    }


def fused(store: VectorStore, where: CoverageSet, recipe: Recipe, sources: PriorSources = NO_SOURCES) -> SystemScores:
    """Scores of a store by a recipe."""
    return scored(where, complete(store, recipe, allowed=Allowed(none=True), sources=sources))


def row(where: CoverageSet, name: str, system: SystemScores, base: SystemScores) -> list[str]:
    """A line of a table: macro, difference with its interval, the worst language, the passages' own language."""
    low, high = interval(where, system, base)
    worst = min(system.by_language, key=lambda code: system.by_language[code].mean() - base.by_language[code].mean())
    least = system.by_language[worst].mean() - base.by_language[worst].mean()
    bounds = language_interval(where, worst, system, base)
    cells = [name, f"**{system.macro:.1f}**", f"{system.macro - base.macro:+.1f} ({low:+.1f} to {high:+.1f})"]
    cells.append(f"{worst} {least:+.1f} ({bounds[0]:+.1f} to {bounds[1]:+.1f})")
    own = home_interval(where, system, base)
    if own is not None and system.home is not None and base.home is not None:
        cells.append(f"{system.home.mean() - base.home.mean():+.1f} ({own[0]:+.1f} to {own[1]:+.1f})")
    return cells


def header(where: CoverageSet) -> list[str]:
    """The columns of :func:`row`."""
    columns = [where.name, f"{where.measure[0]}, macro", "to no augmentation", "worst language"]
    return [*columns, *(["English questions"] if where.home is not None else [])]


def coverage(bench: Bench) -> None:
    """All, one a language, half of the passages, at random, wrong ones, none but a bank."""
    print("### By setting\n")
    for name in ("XQuAD", "embedded", "AfriQA"):
        where = bench.sets[name]
        half = of_passages(where, np.arange(len(where.passages)) % 2 == 0)
        tenth = sample(where, 0.1, 0)
        settings: dict[str, tuple[Kept, bool]] = {
            "all queries": (everything(where), False),
            "one a language": (only_first(where), False),
            "every second passage has none": (half, False),
            "none, a fifth or all, at random": (at_random(where), False),
            "two a language, one of them another passage's": (only_first(where), True),
            "a tenth of the passages have queries": (tenth, False),
        }
        plain = fused(where.store, where, PLAIN)
        rows = [row(where, "no augmentation", plain, plain)]
        for setting, (kept, swapped) in settings.items():
            store = bench.cut(where, setting.replace(" ", "-"), kept, swapped=swapped)
            for system, recipe in {**BEFORE, **NOW}.items():
                for how, sources in {"": NO_SOURCES, ", not predicted": WITHOUT}.items():
                    if recipe.kappa != 0 or not how:
                        label = f"{setting}: {system}{how}"
                        rows.append(row(where, label, fused(store, where, recipe, sources), plain))
            rows.append(row(where, f"{setting}: topics centred by their language", _centred(where, kept), plain))
        none = bench.cut(where, "none", {})
        for system, recipe in NOW.items():
            chosen = replace(recipe, languages=where_languages(where))
            bank = bench.embedded(where_languages(where))
            rows.append(row(where, f"no queries, embedded bank: {system}", fused(none, where, chosen, bank), plain))
        print(table(header(where), rows))


def where_languages(where: CoverageSet) -> tuple[str, ...]:
    """The languages that a set's topics are in."""
    return tuple(where.asked)


def _centred(where: CoverageSet, kept: Kept) -> SystemScores:
    """No augmentation; the mean query of a topic's language, which must be known, is taken off the topic."""
    shifted = {}
    for code, asked in where.asked.items():
        own = [where.ranks[code][rank][there] for rank, there in enumerate(kept[code])] if code in kept else []
        queries = np.concatenate(own).astype(np.float32) if own else np.zeros((0, where.passages.shape[1]), np.float32)
        vectors = asked.vectors - queries.mean(axis=0) if len(queries) else asked.vectors
        shifted[code] = replace(asked, vectors=normalized(vectors.copy()))
    return scored_vectors(replace(where, asked=shifted), normalized(where.passages.copy()))


def samples(bench: Bench) -> None:
    """Queries for a share of the passages, the rest predicted."""
    print("### Queries for a sample of the passages\n\nMean of three draws.\n")
    for name in (each for each in ("XQuAD", "AfriQA", "help") if each in bench.sets):
        where = bench.sets[name]
        plain = fused(where.store, where, PLAIN)
        rows = []
        for share in (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0):
            cells = [f"{100 * share:g}%"]
            for recipe in NOW.values():
                for sources in (WITHOUT, NO_SOURCES):
                    found = []
                    for seed in range(3 if share < 1 else 1):
                        store = bench.cut(where, f"sample-{share}-{seed}", sample(where, share, seed))
                        found.append(fused(store, where, recipe, sources).macro - plain.macro)
                    cells.append(f"{np.mean(found):+.1f}")
            rows.append(cells)
        columns = ["mean, not predicted", "mean", "views, not predicted", "views"]
        print(table([f"{name}: of those with queries ({where.measure[0]} {plain.macro:.1f} without)", *columns], rows))


def surface(bench: Bench) -> None:
    """Alpha and kappa of each set, chosen on the others."""
    print("### α and κ, chosen on one set and reported on another\n")
    alphas, kappas = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7), (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    for fusion in NOW:
        gains: dict[str, np.ndarray] = {}
        for name in ("XQuAD", "embedded", "AfriQA"):
            where = bench.sets[name]
            plain = fused(where.store, where, PLAIN)
            store = bench.cut(where, "surface", everything(where))
            gains[name] = np.array(
                [
                    [
                        fused(store, where, Recipe(fusion, alpha=alpha, kappa=kappa)).macro - plain.macro
                        for kappa in kappas
                    ]
                    for alpha in alphas
                ]
            )
            rows = [
                [f"α {alpha:g}", *(f"{gain:+.1f}" for gain in own)]
                for alpha, own in zip(alphas, gains[name], strict=True)
            ]
            print(table([f"{name}, {fusion}", *(f"κ {kappa:g}" for kappa in kappas)], rows))
        rows = []
        for name, own in gains.items():
            others = sum(other for each, other in gains.items() if each != name)
            chosen = np.unravel_index(int(np.argmax(others)), own.shape)
            best = np.unravel_index(int(np.argmax(own)), own.shape)
            usual = own[alphas.index(Recipe(fusion).alpha), kappas.index(8.0)]
            rows.append(
                [
                    name,
                    f"α {alphas[chosen[0]]:g} κ {kappas[chosen[1]]:g}: {own[chosen]:+.1f}",
                    f"α {alphas[best[0]]:g} κ {kappas[best[1]]:g}: {own[best]:+.1f}",
                    f"{usual:+.1f}",
                ]
            )
        print(table([f"{fusion}: gain on", "chosen on the other two", "its own best", "the default"], rows))


def parts(bench: Bench) -> None:
    """How much is the language's direction, how much the question's, how much the passage's own."""
    print("### What the gain is made of\n\nViews, α .5; each row adds one thing a language to the passage.\n")
    for name in ("XQuAD", "embedded", "AfriQA"):
        where = bench.sets[name]
        languages = where_languages(where)
        plain = fused(where.store, where, PLAIN)
        store = bench.cut(where, "parts", everything(where))
        none = bench.cut(where, "none", {})
        text = _text_bank(bench, languages)
        own_bank = _own_bank(where, bench.encoder)
        wide = Recipe("views", languages=languages)
        chosen = Recipe("views", languages=tuple(own_bank.means))
        rows = [row(where, "no augmentation", plain, plain)]
        given = PriorSources(own_bank, predict=False)
        rows.append(
            row(where, "the set's own mean question a language (bank)", fused(none, where, chosen, given), plain)
        )
        far = replace(bench.embedded(languages), predict=False)
        rows.append(row(where, "the embedded bank's mean question", fused(none, where, wide, far), plain))
        covered = replace(wide, languages=tuple(text.means))
        label = f"the same questions, encoded as text ({', '.join(covered.languages)})"
        rows.append(row(where, label, fused(none, where, covered, PriorSources(text, predict=False)), plain))
        predicted = complete(store, replace(chosen, kappa=1e9), allowed=Allowed(none=True))
        label = "the question predicted from the passage, by a map that its own questions had no part in"
        if predicted.without_fold:
            rows.append(row(where, label, _each_without_its_fold(where, predicted), plain))
        swapped = bench.cut(
            where, "others", {code: np.zeros_like(own) for code, own in everything(where).items()}, swapped=True
        )
        bare = Recipe("views", alpha=0.3, kappa=0.0)
        rows.append(row(where, "another passage's question, α .3, κ 0", fused(swapped, where, bare), plain))
        rows.append(row(where, "another passage's question", fused(swapped, where, chosen, WITHOUT), plain))
        rows.append(row(where, "its own questions", fused(store, where, chosen, WITHOUT), plain))
        rows.append(row(where, "its own questions and the predicted one", fused(store, where, chosen), plain))
        print(table(header(where), rows))


def _each_without_its_fold(where: CoverageSet, predicted: FusedStore) -> SystemScores:
    """Scores where each passage's questions are predicted by the slope of the other folds."""
    folds = passage_folds(predicted.store)
    vectors, starts = vectors_of(predicted)
    fold_of = np.repeat(folds, np.diff([*starts, len(vectors)]))
    for fold, prior in enumerate(predicted.without_fold):
        others, _ = vectors_of(replace(predicted, prior=prior))
        vectors[fold_of == fold] = others[fold_of == fold]
    return scored_vectors(where, vectors, starts)


def _own_bank(where: CoverageSet, encoder: Encoder) -> BankMeans:
    means, numbers = {}, {}
    for code in where.languages:
        own = np.concatenate([where.ranks[code][rank][there] for rank, there in enumerate(where.has(code))])
        means[code], numbers[code] = own.astype(np.float32).mean(axis=0), len(own)
    return BankMeans(where.name, BankKind.QUESTIONS, "", encoder.config.fingerprint, means, numbers)


def _text_bank(bench: Bench, languages: Sequence[str]) -> BankMeans:
    texts = replace(read_bank(EMBEDDED).choose(tuple(languages)), kind=BankKind.TEXT)
    return bank_means(texts, bench.encoder.config.fingerprint, bench.encoder.precision, lambda: bench.encoder)


def banks(bench: Bench) -> None:
    """How many questions a bank needs, and from how far away."""
    print("### Banks: how many questions, and from where\n\nNo passage has queries; mean of three draws.\n")
    random = np.random.default_rng(0)
    for name in ("XQuAD", "AfriQA"):
        where = bench.sets[name]
        plain, none = fused(where.store, where, PLAIN), bench.cut(where, "none", {})
        rows = []
        for number in (5, 20, 60, 200, 680, 2000):
            gains: dict[str, list[float]] = {fusion: [] for fusion in NOW}
            drawn_numbers: set[int] = set()
            for _ in range(3):
                drawn = _drawn(where, bench.encoder, number, random)
                drawn_numbers |= set(drawn.numbers.values())
                for fusion, recipe in NOW.items():
                    chosen = replace(recipe, languages=where.languages)
                    gains[fusion].append(fused(none, where, chosen, PriorSources(drawn)).macro - plain.macro)
            if max(drawn_numbers) == number:
                rows.append([str(number), *(f"{np.mean(found):+.1f}" for found in gains.values())])
        print(table([f"{name}: questions a language, its own", *NOW], rows))
    rows = []
    for name in (each for each in ("XQuAD", "embedded", "AfriQA", "help") if each in bench.sets):
        where = bench.sets[name]
        plain, none = fused(where.store, where, PLAIN), bench.cut(where, "none", {})
        sources = {each: _own_bank(other, bench.encoder) for each, other in bench.sets.items()}
        sources["the embedded bank"] = bench.embedded(where_languages(where)).bank
        for each, bank in sources.items():
            assert bank is not None
            cells = [f"{name} ({plain.macro:.1f}), bank of {each}: {len(bank.means)} languages"]
            for recipe in NOW.values():
                gain = (
                    fused(none, where, replace(recipe, languages=tuple(bank.means)), PriorSources(bank)).macro
                    - plain.macro
                )
                cells.append(f"{gain:+.1f}")
            rows.append(cells)
    print(table(["", *NOW], rows))


def _drawn(where: CoverageSet, encoder: Encoder, number: int, random: np.random.Generator) -> BankMeans:
    means, numbers = {}, {}
    for code in where.languages:
        own = np.concatenate([where.ranks[code][rank][there] for rank, there in enumerate(where.has(code))])
        chosen = random.permutation(len(own))[:number]
        means[code], numbers[code] = own[chosen].astype(np.float32).mean(axis=0), len(chosen)
    return BankMeans(where.name, BankKind.QUESTIONS, "", encoder.config.fingerprint, means, numbers)


def languages(bench: Bench) -> None:
    """How many languages may share one vector."""
    print("### How many languages may share one vector\n\nThe embedded bank alone; no passage has queries.\n")
    everyone = tuple(ALL_LANGUAGES)
    for name in ("XQuAD", "embedded", "AfriQA"):
        where = bench.sets[name]
        plain, none = fused(where.store, where, PLAIN), bench.cut(where, "none", {})
        asked = where_languages(where)
        others = tuple(code for code in everyone if code not in asked and code != "en")
        rows = []
        for number in (1, 5, 11, 45):
            among: list[float] = []
            outside: list[float] = []
            for code in asked:
                rest = tuple(each for each in (*asked, *others) if each != code)
                chosen = (code, *rest[: number - 1])
                among.append(_gain_of(bench, where, none, code, chosen, plain))
                outside.append(_gain_of(bench, where, none, code, rest[: min(number, len(rest))], plain))
            rows.append([str(number), f"{np.mean(among):+.1f}", f"{np.mean(outside):+.1f}"])
        for recipe in (replace(NOW["views"], languages=asked), replace(NOW["views"], languages=everyone)):
            gain = fused(none, where, recipe, bench.embedded(recipe.languages)).macro - plain.macro
            rows.append([f"views, {len(recipe.languages) + 1} vectors", f"{gain:+.1f}", ""])
        print(table([f"{name}: languages in one vector", "one of them asks", "another one asks"], rows))


def _gain_of(
    bench: Bench, where: CoverageSet, none: VectorStore, code: str, chosen: tuple[str, ...], plain: SystemScores
) -> float:
    recipe = replace(NOW["mean"], languages=chosen)
    found = fused(none, where, recipe, bench.embedded(chosen))
    return float(found.by_language[code].mean() - plain.by_language[code].mean())


def domains(bench: Bench) -> None:
    """The predictor of each set on each other set."""
    print("### Predictors across domains\n\nNo passage of the asked set has queries; its own bank, views.\n")
    rows = []
    for name in (each for each in ("XQuAD", "AfriQA", "help") if each in bench.sets):
        where = bench.sets[name]
        plain, none = fused(where.store, where, PLAIN), bench.cut(where, "none", {})
        bank = _own_bank(where, bench.encoder)
        chosen = Recipe("views", languages=tuple(bank.means))
        cells = [
            f"{name} ({plain.macro:.1f})",
            f"{fused(none, where, chosen, PriorSources(bank)).macro - plain.macro:+.1f}",
        ]
        for each in ("XQuAD", "embedded", "AfriQA", "help"):
            if each not in bench.sets:
                continue
            other = bench.sets[each]
            learned = complete(bench.cut(other, "domain", everything(other)), Recipe("views"))
            slope = learned.prior.slope if learned.prior is not None else None
            if slope is None:
                cells.append("none")
                continue
            given = PriorSources(bank, slope, each)
            cells.append(f"{fused(none, where, chosen, given).macro - plain.macro:+.1f}")
        rows.append(cells)
    names = [each for each in ("XQuAD", "embedded", "AfriQA", "help") if each in bench.sets]
    print(table(["asked", "bank alone", *(f"predictor of {each}" for each in names)], rows))


def thousands(bench: Bench) -> None:
    """LibreOffice's help."""
    if "help" not in bench.sets:
        return
    where = bench.sets["help"]
    print(f"### LibreOffice's help: {len(where.passages):,} pages, {len(where.asked)} languages\n")
    plain = fused(where.store, where, PLAIN)
    none = bench.cut(where, "none", {})
    bank = bench.embedded(where_languages(where))
    rows = [row(where, "no augmentation", plain, plain)]
    english = {"en": where.has("en")}
    pairs = {"all": 1.0}
    total = sum(int(own.any(axis=0).sum()) for own in everything(where).values())
    pairs |= {f"{number:,}": number / total for number in (3000, 1000, 300)}
    for system, recipe in NOW.items():
        chosen = replace(recipe, languages=where.languages)
        rows.append(row(where, f"embedded bank: {system}", fused(none, where, chosen, bank), plain))
        titles = bench.cut(where, "titles", english)
        rows.append(
            row(
                where,
                f"embedded bank, predictor of English titles: {system}",
                fused(titles, where, chosen, bank),
                plain,
            )
        )
        for name, share in pairs.items():
            store = bench.cut(where, f"pairs-{name}", sample(where, share, 0))
            rows.append(row(where, f"{name} pairs of the dev half: {system}", fused(store, where, recipe), plain))
    print(table(header(where), rows))
    print(f"({total:,} pairs in all.)\n")


TABLES: dict[str, Callable[[Bench], None]] = {
    "coverage": coverage,
    "samples": samples,
    "surface": surface,
    "parts": parts,
    "banks": banks,
    "languages": languages,
    "domains": domains,
    "thousands": thousands,
}

if __name__ == "__main__":
    main()
