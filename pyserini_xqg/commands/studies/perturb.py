"""``pyserini-xqg perturb``: topics to misspelled, reordered, shortened, rewritten, paraphrased or attacked topics with
the same ids.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyserini_xqg.commands.studies import perturb_attack

if TYPE_CHECKING:
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.perturb.makers import Maker
    from pyserini_xqg.perturb.settings import PerturbSettings

_KINDS = ("misspelling", "naturality", "order", "script", "paraphrase", perturb_attack.KIND)
_NO_ENCODER = "none"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    first = parser.add_argument_group("what to perturb", "What most runs need, in this order.")
    first.add_argument(
        "--topics", type=Path, required=True, metavar="FILE-OR-DIR", help="a folder of topics.LANG.tsv, or one file"
    )
    first.add_argument("--kind", choices=_KINDS, required=True, help="what is done to the topics")
    first.add_argument(
        "--operations",
        metavar="OP,…",
        help="choose among these: misspelling: swap, delete, insert, replace, keyboard (default: these five), "
        "diacritics; naturality: stop-words, keywords; order: exchange, shuffle; script: plain, romanise, width",
    )
    first.add_argument("--languages", metavar="ar,ja,…", help="only these of the folder (default: all that are there)")
    first.add_argument("--language", metavar="LANG", help="the language of a single file whose name does not tell")
    first.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="topics with the same names and ids, variants.jsonl, perturb.json",
    )
    _add_paraphrases(
        parser.add_argument_group("paraphrases", "What --kind paraphrase needs: a file of them, or what writes them.")
    )
    perturb_attack.add_arguments(parser)
    _add_amount(
        parser.add_argument_group("how much (advanced)", "How many queries are varied, in how many words and ways.")
    )
    _add_meaning(parser.add_argument_group("meaning (advanced)", "What judges whether a variant still asks the same."))


def _add_amount(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same topics (default: 0)"
    )
    group.add_argument(
        "--variants",
        type=int,
        default=1,
        metavar="N",
        help="variants a query, of which the first valid one is taken (default: 1)",
    )
    group.add_argument(
        "--probability", type=float, default=1.0, metavar="P", help="the share of queries that are varied (default: 1)"
    )
    group.add_argument("--edits", type=int, default=1, metavar="N", help="edits a misspelled word (default: 1)")
    group.add_argument("--words", type=int, default=1, metavar="N", help="misspelled words a query (default: 1)")
    group.add_argument(
        "--stop-words",
        choices=["auto", "none"],
        default="auto",
        help="leave Lucene's, else the topics' most frequent words alone (default: auto)",
    )


def _add_meaning(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--encoder",
        metavar="NAME-OR-DIR",
        help="judges whether variants mean the same (default: e5-small, in an attack the index's own); none to let "
        "all pass",
    )
    group.add_argument(
        "--min-similarity",
        type=float,
        metavar="X",
        help="the lowest score of a valid variant; given, misspellings are judged too",
    )
    group.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "int8"],
        default="auto",
        help="the encoder's arithmetic (default: auto)",
    )
    group.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    group.add_argument("--provider", metavar="NAME", help="an ONNX Runtime execution provider (default: the CPU)")


def _add_paraphrases(group: argparse._ArgumentGroup) -> None:
    from pyserini_xqg.commands import flags

    source = group.add_mutually_exclusive_group()
    source.add_argument(
        "--variations",
        type=Path,
        metavar="FILE",
        help="qid<TAB>text, qid<TAB>language<TAB>text, or JSONL (qid, language, text)",
    )
    flags.add_generator(source, "writes them, as for `expand`")
    group.add_argument(
        "--pivot", metavar="LANG", help="instead of asking for a paraphrase, translate into this language and back"
    )
    group.add_argument(
        "--prompt", type=Path, metavar="FILE", help="a chat model's prompt (default: a built-in one for the task)"
    )
    group.add_argument(
        "--template", metavar="TEXT", help="a seq2seq model's prompt with {language} and {passage}, which is the query"
    )
    group.add_argument(
        "--top-k", type=int, metavar="K", help="choose among the K most probable tokens (default: 10; at a server all)"
    )
    group.add_argument("--temperature", type=float, default=1.0, metavar="T", help="divides the logits (default: 1)")
    group.add_argument("--server-model", metavar="NAME", help="the model at the server (default: the only one it has)")


def run(args: argparse.Namespace) -> int:
    """Perturb, and say what each language got."""
    from pyserini_xqg.languages import parse_languages
    from pyserini_xqg.perturb.inputs import topics_files
    from pyserini_xqg.perturb.paraphrase.meaning import needs_encoder
    from pyserini_xqg.perturb.perturb_topics import perturb

    if args.kind == perturb_attack.KIND:
        return perturb_attack.run(
            args, _maker(args, _paraphrasing(args)) if args.variations or args.generator else None
        )
    perturb_attack.refuse_without_attack(args)
    settings = _settings(args)
    files = topics_files(args.topics, parse_languages(args.languages) if args.languages else None, args.language)
    for file in files:
        file.topics()  # bad topics are found before a model is loaded
    maker = _maker(args, settings)
    encoder = _encoder(args) if needs_encoder(settings) and args.encoder != _NO_ENCODER else None
    result = perturb(files, args.output, settings, maker, encoder)
    print(_table(result.counts))
    if result.was_there:
        print(f"{args.output} was there already, the very same")
    print(
        f"{args.output}: topics with the same ids, so the same qrels fit; each variant and its verdict is in "
        f"{args.output / 'variants.jsonl'}"
    )
    return 0


def _settings(args: argparse.Namespace) -> PerturbSettings:
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.perturb.operations import OPERATIONS, Operation, OperationKind
    from pyserini_xqg.perturb.settings import PerturbSettings, StopWords

    kind = OperationKind(args.kind)
    try:
        operations = (
            tuple(dict.fromkeys(Operation(name.strip()) for name in args.operations.split(",")))
            if args.operations
            else ()
        )
    except ValueError as error:
        raise UsageError(
            f"--operations {args.operations}: {error}; --kind {kind} has {', '.join(OPERATIONS[kind])}"
        ) from error
    return PerturbSettings(
        kind=kind,
        operations=operations,
        seed=args.seed,
        variants=args.variants,
        probability=args.probability,
        edits=args.edits,
        words=args.words,
        stop_words=StopWords(args.stop_words),
        min_similarity=args.min_similarity,
    )


def _paraphrasing(args: argparse.Namespace) -> PerturbSettings:
    from pyserini_xqg.perturb.operations import OperationKind
    from pyserini_xqg.perturb.settings import PerturbSettings

    return PerturbSettings(kind=OperationKind.PARAPHRASE, seed=args.seed, variants=args.variants)


def _encoder(args: argparse.Namespace) -> Encoder:
    from pyserini_xqg.commands import flags

    args.encoder = args.encoder or "e5-small"
    return flags.load_encoder(args)


def _maker(args: argparse.Namespace, settings: PerturbSettings) -> Maker | None:
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.languages import language
    from pyserini_xqg.perturb.operations import OperationKind

    if settings.kind is not OperationKind.PARAPHRASE:
        given = [
            flag
            for flag in ("variations", "generator", "pivot", "prompt", "template")
            if getattr(args, flag) is not None
        ]
        if given:
            raise UsageError(f"--{given[0]} goes with --kind {OperationKind.PARAPHRASE}")
        return None
    if args.variations is not None:
        if args.pivot is not None:
            raise UsageError("--pivot needs a --generator that translates; --variations are taken as they are")
        from pyserini_xqg.perturb.paraphrase.file import FileMaker

        return FileMaker.read(args.variations, settings.variants)
    if args.generator is None:
        raise UsageError(
            "--kind paraphrase needs --variations FILE, or a --generator (with --pivot LANG for a round trip)"
        )
    from pyserini_xqg.perturb.paraphrase.model import GeneratorMaker, RoundTripMaker

    pivot = language(args.pivot).code if args.pivot else None
    generator = _generator(args, round_trip=pivot is not None)
    if pivot is None:
        return GeneratorMaker(generator, settings.seed, settings.variants)
    return RoundTripMaker(generator, pivot, settings.seed, settings.variants)


def _generator(args: argparse.Namespace, *, round_trip: bool) -> Generator:
    from pyserini_xqg.expand.models.hardware import Hardware
    from pyserini_xqg.expand.models.sampling import Sampling
    from pyserini_xqg.expand.registry import kind_by_name
    from pyserini_xqg.expand.request import GeneratorRequest, PromptChoice
    from pyserini_xqg.expand.resolve import resolve_generator
    from pyserini_xqg.expand.servers.options import ServerOptions
    from pyserini_xqg.fusion.text_kind import TextKind
    from pyserini_xqg.perturb.operations import Operation
    from pyserini_xqg.perturb.paraphrase.model import built_in_prompt

    top_k = kind_by_name(args.generator).top_k if args.top_k is None else args.top_k
    # A template says itself what is asked, so whatever takes one will do.
    kind = TextKind.TRANSLATION if round_trip and not args.template else TextKind.QUESTIONS
    if args.template or args.prompt:
        choice = PromptChoice(args.prompt, args.template)
    elif round_trip:  # a translator takes no prompt and needs none
        choice = PromptChoice(instead=built_in_prompt(Operation.ROUND_TRIP))
    else:
        choice = PromptChoice(built_in_prompt(Operation.GENERATED))
    return resolve_generator(
        GeneratorRequest(
            args.generator,
            Sampling(top_k, temperature=args.temperature),
            choice,
            Hardware(threads=args.threads),
            ServerOptions(model=args.server_model),
            kind=kind,
        )
    )


def _table(counts: dict[str, dict[str, Any]]) -> str:
    from pyserini_xqg.report.formats.text import aligned
    from pyserini_xqg.report.model import Cell, Column, Table

    figures = (Column(name) for name in ("topics", "changed", "coverage", "variants", "kept their meaning"))
    columns = (Column("", figures=False), *figures, Column("why topics stay as they were", figures=False))
    rows = []
    for code, count in counts.items():
        kept = count["kept meaning"]
        reasons = {**count["untouched"], "no valid variant": count["no valid variant, text left as it was"]}
        why = ", ".join(f"{reason} {number:,}" for reason, number in reasons.items() if number)
        by_construction = set(count["verdicts"]) == {"by construction"}
        share = "by construction" if by_construction else ("not checked" if kept is None else f"{kept:.1%}")
        rows.append(
            (
                code,
                f"{count['topics']:,}",
                f"{count['changed']:,}",
                f"{count['coverage']:.1%}",
                f"{count['variants']:,}",
                share,
                why,
            )
        )
    return aligned(Table("", columns, tuple(tuple(map(Cell, row)) for row in rows)))
