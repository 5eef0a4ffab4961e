"""What questions, translations and glosses of a passage bring: to BM25, to vectors, and to both together.

XQuAD's 240 English paragraphs; people's even-numbered questions and people's translations of the paragraphs, glosses
out of the dictionaries that are installed (Debian's packages dict-freedict-eng-ara and the like, see `doctor`); asked
are the odd-numbered questions. Weights are chosen on the articles of even number, and everything is reported on the
others. Intervals (95%) draw passages anew, with all the questions about them. Vectors are e5-small's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from common import flags, head, say, table, work_folder
from coverage_scores import drawn_interval
from coverage_sets import first, reciprocal_at_10
from kinds_world import World, dense_scores, prepare, ranks, sparse_index, sparse_scores

from pyserini_xqg.encode.bank import bank_means
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.input.bank import EMBEDDED, read_bank
from pyserini_xqg.store.fused_store import Allowed, complete
from pyserini_xqg.store.prior import PriorSources

type Scores = Mapping[str, np.ndarray]
"""Language -> of every passage for every topic."""

_ALPHAS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_WEIGHTS = [round(0.05 * step, 2) for step in range(21)]
"""BM25's beside vectors, that are tried."""


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument(
        "--dictionary", type=Path, nargs="+", default=[], metavar="FILE", help="dictionaries instead of those installed"
    )
    parser.add_argument("--only", nargs="+", choices=list(TABLES), metavar="TABLE", help="these tables alone")
    args = parser.parse_args()
    head("Questions, translations and glosses", args)
    with work_folder(args) as work:
        encoder = Encoder(resolve_encoder("e5-small"), Precision.AUTO)
        world = prepare(work, encoder, args.dictionary)
        bench = Bench(world, sparse_index(world, work), _bank(encoder, world.glossed))
        print(f"Languages: {', '.join(world.glossed)}.\n")
        for name, made in TABLES.items():
            if args.only is None or name in args.only:
                made(bench)


def _bank(encoder: Encoder, languages: Sequence[str]) -> PriorSources:
    bank = read_bank(EMBEDDED).choose(tuple(languages))
    return PriorSources(bank_means(bank, encoder.config.fingerprint, encoder.precision, lambda: encoder), predict=False)


class Bench:
    """The tables.

    :param index: BM25's.
    """

    def __init__(self, world: World, index: Path, bank: PriorSources) -> None:
        self.world, self.index, self.bank = world, index, bank
        self.languages = world.glossed

    def sparse(self) -> None:
        """BM25, a field a language and kind."""
        print("### BM25, MRR@10\n")
        kinds = {
            "the English text alone": (),
            "and glosses": ("_gloss",),
            "and people's questions": ("",),
            "and both": ("", "_gloss"),
            "and people's translations": ("_translation",),
        }
        rows, plain = [], self._bm25(())
        for name, fields in kinds.items():
            rows.append(self._row(name, self._bm25(fields), plain, reciprocal_at_10))
        print(table(["", "macro", "to the text alone", *self.languages], rows))

    def dense(self) -> None:
        """Vectors: one a passage, and views."""
        print("### Vectors, R@1\n")
        plain = self._dense(Recipe(alpha=0.0), self.bank)
        rows = [self._row("no augmentation", plain, plain, first, english=True)]
        for fusion in ("mean", "views"):
            for name, weights, alpha in (
                ("the embedded bank", "gloss=0,translation=0", None),
                ("bank and glosses", "translation=0", None),
                ("people's translations and bank", "gloss=0", None),
            ):
                recipe = self._recipe(fusion, weights, alpha)
                system = self._dense(recipe, self.bank, questions=False)
                rows.append(self._row(f"{fusion}: {name}", system, plain, first, english=True))
            for name, weights in (
                ("people's questions", "gloss=0,translation=0"),
                ("people's questions and glosses", "translation=0"),
            ):
                system = self._dense(self._recipe(fusion, weights, None), self.bank)
                rows.append(self._row(f"{fusion}: {name}", system, plain, first, english=True))
        translations = self._dense(self._recipe("views", "questions=0,gloss=0", 1.0), self.bank)
        rows.append(self._row("views: people's translations alone (α 1)", translations, plain, first, english=True))
        print(table(["", "macro", "to no augmentation", *self.languages, "English"], rows))

    def weights(self) -> None:
        """Alpha and weights, chosen on the even articles."""
        print("### Weights, R@1 on the articles of even number\n\nNo questions but the embedded bank's.\n")
        plain = self._dense(Recipe(alpha=0.0), self.bank)
        chosen = [self._row("no augmentation", plain, plain, first, english=True)]
        for fusion in ("mean", "views"):
            for kind, other, weights in (
                ("gloss", "translation", (0.0, 0.2, 0.4, 0.8, 1.2, 2.0)),
                ("translation", "gloss", (0.5, 1.0, 1.5, 3.0, 6.0)),
            ):
                rows, found = [], {}
                for alpha in _ALPHAS:
                    for weight in weights:
                        recipe = self._recipe(fusion, f"{kind}={weight},{other}=0", alpha)
                        found[alpha, weight] = self._dense(recipe, self.bank, questions=False)
                    cells = (self._macro_on_even(found[alpha, weight]) for weight in weights)
                    rows.append([f"α {alpha}", *(f"{score:.1f}" for score in cells)])
                print(table([f"{fusion}: {kind}'s weight", *map(str, weights)], rows))
                best = max(found, key=lambda each: self._macro_on_even(found[each]))
                name = f"{fusion}: {kind} {best[1]}, α {best[0]}"
                chosen.append(self._row(name, found[best], plain, first, english=True))
            for number in (1, 2, 4):
                recipe = replace(self._recipe(fusion, "translation=0", None), queries_per_language=number)
                one = self._dense(recipe, self.bank, questions=False)
                name = f"{fusion}: the usual weights, the first {number} of 4 readings"
                chosen.append(self._row(name, one, plain, first, english=True))
        print(table(["reported on the odd ones", "macro", "to no augmentation", *self.languages, "English"], chosen))

    def _macro_on_even(self, scores: Scores) -> float:
        return float(np.mean([self._of(scores[code], code) for code in self.languages]))

    def hybrid(self) -> None:
        """Both, standardised question by question; BM25's weight is chosen on the even articles."""
        print("### Both together, R@1\n")
        plain = self._dense(Recipe(alpha=0.0), self.bank)
        rows = [self._row("vectors, no augmentation", plain, plain, first)]
        for fusion in ("mean", "views"):
            dense = self._dense(self._recipe(fusion, "translation=0", None), self.bank, questions=False)
            sparse = self._bm25(("_gloss",))
            rows.append(self._row(f"{fusion}, bank and glosses", dense, plain, first))
            alike, own = self._weights(dense, sparse)
            for name, chosen in (
                (f"one weight, {alike:.2f}", dict.fromkeys(self.languages, alike)),
                (f"a weight a language ({', '.join(f'{code} {own[code]:.2f}' for code in own)})", own),
            ):
                both = {code: mixed(dense[code], sparse[code], chosen[code]) for code in self.languages}
                rows.append(self._row(f"{fusion} + BM25 of glosses: {name}", both, plain, first))
        print(table(["", "macro", "to no augmentation", *self.languages], rows))

    def _of(self, scores: np.ndarray, code: str) -> float:
        """R@1 on the articles of even number."""
        asked = self.world.asked[code]
        return float(first(ranks(asked, scores))[~asked.odd].mean())

    def _weights(self, dense: Scores, sparse: Scores) -> tuple[float, dict[str, float]]:
        """BM25's weight that does best on the even articles: one for all languages, and one for each."""
        found = {
            code: [self._of(mixed(dense[code], sparse[code], weight), code) for weight in _WEIGHTS]
            for code in self.languages
        }
        alike = _WEIGHTS[int(np.argmax(np.mean(list(found.values()), axis=0)))]
        return alike, {code: _WEIGHTS[int(np.argmax(scores))] for code, scores in found.items()}

    def _row(
        self,
        name: str,
        system: Scores,
        base: Scores,
        measure: Callable[[np.ndarray], np.ndarray],
        *,
        english: bool = False,
    ) -> list[str]:
        """Macro on the articles of odd number, its difference with an interval, and each language's."""
        own = {code: self._measured(system, code, measure) for code in self.languages}
        differences = {code: own[code] - self._measured(base, code, measure) for code in self.languages}
        low, high = self._interval(differences)
        macro = float(np.mean([scores.mean() for scores in own.values()]))
        gain = float(np.mean([each.mean() for each in differences.values()]))
        cells = [name, f"**{macro:.1f}**", f"{gain:+.1f} ({low:+.1f} to {high:+.1f})"]
        for code in self.languages:
            low, high = self._interval({code: differences[code]})
            sure = "*" if low > 0 or high < 0 else ""
            cells.append(f"{own[code].mean():.1f}{sure}")
        return [*cells, *([f"{self._measured(system, 'en', measure).mean():.1f}"] if english else [])]

    def _measured(self, system: Scores, code: str, measure: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        asked = self.world.asked[code]
        return measure(ranks(asked, system[code]))[asked.odd]

    def _interval(self, differences: Mapping[str, np.ndarray]) -> tuple[float, float]:
        asked = self.world.asked
        return drawn_interval([(asked[code].gold[asked[code].odd], own) for code, own in differences.items()])

    def _recipe(self, fusion: str, weights: str, alpha: float | None) -> Recipe:
        from pyserini_xqg.fusion.weights import parse_weights

        usual = {} if alpha is None else {"alpha": alpha}
        return Recipe(fusion, languages=self.languages, weights=parse_weights(weights), **usual)

    def _dense(self, recipe: Recipe, sources: PriorSources, *, questions: bool = True) -> Scores:
        store = self.world.store if questions else self.world.bare
        return dense_scores(self.world, complete(store, recipe, allowed=Allowed(none=True), sources=sources))

    def _bm25(self, kinds: Sequence[str]) -> Scores:
        say(f"BM25 with {kinds}")
        return {
            code: sparse_scores(
                self.world, self.index, code, {"contents": 1.0, **{f"xqg_{code}{kind}": 1.0 for kind in kinds}}
            )
            for code in self.languages
        }


TABLES: dict[str, Callable[[Bench], None]] = {
    "sparse": Bench.sparse,
    "dense": Bench.dense,
    "weights": Bench.weights,
    "hybrid": Bench.hybrid,
}


def mixed(dense: np.ndarray, sparse: np.ndarray, weight: float) -> np.ndarray:
    """Both standardised a question, ``[topics, passages]``; lifted above 0, so that every passage counts as found."""
    together = standardised(dense) + weight * standardised(sparse)
    return together - together.min() + 1


def standardised(scores: np.ndarray) -> np.ndarray:
    """Each row with mean 0 and deviation 1; a row of one value is 0."""
    deviation = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1)


if __name__ == "__main__":
    main()
