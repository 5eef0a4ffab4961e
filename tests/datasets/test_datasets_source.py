from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from pyserini_xqg.datasets.source import Publication, source_files
from pyserini_xqg.errors import InputError

TOYS = Publication("toys", "Toys", "https://example.org/toys", "v1", "CC0", "toy.*.json", {"toy.en.json": "ab" * 32})
CONTENT = {"toy.en.json": b'{"a": 1}', "toy.ar.json": b"[]", "readme.md": b"no"}


def in_folder(tmp_path: Path) -> Path:
    (tmp_path / "set" / "deep").mkdir(parents=True)
    for name, data in CONTENT.items():
        (tmp_path / "set" / ("deep" if "ar" in name else "") / name).write_bytes(data)
    return tmp_path / "set"


def in_zip(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for name, data in CONTENT.items():
            archive.writestr(f"set-main/{name}", data)
    return tmp_path / "set.zip"


def in_tar(tmp_path: Path) -> Path:
    with tarfile.open(tmp_path / "set.tar.gz", "w:gz") as archive:
        for name, data in CONTENT.items():
            member = tarfile.TarInfo(f"../set-main/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return tmp_path / "set.tar.gz"


@pytest.mark.parametrize("pack", [in_folder, in_zip, in_tar])
def test_the_same_files_come_out_of_a_folder_and_of_archives(tmp_path: Path, pack):
    place = pack(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    files = source_files(place, TOYS)
    assert [(file.name, file.data) for file in files] == [("toy.ar.json", b"[]"), ("toy.en.json", b'{"a": 1}')]
    assert all(str(place) in str(file.where) for file in files)
    assert files[0].sha256 == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    assert sorted(tmp_path.rglob("*")) == before  # nothing is unpacked, wherever a member's name points


def test_an_archive_inside_a_folder_is_found_where_the_files_themselves_are_not(tmp_path: Path):
    (tmp_path / "in").mkdir()
    in_zip(tmp_path).rename(tmp_path / "in" / "set.zip")
    assert [file.name for file in source_files(tmp_path / "in", TOYS)] == ["toy.ar.json", "toy.en.json"]
    (tmp_path / "in" / "toy.fi.json").write_bytes(b"[]")
    assert [file.name for file in source_files(tmp_path / "in", TOYS)] == ["toy.fi.json"]


def test_a_publication_without_known_checksums_names_none(tmp_path: Path):
    unseen = Publication("toys", "Toys", "https://example.org/toys", "v1", "CC0", "toy.*.json", {})
    with pytest.raises(InputError, match=r"nothing is downloaded\.$"):
        source_files(tmp_path, unseen)


def test_a_single_file_may_have_any_name(tmp_path: Path):
    (tmp_path / "renamed.json").write_bytes(b"[]")
    assert [file.name for file in source_files(tmp_path / "renamed.json", TOYS)] == ["renamed.json"]


@pytest.mark.parametrize("there", [True, False])
def test_missing_input_tells_the_address_and_the_checksums(tmp_path: Path, there: bool):
    with pytest.raises(InputError) as caught:
        source_files(tmp_path if there else tmp_path / "nowhere", TOYS)
    message = str(caught.value)
    assert ("there is no such file or folder" in message) is not there
    for part in (
        "toy.*.json",
        "https://example.org/toys",
        "CC0",
        "v1",
        "nothing is downloaded",
        "ab" * 32 + "  toy.en.json",
    ):
        assert part in message


@pytest.mark.parametrize("pack", [in_zip, in_tar])
def test_an_archive_cut_short_is_named(tmp_path: Path, pack):
    place = pack(tmp_path)
    place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
    with pytest.raises(InputError, match=rf"{place.name}: cannot be read"):
        source_files(place, TOYS)


def test_two_copies_of_a_file_are_refused(tmp_path: Path):
    place = in_folder(tmp_path)
    (place / "copy").mkdir()
    (place / "copy" / "toy.en.json").write_bytes(b"{}")
    with pytest.raises(InputError, match=r"holds two files called toy\.en\.json"):
        source_files(place, TOYS)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{\n"a": 1,\n}', r"toy\.en\.json:3: malformed JSON"),
        (b'{"a":\n"\xff"}', r"toy\.en\.json:2: not UTF-8"),
        (b"", r"toy\.en\.json:1: malformed"),
    ],
)
def test_damaged_json_is_named_by_file_and_line(tmp_path: Path, data: bytes, message: str):
    (tmp_path / "toy.en.json").write_bytes(data)
    with pytest.raises(InputError, match=message):
        source_files(tmp_path, TOYS)[0].json()


def test_damaged_json_lines_are_named_by_file_and_line(tmp_path: Path):
    (tmp_path / "toy.en.json").write_bytes(b'{"a": 1}\n{"a": \n')
    lines = source_files(tmp_path, TOYS)[0].json_lines()
    assert next(lines)[1] == {"a": 1}
    with pytest.raises(InputError, match=r"toy\.en\.json:2: malformed JSON"):
        next(lines)
