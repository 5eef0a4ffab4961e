"""The flags that say which queries are to be expected of a passage, and what they turn into."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.input.bank import QuestionBank
    from pyserini_xqg.store.meta import StoreMeta
    from pyserini_xqg.store.prior import PriorSources


def add_prior(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say which queries are to be expected of a passage."""
    from pyserini_xqg.fusion.expected.bank import BankKind
    from pyserini_xqg.input.bank import EMBEDDED

    parser.add_argument(
        "--bank",
        metavar="FILE-OR-DIR",
        help=f"questions about anything, by language: {EMBEDDED}, a queries file, or a folder of LANG.txt",
    )
    parser.add_argument(
        "--bank-kind",
        choices=list(BankKind),
        default=BankKind.QUESTIONS,
        type=BankKind,
        help="what the bank holds: questions, or any text in the language (default: questions)",
    )
    parser.add_argument(
        "--predictor",
        type=Path,
        metavar="INDEX",
        help="predict the queries of passages as this index has learned to, instead of learning it from the store",
    )
    parser.add_argument(
        "--no-predict",
        action="store_true",
        help="expect the same queries of every passage, each language's mean, instead of predicting them",
    )


@dataclass(frozen=True, slots=True)
class GivenPrior:
    """What the flags name, read.

    :param bank: in all of its languages; None for no bank.
    :param slope: of the predictor, float32 ``[dimension, dimension]``; None to learn one, if any.
    :param slope_name: the index that it is from.
    :param predict: whether there shall be a slope at all.
    """

    bank: QuestionBank | None
    slope: np.ndarray | None
    slope_name: str
    predict: bool

    def sources(self, meta: StoreMeta, languages: tuple[str, ...], load: Callable[[str], Encoder]) -> PriorSources:
        """The same for a store, the bank encoded.

        :param languages: those that were asked for; empty for the store's, and where it has none for all of the bank's.
        :param load: loads the store's encoder in an arithmetic, such as ``bf16``, where the bank must be encoded.
        :raises EncoderError: it is another one than the store's, or embeds a text to something that is not finite.
        """
        from pyserini_xqg.encode.bank import bank_means
        from pyserini_xqg.fusion.text_kind import languages_of
        from pyserini_xqg.store.prior import PriorSources

        means = None
        if self.bank is not None:
            precision = meta.precision.partition("/")[0]
            texts = self.bank.choose(languages or languages_of(meta.languages))
            means = bank_means(texts, meta.fingerprint, precision, lambda: load(precision))
        return PriorSources(means, self.slope, self.slope_name, self.predict)


def read_given(args: argparse.Namespace, fingerprint: str) -> GivenPrior:
    """Read what the flags name; before hours of work end in a refusal.

    :param fingerprint: of the encoder.
    :raises InputError: there is no such bank.
    :raises UsageError: two of the flags do not go together, or the predictor is none, or of another encoder.
    """
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.input.bank import read_bank
    from pyserini_xqg.manifests.prior import read_slope

    if args.predictor is not None and args.no_predict:
        raise UsageError("--predictor and --no-predict do not go together; leave one of them out")
    bank = None if args.bank is None else read_bank(args.bank, args.bank_kind)
    if args.predictor is None:
        return GivenPrior(bank, None, "", not args.no_predict)
    return GivenPrior(bank, read_slope(args.predictor, fingerprint), str(args.predictor.resolve()), predict=True)
