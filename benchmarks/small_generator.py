"""A small mT5 trained from scratch: what it learns, and whether its queries help to find passages that it never saw.

2 million random weights and a vocabulary of 8,000 pieces, trained through `train generator` on one core: first to
repeat a few words, so that it can take words over; then on XQuAD's questions about every second article (in pairs of
eight languages) and AfriQA's training questions. The other articles' English paragraphs are the corpus; each is divided
into parts of two sentences, for each of which the model writes two queries a language. Topics are all human questions
about them, in seven languages and English.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from common import flags, head, say, stage, table, work_folder
from small_generator_data import COPY_TEMPLATE, LANGUAGES, excerpts, questions, with_dropout, write_jsonl, write_model
from small_generator_retrieval import print_retrieval

_VOCABULARY, _SIZE, _LAYERS = 8000, 128, 2
_COPY_STEPS, _STEPS = 3000, 1000
_BATCH, _WINDOW, _QUERY, _DROPOUT = 32, 96, 48, 0.1


@dataclass(frozen=True, slots=True)
class Learned:
    """The trained model and how it came to be.

    :param copying: steps of the first part.
    :param minutes: of one core's time for both parts; None where a part was there already.
    """

    model: Path
    parameters: int
    copying: int
    minutes: float | None


def main() -> None:
    """Train, and print the tables."""
    parser = flags(__doc__)
    parser.add_argument("--picture", type=Path, metavar="FILE.png", help="copy the learning curve there")
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    head("A small generator, trained from scratch", args)
    with work_folder(args) as work:
        learned = train(work, quick=args.quick)
        _print_training(learned)
        print_retrieval(work, learned.model, _WINDOW, _QUERY, quick=args.quick)
        if args.picture:
            shutil.copyfile(learned.model / "report" / "curve.png", args.picture)


def _print_training(learned: Learned) -> None:
    report = learned.model / "report"
    minutes = f"{learned.minutes:.0f} minutes of one core's time, " if learned.minutes is not None else ""
    record = json.loads((report / "train.json").read_text(encoding="utf-8"))
    print(
        f"{learned.parameters / 1e6:.1f} million parameters, {minutes}{learned.copying} steps of copying and "
        f"{record['steps']} of questions, {_BATCH} examples each; the best checkpoint is that after step "
        f"{record['best_step']}.\n"
    )
    with (report / "curve.csv").open(encoding="utf-8", newline="") as stream:
        curve = list(csv.DictReader(stream))
    last, rows = "", []
    for point in curve:
        last = point["training_loss"] or last
        if point["held_out_loss"]:
            rows.append([point["step"], f"{float(last):.2f}" if last else "–", f"{float(point['held_out_loss']):.2f}"])
    print(f"### Learning curve, questions: loss a token in nats\n\n{table(['step', 'training', 'held out'], rows)}")
    with (report / "languages.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    names = ["generated_R@1", "generated_MRR@10", "human_R@1", "human_MRR@10"]
    rows = [
        [
            line["language"],
            f"{int(line['train']):,}",
            f"{int(line['held_out']):,}",
            *(f"{float(line[name]):.2f}" if line[name] else "–" for name in ("held_out_loss_before", "held_out_loss")),
            *(f"{100 * float(line[name]):.1f}" if line[name] else "–" for name in names),
        ]
        for line in lines
    ]
    header = ["", "train", "held out", "loss before", "loss after", *(name.replace("_", " ") for name in names)]
    print(
        "### By language; the round trip in percent, among all held-out passages, one generated query "
        f"each\n\n{table(header, rows)}"
    )
    _print_samples(report / "samples.jsonl")


def _print_samples(path: Path) -> None:
    """The first two of each language, as they came."""
    samples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = []
    for code in LANGUAGES:
        for sample in [sample for sample in samples if sample["language"] == code and sample["human"]][:2]:
            written = (sample["generated"] or ["(none)"])[0]
            rows.append(
                [
                    code,
                    *(text.replace("|", "/") for text in (sample["passage"][:60] + "…", written, sample["human"][0])),
                ]
            )
    print(f"### Samples, not chosen\n\n{table(['', 'passage', 'generated', 'asked by a person'], rows)}")


def train(work: Path, *, quick: bool) -> Learned:
    """Make the data and the model and train it; goes on where an earlier run stopped."""
    files = {
        f"{name}.{part}": work / f"{name}.{part}.jsonl"
        for name in ("excerpts", "questions")
        for part in ("train", "dev")
    }
    for name, make in (("excerpts", excerpts), ("questions", questions)):
        for part in ("train", "dev"):
            if not files[f"{name}.{part}"].is_file():
                write_jsonl(files[f"{name}.{part}"], make(held_out=part == "dev"))
    scratch = work / "scratch"
    if not (scratch / "model.safetensors").is_file():
        say("making a vocabulary")
        write_model(
            scratch, sorted(_texts(files["questions.train"], files["excerpts.train"])), _VOCABULARY, _SIZE, _LAYERS
        )
    began = time.process_time()
    fresh = not (work / "copier").exists() and not (work / "copier.work").exists()
    shared = ("--batch-size", _BATCH, "--accumulate", 1, "--max-passage-tokens", _WINDOW, "--max-query-tokens", _QUERY)
    words = (
        "--train",
        files["excerpts.train"],
        "--dev",
        files["excerpts.dev"],
        "--model",
        scratch,
        "--output",
        work / "copier",
    )
    steps = (
        "--steps",
        20 if quick else _COPY_STEPS,
        "--warmup",
        30,
        "--checkpoint-every",
        10 if quick else 250,
        "--dev-limit",
        300,
        "--learning-rate",
        3e-3,
    )
    stage("train", "generator", *map(str, (*words, *steps, *shared, "--template", COPY_TEMPLATE, "--round-trip", 0)))
    copier = with_dropout(work / "copier", work / "copier-dropout", _DROPOUT)
    words = (
        "--train",
        files["questions.train"],
        "--dev",
        files["questions.dev"],
        "--model",
        copier,
        "--output",
        work / "small-generator",
    )
    steps = (
        "--steps",
        20 if quick else _STEPS,
        "--warmup",
        50,
        "--checkpoint-every",
        10 if quick else 100,
        "--dev-limit",
        800,
        "--learning-rate",
        2e-3,
    )
    stage("train", "generator", *map(str, (*words, *steps, *shared)))
    minutes = (time.process_time() - began) / 60 if fresh else None
    copying = json.loads((work / "copier" / "report" / "train.json").read_text(encoding="utf-8"))["steps"]
    return Learned(work / "small-generator", _parameters(scratch), copying, minutes)


def _texts(*files: Path) -> set[str]:
    records = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return {record[name] for record in records for name in ("passage", "query")}


def _parameters(folder: Path) -> int:
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "np") as weights:
        return sum(weights.get_tensor(name).size for name in weights.keys())  # noqa: SIM118  # it is no dictionary


if __name__ == "__main__":
    main()
