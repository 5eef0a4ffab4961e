"""The card of a trained generator of queries."""

from __future__ import annotations

from collections.abc import Sequence

from pyserini_xqg.report.cards.commands import PROGRAM
from pyserini_xqg.report.cards.licences import UNKNOWN, known_model, licence_text
from pyserini_xqg.report.cards.markdown import block, code, facts, front_matter, name_of, page, shell
from pyserini_xqg.train.card_parts import Record, counts, data_table, flags, languages_table, material_flags

_OPTIONS = {"window": "max-passage-tokens", "number": "round-trip"}
_WRITTEN = {
    "questions": ("Queries", "a query that somebody might ask of it"),
    "translation": ("Translations", "its translation"),
}


def generator_card(record: Record, languages: Sequence[Sequence[str]]) -> str:
    """What ``README.md`` says of a trained generator.

    :param record: what ``report/train.json`` holds.
    :param languages: the rows of ``report/languages.csv``, its head first.
    """
    known, model, codes = known_model(record["model"]), name_of(record["model"]), sorted(record["train"])
    head = front_matter(
        {
            "license": UNKNOWN,
            "language": codes,
            "library_name": "transformers",
            "base_model": known.hub if known else "",
            "tags": ["pyserini-xqg", *_tags(record["options"])],
        }
    )
    options = record["options"]
    title, written = _WRITTEN[options.get("kind", "questions")]
    words = [PROGRAM, "expand", "--generator", "GENERATOR"]
    words += ["--template", options["template"]] if "template" in options else []
    words += ["--corpus", "CORPUS", "--languages", ",".join(codes)]
    trip = (
        f", and the generated and human texts search the held-out passages by {code(name_of(options['encoder']))}"
        if options["number"]
        else ""
    )
    return page(
        head,
        f"# {title} in {', '.join(codes)}",
        f"{code(model)}, trained by `pyserini-xqg train generator` to write, from a passage and the name of a "
        f"language, {written}; the weights after step {record['best_step']:,} of "
        f"{record['steps']:,}, of the lowest held-out loss.",
        "## How it is used",
        shell([[*words, "--output", "QUERIES"]]),
        *_by_hand(options),
        "## Scores",
        f"Held-out loss a token in nats: {record['held_out_loss']:.4f} (perplexity "
        f"{record['held_out_perplexity']:.2f}). Examples: {counts(record)}{trip}; R@1 and MRR@10 in percent.",
        *(f"{remark[0].upper()}{remark[1:]}." for remark in record["remarks"]),
        languages_table(languages),
        "`report/curve.png` shows how it learned"
        + (", `report/samples.jsonl` what it writes." if options["number"] else "."),
        "## What it was made from",
        facts([("model", f"{code(model)}, SHA-256 over its files {code(record['model_sha256'])}")]),
        data_table(record),
        "## How it is trained again",
        "On the same kind of machine with the same releases to the same bytes:",
        shell([_command(record)]),
        "## Licence",
        f"Not known to this tool: it depends on the model and on the data. {code(model)}: "
        f"{licence_text(record['model'])}. The data: see their own pages.",
    )


def _tags(options: Record) -> list[str]:
    kind, task = options.get("kind", "questions"), "text2text" if "template" in options else "text"
    return ["query-generation" if kind == "questions" else kind, f"{task}-generation"]


def _by_hand(options: Record) -> list[str]:
    """How a query is asked for without this package; what a chat model is told is too long for that."""
    if "template" not in options:
        return []
    return [
        "From Python, one query by hand:",
        block(
            "python",
            "from transformers import AutoModelForSeq2SeqLM, AutoTokenizer\n\n"
            'tokenizer, model = AutoTokenizer.from_pretrained("GENERATOR"), '
            'AutoModelForSeq2SeqLM.from_pretrained("GENERATOR")\n'
            f'prompt = {options["template"]!r}.format(language="…", passage="…")\n'
            'written = model.generate(**tokenizer(prompt, return_tensors="pt"), do_sample=True, max_new_tokens=64)\n'
            "print(tokenizer.decode(written[0], skip_special_tokens=True))",
        ),
    ]


def _command(record: Record) -> list[str]:
    words = [PROGRAM, "train", "generator", "--model", name_of(record["model"]), *material_flags(record)]
    words += ["--corpus", name_of(record["material"]["corpus"])] if record["material"]["corpus"] else []
    # The prompt is a file of the trainer's; the model carries it.
    options = {name: value for name, value in record["options"].items() if name != "prompt"}
    words += ["--prompt", f"GENERATOR/prompts/{options['kind']}.toml"] if "prompt" in record["options"] else []
    return [*words, *flags(options, _OPTIONS), *flags(record["settings"]), "--output", "GENERATOR"]
