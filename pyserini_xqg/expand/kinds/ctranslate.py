"""T5 models on the CPU through CTranslate2, in 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.expand.kind import Precedence
from pyserini_xqg.expand.kinds.seq2seq import Seq2SeqKind
from pyserini_xqg.expand.models.hardware import ModelPrecision

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.request import NamedGenerator


class CTranslateKind(Seq2SeqKind):
    """See :class:`~pyserini_xqg.expand.models.ctranslate.CTranslateGenerator`."""

    name = "ctranslate"
    precedence = Precedence.PARTICULAR

    def fits(self, named: NamedGenerator) -> bool:
        """Models of the T5 family on the CPU, where 8 bits are asked for, or nothing is and CTranslate2 is there."""
        if named.config is None or not super().fits(named):
            return False
        from pyserini_xqg.expand.models.ctranslate import MODEL_TYPES, is_installed

        hardware = named.request.hardware
        return (
            named.config.model_type in MODEL_TYPES
            and hardware.place().type == "cpu"
            and (
                hardware.precision is ModelPrecision.INT8
                or (hardware.precision is ModelPrecision.AUTO and is_installed())
            )
        )

    def open(self, named: NamedGenerator) -> Generator:
        """Load it; on first use it is converted."""
        from pyserini_xqg.expand.models.ctranslate import CTranslateGenerator

        asked = named.request
        return CTranslateGenerator(
            files=named.files,
            sampling=asked.sampling,
            hardware=asked.hardware,
            template=asked.choice.template,
            window=asked.choice.window,
        )


KIND = CTranslateKind()
