"""Parts that change their number on the way, and copies that broke off: the same bytes, or one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tiny_corpus import passages, tree, write_jsonl, xqg
from tiny_generators import write_mt5

NUMBER, FILES = 40, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("input")
    write_jsonl(place / "corpus.jsonl", passages(NUMBER))
    write_mt5(place / "mt5")
    return place


@pytest.fixture(scope="module")
def expand(folder: Path) -> list[str | Path]:
    sizes = [
        "--queries-per-language",
        "1",
        "--chunk-size",
        "4",
        "--shard-size",
        "8",
        "--max-tokens-per-query",
        "6",
        "--precision",
        "fp32",
    ]
    return ["expand", "--corpus", folder / "corpus.jsonl", "--languages", "ar", "--generator", folder / "mt5", *sizes]


@pytest.fixture(scope="module")
def queries(expand: list[str | Path], folder: Path) -> Path:
    assert xqg(*expand, "--output", folder / "queries", fresh=True).returncode == 0
    return folder / "queries"


@pytest.fixture(scope="module")
def encode(folder: Path, tiny_encoder: Path) -> list[str | Path]:
    return ["encode", "--corpus", folder / "corpus.jsonl", "--encoder", tiny_encoder, "--shard-size", "8"]


@pytest.fixture(scope="module")
def store(encode: list[str | Path], queries: Path, folder: Path) -> Path:
    assert xqg(*encode, "--queries", queries, "--output", folder / "store").returncode == 0
    return folder / "store"


def test_begun_in_three_parts_and_gone_on_with_in_two(expand, encode, queries: Path, store: Path, tmp_path: Path):
    for stage, whole, what in ((expand, queries, "files"), ([*encode, "--queries", queries], store, "shards")):
        output = tmp_path / what
        said = [
            xqg(*stage, "--output", output, "--shard-id", str(part), "--shard-num", str(number)).stdout.splitlines()[-1]
            for part, number in ((1, 3), (0, 2), (1, 2))
        ]
        assert [line.split(" (")[0] for line in said[:2]] == [
            f"2 of {FILES} {what} there; missing: 0, 2-3",
            f"4 of {FILES} {what} there; missing: 3",
        ]
        assert said[2].startswith("next: ")
        assert tree(output) == tree(whole)


def test_other_sizes_on_the_way_are_refused(expand, encode, queries: Path, store: Path, tmp_path: Path):
    for stage, whole, more, differing in (
        (expand, queries, ["--shard-size", "16"], "group_size was 8, is now 16"),
        (expand, queries, ["--chunk-size", "2"], "chunk_size was 4, is now 2"),
        ([*encode, "--queries", queries], store, ["--shard-size", "16"], "shard_size was 8, is now 16"),
    ):
        before = tree(whole)
        done = xqg(*stage, "--output", whole, *more)
        assert done.returncode == 1
        assert f"of another make ({differing}); choose another --output" in done.stderr
        assert tree(whole) == before


# Queries that another stage reads


@pytest.fixture
def copied(queries: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(queries, tmp_path / "copied"))


def read(encode: list[str | Path], copied: Path, tmp_path: Path) -> str:
    done = xqg(*encode, "--queries", copied, "--output", tmp_path / "store")
    assert done.returncode == 1
    assert not (tmp_path / "store").exists()
    (line,) = done.stderr.splitlines()
    return line


def test_a_copy_cut_at_the_end_of_a_line_is_noticed(encode, copied: Path, tmp_path: Path):
    """Each of its lines is good JSON; without the record these passages would silently have no queries."""
    cut = copied / "queries-00002.jsonl"
    size = cut.stat().st_size
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[:-2]))
    said = read(encode, copied, tmp_path)
    assert said.startswith(
        f"{cut}: is cut short or was changed: {cut.stat().st_size:,} bytes, {size:,} expected; copy both again, or "
        "remove the file"
    )


def test_a_copy_that_is_as_long_but_not_the_same_is_noticed(encode, copied: Path, tmp_path: Path):
    changed = copied / "queries-00001.jsonl"
    changed.write_bytes(changed.read_bytes().replace(b'"d9"', b'"d8"'))
    assert f"{changed}: was changed after it was written (its checksum differs)" in read(encode, copied, tmp_path)


def test_files_that_were_not_copied_are_named(encode, copied: Path, tmp_path: Path):
    for group in (1, 2, 4):
        (copied / f"queries-{group:05d}.jsonl").unlink()
    assert f"{copied}: is not finished: 2 of {FILES} files are there, missing are 1-2, 4; run the same" in read(
        encode, copied, tmp_path
    )
    (copied / "expand.json").write_text("{")
    assert f"{copied / 'expand.json'}: is damaged" in read(encode, copied, tmp_path)


def test_records_that_were_not_copied_are_named(encode, copied: Path, tmp_path: Path):
    (copied / "groups" / "00003.json").unlink()
    assert f"{copied / 'groups/00003.json'}: which says what queries-00003.jsonl holds, is missing" in read(
        encode, copied, tmp_path
    )


def test_made_again_it_is_as_it_was(expand, queries: Path, copied: Path):
    cut = copied / "queries-00002.jsonl"
    cut.write_bytes(cut.read_bytes()[:100])
    assert f"{cut} is cut short or was changed" in xqg(*expand, "--output", copied).stderr
    cut.unlink()
    assert xqg(*expand, "--output", copied).returncode == 0
    assert tree(copied) == tree(queries)


# Shards of a store


def damage_record(shard: Path) -> None:
    (shard / "shard.json").unlink()


def damage_length(shard: Path) -> None:
    (shard / "passages.npy").write_bytes((shard / "passages.npy").read_bytes()[:-7])


def damage_part(shard: Path) -> None:
    (shard / "sum.ar.npy").unlink()


def damage_byte(shard: Path) -> None:
    data = bytearray((shard / "passages.npy").read_bytes())
    data[-1] ^= 1
    (shard / "passages.npy").write_bytes(data)


def damage_origin(shard: Path) -> None:
    """It is another store's: whole by itself, with another number of passages."""
    record = json.loads((shard / "shard.json").read_text())
    (shard / "shard.json").write_text(json.dumps({**record, "passages": 7}))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_record, "shard.json is damaged"),
        (damage_length, "passages.npy is cut short or damaged"),
        (damage_part, "sum.ar.npy is missing"),
        (damage_byte, "passages.npy was changed after it was written (its checksum differs)"),
        (damage_origin, "holds 7 passages, 8 expected: it is another store's"),
    ],
)
def test_a_half_copied_shard_is_named_and_made_again(
    encode, queries: Path, store: Path, tmp_path: Path, damage, said: str
):
    mine = Path(shutil.copytree(store, tmp_path / "store"))
    shard = mine / "shards" / "00002"
    damage(shard)
    words = [*encode, "--queries", queries, "--output", mine]
    done = xqg(*words)
    assert done.returncode == 1
    assert said in done.stderr
    what = {damage_origin: "it", damage_byte: str(shard)}.get(damage, f"the folder {shard}")
    assert f"emove {what} and run" in done.stderr
    shutil.rmtree(shard)
    done = xqg(*words)
    assert done.returncode == 0, done.stderr
    assert tree(mine) == tree(store)
