"""What lies in the folder of a page's reader: small real data and tiny models under the names that the page uses."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import help_samples
import parallel_samples
import tiny_checkpoint
import tiny_generators
import tiny_translators
from docs_files import PASSAGES, TOPICS, Parts, docids, texts, write_lines, write_text
from docs_pages import ROOT, blocks
from docs_published import datasets, xor_tydi

from pyserini_xqg.demo.collection import write_collection

_TOOLS = ("basename", "bash", "cat", "cp", "env", "ls", "mkdir", "mv", "rm")
"""All that a page may call besides; another program must be taken into this list, or into that of docs_stand_ins.py."""
_CLUSTER = {
    # A task of an array job, and a node, are this machine here; the cluster's own words are taken as it takes them.
    "ssh": 'shift; exec bash -c "$*"',
    "sbatch": """for word; do case $word in
        --export=ALL,*) IFS=, read -ra pairs <<< "${word#--export=ALL,}" ;;
        --dependency=afterok:7 | --parsable) ;;
        *) task=$word ;;
    esac; done
    for id in 0 1; do
        env "${pairs[@]}" SLURM_ARRAY_TASK_ID=$id SLURM_ARRAY_TASK_COUNT=2 SLURM_CPUS_PER_TASK=1 bash "$task" >&2
    done
    echo 7""",
}


def write_parts(folder: Path, data: Path) -> Parts:
    """Make the collection, the models and a virtual environment that sees this one's packages."""
    write_collection(folder / "whole")
    cut_collection(folder / "whole", folder / "data")
    tiny_checkpoint.write_bert(folder / "bert")
    tiny_generators.write_mt5(folder / "mt5")
    tiny_generators.write_gemma3(folder / "gemma")
    tiny_translators.write_nllb(folder / "nllb")
    with patch.object(tiny_checkpoint, "POSITIONS", 512):  # the embedded encoder's longest passage
        tiny_checkpoint.write_e5(folder / "e5")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=120)
    (site_packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (site_packages / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
    (folder / "tools").mkdir()
    for name in _TOOLS:
        (folder / "tools" / name).symlink_to(shutil.which(name) or name)
    for name, text in _CLUSTER.items():
        program = folder / "venv" / "bin" / name
        program.write_text(f"#!/bin/bash\n{text}\n")
        program.chmod(0o755)
    return Parts(folder, data)


def cut_collection(whole: Path, place: Path) -> None:
    """The first passages of the embedded collection, with a few topics a language."""
    place.mkdir(parents=True)
    for path in sorted(whole.iterdir()):
        kept = TOPICS if path.name.startswith(("topics", "qrels")) else PASSAGES
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:kept]
        (place / path.name).write_text("".join(lines), encoding="utf-8")


def lay_out(page: Path, parts: Parts, folder: Path) -> None:
    """Fill the folder of a page's reader."""
    (folder / ".venv").symlink_to(parts.folder / "venv")
    parts.link("tools", folder / ".tools")
    for path in (parts.folder / "data").iterdir():
        parts.link(f"data/{path.name}", folder / path.name)
    _OF_PAGE.get(page.name, _nothing)(parts, folder)


def _nothing(parts: Parts, folder: Path) -> None:
    """The collection is enough."""


def _readme(parts: Parts, folder: Path) -> None:
    for path in (parts.folder / "data").iterdir():
        parts.link(f"data/{path.name}", folder / "demo" / "collection" / path.name)
    (folder / "demo" / "collection" / "DATA").symlink_to(parts.data)


def _generating(parts: Parts, folder: Path) -> None:
    parts.link("mt5", folder / "MODEL")
    parts.link("nllb", folder / "NLLB")
    write_text(folder / "collection.tsv", f"{docids(parts)[0]}\tDer Nil ist lang.")
    write_lines(folder / "published.jsonl", [{"docid": docids(parts)[0], "generated_queries": {"ar": ["متى؟"]}}])


def _reproduce(parts: Parts, folder: Path) -> None:
    (folder / "DATA").symlink_to(parts.data)
    (matrix,) = (block for block in blocks(ROOT / "docs" / "reproduce.md") if block.kind == "yaml")
    write_text(folder / "mine.yaml", *matrix.lines)


def _own_encoder(parts: Parts, folder: Path) -> None:
    parts.link("bert", folder / "my-checkpoint")


def _pyserini(parts: Parts, folder: Path) -> None:
    parts.link("e5-encoder", folder / "my-encoder")


def _cluster(parts: Parts, folder: Path) -> None:
    parts.link("mt5", folder / "my-mt5")
    parts.link("e5-encoder", folder / "my-encoder")
    (folder / "docs").symlink_to(ROOT / "docs")


def _robustness(parts: Parts, folder: Path) -> None:
    parts.link("data", folder / "data")
    parts.link("data", folder / "training-data")
    lines = (folder / "topics.ar.tsv").read_text(encoding="utf-8").splitlines()
    write_lines(
        folder / "paraphrases.jsonl",
        [{"qid": qid, "text": f"{text} {text}"} for qid, text in (line.split("\t") for line in lines)],
    )


def _perturb(parts: Parts, folder: Path) -> None:
    parts.link("data", folder / "data")
    parts.link("index", folder / "index")


def _train_generator(parts: Parts, folder: Path) -> None:
    parts.link("mt5", folder / "google" / "mt5-base")
    examples = [
        {"passage": text, "query": f"{word}?", "lang": code}
        for text in texts(parts)
        for code, word in (("ar", "متى"), ("sw", "Lini"))
    ]
    write_lines(folder / "xor-train.jsonl", examples[:-4])
    write_lines(folder / "xor-dev.jsonl", examples[-4:])
    parts.link("gemma", folder / "google" / "gemma-3-270m")
    translated = [{"id": docid, "translations": {"ar": ["ماء"]}} for docid in docids(parts)]
    write_lines(folder / "texts.jsonl", translated)


def _train_retriever(parts: Parts, folder: Path) -> None:
    for name in ("xquad-train", "afriqa-train"):
        parts.link("data", folder / name)
    parts.link("index", folder / "INDEX")


def _glosses(parts: Parts, folder: Path) -> None:
    words = "water\tماء\nsea\tبحر\nriver\tنهر\nbridge\tجسر\ncity\tمدينة\n"
    write_text(folder / "words.en-ar.tsv", words)


def _lexicon(parts: Parts, folder: Path) -> None:
    """The help with one more page, long enough to learn from; pairs and a table in the published shape."""
    pairs = list(parallel_samples.sentences(250))
    help_samples.packages(folder / "HELP")
    for language, lines in (("en-US", [one for one, _ in pairs]), ("de", [other for _, other in pairs])):
        paragraphs = [help_samples.paragraph(str(number), text) for number, text in enumerate(lines, start=100)]
        place = help_samples.help_folder(folder / "HELP", language) / "text" / "long.html"
        help_samples.write(place, help_samples.page("Long", *paragraphs, language=language))
    write_text(folder / "mine.en-fr.tsv", *("\t".join(pair) for pair in pairs))
    write_text(folder / "table.en-ru.json", '{"cell": {"ячейка": 0.8}}')


_OF_PAGE: dict[str, Callable[[Parts, Path], None]] = {
    "README.md": _readme,
    "generating.md": _generating,
    "reproduce.md": _reproduce,
    "own-encoder.md": _own_encoder,
    "pyserini.md": _pyserini,
    "cluster.md": _cluster,
    "robustness.md": _robustness,
    "perturb.md": _perturb,
    "train-generator.md": _train_generator,
    "train-retriever.md": _train_retriever,
    "datasets.md": datasets,
    "glosses.md": _glosses,
    "lexicon.md": _lexicon,
    "xor-tydi.md": xor_tydi,
}
