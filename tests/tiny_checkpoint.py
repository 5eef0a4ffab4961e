"""Tiny random checkpoints of the families that are exported, in the layout that transformers writes."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from pyserini_xqg.export.sentences import SENTENCES

POSITIONS = 128
HIDDEN = 32
_TEXTS = [sentence.text for sentence in SENTENCES]
# Wide enough that every position, type and mask leaves a mark on the embedding.
_SIZES = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": HIDDEN, "intermediate_size": 64, "initializer_range": 0.3}


def write_bert(folder: Path, *, seed: int = 0, lower_case: bool = False, positions: int = POSITIONS) -> Path:
    """A BERT with a WordPiece vocabulary, as mBERT has."""
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer = normalizers.BertNormalizer(lowercase=lower_case)
    trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trained.train_from_iterator(_TEXTS, trainers.WordPieceTrainer(vocab_size=900, special_tokens=special, show_progress=False))
    tokenizer = transformers.BertTokenizer(vocab=trained.get_vocab(), do_lower_case=lower_case)
    config = transformers.BertConfig(vocab_size=trained.get_vocab_size(), max_position_embeddings=positions, **_SIZES)
    return _write(folder, seed, transformers.BertModel, config, tokenizer)


def write_xlm_roberta(folder: Path, *, seed: int = 0) -> Path:
    """An XLM-R with a unigram vocabulary; its positions start after the padding id."""
    tokenizer = _unigram()
    config = transformers.XLMRobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=POSITIONS + 2, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, **_SIZES
    )
    return _write(folder, seed, transformers.XLMRobertaModel, config, tokenizer)


def write_e5(folder: Path, *, seed: int = 0) -> Path:
    """A BERT with XLM-R's kind of vocabulary, as multilingual E5 small has."""
    tokenizer = _unigram()
    config = transformers.BertConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, pad_token_id=1, **_SIZES)
    return _write(folder, seed, transformers.BertModel, config, tokenizer)


def write_distilbert(folder: Path, *, seed: int = 0) -> Path:
    """A DistilBERT, which takes no token types."""
    write_bert(folder, seed=seed)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    config = transformers.DistilBertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, n_layers=2, n_heads=2, dim=HIDDEN, hidden_dim=64, initializer_range=0.3
    )
    return _write(folder, seed, transformers.DistilBertModel, config, tokenizer)


def _unigram() -> transformers.PreTrainedTokenizerFast:
    trained = Tokenizer(models.Unigram())
    trained.normalizer = normalizers.NFKC()
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=1200, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False)
    trained.train_from_iterator(_TEXTS, trainer)
    pieces = [(piece, score) for piece, score in json.loads(trained.to_str())["model"]["vocab"]]
    return transformers.XLMRobertaTokenizer(vocab=[*pieces, ("<mask>", 0.0)])


def _write(
    folder: Path,
    seed: int,
    kind: type[transformers.PreTrainedModel],
    config: transformers.PretrainedConfig,
    tokenizer: transformers.PreTrainedTokenizerBase,
) -> Path:
    torch.manual_seed(seed)
    kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
