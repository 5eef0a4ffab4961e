"""Sequence-to-sequence models, as the paper's mT5: all weights are trained."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import Loaded, load
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.wording.seq2seq_prompt import PAPER_PROMPT, Seq2SeqPrompt
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.batches import GroupedSampler
from pyserini_xqg.train.fit import Task
from pyserini_xqg.train.generator.data.encoding import ExampleCollator, encode
from pyserini_xqg.train.generator.data.split import DividedExamples
from pyserini_xqg.train.generator.learner import Lesson
from pyserini_xqg.train.generator.losses import held_out_loss
from pyserini_xqg.train.generator.options import CausalOptions, GeneratorOptions
from pyserini_xqg.train.settings import TrainSettings

_WINDOW, _LONGEST = 128, 64


class Seq2SeqLearner:
    """See :class:`~pyserini_xqg.train.generator.learner.Learner`."""

    def settle(self, options: GeneratorOptions) -> GeneratorOptions:
        """The paper's lengths."""
        if options.causal != CausalOptions():
            raise UsageError(
                "--lora-rank, --row-tokens and --prompt are for models without an encoder; a sequence-to-sequence "
                "model is trained whole, and takes --template"
            )
        if options.kind is not TextKind.QUESTIONS:
            raise UsageError(
                "a sequence-to-sequence model learns to write questions here; to learn to translate give a model "
                "without an encoder, such as gemma"
            )
        return replace(options, window=options.window or _WINDOW, max_query_tokens=options.max_query_tokens or _LONGEST)

    def record(self, options: GeneratorOptions) -> dict[str, Any]:
        """Template and lengths, and what is asked at the end."""
        found = asdict(options)
        del found["causal"], found["kind"]
        return {**found, "template": options.template or PAPER_PROMPT}

    def prepare(
        self, split: DividedExamples, files: ModelFiles, settings: TrainSettings, options: GeneratorOptions
    ) -> Lesson:
        """Load it in float32, and read the examples as prompts and texts."""
        loaded = _load(files)
        positions = getattr(loaded.model.config, "max_position_embeddings", None)
        prompt = Seq2SeqPrompt.of(options.template, loaded.tokenizer, positions, options.window, files.source)
        asked = options.max_query_tokens or _LONGEST
        longest = min(asked, positions or asked)
        train = encode("reading training examples", split.train, prompt, longest)
        held_out = encode("reading held-out examples", split.held_out, prompt, longest)
        remarks = []
        if train.cut_passages or train.cut_queries:
            remarks.append(
                f"cut to {prompt.window} tokens: {train.cut_passages:,} of {len(train):,} prompts (their passages' "
                f"ends); to {longest} tokens: {train.cut_queries:,} queries"
            )
        pad_id = loaded.model.config.pad_token_id
        collate = ExampleCollator(0 if pad_id is None else pad_id)
        sampler = GroupedSampler(train.lengths(), settings.batch_size, settings.seed)
        judge = held_out_loss(held_out, collate)
        task = Task(loaded.model, loaded.tokenizer, train, sampler, collate, judge, train.describe)
        size = sum(weights.numel() for weights in loaded.model.parameters())
        return Lesson(task, len(train), "examples", (size, size), tuple(remarks))

    def finish(self, best: Path, files: ModelFiles, options: GeneratorOptions, place: Path) -> None:
        """A checkpoint of it is such a model already."""
        checkpoints.copy_model(best, place)


def _load(files: ModelFiles) -> Loaded:
    """The model in float32, on the CPU, where the loop takes it from.

    :raises GeneratorError: it cannot be loaded, or its parts do not fit.
    """
    loaded = load(files, "AutoModelForSeq2SeqLM", Hardware(ModelPrecision.FP32, device="cpu"))
    for name in ("decoder_start_token_id", "eos_token_id"):
        if getattr(loaded.model.config, name, None) is None:
            raise GeneratorError(f"{files.source} does not state {name} in its config.json; add it there")
    rows = loaded.model.get_input_embeddings().num_embeddings
    if len(loaded.tokenizer) > rows:
        raise GeneratorError(
            f"{files.source} has a tokenizer of {len(loaded.tokenizer):,} pieces and a model of {rows:,}; they are "
            "not of one make"
        )
    return loaded
