"""Tiny random checkpoints of the families that are exported, in the layout that transformers writes."""

from __future__ import annotations

import math
import string
from collections import Counter
from functools import cache
from pathlib import Path

import torch
import transformers
from tokenizers import normalizers, pre_tokenizers

from pyserini_xqg.export.sentences import SENTENCES

POSITIONS = 128
HIDDEN = 32
_TEXTS = [sentence.text for sentence in SENTENCES]
# Wide enough that every position, type and mask leaves a mark on the embedding.
_SIZES = {
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "hidden_size": HIDDEN,
    "intermediate_size": 64,
    "initializer_range": 0.3,
}


def write_bert(folder: Path, *, seed: int = 0, lower_case: bool = False, positions: int = POSITIONS) -> Path:
    """A BERT with a WordPiece vocabulary, as mBERT has."""
    words = _words(normalizers.BertNormalizer(lowercase=lower_case), pre_tokenizers.BertPreTokenizer())
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_pieces(words, inner="##", most=1600)]
    tokenizer = transformers.BertTokenizer(
        vocab={piece: place for place, piece in enumerate(pieces)}, do_lower_case=lower_case
    )
    config = transformers.BertConfig(vocab_size=len(pieces), max_position_embeddings=positions, **_SIZES)
    return _write(folder, seed, transformers.BertModel, config, tokenizer)


def write_word_bert(folder: Path, words: list[str], *, seed: int = 0) -> Path:
    """A BERT that knows these words."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    tokenizer = transformers.BertTokenizer(vocab={piece: place for place, piece in enumerate(pieces)})
    config = transformers.BertConfig(vocab_size=len(pieces), max_position_embeddings=POSITIONS, **_SIZES)
    return _write(folder, seed, transformers.BertModel, config, tokenizer)


def write_xlm_roberta(folder: Path, *, seed: int = 0) -> Path:
    """An XLM-R with a unigram vocabulary; its positions start after the padding id."""
    tokenizer = _unigram()
    config = transformers.XLMRobertaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=POSITIONS + 2,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        **_SIZES,
    )
    return _write(folder, seed, transformers.XLMRobertaModel, config, tokenizer)


def write_e5(folder: Path, *, seed: int = 0) -> Path:
    """A BERT with XLM-R's kind of vocabulary, as multilingual E5 small has."""
    tokenizer = _unigram()
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, pad_token_id=1, **_SIZES
    )
    return _write(folder, seed, transformers.BertModel, config, tokenizer)


def write_distilbert(folder: Path, *, seed: int = 0) -> Path:
    """A DistilBERT, which takes no token types."""
    write_bert(folder, seed=seed)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    config = transformers.DistilBertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=POSITIONS,
        n_layers=2,
        n_heads=2,
        dim=HIDDEN,
        hidden_dim=64,
        initializer_range=0.3,
    )
    return _write(folder, seed, transformers.DistilBertModel, config, tokenizer)


def _unigram() -> transformers.PreTrainedTokenizerFast:
    counts = _unigram_pieces()
    special = [(piece, 0.0) for piece in ("<s>", "<pad>", "</s>", "<unk>")]
    pieces = [(piece, math.log(count / sum(counts.values()))) for piece, count in counts.items()]
    return transformers.XLMRobertaTokenizer(vocab=[*special, *pieces, ("<mask>", 0.0)])


@cache
def _unigram_pieces() -> dict[str, int]:
    return _pieces(_words(normalizers.NFKC(), pre_tokenizers.Metaspace()), inner="", most=1600)


def _words(normalizer: normalizers.Normalizer, splitter: pre_tokenizers.PreTokenizer) -> list[str]:
    return [word for text in _TEXTS for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))]


def _pieces(words: list[str], *, inner: str, most: int) -> dict[str, int]:
    """All letters, at the beginning and inside, and the commonest pieces of two to five, each with its count.

    Counted, not trained: the trainers of ``tokenizers`` break ties by chance, anew in each process, and each run of the
    tests would have another model.
    """
    letters = sorted({*string.ascii_letters, *string.digits, *string.punctuation}.union(*words))
    counts = Counter({piece: 1 for letter in letters for piece in (letter, inner + letter)})
    spans = [(start, start + length) for length in (1, 2, 3, 4, 5) for start in range(max(map(len, words)))]
    counts.update(
        (inner if start else "") + word[start:end] for start, end in spans for word in words if end <= len(word)
    )
    by_count = sorted(counts, key=lambda piece: (len(piece.removeprefix(inner)) > 1, -counts[piece], piece))
    return {piece: counts[piece] for piece in by_count[:most]}


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
