"""What an inspection shows, in words."""

from __future__ import annotations

from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.text_kind import in_words
from pyserini_xqg.inspection.hits import ExplainedHit, Inspection, RankChange
from pyserini_xqg.languages import language
from pyserini_xqg.manifests.dense import Manifest


def described(manifest: Manifest) -> str:
    """An index in a few words: its kind and its recipe."""
    recipe = manifest.recipe
    kind = f"{manifest.kind} {manifest.factory}".strip()
    first = f", the first {recipe.queries_per_language} of each" if recipe.queries_per_language else ""
    normalised = "normalised" if recipe.normalize else "not normalised"
    texts = in_words(recipe.languages, " ") or "queries in no language"
    return f"{kind}, {recipe.fusion}, alpha {recipe.alpha:g}, {normalised}; {texts}{first}"


def asked(inspection: Inspection) -> str:
    """Which question it is, beside its text; empty where nothing is known."""
    question = inspection.question
    return ", ".join(
        filter(
            None,
            [language(question.language).name if question.language else "", question.qid and f"topic {question.qid}"],
        )
    )


def named(code: str) -> str:
    """A language in a sentence."""
    return f"{language(code).name} ({code})" if code else "all languages"


def plain_rank(standing: RankChange, inspection: Inspection) -> str:
    """The rank without xQG, also where it is too far down to be known."""
    return str(standing.plain_rank) if standing.plain_rank is not None else f"below {inspection.plain_depth}"


def moved(standing: RankChange) -> str:
    """Up or down, and how far."""
    if standing.plain_rank is None:
        return "new"
    places = standing.plain_rank - standing.rank
    return f"↑{places}" if places > 0 else f"↓{-places}" if places else "="


def made_of(hit: ExplainedHit) -> list[tuple[str, float]]:
    """The parts of a hit's score, each as a part of the whole: the passage first, then languages, largest first."""
    total = hit.total or 1.0
    return [
        ("passage", hit.own / total),
        *([(expected_of(hit), hit.expected_share / total)] if hit.expected is not None else []),
        *((share.language or "queries", share.share / total) for share in hit.languages),
    ]


def expected_of(hit: ExplainedHit) -> str:
    """What a hit was drawn towards beside its own queries, in two words."""
    return "mean passage" if hit.view == "" else "expected queries"


def gained(hit: ExplainedHit) -> list[tuple[str, float]]:
    """Where the difference between a hit's score and its score at alpha 0 comes from, largest first; all of it."""
    length = [("length", hit.stretched)] if abs(hit.stretched) >= 5e-5 else []
    expected = [] if hit.expected is None else [(expected_of(hit), hit.expected.lift)]
    parts = [*length, *expected, *((share.language or "queries", share.lift) for share in hit.languages)]
    return [("in all", hit.total - hit.plain), *sorted(parts, key=lambda part: -part[1])]


def hinges(hit: ExplainedHit) -> list[str]:
    """Which languages the hit's rank hangs on; none where it would stand as high without any one of them."""
    worse = sorted(
        (share for share in hit.languages if share.rank_without > hit.standing.rank),
        key=lambda share: (-share.rank_without, share.language),
    )
    return [f"without {share.language or 'its queries'} rank {share.rank_without}" for share in worse]


def legend(inspection: Inspection) -> list[tuple[str, str]]:
    """What the figures mean, and how exact they are."""
    embedded = inspection.embedded_residue
    again = "" if embedded is None else f", with its queries embedded again from their texts to {embedded:.0e}"
    said = [("made of", f"the score is the sum of its parts (to {inspection.residue:.0e}{again})")]
    gain = (
        "queries add where they are closer to the question than the passage is (a larger product: the inner "
        "product with the question)"
    )
    if inspection.manifest.recipe.normalize:
        gain += "; length: a mean of unlike vectors is shorter than they are, and normalising stretches it"
    said.append(("gained", f"over alpha 0; {gain}"))
    if any(hit.languages and not hit.queries for hit in inspection.hits):
        said.append(
            (
                "queries",
                "the store keeps sums, so that single queries are told apart by their texts only: give --queries FILE",
            )
        )
    return said


def figure(amount: float) -> str:
    """What is added or taken away, to four places."""
    return f"{amount:+.4f}" if abs(amount) >= 5e-5 else "0"


def verdict(inspection: Inspection) -> str:
    """What helped, in a sentence or two: the most telling climb, and what happened to a relevant passage on the way."""
    climbed = [hit for hit in inspection.hits if hit.standing.climbed]
    if not climbed:
        return "Nothing changed: the hits stand in the same order with and without xQG."
    said = _climb(max(climbed, key=_weight), inspection)
    shown = {
        standing.docid: standing for standing in (*inspection.plain_best, *(hit.standing for hit in inspection.hits))
    }
    fallen = [standing for standing in shown.values() if standing.relevant and standing.fell]
    return f"{said} But {_from_to(fallen[0], inspection)}: others gained more." if fallen else said


def _weight(hit: ExplainedHit) -> tuple[bool, float]:
    before = 1.0 / hit.standing.plain_rank if hit.standing.plain_rank else 0.0
    return hit.standing.relevant, 1.0 / hit.standing.rank - before


def _climb(hit: ExplainedHit, inspection: Inspection) -> str:
    said = _from_to(hit.standing, inspection)
    best = max(hit.languages, key=lambda share: (share.rank_without, -share.rank_alone, share.lift), default=None)
    if best is None:
        return f"{said}, though none of its queries has a part in it: the others fell."
    views = find_fusion(inspection.manifest.recipe.fusion).views
    without = f"without {'that view' if views else 'them'} it would"
    without += f" stand at {best.rank_without}" if best.rank_without > hit.standing.rank else " keep its rank"
    if views:
        return f"{said} by its view in {named(best.language)}; {without}."
    if len(hit.languages) == 1:
        return f"{said} by its queries in {named(best.language)}; {without}."
    if best.lift <= 0:
        return f"{said}, though its queries are no closer to the question than it is itself: it gained by length alone."
    link = "and" if best.rank_without > hit.standing.rank else "though"
    return (
        f"{said}. Its queries in {named(best.language)} helped most: alone they would put it at "
        f"{best.rank_alone}, {link} {without}."
    )


def _from_to(standing: RankChange, inspection: Inspection) -> str:
    kind = " (relevant)" if standing.relevant else ""
    verb = "rose" if standing.climbed else "fell"
    return f"{standing.docid}{kind} {verb} from rank {plain_rank(standing, inspection)} to {standing.rank}"
