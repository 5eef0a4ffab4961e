"""Models that translate and do nothing else, through CTranslate2: checkpoints on the CPU in 8 bits, and models that
were converted by others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.expand.kinds.translator import TranslatorKind
from pyserini_xqg.expand.models.hardware import ModelPrecision

if TYPE_CHECKING:
    from pyserini_xqg.expand.request import NamedGenerator
    from pyserini_xqg.expand.translation.family import TranslatorFamily
    from pyserini_xqg.expand.translation.generator import TranslationEngine


class CTranslateTranslatorKind(TranslatorKind):
    """See :class:`~pyserini_xqg.expand.translation.ct2_engine.CTranslateEngine`."""

    name = "ctranslate-translator"

    def fits(self, named: NamedGenerator) -> bool:
        """Converted models; checkpoints on the CPU, where 8 bits are asked for, or nothing is and CTranslate2 is
        there.
        """
        if named.translator is None or named.files.converted:
            return named.translator is not None
        from pyserini_xqg.expand.models.ctranslate import is_installed

        hardware = named.request.hardware
        return hardware.place().type == "cpu" and (
            hardware.precision is ModelPrecision.INT8 or (hardware.precision is ModelPrecision.AUTO and is_installed())
        )

    def engine(self, named: NamedGenerator, family: TranslatorFamily) -> TranslationEngine:
        """What it runs on; on first use a checkpoint is converted."""
        from pyserini_xqg.expand.translation.ct2_engine import CTranslateEngine

        return CTranslateEngine(named.files, family, named.request.hardware)


KIND = CTranslateTranslatorKind()
