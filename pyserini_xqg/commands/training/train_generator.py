"""``pyserini-xqg train generator``: fine-tunes the model that writes queries."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.train.generator.train import TrainedGenerator

_STEPS = 2000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    parser.epilog = (
        "Defaults marked * are those of the command by which the authors say that they trained the paper's generator "
        "(README of DSI-QG, step 1; "
        "the paper's own generator is mt5-base where that command says mt5-large): rate 1e-4 without warm-up, 8 GPUs "
        "of 4 examples with 4 "
        "accumulated, 2,000 steps, a look at the dev set every 100, prompts of 128 tokens, float32, the best "
        "checkpoint kept. The prompt is the "
        "one that the paper's published model is asked with; that its training used the same is not stated anywhere "
        "we could find."
    )
    parser.add_argument(
        "--train",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE-OR-DIR",
        help="folders of `dataset`, queries.jsonl with a corpus.jsonl, or JSONL with passages, queries and languages "
        "(docs/train-generator.md)",
    )
    held_out = parser.add_mutually_exclusive_group()
    held_out.add_argument(
        "--dev", type=Path, nargs="+", default=[], metavar="FILE-OR-DIR", help="held-out examples, in the same shapes"
    )
    held_out.add_argument(
        "--dev-share",
        type=float,
        default=0.05,
        metavar="SHARE",
        help="else hold out this share of the passages (default: 0.05)",
    )
    parser.add_argument(
        "--dev-limit",
        type=int,
        default=2000,
        metavar="N",
        help="held-out examples at most, in whole passages (default: 2000)",
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="FILE-OR-DIR",
        help="the passages of queries.jsonl (default: corpus.jsonl beside it)",
    )
    parser.add_argument(
        "--model",
        required=True,
        metavar="NAME",
        help="a seq2seq checkpoint's folder or hub id; the paper's: google/mt5-base",
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the checkpoint, good for expand --generator, and report/",
    )
    parser.add_argument("--languages", metavar="ar,ja,…", help="learn these only (default: all that the files have)")
    flags.add_on_error(parser)
    _add_training(parser.add_argument_group("training"))
    group = parser.add_argument_group("generator")
    group.add_argument(
        "--template",
        metavar="TEXT",
        help="the prompt with {language} and {passage} (default: the paper's); give expand the same",
    )
    group.add_argument(
        "--max-passage-tokens",
        type=int,
        default=128,
        metavar="N",
        help="the longest prompt with its passage (default: 128*)",
    )
    group.add_argument(
        "--max-query-tokens", type=int, default=64, metavar="N", help="the longest query (default: 64, as for expand)"
    )
    group.add_argument(
        "--round-trip",
        type=int,
        default=1,
        metavar="N",
        help="queries a held-out passage and language at the end (default: 1; 0: none)",
    )
    group.add_argument(
        "--encoder", default="e5-small", metavar="NAME-OR-DIR", help="what searches with them (default: e5-small)"
    )


def _add_training(group: argparse._ArgumentGroup) -> None:
    length = group.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, metavar="N", help=f"changes of the weights (default: {_STEPS}*)")
    length.add_argument("--epochs", type=float, metavar="N", help="instead, times through all examples")
    group.add_argument(
        "--batch-size",
        type=int,
        default=16,
        metavar="N",
        help="examples worked on together (default: 16; lower saves memory)",
    )
    group.add_argument(
        "--accumulate", type=int, default=8, metavar="N", help="batches a step (default: 8; with 16 examples each 128*)"
    )
    group.add_argument(
        "--learning-rate", type=float, default=1e-4, metavar="X", help="AdamW's, falling linearly to 0 (default: 1e-4*)"
    )
    group.add_argument(
        "--warmup", type=int, default=0, metavar="STEPS", help="steps in which it rises first (default: 0*)"
    )
    group.add_argument(
        "--checkpoint-every",
        type=int,
        default=100,
        metavar="STEPS",
        help="and judge the held-out examples (default: 100*)",
    )
    group.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="of the order, dropout, what is held out, and samples (default: 0)",
    )
    group.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "fp16"],
        default="auto",
        help="of products; weights stay fp32 (default: bf16 where the GPU or CPU has it, else fp32; mT5 overflows in "
        "fp16)",
    )
    group.add_argument(
        "--threads",
        type=int,
        metavar="N",
        help="cores to use on the CPU; another number, other last bits (default: all)",
    )


def run(args: argparse.Namespace) -> int:
    """Train, and say what was learned."""
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.export.resolve import resolve_encoder
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages
    from pyserini_xqg.train.generator.options import GeneratorOptions, TrainingFiles
    from pyserini_xqg.train.generator.train import train_generator
    from pyserini_xqg.train.precision import TrainingPrecision
    from pyserini_xqg.train.settings import TrainSettings

    if args.dev_limit < 1:
        raise UsageError(f"--dev-limit is {args.dev_limit}; it must be at least 1")
    steps = _STEPS if args.steps is None and args.epochs is None else args.steps
    settings = TrainSettings(
        learning_rate=args.learning_rate,
        batch_size=args.batch_size,
        accumulate=args.accumulate,
        checkpoint_every=args.checkpoint_every,
        steps=steps,
        epochs=args.epochs,
        warmup=args.warmup,
        seed=args.seed,
        precision=TrainingPrecision(args.precision),
        threads=args.threads,
    )
    options = GeneratorOptions(
        args.template, args.max_passage_tokens, args.max_query_tokens, args.round_trip, args.encoder
    )
    languages = parse_languages(args.languages) if args.languages else ()
    material = TrainingFiles(
        args.train, args.dev, args.dev_share, args.corpus, args.dev_limit, languages, OnError(args.on_error)
    )
    # Found before the training: hours of it should not end in a missing encoder.
    folder = resolve_encoder(args.encoder) if args.round_trip else None
    load = (lambda: Encoder(folder)) if folder else None
    trained = train_generator(
        material=material,
        model=args.model,
        output=args.output,
        settings=settings,
        options=options,
        encoder=load,
        say=lambda text: print(text, file=sys.stderr, flush=True),
    )
    _report(args, trained)
    return 0


def _report(args: argparse.Namespace, trained: TrainedGenerator) -> None:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.train.generator.report import FOLDER, as_text, lines

    left_out = trained.left_out
    flags.report_skipped(left_out.skipped)
    for place, number in left_out.no_passage.items():
        print(f"{place}: {number:,} questions without a passage were left out")
    if left_out.other_languages:
        print(
            "other languages were left out: "
            + ", ".join(f"{code} {number:,}" for code, number in sorted(left_out.other_languages.items()))
        )
    if trained.split.shared:
        print(f"{trained.split.shared:,} training examples were left out: their passages are held out")
    if trained.split.unused:
        print(f"{trained.split.unused:,} held-out examples were not used (--dev-limit {args.dev_limit})")
    if trained.fitted is None:
        print(f"{args.output} was there already, the very same")
        return
    print(as_text(lines(trained.split, trained.fitted, trained.trip)))
    trip = trained.trip
    if trip is not None:
        print(f"R@1 and MRR@10 in percent: queries, by {args.encoder}, among the {trip.passages:,} held-out passages")
    print(
        f"{args.output}: the checkpoint after step {trained.fitted.best_step}, of the lowest held-out loss; curve, "
        f"table, samples: {args.output / FOLDER}"
    )
    template = f" --template {args.template!r}" if args.template else ""
    languages = ",".join(trained.split.languages())
    print(
        f"next: pyserini-xqg expand --generator {args.output} --corpus CORPUS --languages {languages}{template} "
        "--output QUERIES"
    )
