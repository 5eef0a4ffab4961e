"""What an index's passages were drawn towards beside the store's queries, found again."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encode.bank import bank_means
from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.fusion.expected.bank import BankKind, BankMeans
from pyserini_xqg.fusion.expected.prior_record import LEARNED, PriorRecord
from pyserini_xqg.input.bank import read_bank
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.manifests.prior import read_slope
from pyserini_xqg.rebuild.inputs import find_encoder
from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions
from pyserini_xqg.store.prior import NO_SOURCES, PriorSources


def find_prior_sources(manifest: Manifest, places: MovedInputs, how: RebuildOptions) -> PriorSources:
    """The bank, encoded again where that was not kept, and the predictor.

    :raises InputError: the bank is missing, or is another one than it was.
    :raises EncoderError: the bank must be encoded, and its encoder cannot be had.
    :raises XqgError: the index that the predictor was taken from cannot be read.
    """
    record = manifest.prior
    if record is None:
        return NO_SOURCES
    bank = _bank(manifest, record, places, how) if record.bank else None
    if record.slope in ("", LEARNED):
        return PriorSources(bank, predict=record.slope == LEARNED or record.held_out is not None)
    return PriorSources(bank, read_slope(Path(record.slope), manifest.fingerprint), record.slope)


def _bank(manifest: Manifest, record: PriorRecord, places: MovedInputs, how: RebuildOptions) -> BankMeans:
    asked = tuple(code for code, number in zip(record.languages, record.bank_texts, strict=True) if number)
    bank = read_bank(record.bank, BankKind(record.bank_kind)).choose(asked)
    if bank.sha256 != record.bank_sha256:
        raise InputError(
            Location(Path(record.bank)),
            f"is another bank than the index was made with (SHA-256 {bank.sha256[:12]}…, expected "
            f"{record.bank_sha256[:12]}…); put that one in its place",
        )
    precision = manifest.precision.partition("/")[0]
    return bank_means(bank, manifest.fingerprint, precision, lambda: find_encoder(manifest, places, how))
