"""``prior.npy``: the queries that an index's passages were drawn towards, beside its ``xqg.json``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.fusion.expected.prior import QueryPrior
from pyserini_xqg.manifests.dense import MANIFEST, Manifest, read_manifest

PRIOR = "prior.npy"
"""Float16: a row a language, the mean passage, and where there is a slope its rows."""


def write_prior(folder: Path, prior: QueryPrior) -> dict[str, str]:
    """Write ``prior.npy`` into an index's folder.

    :returns: its checksum, as ``xqg.json`` keeps them.
    """
    rows = [prior.intercepts, prior.mean_passage[None], *([] if prior.slope is None else [prior.slope])]
    np.save(folder / PRIOR, np.concatenate(rows).astype(np.float16))
    return {PRIOR: sha256(folder / PRIOR)}


def read_slope(folder: Path, fingerprint: str) -> np.ndarray:
    """The slope that an index has learned, to be used for another store: float32 ``[dimension, dimension]``.

    :param fingerprint: of that store's encoder.
    :raises StoreError: the index is damaged.
    :raises UsageError: it is none of ours, has learned no slope, or is of another encoder.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError(
            f"{folder} is not an index of ours, from which a predictor could be taken; it has no {MANIFEST}"
        )
    if manifest.fingerprint != fingerprint:
        raise UsageError(
            f"{folder} was made with another encoder ({manifest.encoder}, fingerprint {manifest.fingerprint[:12]}…) "
            f"than the store (fingerprint {fingerprint[:12]}…); its predictor means nothing here"
        )
    prior = read_prior(folder, manifest)
    if prior is None or prior.slope is None:
        raise UsageError(f"{folder} has learned no predictor; its passages were drawn towards the same queries")
    return prior.slope


def read_prior(folder: Path, manifest: Manifest) -> QueryPrior | None:
    """Read an index's prior; None where its passages were drawn towards none.

    :raises StoreError: it is missing, or is not the one that the index was made with.
    """
    record, path = manifest.prior, folder / PRIOR
    if record is None:
        return None
    if not path.is_file() or sha256(path) != manifest.checksums.get(PRIOR):
        found = "was changed after it was written (its checksum differs)" if path.is_file() else "is missing"
        raise StoreError(f"{path} {found}; build the index again")
    rows = np.load(path, allow_pickle=False).astype(np.float32)
    languages = len(record.languages)
    slope = rows[languages + 1 :] if record.slope else None
    return QueryPrior(record.languages, rows[:languages], rows[languages], slope)
