"""Who decides an export's settings: the flags, then the checkpoint, then the field's defaults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.encoder.folder import Pooling
from pyserini_xqg.errors import EncoderError, UsageError
from pyserini_xqg.export.settings import ExportSettings, Lengths, Wishes, choose_settings


def sentence_transformers(folder: Path, pooling: dict, *layers: str) -> Path:
    """The files that sentence-transformers puts beside a checkpoint."""
    modules = [
        ("", "Transformer"),
        ("1_Pooling", "Pooling"),
        *((f"{number}_{kind}", kind) for number, kind in enumerate(layers, 2)),
    ]
    listed = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(modules)
    ]
    (folder / "1_Pooling").mkdir()
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


def chosen(folder: Path, source: str = "somebody/some-encoder", limit: int = 512, **wishes) -> ExportSettings:
    return choose_settings(folder, source, Wishes(**wishes), limit).settings


def test_without_a_hint_it_is_pyserinis_default(tmp_path):
    assert chosen(tmp_path) == ExportSettings(Pooling.CLS, False, "", "", 64, 256, quantize=False)


@pytest.mark.parametrize(
    ("source", "query", "passage"),
    [
        ("intfloat/multilingual-e5-base", "query: ", "passage: "),
        ("/models/E5_finetuned", "query: ", "passage: "),
        ("intfloat/multilingual-e5-large-instruct", "", ""),
    ],
)
def test_e5_goes_by_its_name(tmp_path, source, query, passage):
    settings = chosen(tmp_path, source)
    assert (settings.pooling, settings.normalize, settings.query_prefix, settings.passage_prefix) == (
        Pooling.MEAN,
        True,
        query,
        passage,
    )


@pytest.mark.parametrize("source", ["castorini/mdpr-tied", "e5/bert-base", "some/me5tal", "some/e50"])
def test_a_name_that_only_looks_like_e5_is_not(tmp_path, source):
    assert chosen(tmp_path, source).pooling is Pooling.CLS


@pytest.mark.parametrize(
    "pooling",
    [
        {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False},
        {"pooling_mode": "mean"},
    ],
)
@pytest.mark.parametrize("normalize", [True, False])
def test_sentence_transformers_files_are_followed(tmp_path, pooling, normalize):
    settings = chosen(sentence_transformers(tmp_path, pooling, *(["Normalize"] if normalize else [])), "some/e5")
    assert (settings.pooling, settings.normalize) == (Pooling.MEAN, normalize)


def test_files_written_by_sentence_transformers_itself_are_followed(tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling as TheirPooling
    from tiny_checkpoint import HIDDEN, write_bert

    parts = [Transformer(str(write_bert(tmp_path / "bert"))), TheirPooling(HIDDEN, pooling_mode="mean"), Normalize()]
    SentenceTransformer(modules=parts, prompts={"query": "frage: ", "document": "text: "}).save(str(tmp_path / "saved"))
    settings = chosen(tmp_path / "saved")
    assert (settings.pooling, settings.normalize) == (Pooling.MEAN, True)
    assert (settings.query_prefix, settings.passage_prefix) == ("frage: ", "text: ")


def test_flags_come_first(tmp_path):
    folder = sentence_transformers(tmp_path, {"pooling_mode": "mean"}, "Normalize")
    settings = chosen(
        folder,
        "some/e5",
        pooling=Pooling.CLS,
        normalize=False,
        query_prefix="",
        passage_prefix="p: ",
        query_max_length=9,
        quantize=True,
    )
    assert settings == ExportSettings(Pooling.CLS, False, "", "p: ", 9, 256, quantize=True)


@pytest.mark.parametrize(
    "pooling", [{"pooling_mode_max_tokens": True}, {"pooling_mode": ["cls", "mean"]}, {"pooling_mode": "lasttoken"}, {}]
)
def test_a_pooling_that_a_folder_cannot_hold_is_refused_unless_one_is_asked_for(tmp_path, pooling):
    folder = sentence_transformers(tmp_path, pooling)
    with pytest.raises(EncoderError, match="give --pooling cls or --pooling mean"):
        chosen(folder)
    assert chosen(folder, pooling=Pooling.MEAN).pooling is Pooling.MEAN


def test_pooling_without_the_prefix_is_refused(tmp_path):
    with pytest.raises(EncoderError, match="without the prefix"):
        chosen(sentence_transformers(tmp_path, {"pooling_mode": "mean", "include_prompt": False}))


def test_a_dense_layer_is_refused_unless_a_pooling_is_asked_for(tmp_path):
    folder = sentence_transformers(tmp_path, {"pooling_mode": "cls"}, "Dense", "Normalize")
    with pytest.raises(EncoderError, match="the layer Dense after the pooling"):
        chosen(folder)
    assert chosen(folder, pooling=Pooling.CLS).normalize is True


@pytest.mark.parametrize("name", ["modules.json", "1_Pooling/config.json"])
@pytest.mark.parametrize("content", ["{", "7"])
def test_damaged_files_are_named(tmp_path, name, content):
    folder = sentence_transformers(tmp_path, {"pooling_mode": "mean"})
    (folder / name).write_text(content)
    with pytest.raises(EncoderError, match=name):
        chosen(folder)


def test_lengths_stay_within_the_model(tmp_path):
    assert (chosen(tmp_path, limit=128).query_max_length, chosen(tmp_path, limit=128).passage_max_length) == (64, 128)
    assert chosen(tmp_path, passage_max_length=512).passage_max_length == 512
    for wrong in (513, 2, 0, -1):
        with pytest.raises(
            UsageError, match=f"--passage-max-length {wrong} does not fit: this model takes 3 to 512 tokens"
        ):
            chosen(tmp_path, passage_max_length=wrong)
    longer = choose_settings(tmp_path, "x", Wishes(), 512, Lengths(128, 512)).settings
    assert (longer.query_max_length, longer.passage_max_length) == (128, 512)


def test_every_choice_comes_with_its_reason(tmp_path):
    reasons = "\n".join(choose_settings(tmp_path, "intfloat/e5", Wishes(normalize=False), 512).reasons)
    assert "pooling mean: its name says E5" in reasons
    assert "not normalised: as asked" in reasons
    assert "query prefix 'query: '" in reasons
