"""Token ids are those of the original checkpoint's own tokenizer."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import transformers
from tiny_checkpoint import POSITIONS
from tiny_graph import write_word_encoder

from pyserini_xqg.encoder import tokenizer as module
from pyserini_xqg.encoder.folder import TOKENIZER, Side, read_config
from pyserini_xqg.encoder.tokenizer import TextTokenizer
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.sentences import SENTENCES

TEXTS = [
    *(sentence.text for sentence in SENTENCES),
    "\u202bعربي\u202c e\u0301 क्षि 👩‍👧",
    "word " * 25_000,
    "x" * 100_000,
    " \tpadded\n ",
]


def load(folder: Path) -> TextTokenizer:
    return TextTokenizer(folder, read_config(folder))


@pytest.mark.parametrize(
    ("side", "prefix", "limit"), [(Side.QUERY, "query: ", 32), (Side.PASSAGE, "passage: ", POSITIONS)]
)
def test_ids_are_those_of_transformers(tiny_bert: Path, tiny_encoder: Path, side: Side, prefix: str, limit: int):
    original = transformers.AutoTokenizer.from_pretrained(tiny_bert)
    expected = original([prefix + text.strip() for text in TEXTS], truncation=True, max_length=limit)["input_ids"]
    ids = load(tiny_encoder).tokenize(TEXTS, side)
    assert [one.tolist() for one in ids] == expected
    assert max(map(len, ids)) == limit
    assert all(one[0] == original.cls_token_id and one[-1] == original.sep_token_id for one in ids), (
        "cut texts keep their special tokens"
    )


def test_the_embedded_encoders_tokenizer(e5: Path):
    tokenizer = load(e5)
    assert tokenizer.pad_id == 1, "XLM-R's"
    assert [ids.tolist()[:1] + ids.tolist()[-1:] for ids in tokenizer.tokenize(["", " \n", "سؤال؟"], Side.QUERY)] == [
        [0, 2]
    ] * 3


def test_the_padding_id_is_the_checkpoints_own(tiny_bert: Path, tiny_encoder: Path):
    assert load(tiny_encoder).pad_id == transformers.AutoTokenizer.from_pretrained(tiny_bert).pad_token_id


def test_an_empty_text_has_tokens(tiny_encoder: Path):
    for text in ("", " \n"):
        assert len(load(tiny_encoder).tokenize([text], Side.QUERY)[0]) >= 2


def test_slabs_make_no_difference(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch):
    whole = [ids.tolist() for ids in load(tiny_encoder).tokenize(TEXTS, Side.PASSAGE)]
    monkeypatch.setattr(module, "_SLAB", 7)
    assert [ids.tolist() for ids in load(tiny_encoder).tokenize(TEXTS, Side.PASSAGE)] == whole


def test_both_sides_keep_their_own_limits(tiny_encoder: Path):
    tokenizer = load(tiny_encoder)
    assert [len(tokenizer.tokenize(["word " * 500], side)[0]) for side in (Side.QUERY, Side.PASSAGE, Side.QUERY)] == [
        32,
        POSITIONS,
        32,
    ]


def test_threads_that_share_it_get_their_own_sides_limits(tiny_encoder: Path):
    """Pyserini's batch search calls one encoder from several threads."""
    tokenizer = load(tiny_encoder)
    sides = [Side.QUERY, Side.PASSAGE] * 200
    with ThreadPoolExecutor(8) as pool:
        lengths = list(pool.map(lambda side: len(tokenizer.tokenize(["word " * 500], side)[0]), sides))
    assert lengths == [32, POSITIONS] * 200


@pytest.mark.parametrize("damage", [b"", b'{"version": "1.0"', b"{}", b"\xff\xfe"])
def test_a_damaged_tokenizer_is_named(tmp_path: Path, tiny_encoder: Path, damage: bytes):
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    (folder / TOKENIZER).write_bytes(damage)
    with pytest.raises(EncoderError, match=r"encoder/tokenizer\.json cannot be read .*; export the encoder again"):
        load(folder)


def test_a_word_level_tokenizer_without_special_tokens_works(tmp_path: Path):
    tokenizer = load(write_word_encoder(tmp_path / "encoder"))
    assert [ids.tolist() for ids in tokenizer.tokenize(["one two unknown", "three " * 20], Side.QUERY)] == [
        [3, 4, 1],
        [5] * 8,
    ]
