"""Models without an encoder, such as Gemma: by default low-rank matrices are trained, and a passage is read once for
all of its texts.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import GeneratorError, TrainingError, UsageError
from pyserini_xqg.expand.models.causal_prompt import CausalPrompt, ends_of
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import Loaded, load
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.own_prompt import FOLDER as PROMPTS
from pyserini_xqg.expand.wording.prompt import read_prompt
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.train import checkpoints, lora
from pyserini_xqg.train.batches import GroupedSampler
from pyserini_xqg.train.fit import Task, quiet
from pyserini_xqg.train.generator.data.rows import PackedExamples, Packer, RowCollator
from pyserini_xqg.train.generator.data.split import DividedExamples
from pyserini_xqg.train.generator.learner import Lesson
from pyserini_xqg.train.generator.options import GeneratorOptions
from pyserini_xqg.train.generator.packed_losses import packed_held_out_loss, packed_loss
from pyserini_xqg.train.settings import TrainSettings

_WINDOW = 512
_TERMS = ("*LICENSE*", "*TERMS*", "NOTICE*")
_LONGEST = {TextKind.QUESTIONS: 64, TextKind.TRANSLATION: 512}


class CausalLearner:
    """See :class:`~pyserini_xqg.train.generator.learner.Learner`."""

    def settle(self, options: GeneratorOptions) -> GeneratorOptions:
        """Room for a passage and its translation; a prompt that can be read."""
        if options.template is not None:
            raise UsageError("--template is for sequence-to-sequence models; a model without an encoder takes --prompt")
        if options.causal.rank:
            lora.check_peft()
        longest = options.max_query_tokens or _LONGEST[options.kind]
        with _prompt_file(options) as place:
            read_prompt(place)
        return replace(options, window=options.window or _WINDOW, max_query_tokens=longest)

    def record(self, options: GeneratorOptions) -> dict[str, Any]:
        """Everything but the template, and the prompt's text."""
        with _prompt_file(options) as place:
            prompt = place.read_text(encoding="utf-8")
        return {
            "kind": str(options.kind),
            "lora_rank": options.causal.rank,
            "row_tokens": options.causal.row_tokens,
            "prompt": prompt,
            "window": options.window,
            "max_query_tokens": options.max_query_tokens,
            "number": options.number,
            "encoder": options.encoder,
        }

    def prepare(
        self, split: DividedExamples, files: ModelFiles, settings: TrainSettings, options: GeneratorOptions
    ) -> Lesson:
        """Load it in float32, give it what is trained, and pack the examples."""
        loaded = _load(files)
        assert options.window is not None  # settled
        with _prompt_file(options) as place:
            prompt = CausalPrompt(
                read_prompt(place), loaded.tokenizer, options.window, files.source, "--max-passage-tokens"
            )
        end = min(ends_of(loaded, files.source))  # where there are several, expand stops at any of them
        packer = Packer(prompt, end, options)
        train = packer.pack("reading training examples", split.train)
        held_out = packer.pack("reading held-out examples", split.held_out)
        if not train.rows or not held_out.rows:
            raise TrainingError(
                "no passage is left to learn from and to judge by that stands whole before its translation; give a "
                "larger --max-passage-tokens"
            )
        size = sum(weights.numel() for weights in loaded.model.parameters())
        model = _trained(loaded.model, options, settings.seed)
        pad_id = loaded.tokenizer.pad_token_id
        collate = RowCollator(0 if pad_id is None else pad_id)
        sampler = GroupedSampler(train.lengths(), settings.batch_size, settings.seed)
        judge = packed_held_out_loss(held_out, collate)
        task = Task(model, loaded.tokenizer, train, sampler, collate, judge, train.describe, packed_loss)
        learned = sum(weights.numel() for weights in model.parameters() if weights.requires_grad)
        remarks = (*_cut("training", train, options), *_cut("held-out", held_out, options))
        return Lesson(task, len(train), "rows of a passage and its texts", (size, learned), remarks)

    def finish(self, best: Path, files: ModelFiles, options: GeneratorOptions, place: Path) -> None:
        """The whole model, the matrices joined to its weights and beside it, and its prompt."""
        if options.causal.rank:
            loaded = _load(files)
            with quiet():
                lora.joined(loaded.model, best).save_pretrained(place)
            loaded.tokenizer.save_pretrained(place)
            (place / lora.FOLDER).mkdir()
            for name in ("adapter_config.json", "adapter_model.safetensors"):
                shutil.copyfile(best / name, place / lora.FOLDER / name)
        else:
            checkpoints.copy_model(best, place)
        # Whoever passes on what is derived from a model passes these on.
        for terms in (found for pattern in _TERMS for found in files.folder.glob(pattern)):
            shutil.copyfile(terms, place / terms.name)
        (place / PROMPTS).mkdir()
        with _prompt_file(options) as prompt:
            shutil.copyfile(prompt, place / PROMPTS / f"{options.kind}.toml")


def _cut(which: str, packed: PackedExamples, options: GeneratorOptions) -> list[str]:
    found = []
    if packed.cut_passages:
        done = "left out" if options.kind is TextKind.TRANSLATION else "cut (their passages' ends)"
        found.append(
            f"{done}, being longer than {options.window} tokens: {packed.cut_passages:,} of "
            f"{len(packed.examples):,} {which} prompts"
        )
    if packed.cut_texts:
        found.append(f"cut to {options.max_query_tokens} tokens: {packed.cut_texts:,} {which} texts")
    return found


@contextmanager
def _prompt_file(options: GeneratorOptions) -> Iterator[Path]:
    built_in = files("pyserini_xqg") / "resources" / "prompts" / f"trained.{options.kind}.toml"
    if options.causal.prompt:
        yield options.causal.prompt
    else:
        with as_file(built_in) as place:
            yield place


def _load(files: ModelFiles) -> Loaded:
    """The model in float32, on the CPU, where the loop takes it from.

    :raises GeneratorError: it cannot be loaded, or its attention takes no mask of ours.
    """
    loaded = load(files, "AutoModelForCausalLM", Hardware(ModelPrecision.FP32, device="cpu"))
    try:
        loaded.model.set_attn_implementation("sdpa")  # the one that takes any mask of booleans
    except ValueError as error:
        raise GeneratorError(
            f"{files.source} is of the architecture {loaded.model.config.model_type}, whose attention cannot be told "
            "what to look at, so several texts cannot share a passage; such a model cannot be trained here"
        ) from error
    return loaded


def _trained(model: Any, options: GeneratorOptions, seed: int) -> Any:
    if options.causal.rank:
        return lora.with_adapter(model, options.causal.rank, seed)
    # Most of a small multilingual model are its embeddings; they stay as they are, and with them words that no
    # example holds.
    for embeddings in (model.get_input_embeddings(), model.get_output_embeddings()):
        embeddings.weight.requires_grad_(False)
    return model
