"""Tiny random models that write queries, in the layout that transformers writes, and corpora for them."""

from __future__ import annotations

from pathlib import Path

import torch
import transformers
from tiny_checkpoint import _unigram

CHAT_TEMPLATE = (
    "{% for message in messages %}<s>{{ message['role'] }}\n{{ message['content'] }}</s>\n{% endfor "
    "%}{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)


def write_mt5(folder: Path, *, seed: int = 0) -> Path:
    """An mT5 of two layers; its weights are wide enough that samples differ, and some end early."""
    tokenizer = _unigram()
    config = transformers.MT5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        decoder_start_token_id=1,
        pad_token_id=1,
        eos_token_id=2,
    )
    return _write(folder, seed, transformers.MT5ForConditionalGeneration, config, tokenizer)


def write_llama(folder: Path, *, seed: int = 0, template: str | None = CHAT_TEMPLATE) -> Path:
    """A Llama of two layers with grouped keys and a chat template."""
    tokenizer = _unigram()
    tokenizer.chat_template = template
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        initializer_range=0.3,
    )
    return _write(folder, seed, transformers.LlamaForCausalLM, config, tokenizer)


def write_gemma3(folder: Path, *, seed: int = 0, window: int = 16) -> Path:
    """A Gemma 3 of two layers, of which one sees ``window`` tokens back, without a chat template."""
    tokenizer = _unigram()
    tokenizer.chat_template = None
    config = transformers.Gemma3TextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=8,
        query_pre_attn_scalar=8,
        sliding_window=window,
        layer_types=["sliding_attention", "full_attention"],
        max_position_embeddings=2048,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        initializer_range=0.3,
    )
    return _write(folder, seed, transformers.Gemma3ForCausalLM, config, tokenizer)


def _write(
    folder: Path,
    seed: int,
    kind: type[transformers.PreTrainedModel],
    config: transformers.PretrainedConfig,
    tokenizer: transformers.PreTrainedTokenizerBase,
) -> Path:
    torch.manual_seed(seed)
    model = kind(config)
    _flatten(model, config.eos_token_id)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _flatten(model: torch.nn.Module, end: int) -> None:
    """Make the end of a text likelier, so that samples are of different lengths, and the most likely tokens less so."""
    head = model.lm_head.weight
    with torch.no_grad():
        head.mul_(8.0 / head.norm(dim=1, keepdim=True).clamp(min=1e-6) / 8.0)
        head[end] *= 1.5
