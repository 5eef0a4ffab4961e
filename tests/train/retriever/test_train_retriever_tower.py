"""The trained tower: pooled as the export pools, and encoded in chunks with the gradient of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pyserini_xqg.encoder.folder import Pooling, Side
from pyserini_xqg.export.checkpoint import Checkpoint
from pyserini_xqg.export.parity import original_embeddings
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.train.retriever.options import Freeze
from pyserini_xqg.train.retriever.tower import TowerTokens, embed, load_tower, padded

TEXTS = [
    "short",
    "a text of middling length",
    "x",
    "the longest of the texts that are embedded here, by far and away",
    "another one",
    "one more text",
]


def settings_of(pooling: Pooling, normalize: bool) -> ExportSettings:
    return ExportSettings(pooling, normalize, "query: ", "passage: ", 32, 64, quantize=False)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("pooling", list(Pooling))
def test_it_embeds_as_the_original_does(pooling: Pooling, normalize: bool, tiny_bert: Path):
    settings = settings_of(pooling, normalize)
    model = load_tower(Checkpoint(tiny_bert, "tiny"), Freeze.NOTHING)
    ids = TowerTokens(Checkpoint(tiny_bert, "tiny"), model.config.vocab_size, settings, 0)(TEXTS, Side.QUERY)
    with torch.no_grad():
        found = embed(model, *padded(ids, 0), settings)
    assert found.dtype is torch.float32
    torch.testing.assert_close(
        found, torch.from_numpy(original_embeddings(model, ids, pooling, normalize)), atol=1e-5, rtol=0
    )


def gradients(model, ids, mask, settings, chunk: int, seed: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The loss makes each text depend on all others, as in-batch negatives do."""
    model.zero_grad()
    torch.manual_seed(seed)
    vectors = embed(model, ids, mask, settings, chunk)
    loss = torch.nn.functional.cross_entropy(vectors @ vectors.T.roll(1, 0) / 0.1, torch.arange(len(vectors)))
    loss.backward()
    return loss.detach(), {
        name: weights.grad.clone() for name, weights in model.named_parameters() if weights.grad is not None
    }


@pytest.mark.parametrize("chunk", [1, 2, 4])
def test_chunks_have_the_gradient_of_the_whole_batch(chunk: int, tiny_bert: Path):
    settings = settings_of(Pooling.MEAN, True)
    model = load_tower(Checkpoint(tiny_bert, "tiny"), Freeze.NOTHING).eval()
    ids, mask = padded(
        TowerTokens(Checkpoint(tiny_bert, "tiny"), model.config.vocab_size, settings, 0)(TEXTS, Side.QUERY), 0
    )
    plain_loss, plain = gradients(model, ids, mask, settings, 0, 0)
    loss, found = gradients(model, ids, mask, settings, chunk, 0)
    torch.testing.assert_close(loss, plain_loss, atol=1e-6, rtol=1e-6)
    assert found.keys() == plain.keys()
    for name in plain:
        torch.testing.assert_close(found[name], plain[name], atol=1e-6, rtol=1e-4, msg=name)


def test_a_chunk_is_computed_again_with_the_same_dropout(tiny_bert: Path, monkeypatch: pytest.MonkeyPatch):
    """Against the same chunks whose activations are kept."""
    import pyserini_xqg.train.retriever.tower as tower

    settings = settings_of(Pooling.MEAN, True)
    model = load_tower(Checkpoint(tiny_bert, "tiny"), Freeze.NOTHING).train()
    ids, mask = padded(
        TowerTokens(Checkpoint(tiny_bert, "tiny"), model.config.vocab_size, settings, 0)(TEXTS, Side.QUERY), 0
    )
    loss, found = gradients(model, ids, mask, settings, 2, 5)
    other, _ = gradients(model, ids, mask, settings, 2, 6)
    assert loss != other, "dropout is at work"
    monkeypatch.setattr(tower, "recomputed", lambda function, *arguments, use_reentrant: function(*arguments))
    kept_loss, kept = gradients(model, ids, mask, settings, 2, 5)
    assert torch.equal(loss, kept_loss)
    for name in kept:
        assert torch.equal(found[name], kept[name]), name


def test_chunks_keep_less_for_the_gradient(tiny_bert: Path):
    settings = settings_of(Pooling.MEAN, True)
    model = load_tower(Checkpoint(tiny_bert, "tiny"), Freeze.NOTHING).eval()
    ids, mask = padded(
        TowerTokens(Checkpoint(tiny_bert, "tiny"), model.config.vocab_size, settings, 0)(TEXTS * 8, Side.QUERY), 0
    )

    def kept(chunk: int) -> int:
        sizes: list[int] = []
        with torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: sizes.append(tensor.nbytes) or tensor, lambda tensor: tensor
        ):
            embed(model, ids, mask, settings, chunk)
        return sum(sizes)

    assert kept(8) < kept(0) / 5


def test_frozen_embeddings_get_no_gradient(tiny_bert: Path):
    model = load_tower(Checkpoint(tiny_bert, "tiny"), Freeze.EMBEDDINGS)
    assert not model.get_input_embeddings().weight.requires_grad
    assert sum(weights.requires_grad for weights in model.parameters()) == sum(1 for _ in model.parameters()) - 1
