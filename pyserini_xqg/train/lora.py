"""Low-rank matrices beside every linear layer, in the place of its weights (LoRA, Hu et al. 2022, arXiv 2106.09685),
through ``peft``.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import SetupError

FOLDER = "adapter"
"""In a trained model: the matrices alone, as peft writes them."""


def check_peft() -> None:
    """See that it can be done, before anything long begins.

    :raises SetupError: peft is missing.
    """
    if importlib.util.find_spec("peft") is None:
        raise SetupError(
            "low-rank training needs peft, which is not installed: pip install 'pyserini-xqg[train]' (or --lora-rank "
            "0, which trains all weights)"
        )


def with_adapter(model: Any, rank: int, seed: int) -> Any:
    """A model in which only new matrices are trained: two for each linear layer but the head, of which one begins at
    nothing.

    :param rank: theirs; what they add is scaled by two.
    """
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    wanted = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
    with _without_remarks():
        return get_peft_model(model, wanted)


def joined(model: Any, adapter: Path) -> Any:
    """The model with an adapter's matrices added to its weights."""
    from peft import PeftModel

    with _without_remarks():
        return PeftModel.from_pretrained(model, adapter).merge_and_unload()


@contextmanager
def _without_remarks() -> Iterator[None]:
    with warnings.catch_warnings():  # peft asks a model by names that transformers has since changed
        warnings.simplefilter("ignore", FutureWarning)
        yield
