"""Files that carry the number of their format: one sentence for each way in which one cannot be read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.files.versioned import VersionedJson


@dataclass(frozen=True)
class Recorded:
    name: str
    number: int


FILE = VersionedJson(format=3, error=StoreError, renew="make it again", mend="take another")


def made(raw: dict) -> Recorded:
    if raw["number"] < 0:
        raise UsageError("the number is below 0")
    return Recorded(**raw)


def test_what_was_written_is_read(tmp_path: Path):
    FILE.write(tmp_path / "it.json", asdict(Recorded("n", 1)))
    assert (tmp_path / "it.json").read_text() == '{\n  "format": 3,\n  "name": "n",\n  "number": 1\n}\n'
    assert FILE.read(tmp_path / "it.json", made) == Recorded("n", 1)


@pytest.mark.parametrize("number", [2, 4, "3", None])
def test_another_format_is_not_guessed_at(tmp_path: Path, number: object):
    (tmp_path / "it.json").write_text(json.dumps({"format": number, "name": "n", "number": 1}))
    with pytest.raises(StoreError) as told:
        FILE.read(tmp_path / "it.json", made)
    assert str(told.value) == (
        f"{tmp_path / 'it.json'} is of a format that this version does not know; make it again, or upgrade pyserini-xqg"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not valid JSON"),
        ("[]", "str"),
        ("null", "NoneType"),
        ("{}", "'format'"),
        ('{"format": 3}', "'number'"),
        ('{"format": 3, "number": 1, "name": "n", "colour": 1}', "colour"),
        ('{"format": 3, "number": "one", "name": "n"}', "not supported"),
        ('{"format": 3, "number": -1, "name": "n"}', "the number is below 0"),
    ],
)
def test_damage_is_named(tmp_path: Path, text: str, reason: str):
    (tmp_path / "it.json").write_text(text)
    with pytest.raises(StoreError, match=rf"it\.json is damaged \(.*{reason}.*\); take another$"):
        FILE.read(tmp_path / "it.json", made)


def test_a_missing_file_is_damage(tmp_path: Path):
    with pytest.raises(StoreError, match=r"is damaged .*cannot be read"):
        FILE.read(tmp_path / "it.json", made)


def test_another_sort_is_left_alone_whatever_its_format(tmp_path: Path):
    for number in (3, 4):
        (tmp_path / "it.json").write_text(json.dumps({"format": number, "name": "other", "number": 1}))
        assert FILE.read_if(tmp_path / "it.json", lambda raw: raw["name"] == "n", made) is None
    FILE.write(tmp_path / "it.json", {"name": "n", "number": 1})
    assert FILE.read_if(tmp_path / "it.json", lambda raw: raw["name"] == "n", made) == Recorded("n", 1)
    with pytest.raises(StoreError, match=r"is damaged \('sort'\)"):
        FILE.read_if(tmp_path / "it.json", lambda raw: raw["sort"] == "n", made)
