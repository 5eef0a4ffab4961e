"""Checkpoints and their tokenizers: what is taken, what is refused, and that no foreign code runs."""

from __future__ import annotations

import io
import json
import logging
import shutil
from pathlib import Path

import pytest
import sentencepiece
import torch
import transformers
from safetensors.torch import load_file, save_file
from tiny_checkpoint import POSITIONS, write_bert, write_e5, write_xlm_roberta
from tokenizers import Tokenizer

from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.checkpoint import find_checkpoint, load_model, token_limit
from pyserini_xqg.export.sentences import SENTENCES
from pyserini_xqg.export.tokenizer import load_tokenizer, tokenize

TEXTS = [sentence.text for sentence in SENTENCES]


def edit_json(path: Path, **changes) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def as_pytorch_bin(checkpoint: Path) -> Path:
    torch.save(load_file(checkpoint / "model.safetensors"), checkpoint / "pytorch_model.bin")
    (checkpoint / "model.safetensors").unlink()
    return checkpoint


def test_a_bert_counts_positions_from_0_and_an_xlm_r_from_its_padding(tmp_path):
    assert token_limit(find_checkpoint(str(write_bert(tmp_path / "bert")))) == POSITIONS
    xlm_r = find_checkpoint(str(write_xlm_roberta(tmp_path / "xlm-r")))
    assert json.loads((xlm_r.folder / "config.json").read_text())["max_position_embeddings"] == POSITIONS + 2
    assert token_limit(xlm_r) == POSITIONS


def test_half_precision_weights_become_single(tmp_path):
    folder = write_bert(tmp_path / "bert")
    transformers.AutoModel.from_pretrained(folder, dtype=torch.bfloat16).save_pretrained(folder)
    assert {weight.dtype for weight in load_model(find_checkpoint(str(folder))).parameters()} == {torch.float32}


def test_a_checkpoint_with_a_head_gives_its_encoder(tmp_path):
    folder = write_bert(tmp_path / "bert")
    expected = transformers.AutoModel.from_pretrained(folder).embeddings.word_embeddings.weight
    head = transformers.AutoModelForMaskedLM.from_pretrained(folder)
    head.save_pretrained(folder)
    assert torch.equal(load_model(find_checkpoint(str(folder))).embeddings.word_embeddings.weight, expected)


def test_weights_in_pytorchs_own_format_are_read(tmp_path):
    folder = write_bert(tmp_path / "bert")
    expected = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    model = load_model(find_checkpoint(str(as_pytorch_bin(folder))))
    assert torch.equal(model.embeddings.word_embeddings.weight, expected)


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path):
    folder = as_pytorch_bin(write_bert(tmp_path / "bert"))
    torch.save({"embeddings.word_embeddings.weight": Bomb(tmp_path / "ran")}, folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_model(find_checkpoint(str(folder)))
    assert not (tmp_path / "ran").exists()


def test_code_beside_a_checkpoint_does_not_run(tmp_path):
    folder = write_bert(tmp_path / "bert")
    (folder / "foreign.py").write_text(f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\n")
    edit_json(folder / "config.json", auto_map={"AutoConfig": "foreign.Config", "AutoModel": "foreign.Model"})
    load_model(find_checkpoint(str(folder)))
    edit_json(folder / "config.json", model_type="foreign")
    with pytest.raises(EncoderError, match="of the kind 'foreign'"):
        load_model(find_checkpoint(str(folder)))
    assert not (tmp_path / "ran").exists()


def test_a_truncated_file_is_damaged(tmp_path):
    folder = write_bert(tmp_path / "bert")
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(EncoderError, match="damaged or incomplete"):
        load_model(find_checkpoint(str(folder)))


def test_a_missing_weight_is_not_drawn_at_random(tmp_path):
    folder = write_bert(tmp_path / "bert")
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EncoderError, match=r"lacks 1 weights .*encoder\.layer\.1\.output\.dense\.weight"):
        load_model(find_checkpoint(str(folder)))


def test_weights_of_another_size_are_refused(tmp_path):
    folder = write_bert(tmp_path / "bert")
    edit_json(folder / "config.json", intermediate_size=48)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_model(find_checkpoint(str(folder)))


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"model_type": "gpt2"}', '{"model_type": "t5"}', '{"model_type": "bert", "is_decoder": true}'],
)
def test_what_is_no_encoder_is_refused(tmp_path, content):
    folder = write_bert(tmp_path / "bert")
    (folder / "config.json").write_text(content)
    with pytest.raises(EncoderError, match=r"damaged|not an encoder"):
        load_model(find_checkpoint(str(folder)))
    with pytest.raises(EncoderError, match=r"damaged|not an encoder"):
        token_limit(find_checkpoint(str(folder)))


def test_a_folder_without_a_checkpoint_is_named(tmp_path):
    with pytest.raises(EncoderError, match=r"holds no Hugging Face checkpoint: it needs config\.json"):
        find_checkpoint(str(tmp_path))


def test_a_path_that_is_not_there_is_not_looked_up_on_the_hub(tmp_path):
    with pytest.raises(EncoderError, match=r"there is no folder .* cannot be a Hugging Face id"):
        find_checkpoint(str(tmp_path / "missing"))


def test_the_hash_follows_weights_configuration_and_tokenizer(tmp_path):
    folder = write_bert(tmp_path / "bert")
    seen = {find_checkpoint(str(folder)).sha256()}
    (folder / "README.md").write_text("notes do not count")
    assert find_checkpoint(str(folder)).sha256() in seen
    edit_json(folder / "config.json", layer_norm_eps=1e-6)
    seen.add(find_checkpoint(str(folder)).sha256())
    edit_json(folder / "tokenizer_config.json", do_lower_case=True)
    seen.add(find_checkpoint(str(folder)).sha256())
    write_bert(tmp_path / "other", seed=1)
    shutil.copy(tmp_path / "other" / "model.safetensors", folder)
    seen.add(find_checkpoint(str(folder)).sha256())
    assert len(seen) == 4


@pytest.mark.parametrize("write", [write_bert, write_xlm_roberta, write_e5])
def test_the_tokenizer_is_that_of_transformers(tmp_path, write):
    folder = write(tmp_path / "checkpoint")
    vocabulary = json.loads((folder / "config.json").read_text())["vocab_size"]
    ids = tokenize(load_tokenizer(find_checkpoint(str(folder)), vocabulary), TEXTS, 50)
    assert ids == transformers.AutoTokenizer.from_pretrained(folder)(TEXTS, truncation=True, max_length=50)["input_ids"]
    assert max(map(len, ids)) == 50


def test_a_bare_vocab_txt_is_enough(tmp_path):
    folder = write_bert(tmp_path / "bert")
    expected = tokenize(load_tokenizer(find_checkpoint(str(folder)), 2000), TEXTS, 50)
    vocabulary = sorted(
        Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab().items(), key=lambda item: item[1]
    )
    (folder / "vocab.txt").write_text("\n".join(token for token, _ in vocabulary) + "\n", encoding="utf-8")
    (folder / "tokenizer.json").unlink()
    assert tokenize(load_tokenizer(find_checkpoint(str(folder)), 2000), TEXTS, 50) == expected


def test_a_cased_vocabulary_that_is_lower_cased_is_warned_of(tmp_path, caplog):
    folder = write_bert(tmp_path / "bert")
    load_tokenizer(find_checkpoint(str(folder)), 2000)
    assert not caplog.records
    edit_json(folder / "tokenizer_config.json", do_lower_case=True)
    with caplog.at_level(logging.WARNING):
        load_tokenizer(find_checkpoint(str(folder)), 2000)
    assert "lower-cases texts, although its vocabulary holds" in caplog.text


def test_a_sentencepiece_model_alone_is_enough(tmp_path):
    """XLM-R's own layout: sentencepiece's ids shifted by one behind <s>, <pad>, </s>, <unk>."""
    folder = write_xlm_roberta(tmp_path / "xlm-r")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS[:52]),
        model_writer=model,
        vocab_size=800,
        character_coverage=1.0,
        minloglevel=2,
        hard_vocab_limit=False,
    )
    (folder / "tokenizer.json").unlink()
    (folder / "sentencepiece.bpe.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    vocabulary = json.loads((folder / "config.json").read_text())["vocab_size"]
    tokenizer = load_tokenizer(find_checkpoint(str(folder)), vocabulary)
    for text in TEXTS[:52]:
        expected = [0, *(3 if piece == 0 else piece + 1 for piece in processor.encode(text)), 2]
        assert tokenizer.encode(text).ids == expected


def test_where_transformers_rebuilds_the_tokenizer_otherwise_it_is_said(tmp_path, caplog):
    folder = write_xlm_roberta(tmp_path / "xlm-r")
    content = json.loads((folder / "tokenizer.json").read_text())
    content["normalizer"] = {"type": "Lowercase"}
    (folder / "tokenizer.json").write_text(json.dumps(content))
    with caplog.at_level(logging.WARNING):
        load_tokenizer(find_checkpoint(str(folder)), 2000)
    assert "set tokenizer_class to PreTrainedTokenizerFast" in caplog.text
    caplog.clear()
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    followed = load_tokenizer(find_checkpoint(str(folder)), 2000)
    assert followed.encode("ABC").ids == followed.encode("abc").ids
    assert not caplog.records


def test_a_checkpoint_without_a_tokenizer_is_refused(tmp_path):
    folder = write_bert(tmp_path / "bert")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderError, match="has no tokenizer"):
        load_tokenizer(find_checkpoint(str(folder)), 2000)


def test_a_damaged_tokenizer_is_refused(tmp_path):
    folder = write_bert(tmp_path / "bert")
    (folder / "tokenizer.json").write_text('{"model": ')
    with pytest.raises(EncoderError, match=r"tokenizer of .* cannot be loaded"):
        load_tokenizer(find_checkpoint(str(folder)), 2000)


def test_a_tokenizer_of_another_model_is_refused(tmp_path):
    folder = write_bert(tmp_path / "bert")
    with pytest.raises(EncoderError, match=r"gives ids up to \d+, but its model knows 300 tokens"):
        load_tokenizer(find_checkpoint(str(folder)), 300)


def test_a_tokenizer_without_special_tokens_is_refused(tmp_path):
    folder = write_bert(tmp_path / "bert")
    content = json.loads((folder / "tokenizer.json").read_text())
    content["post_processor"] = None
    (folder / "tokenizer.json").write_text(json.dumps(content))
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    with pytest.raises(EncoderError, match="adds no special tokens"):
        load_tokenizer(find_checkpoint(str(folder)), 2000)
