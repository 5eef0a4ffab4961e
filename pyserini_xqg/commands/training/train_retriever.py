"""``pyserini-xqg train retriever``: fine-tunes the model that embeds queries and passages."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.commands.training import training_flags

if TYPE_CHECKING:
    from pyserini_xqg.train.retriever.base import Base
    from pyserini_xqg.train.retriever.data.mining import Mining
    from pyserini_xqg.train.retriever.options import RetrieverOptions
    from pyserini_xqg.train.retriever.train import TrainedRetriever

_DEFAULTS = training_flags.TrainingDefaults(
    learned="queries",
    dev_limit=500,
    steps=200,
    batch_size=32,
    accumulate=1,
    learning_rate="2e-5",
    warmup=20,
    seeded="misspellings, and what is held out",
    precision="(default: bf16 where the GPU or CPU has it)",
    accumulate_note="batches a step; does not widen what is compared",
)


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
    first = parser.add_argument_group(
        "what to train", "What most trainings need, in this order; the usual ones stand at the end."
    )
    training_flags.add_train(
        first, "folders of `dataset`, or JSONL in the shape of DPR or Tevatron (docs/train-retriever.md)"
    )
    training_flags.add_held_out(first, _DEFAULTS)
    first.add_argument(
        "--languages",
        metavar="ar,ja,…",
        help="learn these only (default: all); one also stands for records that name none",
    )
    first.add_argument(
        "--model", required=True, metavar="NAME", help="an encoder's checkpoint: a folder, a hub id, or e5-small"
    )
    first.add_argument(
        "--objective",
        choices=list(Objective),
        default=Objective.ALIGNED,
        help="(default: aligned, which needs no labels)",
    )
    first.add_argument(
        "--tower", choices=list(Tower), default="query", help="what is trained (default: query; indexes stay valid)"
    )
    training_flags.add_length(first, _DEFAULTS)
    first.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the encoder folder, with checkpoint/ and report/ in it",
    )
    _add_objective(
        parser.add_argument_group(
            "objective (advanced)", "Weights, temperatures and misspellings; each objective has its papers' own."
        )
    )
    _add_towers(
        parser.add_argument_group(
            "towers and passages (advanced)", "What embeds the passages, and how the trained model embeds texts."
        )
    )
    _add_mining(
        parser.add_argument_group(
            "hard negatives (advanced)", "Passages that look like answers and are none: from the files, or found here."
        )
    )
    training = parser.add_argument_group(
        "training (advanced)", "What a step is, how the weights are changed, and what that may cost."
    )
    training_flags.add_steps(training, _DEFAULTS)
    training.add_argument(
        "--chunk",
        type=int,
        default=0,
        metavar="N",
        help="encode that many at a time, for large batches on small memory (default: off)",
    )
    training.add_argument(
        "--vectors",
        type=Path,
        metavar="DIR",
        help="keep the base model's embeddings there, for other trainings on the same texts",
    )
    rest = parser.add_argument_group("held-out queries and errors (advanced)", "How many are judged, and bad input.")
    training_flags.add_dev_limit(rest, _DEFAULTS)
    flags.add_on_error(rest)


def _add_objective(group: argparse._ArgumentGroup) -> None:
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


def _add_towers(group: argparse._ArgumentGroup) -> None:
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


def run(args: argparse.Namespace) -> int:
    """Train, and say what was learned."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    training_flags.check_dev_limit(args)
    settings, options, mining = training_flags.train_settings(args, _DEFAULTS), _options(args), _mining(args)
    languages = parse_languages(args.languages) if args.languages else ()
    from pyserini_xqg.train.retriever.data.questions import QueryOrigins
    from pyserini_xqg.train.retriever.train import RetrieverRun, train_retriever

    base = _base(args, options, mining)
    sources = QueryOrigins(args.train, args.dev, args.dev_share, args.dev_limit, languages)
    run = RetrieverRun(flags.say, args.threads, args.vectors, OnError(args.on_error))
    _report(
        args,
        train_retriever(
            sources=sources, base=base, output=args.output, settings=settings, options=options, mining=mining, run=run
        ),
    )
    return 0


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
    training_flags.report_left_out(
        learned=_DEFAULTS.learned,
        other_languages=left_out.other_languages,
        shared=left_out.shared,
        unused=left_out.unused,
        dev_limit=args.dev_limit,
    )
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
