"""Texts that share a passage are learned exactly as each by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_generators import write_gemma3, write_llama

from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import load
from pyserini_xqg.expand.models.model_files import find_model
from pyserini_xqg.train.batches import IGNORED
from pyserini_xqg.train.generator.data.packing import TextToLearn, batch_rows, pack, sees
from pyserini_xqg.train.generator.packed_losses import packed_loss, token_losses

PASSAGE = [0, *range(10, 34)]
TEXTS = [
    TextToLearn([*PASSAGE, 40, 41, 50, 51, 52, 2], len(PASSAGE) + 2, 0),
    TextToLearn([*PASSAGE, 40, 42, 60, 2], len(PASSAGE) + 2, 1),
    TextToLearn([*PASSAGE, 43, 70, 71, 72, 73, 74, 75, 2], len(PASSAGE) + 1, 2),
]
"""Prompts that end differently, of different lengths, texts too."""


def test_a_row_holds_the_passage_once():
    [row] = pack(TEXTS, 1000)
    assert row.ids.tolist() == [*PASSAGE, 40, 41, 50, 51, 52, 2, 40, 42, 60, 2, 43, 70, 71, 72, 73, 74, 75, 2]
    assert row.positions.tolist() == [*range(25), *range(25, 31), *range(25, 29), *range(25, 33)]
    assert row.segments.tolist() == [0] * 25 + [1] * 6 + [2] * 4 + [3] * 8
    no = IGNORED
    assert row.labels.tolist()[25:] == [
        *[no, 50, 51, 52, 2, no],
        *[no, 60, 2, no],
        *[70, 71, 72, 73, 74, 75, 2, no],
    ]
    assert row.labels.tolist()[:25] == [no] * 25
    assert row.owners.tolist()[25:] == [*[no, 0, 0, 0, 0, no], *[no, 1, 1, no], *[2] * 7, no]
    assert row.examples() == [0, 1, 2]


def test_rows_are_no_longer_than_they_may_be():
    rows = pack(TEXTS, 36)
    assert [row.examples() for row in rows] == [[0, 1], [2]]
    assert [len(row) for row in rows] == [35, 33]
    assert [row.examples() for row in pack(TEXTS, 4)] == [[0], [1], [2]], "a text that is longer stands alone"


def test_a_single_text_keeps_a_token_to_be_predicted_from():
    [row] = pack([TextToLearn([7, 8, 9], 1, 5)], 10)
    assert row.labels.tolist() == [8, 9, IGNORED]
    assert row.segments.tolist() == [1, 1, 1]


def test_who_sees_whom():
    segments = torch.tensor([[0, 0, 1, 1, 2, -1]])
    positions = torch.tensor([[0, 1, 2, 3, 2, 0]])
    seen = sees(segments, positions)[0, 0].int().tolist()
    assert seen == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 0, 1],
    ]
    assert sees(segments, positions, 2)[0, 0].int().tolist()[3:5] == [[0, 0, 1, 1, 0, 0], [0, 1, 0, 0, 1, 0]]


@pytest.mark.parametrize("write", [write_gemma3, write_llama])
def test_the_loss_and_its_gradient_are_those_of_separate_sequences(write, tmp_path: Path):
    """A sliding window of 16 tokens, shorter than the passage, is held to as well."""
    files = find_model(str(write(tmp_path / "m")))
    model = load(files, "AutoModelForCausalLM", Hardware(ModelPrecision.FP32, device="cpu")).model
    model.set_attn_implementation("sdpa")
    other = TextToLearn([0, 11, 12, 40, 80, 2], 4, 3)  # a shorter row beside it, so that there is padding
    batch = batch_rows([*pack(TEXTS, 1000), *pack([other], 1000)], 1)
    losses, owners = token_losses(model, batch)
    alone = []
    for text in [*TEXTS, other]:
        labels = torch.tensor([[IGNORED] * text.prompt + list(text.ids[text.prompt :])])
        logits = model(input_ids=torch.tensor([list(text.ids)])).logits
        wanted = labels[0, 1:]
        alone.append(torch.nn.functional.cross_entropy(logits[0, :-1], wanted, ignore_index=IGNORED, reduction="none"))
        mine = alone[-1][wanted != IGNORED]
        torch.testing.assert_close(losses[owners == text.example], mine, rtol=2e-5, atol=2e-5)
        alone[-1] = mine
    torch.testing.assert_close(packed_loss(model, batch), torch.cat(alone).mean())
    packed = torch.autograd.grad(packed_loss(model, batch), list(model.parameters()))
    apart = torch.autograd.grad(torch.cat(alone).mean(), list(model.parameters()))
    for one, other_one in zip(packed, apart, strict=True):
        torch.testing.assert_close(one, other_one, rtol=1e-3, atol=1e-5)
