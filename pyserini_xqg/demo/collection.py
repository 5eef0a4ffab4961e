"""The embedded collection: 66 English passages; in eight languages two queries and one other test query for each.

Written for this project. The "generated" queries are what a good generator would give; a test query asks something else
of the same passage, in other words.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from pyserini_xqg.files.text import write_text

LANGUAGES = ("ar", "bn", "fi", "ja", "ko", "ru", "sw", "te")


def write_collection(folder: Path) -> None:
    """Write ``corpus.jsonl``, ``queries.jsonl``, ``topics.LANG.tsv`` and ``qrels.LANG.txt`` into ``folder``."""
    with as_file(files("pyserini_xqg") / "resources" / "demo") as source:
        for path in sorted(source.iterdir()):
            write_text(folder / path.name, path.read_text(encoding="utf-8"))
