"""``pyserini-xqg train retriever``: fine-tunes the model that embeds queries and passages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.train.retriever.base import Base
    from pyserini_xqg.train.retriever.data.mining import Mining
    from pyserini_xqg.train.retriever.options import RetrieverOptions
    from pyserini_xqg.train.retriever.train import TrainedRetriever
    from pyserini_xqg.train.settings import TrainSettings

_STEPS = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.train.retriever.options import Objective, Tower

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        "the usual trainings (docs/train-retriever.md says more):\n"
        "  aligned               --objective aligned\n"
        "  contrastive           --objective contrastive\n"
        "  typo-aware            --objective typo-aware\n"
        "  self-teaching         --objective self-teaching\n"
        "  DST                   --objective dst --variants 4   (the paper: 40)\n"
        "  supervised + aligned  --objective typo-aware --align-weight 1\n"
        "  the paper's xDR       --objective contrastive --tower both --batch-size 128 --hard-negatives 7 "
        "--learning-rate 1e-5 --epochs 40\n"
        "                        --query-max-length 32 --passage-max-length 128 --precision fp16   (--chunk 32 where "
        "memory is short)\n"
    )
    parser.add_argument(
        "--train",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE-OR-DIR",
        help="folders of `dataset`, or JSONL in the shape of DPR or Tevatron (docs/train-retriever.md)",
    )
    held_out = parser.add_mutually_exclusive_group()
    held_out.add_argument(
        "--dev", type=Path, nargs="+", default=[], metavar="FILE-OR-DIR", help="held-out queries, in the same shapes"
    )
    held_out.add_argument(
        "--dev-share",
        type=float,
        default=0.05,
        metavar="SHARE",
        help="else hold out this share of the passages (default: 0.05)",
    )
    parser.add_argument(
        "--dev-limit", type=int, default=500, metavar="N", help="held-out queries at most (default: 500)"
    )
    parser.add_argument(
        "--model", required=True, metavar="NAME", help="an encoder's checkpoint: a folder, a hub id, or e5-small"
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the encoder folder, with checkpoint/ and report/ in it",
    )
    parser.add_argument(
        "--languages",
        metavar="ar,ja,…",
        help="learn these only (default: all); one also stands for records that name none",
    )
    flags.add_on_error(parser)
    group = parser.add_argument_group("what is learned")
    group.add_argument(
        "--objective",
        choices=list(Objective),
        default=Objective.ALIGNED,
        help="(default: aligned, which needs no labels)",
    )
    group.add_argument(
        "--align-weight",
        type=float,
        default=0.0,
        metavar="W",
        help="beside another objective, that much alignment (default: 0)",
    )
    group.add_argument(
        "--align-cosine",
        type=float,
        default=10.0,
        metavar="W",
        help="within the alignment, the weight of 1 - cosine (default: 10)",
    )
    group.add_argument(
        "--align-temperature", type=float, metavar="T", help="(default: 0.05 where embeddings are normalised, else 1)"
    )
    group.add_argument(
        "--temperature",
        type=float,
        metavar="T",
        help="of the objective (default: 0.02 where embeddings are normalised, else 1)",
    )
    group.add_argument(
        "--typo-probability",
        type=float,
        metavar="P",
        help="(default: typo-aware 0.5, aligned 0.75, self-teaching and dst 1)",
    )
    group.add_argument(
        "--second-word",
        type=float,
        metavar="P",
        help="of a second misspelled word (default: aligned 0.33, else 0 as in the papers)",
    )
    group.add_argument(
        "--variants", type=int, default=1, metavar="K", help="misspellings of a query in a step (default: 1)"
    )
    for name, value, what in (
        ("beta", 0.5, "self-teaching in it"),
        ("gamma", 0.5, "passage-to-query contrast"),
        ("sigma", 0.2, "its consistency"),
    ):
        group.add_argument(
            f"--dst-{name}", type=float, default=value, metavar="X", help=f"DST: the share of {what} (default: {value})"
        )
    _add_towers(parser.add_argument_group("towers and passages"), list(Tower))
    _add_mining(parser.add_argument_group("hard negatives"))
    _add_training(parser.add_argument_group("training"))


def _add_towers(group: argparse._ArgumentGroup, towers: list[str]) -> None:
    group.add_argument(
        "--tower", choices=towers, default="query", help="what is trained (default: query; indexes stay valid)"
    )
    group.add_argument(
        "--passage-encoder",
        metavar="NAME-OR-DIR",
        help="with --tower query, what embeds the passages (default: as --model)",
    )
    group.add_argument(
        "--candidates",
        type=int,
        default=20_000,
        metavar="N",
        help="frozen passages to score against in a step (default: 20000)",
    )
    group.add_argument(
        "--freeze",
        choices=["nothing", "embeddings"],
        help="word embeddings stay (default: embeddings with --tower query)",
    )
    group.add_argument(
        "--pooling",
        choices=["cls", "mean"],
        help="with --tower both, as for export (default: what the checkpoint says)",
    )
    group.add_argument("--normalize", action=argparse.BooleanOptionalAction, help="with --tower both, as for export")
    group.add_argument("--query-prefix", metavar="TEXT", help="with --tower both, as for export")
    group.add_argument("--passage-prefix", metavar="TEXT", help="with --tower both, as for export")
    group.add_argument("--query-max-length", type=int, metavar="N", help="with --tower both, as for export")
    group.add_argument("--passage-max-length", type=int, metavar="N", help="with --tower both, as for export")


def _add_mining(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--hard-negatives",
        type=int,
        metavar="N",
        help="a query in a batch; 0 for none (default: up to 7 where there are any)",
    )
    group.add_argument(
        "--mine",
        metavar="bm25,dense",
        help="find some by either or both, with Pyserini; kept in report/mined.jsonl for another --train",
    )
    group.add_argument(
        "--mine-depth", type=int, default=100, metavar="K", help="hits to look at, a query (default: 100)"
    )
    group.add_argument(
        "--mine-number", type=int, default=30, metavar="N", help="to keep of them, a query (default: 30)"
    )
    group.add_argument(
        "--mine-margin",
        type=float,
        metavar="X",
        help="leave out what scores above X times the answer, such as 0.95 (default: keep)",
    )
    group.add_argument(
        "--mine-language", default="en", metavar="CODE", help="the passages' language, for BM25 (default: en)"
    )


def _add_training(group: argparse._ArgumentGroup) -> None:
    length = group.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, metavar="N", help=f"changes of the weights (default: {_STEPS})")
    length.add_argument("--epochs", type=float, metavar="N", help="instead, times through all queries")
    group.add_argument(
        "--batch-size", type=int, default=32, metavar="N", help="queries worked on together (default: 32)"
    )
    group.add_argument(
        "--chunk",
        type=int,
        default=0,
        metavar="N",
        help="encode that many at a time, for large batches on small memory (default: off)",
    )
    group.add_argument(
        "--accumulate",
        type=int,
        default=1,
        metavar="N",
        help="batches a step; does not widen what is compared (default: 1)",
    )
    group.add_argument(
        "--learning-rate", type=float, default=2e-5, metavar="X", help="AdamW's, falling linearly to 0 (default: 2e-5)"
    )
    group.add_argument(
        "--warmup", type=int, default=20, metavar="STEPS", help="steps in which it rises first (default: 20)"
    )
    group.add_argument(
        "--checkpoint-every",
        type=int,
        default=100,
        metavar="STEPS",
        help="and judge the held-out queries (default: 100)",
    )
    group.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="of the order, dropout, misspellings, and what is held out (default: 0)",
    )
    group.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    group.add_argument(
        "--vectors",
        type=Path,
        metavar="DIR",
        help="keep the base model's embeddings there, for other trainings on the same texts",
    )
    group.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "fp16"],
        default="auto",
        help="(default: bf16 where the GPU or CPU has it)",
    )


def run(args: argparse.Namespace) -> int:
    """Train, and say what was learned."""
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    if args.dev_limit < 1:
        raise UsageError(f"--dev-limit is {args.dev_limit}; it must be at least 1")
    settings, options, mining = _settings(args), _options(args), _mining(args)
    languages = parse_languages(args.languages) if args.languages else ()
    from pyserini_xqg.train.retriever.data.questions import QueryOrigins
    from pyserini_xqg.train.retriever.train import RetrieverRun, train_retriever

    base = _base(args, options, mining)
    sources = QueryOrigins(args.train, args.dev, args.dev_share, args.dev_limit, languages)
    run = RetrieverRun(
        lambda text: print(text, file=sys.stderr, flush=True), args.threads, args.vectors, OnError(args.on_error)
    )
    _report(
        args,
        train_retriever(
            sources=sources, base=base, output=args.output, settings=settings, options=options, mining=mining, run=run
        ),
    )
    return 0


def _settings(args: argparse.Namespace) -> TrainSettings:
    from pyserini_xqg.train.precision import TrainingPrecision
    from pyserini_xqg.train.settings import TrainSettings

    return TrainSettings(
        learning_rate=args.learning_rate,
        batch_size=args.batch_size,
        accumulate=args.accumulate,
        checkpoint_every=args.checkpoint_every,
        steps=_STEPS if args.steps is None and args.epochs is None else args.steps,
        epochs=args.epochs,
        warmup=args.warmup,
        seed=args.seed,
        precision=TrainingPrecision(args.precision),
        threads=args.threads,
    )


def _options(args: argparse.Namespace) -> RetrieverOptions:
    from pyserini_xqg.train.retriever.options import PAPERS_PROBABILITY, Freeze, Objective, RetrieverOptions, Tower

    objective, tower = Objective(args.objective), Tower(args.tower)
    default = PAPERS_PROBABILITY.get(objective, 0.0)
    second = 0.33 if objective is Objective.ALIGNED else 0.0
    return RetrieverOptions(
        objective=objective,
        tower=tower,
        freeze=Freeze(args.freeze or (Freeze.EMBEDDINGS if tower is Tower.QUERY else Freeze.NOTHING)),
        probability=default if args.typo_probability is None else args.typo_probability,
        temperature=args.temperature,
        align_weight=args.align_weight,
        align_temperature=args.align_temperature,
        align_cosine=args.align_cosine,
        second_word=second if args.second_word is None else args.second_word,
        variants=args.variants,
        beta=args.dst_beta,
        gamma=args.dst_gamma,
        sigma=args.dst_sigma,
        hard_negatives=args.hard_negatives,
        candidates=args.candidates,
        chunk=args.chunk,
    )


def _mining(args: argparse.Namespace) -> Mining | None:
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.train.retriever.data.mining import Miner, Mining

    if args.mine is None:
        return None
    miners = [name.strip() for name in args.mine.split(",")]
    if not set(miners) <= set(Miner):
        raise UsageError(f"--mine {args.mine}: expected {', '.join(Miner)}, or both with a comma between them")
    return Mining(
        tuple(Miner(name) for name in dict.fromkeys(miners)),
        args.mine_depth,
        args.mine_number,
        args.mine_margin,
        args.mine_language,
    )


def _base(args: argparse.Namespace, options: RetrieverOptions, mining: Mining | None) -> Base:
    from pyserini_xqg.encoder.folder import Pooling
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.export.settings import Wishes
    from pyserini_xqg.train.retriever.base import with_frozen_passages, with_trained_passages
    from pyserini_xqg.train.retriever.data.mining import Miner
    from pyserini_xqg.train.retriever.options import Tower

    pooling = Pooling(args.pooling) if args.pooling else None
    wishes = Wishes(
        pooling, args.normalize, args.query_prefix, args.passage_prefix, args.query_max_length, args.passage_max_length
    )
    if options.tower is Tower.BOTH:
        if args.passage_encoder:
            raise UsageError(
                "--passage-encoder is for --tower query; with both towers the trained model embeds the passages itself"
            )
        return with_trained_passages(
            args.model, wishes, beside_base=options.aligns or (mining is not None and Miner.DENSE in mining.miners)
        )
    if wishes != Wishes():
        raise UsageError(
            "with --tower query, pooling, prefixes and lengths are those of the passages' encoder; "
            "for others `pyserini-xqg export` the model with them first, and give that folder as --passage-encoder"
        )
    return with_frozen_passages(args.model, args.passage_encoder)


def _report(args: argparse.Namespace, trained: TrainedRetriever) -> None:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.train.output import REPORT
    from pyserini_xqg.train.retriever.report import as_text

    left_out = trained.left_out
    flags.report_skipped(left_out.skipped)
    if left_out.unlabelled:
        print(f"{left_out.unlabelled:,} queries without a known passage were left out")
    if left_out.other_languages:
        print(
            "other languages were left out: "
            + ", ".join(f"{code} {number:,}" for code, number in sorted(left_out.other_languages.items()))
        )
    if left_out.shared:
        print(f"{left_out.shared:,} training queries were left out: their passages are held out")
    if left_out.unused:
        print(f"{left_out.unused:,} held-out queries were not used (--dev-limit {args.dev_limit})")
    if trained.fitted is None:
        print(f"{args.output} was there already, the very same")
        return
    print(as_text(trained.split, trained.fitted))
    print(
        f"{args.output}: the encoder after step {trained.fitted.best_step}, of the lowest held-out loss; how to use "
        f"it: {args.output / 'README.md'}"
    )
    print(f"curve and languages: {args.output / REPORT}")
    if args.tower == "query":
        print(
            f"next: pyserini-xqg search faiss --index INDEX --encoder {args.output} --topics TOPICS --output RUN (the "
            "index stays as it is)"
        )
    else:
        print(f"next: pyserini-xqg encode --encoder {args.output} --corpus CORPUS --output STORE")
