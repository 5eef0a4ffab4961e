"""Tiny random models that translate, of each family, in the layout that transformers writes."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import sentencepiece
import transformers
from tiny_generators import _write, write_mt5
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

from pyserini_xqg.export.sentences import SENTENCES

_SIZES = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "init_std": 0.3,
}


def write_m2m100(folder: Path, *, seed: int = 0) -> Path:
    """An M2M-100: SentencePiece's pieces, and a token a language behind them."""
    folder.mkdir(parents=True)
    pieces = _pieces()
    vocabulary = ["<s>", "<pad>", "</s>", "<unk>", *pieces]
    (folder / "sentencepiece.bpe.model").write_bytes(_model())
    (folder / "vocab.json").write_text(json.dumps({piece: place for place, piece in enumerate(vocabulary)}))
    codes = transformers.models.m2m_100.tokenization_m2m_100.FAIRSEQ_LANGUAGE_CODES["m2m100"]
    tokenizer = transformers.M2M100Tokenizer(
        str(folder / "vocab.json"),
        str(folder / "sentencepiece.bpe.model"),
        additional_special_tokens=[f"__{code}__" for code in codes],
    )
    config = transformers.M2M100Config(
        vocab_size=len(vocabulary) + len(codes) + 8, max_position_embeddings=256, decoder_start_token_id=2, **_SIZES
    )
    return _write(folder, seed, transformers.M2M100ForConditionalGeneration, config, tokenizer)


def write_nllb(folder: Path, *, seed: int = 0) -> Path:
    """An NLLB-200: the same model, with FLORES-200's codes."""
    letters = sorted({"▁", *"".join(sentence.text for sentence in SENTENCES).replace(" ", "▁")})
    vocabulary = {piece: place for place, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *letters])}
    tokenizer = transformers.NllbTokenizer(vocab=vocabulary, merges=[], extra_special_tokens=FAIRSEQ_LANGUAGE_CODES)
    config = transformers.M2M100Config(
        vocab_size=len(tokenizer), max_position_embeddings=256, decoder_start_token_id=2, **_SIZES
    )
    return _write(folder, seed, transformers.M2M100ForConditionalGeneration, config, tokenizer)


def write_opus(
    folder: Path, *, pair: tuple[str, str] = ("en", "de"), targets: tuple[str, ...] = (), seed: int = 0
) -> Path:
    """An OPUS-MT model.

    :param targets: languages whose prefixes its vocabulary holds; none for a model of one pair.
    """
    folder.mkdir(parents=True)
    vocabulary = ["</s>", "<unk>", *(f">>{target}<<" for target in targets), *_pieces(), "<pad>"]
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(_model())
    (folder / "vocab.json").write_text(json.dumps({piece: place for place, piece in enumerate(vocabulary)}))
    tokenizer = transformers.MarianTokenizer(
        str(folder / "source.spm"),
        str(folder / "target.spm"),
        str(folder / "vocab.json"),
        source_lang=pair[0],
        target_lang=pair[1],
    )
    padding = len(vocabulary) - 1
    config = transformers.MarianConfig(
        vocab_size=len(vocabulary),
        max_position_embeddings=128,
        pad_token_id=padding,
        eos_token_id=0,
        decoder_start_token_id=padding,
        forced_eos_token_id=None,
        scale_embedding=True,
        **_SIZES,
    )
    written = _write(folder, seed, transformers.MarianMTModel, config, tokenizer)
    settings = transformers.GenerationConfig.from_pretrained(folder)
    settings.bad_words_ids = [[padding]]
    settings.save_pretrained(folder)
    return written


def write_madlad(folder: Path, *, seed: int = 0) -> Path:
    """A MADLAD-400: a T5 whose vocabulary has a word a language."""
    write_mt5(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([f"<2{code}>" for code in ("ar", "de", "iw", "zh")])
    config = transformers.T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    return _write(folder, seed, transformers.T5ForConditionalGeneration, config, tokenizer)


@cache
def _model() -> bytes:
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentence.text for sentence in SENTENCES),
        model_writer=written,
        vocab_size=900,
        hard_vocab_limit=False,
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
    )
    return written.getvalue()


@cache
def _pieces() -> tuple[str, ...]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=_model())
    pieces = (processor.id_to_piece(place) for place in range(processor.get_piece_size()))
    return tuple(piece for piece in pieces if piece not in ("<s>", "</s>", "<unk>"))
