"""Halves made float32, by torch and without it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pyserini_xqg.store.widen import Widener, as_float32


def test_halves_become_floats_that_may_be_written_to():
    halves = np.array([[0.1, -65504.0], [6e-8, np.inf]], dtype=np.float16)
    halves.flags.writeable = False
    floats = as_float32(halves)
    np.testing.assert_array_equal(floats, halves.astype(np.float32))
    floats[0] = 0
    assert halves[0, 0] == np.float16(0.1)
    same = np.ones((2, 2), np.float32)
    as_float32(same)[0] = 0
    assert same.all()


@pytest.mark.parametrize("torch_is_there", [False, True])
def test_every_half_becomes_its_float(monkeypatch: pytest.MonkeyPatch, torch_is_there: bool):
    if torch_is_there:
        import torch  # noqa: F401
    else:
        monkeypatch.delitem(sys.modules, "torch", raising=False)
    halves = np.arange(65_536, dtype=np.uint16).view(np.float16).reshape(32, -1)
    finite = halves[np.isfinite(halves).all(axis=1)]
    widen = Widener()
    for block in (halves, finite, finite[::-1], finite[:0]):
        np.testing.assert_array_equal(widen(block), block.astype(np.float32))
        np.testing.assert_array_equal(np.signbit(widen(block)), np.signbit(block))
    assert len(finite) == 30
