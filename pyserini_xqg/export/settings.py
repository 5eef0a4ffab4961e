"""What an export is made with, and how it is chosen: the user's flags, then what the checkpoint says of itself, then
the field's defaults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.encoder.folder import EncoderConfig, Pooling
from pyserini_xqg.errors import EncoderError, InputError, UsageError
from pyserini_xqg.files.text import read_json

_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])")
_MODULES = "modules.json"
_PROMPTS = "config_sentence_transformers.json"


@dataclass(frozen=True, slots=True)
class Lengths:
    """The longest query and passage in tokens, where nobody asked for others."""

    query: int
    passage: int


DEFAULT_LENGTHS = Lengths(query=64, passage=256)
"""256 is Pyserini's own limit for passages."""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Everything besides the checkpoint that decides what an encoder folder holds.

    :param quantize: whether ``model.int8.onnx`` is made as well.
    """

    pooling: Pooling
    normalize: bool
    query_prefix: str
    passage_prefix: str
    query_max_length: int
    passage_max_length: int
    quantize: bool

    @classmethod
    def of(cls, config: EncoderConfig) -> ExportSettings:
        """The settings that an encoder folder was made with."""
        return cls(
            config.pooling,
            config.normalize,
            config.query_prefix,
            config.passage_prefix,
            config.query_max_length,
            config.passage_max_length,
            quantize=config.quantization is not None,
        )


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for; None leaves it to the checkpoint."""

    pooling: Pooling | None = None
    normalize: bool | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None
    query_max_length: int | None = None
    passage_max_length: int | None = None
    quantize: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings, and for each a line that says why."""

    settings: ExportSettings
    reasons: tuple[str, ...]


def choose_settings(
    folder: Path, source: str, wishes: Wishes, token_limit: int, lengths: Lengths = DEFAULT_LENGTHS
) -> Choice:
    """Choose the settings for the checkpoint in ``folder``.

    :param source: the checkpoint's name as the user gave it.
    :param token_limit: the longest text that the model takes, in tokens.
    :param lengths: the lengths where none are asked for.
    :raises UsageError: a length that was asked for is not between 3 and ``token_limit``.
    :raises EncoderError: the checkpoint asks for a pooling or a layer that an encoder folder cannot hold.
    """
    family = _family(source)
    pooling, pooling_reason = _pooling(folder, wishes, family)
    normalize, normalize_reason = _normalize(folder, wishes, family)
    prompts = _prompts(folder)
    query_prefix, query_reason = _prefix(wishes.query_prefix, prompts, ("query",), family, "query: ")
    passage_prefix, passage_reason = _prefix(
        wishes.passage_prefix, prompts, ("passage", "document"), family, "passage: "
    )
    query_length, query_length_reason = _length("query", wishes.query_max_length, lengths.query, token_limit)
    passage_length, passage_length_reason = _length("passage", wishes.passage_max_length, lengths.passage, token_limit)
    settings = ExportSettings(
        pooling, normalize, query_prefix, passage_prefix, query_length, passage_length, wishes.quantize
    )
    reasons = (
        f"pooling {pooling.value}: {pooling_reason}",
        f"{'normalised' if normalize else 'not normalised'}: {normalize_reason}",
        f"query prefix {query_prefix!r}: {query_reason}",
        f"passage prefix {passage_prefix!r}: {passage_reason}",
        f"queries up to {query_length} tokens: {query_length_reason}",
        f"passages up to {passage_length} tokens: {passage_length_reason}",
    )
    return Choice(settings, reasons)


_ASKED = "as asked"


def _family(source: str) -> str:
    """``e5``, ``e5-instruct`` or nothing, by the last part of the checkpoint's name."""
    name = Path(source).name.lower()
    if not _E5.search(name):
        return ""
    return "e5-instruct" if "instruct" in name else "e5"


def _pooling(folder: Path, wishes: Wishes, family: str) -> tuple[Pooling, str]:
    if wishes.pooling is not None:
        return wishes.pooling, _ASKED
    modules = _modules(folder)
    if modules:
        _refuse_unknown_modules(folder, modules)
        pooling_folder = modules.get("Pooling", "1_Pooling")
        place = folder / pooling_folder / "config.json"
        return _stated_pooling(place, _settings(place)), f"{pooling_folder}/config.json says so"
    if family:
        return Pooling.MEAN, "its name says E5"
    return Pooling.CLS, "Pyserini's default; the checkpoint does not say"


def _stated_pooling(place: Path, config: dict[str, Any]) -> Pooling:
    """Read both ways of sentence-transformers: one ``pooling_mode``, or a flag for each mode."""
    stated = config.get("pooling_mode")
    if stated is None:
        chosen = [
            key.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token")
            for key in config
            if _is_chosen(key, config)
        ]
        stated = chosen[0] if len(chosen) == 1 else chosen
    if stated not in list(Pooling) or not config.get("include_prompt", True):
        raise EncoderError(
            f"{place} asks for the pooling {stated} "
            f"{'' if config.get('include_prompt', True) else 'without the prefix '}and an encoder folder knows cls and "
            "mean; give --pooling cls or --pooling mean to export it otherwise than it was made for"
        )
    return Pooling(stated)


def _is_chosen(key: str, config: dict[str, Any]) -> bool:
    return key.startswith("pooling_mode_") and bool(config[key])


def _refuse_unknown_modules(folder: Path, modules: dict[str, str]) -> None:
    unknown = sorted(set(modules) - {"Transformer", "Pooling", "Normalize", "Dropout"})
    if unknown:
        raise EncoderError(
            f"{folder / _MODULES} lists the layer {', '.join(unknown)} after the pooling, which an encoder folder "
            "cannot hold; give --pooling to export the encoder without it"
        )


def _normalize(folder: Path, wishes: Wishes, family: str) -> tuple[bool, str]:
    if wishes.normalize is not None:
        return wishes.normalize, _ASKED
    modules = _modules(folder)
    if modules:
        found = "Normalize" in modules
        return found, f"{_MODULES} lists {'a' if found else 'no'} Normalize layer"
    if family:
        return True, "its name says E5"
    return False, "Pyserini's default; the checkpoint does not say"


def _prefix(
    asked: str | None, prompts: dict[str, str], names: tuple[str, ...], family: str, e5_prefix: str
) -> tuple[str, str]:
    if asked is not None:
        return asked, _ASKED
    for name in names:
        if prompts.get(name):
            return prompts[name], f"{_PROMPTS} says so"
    if family == "e5":
        return e5_prefix, "its name says E5"
    if family == "e5-instruct":
        return "", "its name says E5 with instructions, which depend on the task: give --query-prefix"
    return "", "none asked for; the checkpoint does not say"


def _length(side: str, asked: int | None, default: int, token_limit: int) -> tuple[int, str]:
    if asked is None:
        return min(default, token_limit), "the default" if default <= token_limit else "the most that the model takes"
    if not 3 <= asked <= token_limit:
        raise UsageError(
            f"--{side}-max-length {asked} does not fit: this model takes 3 to {token_limit} tokens, special tokens "
            "counted"
        )
    return asked, _ASKED


def _modules(folder: Path) -> dict[str, str]:
    """The sentence-transformers layers of the checkpoint: kind to folder. Empty where there is no ``modules.json``."""
    place = folder / _MODULES
    if not place.is_file():
        return {}
    try:
        return {str(module["type"]).rsplit(".", 1)[-1]: str(module["path"]) for module in read_json(place)}
    except (InputError, TypeError, KeyError) as error:
        raise EncoderError(
            f"{place} is damaged ({error}); mend or remove it, and give --pooling and --normalize"
        ) from error


def _prompts(folder: Path) -> dict[str, str]:
    place = folder / _PROMPTS
    if not place.is_file():
        return {}
    prompts = _settings(place).get("prompts") or {}
    return {str(name): str(prompt) for name, prompt in prompts.items()} if isinstance(prompts, dict) else {}


def _settings(place: Path) -> dict[str, Any]:
    try:
        content = read_json(place)
    except InputError as error:
        raise EncoderError(f"{error}; or remove it, and give --pooling and --normalize") from error
    if not isinstance(content, dict):
        raise EncoderError(f"{place} should hold a JSON object; mend or remove it")
    return content
