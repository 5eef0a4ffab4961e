"""The tokenizer of a checkpoint as a ``tokenizer.json`` that Python and Java read alike."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tokenizers import Tokenizer

from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.sentences import SENTENCES

if TYPE_CHECKING:
    from pyserini_xqg.export.checkpoint import Checkpoint

_LOGGER = logging.getLogger(__name__)
_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model")
_CASED = 0.01
"""A larger share of tokens with capital letters than special tokens and oddities bring into a vocabulary of lower
case.
"""


def load_tokenizer(checkpoint: Checkpoint, vocabulary: int) -> Tokenizer:
    """The fast tokenizer that transformers makes of the checkpoint, without truncation and padding.

    It is transformers' and not the checkpoint's ``tokenizer.json`` as it stands, because that is what the original
    embeds with; where the two differ, a warning says so.

    :param vocabulary: how many token embeddings the model has.
    :raises EncoderError: there is no tokenizer, none that can be made a fast one, or one that does not belong to the
        model.
    """
    tokenizer, rebuilt = _from_transformers(checkpoint)
    _without_limits(tokenizer)
    if not tokenizer.encode("").ids:
        raise EncoderError(
            f"the tokenizer of {checkpoint.source} adds no special tokens, so an empty text would have no embedding"
        )
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values())
    if largest >= vocabulary:
        raise EncoderError(
            f"the tokenizer of {checkpoint.source} gives ids up to {largest}, but its model knows {vocabulary} tokens"
        )
    if rebuilt:
        _warn_of_rebuilding(checkpoint, tokenizer)
    _warn_of_lower_casing(checkpoint, tokenizer)
    return tokenizer


def tokenize(tokenizer: Tokenizer, texts: list[str], max_length: int) -> list[list[int]]:
    """The ids of each text, special tokens included, cut to ``max_length``."""
    tokenizer.enable_truncation(max_length)
    try:
        return [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    finally:
        tokenizer.no_truncation()


def _from_transformers(checkpoint: Checkpoint) -> tuple[Tokenizer, bool]:
    """The tokenizer, and whether transformers made it anew out of the file's vocabulary instead of loading the file."""
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    from pyserini_xqg.export.quiet import quiet

    # Without its file transformers would make a tokenizer that knows the special tokens only.
    if not any((checkpoint.folder / name).is_file() for name in _FILES):
        raise EncoderError(f"the checkpoint {checkpoint.source} has no tokenizer: none of {', '.join(_FILES)} is there")
    try:
        with quiet():
            made = AutoTokenizer.from_pretrained(checkpoint.folder, local_files_only=True, trust_remote_code=False)
        backend: Tokenizer = made.backend_tokenizer
    except Exception as error:  # each kind of tokenizer file fails in its own way
        raise EncoderError(
            f"the tokenizer of {checkpoint.source} cannot be loaded as a fast one ({type(error).__name__}: {error})"
        ) from error
    return backend, type(made) is not PreTrainedTokenizerFast


def _without_limits(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _warn_of_rebuilding(checkpoint: Checkpoint, tokenizer: Tokenizer) -> None:
    file = checkpoint.folder / "tokenizer.json"
    if not file.is_file():
        return
    texts = [sentence.text for sentence in SENTENCES]
    theirs, ours = _without_limits(Tokenizer.from_file(str(file))).encode_batch(texts), tokenizer.encode_batch(texts)
    differing = sum(one.ids != other.ids for one, other in zip(theirs, ours, strict=True))
    if differing:
        _LOGGER.warning(
            "transformers rebuilds the tokenizer of %s and reads %d of %d built-in sentences otherwise than its "
            "tokenizer.json; the export follows transformers. If the file is right, set tokenizer_class to "
            "PreTrainedTokenizerFast in tokenizer_config.json and export again",
            checkpoint.source,
            differing,
            len(texts),
        )


def _warn_of_lower_casing(checkpoint: Checkpoint, tokenizer: Tokenizer) -> None:
    """A bare ``vocab.txt`` of a cased model gets BERT's default, lower case, and then loses every capital letter."""
    if not getattr(tokenizer.normalizer, "lowercase", False):
        return
    vocabulary = tokenizer.get_vocab(with_added_tokens=False)
    cased = sum(token != token.lower() for token in vocabulary)
    if cased > _CASED * len(vocabulary):
        _LOGGER.warning(
            "the tokenizer of %s lower-cases texts, although its vocabulary holds %d tokens with capital letters; if "
            "the model is a cased one, "
            'put "do_lower_case": false into tokenizer_config.json and export again',
            checkpoint.source,
            cased,
        )
