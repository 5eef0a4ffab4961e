"""Families of translators: how each is told which languages it translates from and into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.languages import LANGUAGES, Language, language


class TranslatorFamily(StrEnum):
    """The families that there are."""

    M2M100 = "M2M-100"
    """Fan et al. 2020, arXiv 2010.11125."""
    NLLB = "NLLB-200"
    """NLLB Team 2022, arXiv 2207.04672."""
    OPUS = "OPUS-MT"
    """Tiedemann and Thottingal 2020; one language into another one, or into many."""
    MADLAD = "MADLAD-400"
    """Kudugunta et al. 2023, arXiv 2309.04662."""


_MARKS = {TranslatorFamily.MADLAD: "<2de>", TranslatorFamily.NLLB: "eng_Latn", TranslatorFamily.M2M100: "__en__"}
_VOCABULARIES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "added_tokens.json",
    "special_tokens_map.json",
    "spiece.model",
    "shared_vocabulary.json",
    "shared_vocabulary.txt",
)


def family_of(files: ModelFiles, model_type: str | None) -> TranslatorFamily | None:
    """The family of a model, by its type and its vocabulary; None for what is no translator.

    :param model_type: None for a model in CTranslate2's own format, which does not say.
    """
    if model_type == "marian" or (model_type is None and (files.folder / "source.spm").is_file()):
        return TranslatorFamily.OPUS
    if model_type not in (None, "m2m_100", "t5"):
        return None
    places = [place for name in _VOCABULARIES if (place := files.folder / name).is_file()]
    held = {family for family, mark in _MARKS.items() if any(mark.encode() in place.read_bytes() for place in places)}
    if model_type == "m2m_100":
        return TranslatorFamily.NLLB if TranslatorFamily.NLLB in held else TranslatorFamily.M2M100
    if model_type == "t5":
        held &= {TranslatorFamily.MADLAD}
    return next((family for family in _MARKS if family in held), None)


class TranslatorWords(ABC):
    """A family's tokenizer, and what it calls languages.

    :param source: what people call the model.
    """

    def __init__(self, tokenizer: Any, source: str) -> None:
        self.tokenizer = tokenizer
        self.source = source

    @abstractmethod
    def known(self) -> list[str]:
        """The codes of the languages that it translates into, as far as they are in the table of languages."""

    @abstractmethod
    def encode(self, text: str, source: Language, target: Language) -> list[int]:
        """The model's input for a sentence."""

    @abstractmethod
    def check(self, source: Language, target: Language) -> None:
        """See that it translates so.

        :raises UsageError: it does not know one of the languages.
        """

    def begin(self, target: Language) -> tuple[int, ...]:
        """Tokens that a translation is begun with."""
        return ()

    def decode(self, ids: Sequence[int]) -> str:
        """A translation's text."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text

    def _plain(self, text: str) -> str:
        for token in self.tokenizer.all_special_tokens:  # a passage that spells the end of a text must not end it
            text = text.replace(token, " ")
        return text

    def _refuse(self, unknown: Language) -> UsageError:
        return UsageError(
            f"{self.source} does not know {unknown.name} ({unknown.code}); it translates into "
            f"{', '.join(self.known())}; leave {unknown.code} out, or use another model"
        )


class _MarkedWords(TranslatorWords):
    """Models with a token for each language, before what is to be translated and before the translation."""

    def known(self) -> list[str]:
        return [code for code, one in LANGUAGES.items() if self._id(one) is not None]

    def check(self, source: Language, target: Language) -> None:
        for one in (source, target):
            if self._id(one) is None:
                raise self._refuse(one)

    def begin(self, target: Language) -> tuple[int, ...]:
        mark = self._id(target)
        return () if mark is None else (mark,)

    def encode(self, text: str, source: Language, target: Language) -> list[int]:
        if self.tokenizer.src_lang != self._name(source):
            self.tokenizer.src_lang = self._name(source)
        return list(self.tokenizer(self._plain(text)).input_ids)

    @abstractmethod
    def _name(self, one: Language) -> str:
        """What the tokenizer calls a language."""

    @abstractmethod
    def _id(self, one: Language) -> int | None:
        """A language's token; None where there is none."""


class M2M100Words(_MarkedWords):
    """Codes are ISO 639-1's."""

    def _name(self, one: Language) -> str:
        return one.code

    def _id(self, one: Language) -> int | None:
        found: int | None = self.tokenizer.lang_code_to_id.get(one.code)
        return found


_FLORES = {"ar": "arb_Arab", "fa": "pes_Arab", "no": "nob_Latn", "sw": "swh_Latn"}
"""Where FLORES-200 names one language of several that ISO 639-3's code stands for."""


def flores_code(one: Language) -> str:
    """A language's code in FLORES-200, such as ``deu_Latn``."""
    return _FLORES.get(one.code, f"{one.iso3}_{one.script}")


class NllbWords(_MarkedWords):
    """Codes are FLORES-200's."""

    def _name(self, one: Language) -> str:
        return flores_code(one)

    def _id(self, one: Language) -> int | None:
        found: int = self.tokenizer.convert_tokens_to_ids(flores_code(one))
        return None if found == self.tokenizer.unk_token_id else found


_OTHER_NAMES = {
    "ar": ("arb",),
    "fa": ("pes",),
    "he": ("iw",),
    "no": ("nob", "nb"),
    "sw": ("swh",),
    "tw": ("ak", "aka"),
    "zh": ("cmn_Hans", "zho_Hans", "cmn", "zh_cn"),
}


def names_of(one: Language) -> tuple[str, ...]:
    """What models call a language, the usual names first."""
    return (one.iso3, one.code, *_OTHER_NAMES.get(one.code, ()))


class _PrefixedWords(TranslatorWords):
    """Models that are told the language by a word before the text."""

    def __init__(self, tokenizer: Any, source: str) -> None:
        super().__init__(tokenizer, source)
        vocabulary = tokenizer.get_vocab()
        found = ((code, self._first(names_of(one), vocabulary)) for code, one in LANGUAGES.items())
        self._prefixes = {code: prefix for code, prefix in found if prefix is not None}

    def known(self) -> list[str]:
        return list(self._prefixes)

    def check(self, source: Language, target: Language) -> None:
        if target.code not in self._prefixes:
            raise self._refuse(target)

    def encode(self, text: str, source: Language, target: Language) -> list[int]:
        return list(self.tokenizer(f"{self._prefixes[target.code]} {self._plain(text)}").input_ids)

    def _first(self, names: Iterable[str], vocabulary: dict[str, int]) -> str | None:
        return next((prefix for name in names if (prefix := self._prefix(name)) in vocabulary), None)

    @abstractmethod
    def _prefix(self, name: str) -> str:
        """The word for a language that is called so."""


class MadladWords(_PrefixedWords):
    """``<2de>`` before the text."""

    def _prefix(self, name: str) -> str:
        return f"<2{name}>"


class OpusWords(_PrefixedWords):
    """``>>deu<<`` before the text where a model translates into several languages; nothing where it is of one pair.

    :raises GeneratorError: it does not say which pair it is of.
    """

    def __init__(self, tokenizer: Any, source: str) -> None:
        super().__init__(tokenizer, source)
        self._from, self._into = (_known(name) for name in (tokenizer.source_lang, tokenizer.target_lang))
        if not self._prefixes and self._into is None:
            raise GeneratorError(
                f"{source} does not say which language it translates into; state source_lang and target_lang in its "
                "tokenizer_config.json"
            )

    def known(self) -> list[str]:
        """Those of its prefixes, or its one."""
        return super().known() or ([] if self._into is None else [self._into.code])

    def check(self, source: Language, target: Language) -> None:
        """See that it is of this pair."""
        if target.code not in self.known():
            raise self._refuse(target)
        if self._from not in (None, source):
            raise UsageError(
                f"{self.source} translates from {self._from.code if self._from else ''}, and the passages are in "
                f"{source.code}; use another model, or say with --passage-language what they are in"
            )

    def encode(self, text: str, source: Language, target: Language) -> list[int]:
        """With the prefix, where there are any."""
        if self._prefixes:
            return super().encode(text, source, target)
        return list(self.tokenizer(f" {self._plain(text)}").input_ids)  # at the beginning ">>" would name a language

    def _prefix(self, name: str) -> str:
        return f">>{name}<<"


def _known(name: str | None) -> Language | None:
    """The language that a model calls so; None for a group of them, or one that the table has not."""
    try:
        return language(name) if name else None
    except UsageError:
        return None


_WORDS: dict[TranslatorFamily, type[TranslatorWords]] = {
    TranslatorFamily.M2M100: M2M100Words,
    TranslatorFamily.NLLB: NllbWords,
    TranslatorFamily.OPUS: OpusWords,
    TranslatorFamily.MADLAD: MadladWords,
}


def words_of(family: TranslatorFamily, tokenizer: Any, source: str) -> TranslatorWords:
    """What a family's model calls languages."""
    return _WORDS[family](tokenizer, source)
