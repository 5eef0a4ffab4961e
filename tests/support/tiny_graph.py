"""Encoder folders around graphs written by hand, for what no exported checkpoint does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from pyserini_xqg.encoder.folder import MODEL, TOKENIZER, EncoderConfig, Parity, Pooling, write_config
from pyserini_xqg.files.hashes import sha256

WORDS = ["[PAD]", "[UNK]", "nan", "one", "two", "three", "inf"]
DIMENSION = 2


def write_word_encoder(folder: Path, *, token_types: bool = False, dimension: int = DIMENSION) -> Path:
    """An encoder that knows the words of :data:`WORDS`: both numbers of an embedding are the sum of the text's token
    ids.

    Texts with the word ``nan`` or ``inf`` get just that. ``[UNK]`` adds 1, ``one`` 3, ``two`` 4, ``three`` 5.

    :param token_types: whether the graph wants ``token_type_ids`` too (it adds a thousandth of their sum).
    :param dimension: what ``encoder.json`` claims.
    """
    folder.mkdir(parents=True)
    inputs = ["input_ids", "attention_mask", *(["token_type_ids"] if token_types else [])]
    numbers = {
        "nan": np.float32("nan"),
        "inf": np.float32("inf"),
        "id_of_nan": WORDS.index("nan"),
        "id_of_inf": WORDS.index("inf"),
    }
    constants = {name: np.array(value) for name, value in numbers.items()}
    constants |= {"last_axis": np.array([1]), "twice": np.ones((1, DIMENSION), np.float32)}
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Equal", ["input_ids", "id_of_nan"], ["is_nan"]),
        helper.make_node("Equal", ["input_ids", "id_of_inf"], ["is_inf"]),
        helper.make_node("Where", ["is_nan", "nan", "ids"], ["ids_or_nan"]),
        helper.make_node("Where", ["is_inf", "inf", "ids_or_nan"], ["values"]),
        helper.make_node("Mul", ["values", "mask"], ["unpadded"]),
        helper.make_node("ReduceSum", ["unpadded", "last_axis"], ["sums"], keepdims=1),
        helper.make_node("Mul", ["sums", "twice"], ["plain" if token_types else "embedding"]),
    ]
    if token_types:
        constants["thousandth"] = np.array(0.001, np.float32)
        nodes += [
            helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", ["types", "last_axis"], ["type_sums"], keepdims=1),
            helper.make_node("Mul", ["type_sums", "thousandth"], ["small"]),
            helper.make_node("Add", ["plain", "small"], ["embedding"]),
        ]
    graph = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", DIMENSION])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / MODEL)
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / TOKENIZER))
    config = EncoderConfig(
        dimension=dimension,
        pooling=Pooling.MEAN,
        normalize=False,
        query_max_length=8,
        passage_max_length=16,
        query_prefix="",
        passage_prefix="",
        source="by hand",
        source_sha256="",
        model_sha256=sha256(folder / MODEL),
        tokenizer_sha256=sha256(folder / TOKENIZER),
        parity=Parity(0, 0, 0.0),
    )
    write_config(folder, config)
    return folder
