"""Loading a model with transformers, so that what is wrong with it is one sentence."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

import torch

from pyserini_xqg.errors import GeneratorError, SetupError, first_line
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.model_files import ModelFiles

if TYPE_CHECKING:
    from transformers import PretrainedConfig


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with its tokenizer, ready to run."""

    model: Any
    tokenizer: Any
    device: torch.device


def read_config(files: ModelFiles) -> PretrainedConfig:
    """The model's configuration.

    :raises GeneratorError: it cannot be read.
    """
    from transformers import AutoConfig

    with loading(files):
        config: PretrainedConfig = AutoConfig.from_pretrained(files.folder, **_common(files))
        return config


def load(files: ModelFiles, kind: str, hardware: Hardware) -> Loaded:
    """Load model and tokenizer.

    :param kind: the name of transformers' auto class.
    :raises GeneratorError: they cannot be loaded, or weights are missing.
    """
    import transformers

    if hardware.threads:
        torch.set_num_threads(hardware.threads)
    tokenizer = load_tokenizer(files)
    with loading(files):
        model, report = getattr(transformers, kind).from_pretrained(
            files.folder, dtype=hardware.dtype(), weights_only=True, output_loading_info=True, **_common(files)
        )
    missing = sorted(report["missing_keys"])
    if missing:
        raise GeneratorError(
            f"{files.source} lacks {len(missing)} weights of its model "
            f"({', '.join(missing[:3])}{', …' if len(missing) > 3 else ''})"
        )
    device = hardware.place()
    return Loaded(model.eval().to(device), tokenizer, device)


def load_tokenizer(files: ModelFiles) -> Any:
    """The tokenizer.

    :raises GeneratorError: it cannot be loaded.
    """
    import transformers

    with loading(files):
        return transformers.AutoTokenizer.from_pretrained(files.folder, **_common(files))


def _common(files: ModelFiles) -> dict[str, Any]:
    return {"local_files_only": True, "trust_remote_code": False, **({"gguf_file": files.gguf} if files.gguf else {})}


@contextmanager
def loading(files: ModelFiles) -> Iterator[None]:
    """Quiet while a library loads something of a model; its errors become one sentence.

    :raises GeneratorError: the files are damaged, or of a kind that it does not know.
    :raises SetupError: it needs what is not installed.
    """
    from transformers.utils import logging as transformers_logging

    library: Any = transformers_logging  # its functions carry no types
    verbosity, bars = library.get_verbosity(), library.is_progress_bar_enabled()
    try:
        library.set_verbosity_error()
        library.disable_progress_bar()
        with (
            warnings.catch_warnings(),
            redirect_stderr(StringIO()),
        ):  # the reader of GGUF files shows a bar that nothing else turns off
            warnings.simplefilter("ignore")
            yield
    except ImportError as error:
        raise SetupError(
            f"{files.source} needs what is not installed ({first_line(error)}): pip install 'pyserini-xqg[generate]'"
        ) from error
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # each layer of the loader raises its own kinds on a damaged file
        raise GeneratorError(f"the generator {files.source} cannot be loaded: {first_line(error)}") from error
    finally:
        library.set_verbosity(verbosity)
        if bars:
            library.enable_progress_bar()
