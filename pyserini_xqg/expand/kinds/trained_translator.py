"""Models without an encoder that ``train generator --kind translation`` made."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.kind import Precedence
from pyserini_xqg.expand.kinds.chat import ChatKind
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.request import NamedGenerator


class TrainedTranslatorKind(ChatKind):
    """A causal model that translates, and is told with the prompt that it carries."""

    name = "trained-translator"
    precedence = Precedence.PARTICULAR
    writes: ClassVar[tuple[TextKind, ...]] = (TextKind.TRANSLATION,)

    def fits(self, named: NamedGenerator) -> bool:
        """Models that carry a prompt for translations and none for questions."""
        from pyserini_xqg.expand.models.own_prompt import own_prompts

        return own_prompts(named.files).keys() == {TextKind.TRANSLATION}


KIND = TrainedTranslatorKind()
