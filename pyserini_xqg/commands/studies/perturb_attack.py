"""The side of ``perturb`` that attacks: flags, the call, the table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.perturb.attack.attack import AttackResult
    from pyserini_xqg.perturb.attack.outcome import Summary
    from pyserini_xqg.perturb.attack.settings import AttackSettings
    from pyserini_xqg.perturb.makers import Maker

KIND = "attack"
_ONLY_ATTACKS = ("index", "qrels", "attack_kinds", "steps", "beam", "budget", "cutoff")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the attack's flags."""
    group = parser.add_argument_group(
        "attack", f"What --kind {KIND} needs: an index, what should be found in it, and how far to go."
    )
    group.add_argument(
        "--index", type=Path, metavar="DIR", help="the index that is attacked: one of ours that FAISS searches"
    )
    group.add_argument("--qrels", type=Path, metavar="FILE-OR-DIR", help="what the topics should find")
    group.add_argument(
        "--attack-kinds",
        metavar="KIND,…",
        help="what the attack chooses from (default: misspelling); --variations are tried besides",
    )
    group.add_argument("--steps", type=int, metavar="N", help="changes laid one over another (default: 1)")
    group.add_argument(
        "--beam", type=int, metavar="N", help="variants gone on with after each step (default: 1, the greedy search)"
    )
    group.add_argument(
        "--budget", type=int, metavar="N", help="texts that the encoder is asked for, a query (default: 100)"
    )
    group.add_argument(
        "--cutoff",
        type=int,
        metavar="K",
        help="broken is a query that found its passage among K hits and does no more (default: 10)",
    )


def refuse_without_attack(args: argparse.Namespace) -> None:
    """Flags of the attack that were given to another kind.

    :raises UsageError: there is one.
    """
    from pyserini_xqg.errors import UsageError

    given = [flag for flag in _ONLY_ATTACKS if getattr(args, flag) is not None]
    if given:
        raise UsageError(f"--{given[0].replace('_', '-')} goes with --kind {KIND}")


def run(args: argparse.Namespace, paraphrases: Maker | None) -> int:
    """Attack, and print what each language suffered."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import StoreError, UsageError
    from pyserini_xqg.languages import parse_languages
    from pyserini_xqg.manifests.dense import read_manifest
    from pyserini_xqg.perturb.attack.attack import ATTACKS, attack
    from pyserini_xqg.perturb.attack.victim import Victim
    from pyserini_xqg.perturb.inputs import topics_files

    if args.index is None or args.qrels is None:
        raise UsageError(
            f"--kind {KIND} needs --index and --qrels: what is attacked, and what the topics should find there"
        )
    settings = _settings(args)
    files = topics_files(args.topics, parse_languages(args.languages) if args.languages else None, args.language)
    manifest = read_manifest(args.index)
    if manifest is None:
        raise StoreError(
            f"{args.index} holds no xqg.json, so it is no index of ours; build one with `pyserini-xqg index`"
        )
    args.encoder = args.encoder or manifest.encoder
    victim = Victim(args.index, flags.load_encoder(args), depth=max(100, settings.cutoff))
    result = attack(
        files=files, qrels=args.qrels, victim=victim, output=args.output, settings=settings, paraphrases=paraphrases
    )
    print(table(result, settings.cutoff))
    print(
        f"{args.output}: the worst valid variants as topics with the same ids; what was tried on each is in "
        f"{args.output / ATTACKS}"
    )
    return 0


def _settings(args: argparse.Namespace) -> AttackSettings:
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.perturb.attack.settings import AttackSettings
    from pyserini_xqg.perturb.operations import OperationKind

    given = {
        name: getattr(args, name)
        for name in ("steps", "beam", "budget", "cutoff", "min_similarity")
        if getattr(args, name) is not None
    }
    if args.attack_kinds is not None:
        try:
            given["kinds"] = tuple(dict.fromkeys(OperationKind(name.strip()) for name in args.attack_kinds.split(",")))
        except ValueError as error:
            raise UsageError(
                f"--attack-kinds {args.attack_kinds}: {error}; there are misspelling, naturality, order and script"
            ) from error
        if OperationKind.PARAPHRASE in given["kinds"]:
            raise UsageError(
                "--attack-kinds paraphrase: paraphrases come from a --variations file or a --generator; name one of "
                "these instead"
            )
    return AttackSettings(seed=args.seed, **given)


def table(result: AttackResult, cutoff: int) -> str:
    """What each language suffered, a line a language, then their mean."""
    from pyserini_xqg.report.formats.text import aligned
    from pyserini_xqg.report.model import table_of

    header = ("", "queries", f"MRR@{cutoff}", "average", "worst", "broken", "edits", "variants", "invalid", "asked")
    rows = [_row(code, summary) for code, summary in result.languages.items()]
    lines = [aligned(table_of("", header, 1, [rows]))]
    unjudged = {code: number for code, number in result.unjudged.items() if number}
    if unjudged:
        lines.append(
            "left as they are, since nobody judged them: "
            + ", ".join(f"{code} {number:,}" for code, number in unjudged.items())
        )
    lines.append(
        "average and worst: over a query's valid variants; broken: of the queries that had found their passage; the "
        "rest are means a query"
    )
    return "\n".join(lines)


def _row(code: str, found: Summary) -> tuple[str, ...]:
    scores = (f"{100 * score:.1f}" for score in (found.clean, found.average, found.worst))
    broken = "–" if found.success is None else f"{found.success:.0%}"
    edits = "–" if found.distance is None else f"{found.distance:.1f}"
    return (
        code,
        f"{found.queries:,}",
        *scores,
        broken,
        edits,
        f"{found.variants:.0f}",
        f"{found.invalid:.0f}",
        f"{found.asked:.0f}",
    )
