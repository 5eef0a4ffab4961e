"""Which language a text is in, by py3langid, offline.

Chosen over lingua-language-detector on real questions (AfriQA, XQuAD, XOR-TyDi, our demo; ``benchmarks/filter.py``): 97
to 100% right in the languages of ours that could be tried, varieties counted as in :data:`_RELATIVES`. Lingua is right
about as often where it knows a language, but has no Hausa, Igbo and Kinyarwanda, is some twenty times slower and 290 MB
instead of 5.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from pyserini_xqg.errors import SetupError

_RELATIVES: dict[str, tuple[str, ...]] = {
    "ar": ("arz", "ary"),  # Egyptian and Moroccan Arabic
    "id": ("ms",),  # Malay
    "no": ("nn", "da"),  # our table has one Norwegian; short questions in Bokmål are Danish too
    "da": ("no",),
    "zh": ("wuu", "yue"),  # Wu and Cantonese
}
"""Labels that count as the language: varieties that our table does not tell apart, or that a single question does
not.
"""


class LanguageDetector:
    """py3langid with probabilities over all its languages.

    :raises SetupError: it is not installed.
    """

    def __init__(self) -> None:
        try:
            from py3langid.langid import MODEL_FILE, LanguageIdentifier
        except ImportError as error:
            raise SetupError(
                "telling languages needs py3langid: pip install 'pyserini-xqg[filter]', or --skip language to look at "
                "the script alone"
            ) from error
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self.labels: list[str] = list(self._identifier.labels)
        """What it may find."""
        self._known = frozenset(self.labels)

    @staticmethod
    def name() -> str:
        """Name and version, for those who want the same result again."""
        try:
            return f"py3langid {version('py3langid')}"
        except PackageNotFoundError:
            return "py3langid"

    def knows(self, code: str) -> bool:
        """Whether it can tell the language with this code of our table at all; for Bemba, Fon, Twi and Wolof it
        cannot.
        """
        return code in self._known

    def judge(self, text: str, code: str) -> tuple[float, int]:
        """How probable language ``code`` (or a variety of it) is for ``text``, and the place in :attr:`labels` of the
        most probable one.
        """
        probabilities = dict(self._identifier.rank(text))
        best = next(iter(probabilities))
        return sum(probabilities.get(label, 0.0) for label in (code, *_RELATIVES.get(code, ()))), self.labels.index(
            best
        )
