"""``XqgEncoder``, driven as Anserini drives it, in a JVM of its own: it embeds as Python does, and says what is wrong
when it cannot.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tiny_checkpoint import POSITIONS, write_e5, write_xlm_roberta

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import CONFIG, MODEL, TOKENIZER, Pooling, Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.checkpoint import find_checkpoint
from pyserini_xqg.export.exporter import export_encoder
from pyserini_xqg.export.sentences import SCRIPTS, SENTENCES
from pyserini_xqg.export.settings import ExportSettings

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-5
LONG = "Where does the river rise, and who bridged it first? Вода кипит. 水在海平面沸腾。 " * 1100
assert len(LONG.encode()) > 100_000
WHITE_SPACE = "".join(chr(point) for point in range(0x110000) if chr(point).isspace())
LOOKALIKES = "\u200b\u180e\ufeff\u2060"  # these stay: they are no white space to Python
TEXTS = [
    *(sentence.text for sentence in SENTENCES),
    LONG,
    f"{WHITE_SPACE}between{WHITE_SPACE}words{WHITE_SPACE}",
    f"{LOOKALIKES}between{LOOKALIKES}",
    "one\0nul",
    "\x7f\x1b[31m controls",
    unicodedata.normalize("NFD", "Ångström, Việt Nam, 한국어, بِسْمِ"),
]

# Anserini itself makes an encoder by its name, without arguments.
DRIVER = """
import json, sys
from pathlib import Path
import numpy as np
from pyserini_xqg.java import bridge, jvm
job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
if job["property"]:
    bridge.set_property(bridge.ENCODER_PROPERTY, job["property"])
jvm.import_pyserini("pyserini.pyclass")
bridge.join()
from jnius import JavaException, autoclass
try:
    encoder = autoclass("io.anserini.encoder.dense.XqgEncoder")()
except JavaException as error:
    sys.exit(3)
np.save(job["output"], np.array([encoder.encode(text) for text in job["texts"]], dtype=np.float32))
encoder.close()
"""


@dataclass(frozen=True)
class Outcome:
    embeddings: np.ndarray | None
    stderr: str


def java(texts: list[str], tmp: Path, folder: Path | str | None = None, **environ: str) -> Outcome:
    """Embed with Java; ``folder`` goes into the system property."""
    places = {name: tmp / name for name in ("job.json", "output.npy", "home", "tmp")}
    for name in ("home", "tmp"):
        places[name].mkdir(exist_ok=True)
    job = {"texts": texts, "output": str(places["output.npy"]), "property": str(folder) if folder else None}
    places["job.json"].write_text(json.dumps(job), encoding="utf-8")
    cache = os.environ.get("PYSERINI_XQG_CACHE") or str(
        Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "pyserini-xqg"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "JAVA_HOME": os.environ.get("JAVA_HOME", ""),
        "PYTHONPATH": str(ROOT),
        "HOME": str(places["home"]),
        "PYSERINI_XQG_CACHE": cache,
        "JDK_JAVA_OPTIONS": "",
        "JAVA_TOOL_OPTIONS": f"-Djava.io.tmpdir={places['tmp']}",
        "OMP_NUM_THREADS": "1",
        **environ,
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(places["job.json"])],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in (0, 3), done.stderr
    left = [
        path
        for name in ("home", "tmp")
        for path in places[name].rglob("*")
        if path.is_file() and "hsperfdata" not in str(path)
    ]
    assert left == [], "left behind"
    return Outcome(np.load(places["output.npy"]) if done.returncode == 0 else None, done.stderr)


def agree(folder: Path, tmp: Path) -> None:
    assert SCRIPTS >= 12
    theirs = Encoder(folder, Precision.FP32).encode(TEXTS, Side.QUERY)
    ours = java(TEXTS, tmp, folder).embeddings
    assert ours is not None
    differences = np.abs(ours - theirs).max(axis=1)
    assert differences.max() < TOLERANCE, [TEXTS[place][:40] for place in np.flatnonzero(differences >= TOLERANCE)]


def test_embeds_as_python_does_with_e5(e5: Path, tmp_path: Path) -> None:
    agree(e5, tmp_path)


def test_embeds_as_python_does_with_a_cased_word_piece(tiny_encoder: Path, tmp_path: Path) -> None:
    agree(tiny_encoder, tmp_path)


@pytest.mark.parametrize("write", [write_xlm_roberta, write_e5], ids=["xlm-roberta", "e5-like"])
def test_embeds_as_python_does_with_a_unigram_vocabulary(write, tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    settings = ExportSettings(Pooling.CLS, False, "", "", POSITIONS, POSITIONS, quantize=False)
    export_encoder(find_checkpoint(str(write(tmp_path / "checkpoint"))), folder, settings)
    agree(folder, tmp_path)


def test_the_environment_variable_names_the_folder_too(tiny_encoder: Path, tmp_path: Path) -> None:
    ours = java(["Où ?"], tmp_path, PYSERINI_XQG_ENCODER=str(tiny_encoder)).embeddings
    assert ours is not None
    np.testing.assert_allclose(ours, Encoder(tiny_encoder, Precision.FP32).encode(["Où ?"], Side.QUERY), atol=TOLERANCE)


def test_the_property_goes_before_the_variable(tiny_encoder: Path, tmp_path: Path) -> None:
    assert java(["Où ?"], tmp_path, tiny_encoder, PYSERINI_XQG_ENCODER=str(tmp_path / "gone")).embeddings is not None


def told(outcome: Outcome) -> str:
    """The one line that says why."""
    assert outcome.embeddings is None
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("XqgEncoder: ")]
    assert len(lines) == 1, outcome.stderr
    return lines[0]


def test_no_encoder_chosen(tmp_path: Path) -> None:
    line = told(java([], tmp_path))
    assert (
        "set the environment variable PYSERINI_XQG_ENCODER or the system property xqg.encoder to a folder that "
        "`pyserini-xqg export` made" in line
    )


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    line = told(java([], tmp_path, tmp_path / "gone"))
    assert f"{tmp_path / 'gone'} is not an encoder folder: it has no encoder.json" in line
    assert "(xqg.encoder names it)" in line


def damaged(tiny_encoder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "encoder"
    shutil.copytree(tiny_encoder, folder)
    return folder


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
@pytest.mark.parametrize("damage", ["cut", "rubbish", "empty"])
def test_a_damaged_file(tiny_encoder: Path, tmp_path: Path, name: str, damage: str) -> None:
    folder = damaged(tiny_encoder, tmp_path)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(
        {"cut": whole[: len(whole) // 2], "rubbish": b"\xff\x00rubbish" * 99, "empty": b""}[damage]
    )
    line = told(java([], tmp_path, folder))
    assert f"{folder / name} cannot be read (" in line
    assert "export the encoder again" in line


def test_a_file_that_is_missing(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = damaged(tiny_encoder, tmp_path)
    (folder / TOKENIZER).unlink()
    assert f"{folder} is not an encoder folder: it has no {TOKENIZER}" in told(java([], tmp_path, folder))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"query_max_length": None}, "it has no proper query_max_length"),
        ({"query_max_length": "32"}, "it has no proper query_max_length"),
        ({"query_prefix": None}, "it has no proper query_prefix"),
        ({"dimension": 0}, "it has no proper dimension"),
        ({"format": 99}, "is of a format that this version does not know"),
    ],
)
def test_settings_that_are_missing_or_wrong(tiny_encoder: Path, tmp_path: Path, change: dict, complaint: str) -> None:
    folder = damaged(tiny_encoder, tmp_path)
    config = {**json.loads((folder / CONFIG).read_text()), **change}
    (folder / CONFIG).write_text(json.dumps({key: value for key, value in config.items() if value is not None}))
    line = told(java([], tmp_path, folder))
    assert f"{folder / CONFIG} is " in line
    assert complaint in line


def test_settings_that_are_not_json(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = damaged(tiny_encoder, tmp_path)
    (folder / CONFIG).write_text('{"format": 1,')
    assert f"{folder / CONFIG} is damaged (" in told(java([], tmp_path, folder))


def test_an_embedding_of_another_length(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = damaged(tiny_encoder, tmp_path)
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({**config, "dimension": 7}))
    with pytest.raises(AssertionError, match=r"gave 32 dimensions, its encoder\.json says 7"):
        java(["query"], tmp_path, folder)
