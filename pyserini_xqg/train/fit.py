"""The loop: transformers' Trainer, made to stop at the first number that is none, and to go on from whole checkpoints
only.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from torch.utils.data import Dataset, Sampler
from transformers.utils import logging as transformers_logging

from pyserini_xqg.errors import OutputError, SetupError, TrainingError
from pyserini_xqg.files.whole import cannot_write
from pyserini_xqg.progress import Progress, progress
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.precision import TrainingPrecision
from pyserini_xqg.train.settings import TrainSettings

ROWS = "rows"
"""In a batch: the positions of its examples in the data set, int64 ``[examples]``, so that a bad one can be named."""
_DISK = ("PytorchStreamWriter failed", "file write failed", "unexpected pos", "No space left")
"""What torch says where other writers raise ``OSError``."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is trained, on what.

    :param model: in float32.
    :param tokenizer: saved with each checkpoint.
    :param examples: the training examples.
    :param sampler: their order, with ``set_epoch`` where epochs differ.
    :param collate: from examples to what the loss takes, and :data:`ROWS`.
    :param judge: held-out losses by name, of which ``loss`` decides which checkpoint is best. Called with gradients
        off, in the training's arithmetic.
    :param describe: from positions to words that a person finds the examples by.
    :param loss: from model and batch to the loss; None for the model's own.
    """

    model: Any
    tokenizer: Any
    examples: Dataset[Any]
    sampler: Sampler[int]
    collate: Callable[[list[Any]], dict[str, torch.Tensor]]
    judge: Callable[[Any], Mapping[str, float]]
    describe: Callable[[Sequence[int]], str]
    loss: Callable[[Any, dict[str, torch.Tensor]], torch.Tensor] | None = None


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A finished training.

    :param history: what was logged, oldest first: ``loss`` and ``learning_rate``, or ``eval_`` and the names that the
        judge gave; ``step`` and ``epoch``.
    :param best: the checkpoint with the lowest held-out loss.
    """

    history: list[dict[str, float]]
    best_step: int
    best: Path


def check_installed() -> None:
    """See that the loop can run, before anything long begins.

    :raises SetupError: accelerate is missing.
    """
    if importlib.util.find_spec("accelerate") is None:
        raise SetupError("training needs accelerate, which is not installed: pip install 'pyserini-xqg[train]'")


def fit(task: Task, settings: TrainSettings, steps: int, work: Path, resume: Path | None) -> FittedModel:
    """Train, or go on.

    :param settings: with a resolved precision.
    :param steps: in all, those already made included.
    :param resume: the checkpoint to go on from, as :func:`checkpoints.prepare` gives it.
    :raises TrainingError: a loss or a gradient is not a number, or the memory does not suffice.
    :raises OutputError: a checkpoint cannot be written.
    """
    state = _read_state(resume) if resume else None
    if state is None or state["global_step"] < steps:
        with (
            quiet(),
            _threads(settings.threads),
            progress("training", "steps", steps - (state["global_step"] if state else 0)) as bar,
            _explained(work),
        ):
            _Guarded(task=task, settings=settings, steps=steps, work=work, bar=bar, fresh=resume is None).train(
                resume_from_checkpoint=str(resume) if resume else None
            )
        state = _read_state(checkpoints.checkpoint(work, steps))
    best = int(state["best_global_step"])
    return FittedModel(state["log_history"], best, checkpoints.checkpoint(work, best))


def _read_state(place: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads((place / checkpoints.STATE).read_text(encoding="utf-8"))
        return state
    except (OSError, ValueError) as error:
        raise OutputError(f"{place} is damaged ({error}); remove it and run the same command again") from error


class _Guarded(transformers.Trainer):
    """transformers' Trainer with a judge of ours."""

    def __init__(
        self, *, task: Task, settings: TrainSettings, steps: int, work: Path, bar: Progress, fresh: bool
    ) -> None:
        self._task = task
        super().__init__(
            model=task.model,
            args=_arguments(settings, steps, work, fresh=fresh),
            train_dataset=task.examples,
            eval_dataset=task.examples,  # asked for, never read: the judge has its own
            data_collator=task.collate,
            callbacks=[_Watch(self, work, bar)],
        )
        self.remove_callback(transformers.PrinterCallback)

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return self._task.sampler

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        rows = inputs.pop(ROWS)
        loss = super().training_step(model, inputs, None)
        if not torch.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss.item()} at step {self.state.global_step + 1}, in a batch of {len(rows)} examples: "
                f"{self._task.describe(rows.tolist())}"
            )
        return loss

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        return (
            self._task.loss(model, inputs) if self._task.loss else super().compute_loss(model, inputs, return_outputs)
        )

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        self._task.model.eval()
        with torch.no_grad(), self.compute_loss_context_manager():
            found = {f"eval_{name}": value for name, value in self._task.judge(self._task.model).items()}
        self.log(found)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, found)
        return found

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        super()._save(output_dir, state_dict)
        folder = Path(str(output_dir or self.args.output_dir))
        (folder / "training_args.bin").unlink(missing_ok=True)  # a pickle of flags that training.json holds too
        self._task.tokenizer.save_pretrained(folder)


class _Watch(transformers.TrainerCallback):
    """Progress, a look at the held-out examples after the last step, gradients that are numbers, and the mark of a
    whole checkpoint.
    """

    def __init__(self, trainer: _Guarded, work: Path, bar: Progress) -> None:
        self._trainer = trainer
        self._work = work
        self._bar = bar

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        if self._trainer.accelerator.scaler is not None:  # it looks for itself, and leaves such a step out
            return
        norm = torch.nn.utils.get_total_norm([weight.grad for weight in model.parameters() if weight.grad is not None])
        if not torch.isfinite(norm):
            raise TrainingError(
                f"the gradient is {norm.item()} at step {state.global_step + 1}, though the loss is a number"
            )

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._bar.advance()
        if state.global_step >= state.max_steps:
            control.should_log = control.should_evaluate = control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        checkpoints.mark_whole(checkpoints.checkpoint(self._work, state.global_step))


def _arguments(settings: TrainSettings, steps: int, work: Path, *, fresh: bool) -> transformers.TrainingArguments:
    arguments = transformers.TrainingArguments(
        output_dir=str(work.absolute()),
        max_steps=steps,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup,
        lr_scheduler_type="linear",
        optim="adamw_torch",
        weight_decay=0.0,
        max_grad_norm=1.0,
        seed=settings.seed,
        bf16=settings.precision is TrainingPrecision.BF16,
        fp16=settings.precision is TrainingPrecision.FP16,
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="steps",
        eval_steps=settings.checkpoint_every,
        eval_on_start=fresh,
        save_strategy="steps",
        save_steps=settings.checkpoint_every,
        save_total_limit=2,  # the last and the best
        metric_for_best_model="loss",
        greater_is_better=False,
        logging_steps=settings.log_every(),
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
    )
    arguments._n_gpu = min(
        1, arguments.n_gpu
    )  # several would be split over by threads, with another size of batch; choose by CUDA_VISIBLE_DEVICES
    return arguments


@contextmanager
def quiet() -> Iterator[None]:
    """Without the remarks and bars of transformers."""
    library: Any = transformers_logging
    verbosity, bars = library.get_verbosity(), library.is_progress_bar_enabled()
    library.set_verbosity_error()
    library.disable_progress_bar()
    try:
        yield
    finally:
        library.set_verbosity(verbosity)
        if bars:
            library.enable_progress_bar()


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _explained(work: Path) -> Iterator[None]:
    """Turn what can go wrong into a sentence that says what is left to go on from."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise TrainingError(
            "the GPU's memory does not suffice; take a smaller --batch-size with a larger --accumulate, or shorter "
            "lengths"
        ) from error
    except TrainingError as error:
        last = checkpoints.last_whole(work)
        left = f"the last good checkpoint is {last}" if last else "no checkpoint had been written yet"
        advice = (
            "look at these examples, or train with a lower --learning-rate, more --warmup or --precision "
            "fp32 into another --output"
        )
        raise TrainingError(
            f"{error}; {left}; {advice}" + (f" (--model {last} starts from there)" if last else "")
        ) from error
    except OSError as error:
        raise cannot_write(work, error) from error
    except Exception as error:
        if type(error).__name__ == "SafetensorError" or any(sign in str(error) for sign in _DISK):
            raise OutputError(
                f"{work} could not be written ({str(error).splitlines()[0]}): free some space and run the same command "
                f"again; it goes on from {checkpoints.last_whole(work) or 'the beginning'}"
            ) from error
        raise
