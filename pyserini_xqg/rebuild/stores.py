"""The vector store of an index: found again, or made again from corpus, queries and encoder."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import StoreError
from pyserini_xqg.fusion.text_kind import languages_of
from pyserini_xqg.index.build_index import encoding_of
from pyserini_xqg.input.records import OnError
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.manifests.kinds import STORE_FOLDER
from pyserini_xqg.progress import progress
from pyserini_xqg.rebuild.inputs import find_encoder, find_sources
from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions
from pyserini_xqg.store.meta import StoreMeta, read_meta
from pyserini_xqg.store.vector_store import VectorStore


def store_problem(manifest: Manifest, folder: Path) -> str:
    """Why an index cannot be built from the store in ``folder``, in words; empty where it can."""
    if not folder.is_dir():
        return "is gone"
    try:
        meta = read_meta(folder)
    except StoreError as error:
        return f"cannot be used ({error})"
    differing = ", ".join(_differing(manifest, meta))
    return f"is of another make (it differs in {differing})" if differing else ""


def _differing(manifest: Manifest, meta: StoreMeta) -> list[str]:
    pairs: dict[str, tuple[object, object]] = {
        "the corpus or the queries": (manifest.store_inputs, meta.inputs),
        "the encoder": (manifest.fingerprint, meta.fingerprint),
        "the precision": (manifest.precision, meta.precision),
    }
    there, now = manifest.encoding, encoding_of(meta)
    if there is not None:
        pairs["how it was encoded"] = (
            (there.languages, there.keep, there.dtype, there.queries_as),
            (now.languages, now.keep, now.dtype, now.queries_as),
        )
    return [name for name, (before, after) in pairs.items() if before != after]


def candidates(manifest: Manifest, origin: Path, places: MovedInputs) -> list[Path]:
    """Where the store may lie; a late index holds a copy of it.

    :param origin: the ``xqg.json``.
    """
    if places.store is not None:
        return [places.store]
    inside = [origin.parent / STORE_FOLDER] if manifest.kind.is_late else []
    return [Path(manifest.store), *inside]


def find_store(manifest: Manifest, origin: Path, output: Path, places: MovedInputs, how: RebuildOptions) -> VectorStore:
    """A store from which the index can be built: the one that it was built from, else one made anew beside ``output``.

    :raises StoreError: `--store` names another one, the store is damaged, or it is gone and ``xqg.json`` does not say
        how to make it.
    :raises InputError: the store is gone, and so are the corpus or the queries, or they were changed.
    :raises EncoderError: the store is gone, and the encoder cannot be had.
    """
    tried = candidates(manifest, origin, places)
    problems = [store_problem(manifest, folder) for folder in tried]
    found = next((folder for folder, problem in zip(tried, problems, strict=True) if not problem), None)
    if found is not None:
        how.say(f"store: {found}")
        return _verified(VectorStore(found))
    problem = f"{tried[0]} {problems[0]}"
    if places.store is not None:
        raise StoreError(
            f"the store {problem}; leave --store out to encode again, or say where the store lies that the index was "
            "built from"
        )
    how.say(f"the store {problem}: encoding again")
    return _made_again(manifest, problem, output, places, how)


def _verified(store: VectorStore) -> VectorStore:
    with progress("checking", "shards", store.meta.shards) as bar:
        for shard in store.shards():
            shard.verify()
            bar.advance()
    return store


def new_store(output: Path) -> Path:
    """Where a store that is made again is put; it stays, so that a kill costs little and another index needs no new
    encoding.
    """
    return output.with_name(f"{output.name}.work") / "store"


def _made_again(
    manifest: Manifest, problem: str, output: Path, places: MovedInputs, how: RebuildOptions
) -> VectorStore:
    encoding = manifest.encoding
    if encoding is None or encoding.sources is None:
        raise StoreError(
            f"the store {problem}, and xqg.json does not say which corpus it was made from; say with --store where "
            "the store lies now"
        )
    found = find_sources(encoding.sources, places)
    encoder = find_encoder(manifest, places, how)
    options = EncodeOptions(
        languages=languages_of(encoding.languages) or None,
        keep=encoding.keep,
        dtype=encoding.dtype,
        shard_size=encoding.shard_size,
        queries_as=Side(encoding.queries_as),
    )
    # The input is the same, byte for byte: where records were left out, the same ones are again, and elsewhere none is.
    encode(
        corpus=found.get("corpus"),
        vectors=found.get("vectors"),
        queries=found.get("queries"),
        encoder=encoder,
        encoder_name=places.encoder or manifest.encoder,
        output=new_store(output),
        options=options,
        on_error=OnError.SKIP,
    )
    return VectorStore(new_store(output))
