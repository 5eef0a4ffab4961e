"""A crew on a real cluster of two worker processes: whoever does the work, and whatever happens to the workers, the
result is the same.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from crew_recipes import About, Light, Piece, SlowEncoderRecipe, SlowRecipe, write
from tiny_corpus import ROOT, generated_queries, passages, tree, write_jsonl
from tiny_generators import write_mt5

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode_by
from pyserini_xqg.encode.recipe import EncoderRecipe
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.engines.crew import Crew
from pyserini_xqg.engines.local import LocalCrew
from pyserini_xqg.engines.ray_cluster import cluster
from pyserini_xqg.engines.ray_crew import RayCrew
from pyserini_xqg.engines.ray_options import RayOptions, Size
from pyserini_xqg.errors import BusyError, EngineError, GeneratorError, InputError
from pyserini_xqg.expand.expand_corpus import ExpandOptions, expand_by
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.recipe import GeneratorRecipe
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.input.records import OnError

TWO = Size(2, 1, 0)
NUMBER, GROUP = 24, 4


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests" / "support")])
        )  # workers import the recipes
        # Room for more workers than any test has: Ray (2.60) does not end a worker that it is told to in the very
        # milliseconds in which it begins, as a crew that closes early tells it, and the core stays taken.
        with cluster(RayOptions(workers=8, cpus=1)) as joined:
            yield joined


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    (tmp_path / "ids").mkdir()
    return tmp_path / "ids"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "o").mkdir()
    return tmp_path / "o"


@contextmanager
def hired(ray: Any, recipe: Any, size: Size = TWO) -> Iterator[RayCrew[Any, Any]]:
    crew = RayCrew(ray, recipe, size)
    try:
        yield crew
    finally:
        crew.close()


def do(crew: Crew[Any, Any], pieces: list[Piece], output: Path) -> int:
    return sum(crew.run(write, iter(pieces), len(pieces), output))


def made(output: Path) -> list[int]:
    return sorted(int(path.stem) for path in output.glob("[0-9]*.txt"))


def test_a_cluster_of_ones_own_cannot_be_reached_from_outside(ray: Any):
    """Every port that its processes listen at is one of the loopback address."""
    assert [node["NodeManagerAddress"] for node in ray.nodes()] == ["127.0.0.1"]
    mine = {str(child) for child in _descendants(os.getpid())}
    sockets = {link for child in mine for link in _links(Path("/proc") / child / "fd")}
    listening = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    open_to = {row[1].split(":")[0] for row in listening if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}
    assert open_to
    assert open_to <= {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}


def _descendants(parent: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1])
    found, known = {parent}, 0
    while len(found) > known:
        known = len(found)
        found |= {child for child, its in parents.items() if its in found}
    return found


def _links(folder: Path) -> list[str]:
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                found.append(str(path.readlink()))
    return found


def test_both_workers_take_part_and_say_how_far_they_are(ray: Any, ids: Path, output: Path):
    with hired(ray, Light(ids)) as crew:
        assert crew.about == About("1 cores")
        assert do(crew, [Piece(output, number, ("slow",), ids) for number in range(6)], output) == 6 * 111
    assert made(output) == list(range(6))
    workers = {int(path.read_text().split()[1]) for path in output.glob("[0-9]*.txt")}
    assert len(workers) == 2
    assert os.getpid() not in workers
    assert not [path for path in output.iterdir() if "partial" in path.name], "the sign is gone"


def test_work_is_taken_as_workers_become_free(ray: Any, ids: Path, output: Path):
    taken = []

    def pieces() -> Iterator[Piece]:
        for number in range(20):
            taken.append(number)
            yield Piece(output, number)

    with hired(ray, Light(ids)) as crew:
        for _ in crew.run(write, pieces(), 20, output):
            assert len(taken) <= len(made(output)) + 4, "two in work, and two whose end was not heard of yet"
    assert len(taken) == 20


def test_no_more_workers_than_there_is_work(ray: Any, ids: Path, output: Path):
    with hired(ray, Light(ids)) as crew:
        assert do(crew, [Piece(output, 0)], output) == 111
        assert do(crew, [], output) == 0
    assert len(list(ids.iterdir())) == 1


@pytest.mark.parametrize("fault", ["killed", "bug"])
def test_what_fails_is_done_again_by_a_new_worker(ray: Any, ids: Path, output: Path, fault: str):
    with hired(ray, Light(ids)) as crew:
        faults = [(fault, fault), (), (fault,), ()]
        assert do(crew, [Piece(output, number, mine) for number, mine in enumerate(faults)], output) == 4 * 111, (
            "nothing counts twice"
        )
    assert made(output) == [0, 1, 2, 3]
    assert len(list(ids.iterdir())) >= 4


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("killed", "the worker died: it was killed, for instance for want of memory, or it crashed"),
        ("bug", "ZeroDivisionError: division by zero"),
    ],
)
def test_what_always_fails_is_given_up_and_named(ray: Any, ids: Path, output: Path, fault: str, cause: str):
    with (
        hired(ray, Light(ids)) as crew,
        pytest.raises(EngineError, match=rf"part 1 could not be made: 3 tries failed, .*{cause}; .*run the same"),
    ):
        do(crew, [Piece(output, 0), Piece(output, 1, (fault,) * 9)], output)
    assert (output / ".tries-1").read_text() == "xxx"


def test_an_error_of_ours_comes_as_it_was_raised_and_at_once(ray: Any, ids: Path, output: Path):
    with hired(ray, Light(ids)) as crew, pytest.raises(GeneratorError, match=r"^the generator gave up$"):
        do(crew, [Piece(output, 0, ("ours",))], output)
    assert (output / ".tries-0").read_text() == "x"


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("no model", GeneratorError, r"^there is no generator x: give a checkpoint's folder$"),
        ("bad prompt", InputError, r"^prompt\.toml:3: expected a table$"),
        ("crash", EngineError, r"cannot be started: 3 tries failed, the last one because the worker died"),
        ("bug", EngineError, r"cannot be started: 3 tries failed, the last one because .*ZeroDivisionError"),
    ],
)
def test_workers_that_cannot_begin(ray: Any, ids: Path, fault: str, kind: type[Exception], said: str):
    with hired(ray, Light(ids, fault)) as crew, pytest.raises(kind, match=said):
        _ = crew.about


def test_workers_that_are_not_alike_are_refused(ray: Any, ids: Path, output: Path):
    with (
        hired(ray, Light(ids, "unlike")) as crew,
        pytest.raises(EngineError, match=r"the workers are not alike, .*\(process \d+ and \d+, the latter"),
    ):
        do(crew, [Piece(output, number, ("slow",), ids) for number in range(9)], output)


def test_a_folder_that_workers_do_not_share_is_noticed(
    ray: Any, ids: Path, output: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(output.parent)
    with (
        hired(ray, Light(ids, "elsewhere")) as crew,
        pytest.raises(EngineError, match=r"^o is not the same folder for all workers; give an --output"),
    ):
        do(crew, [Piece(Path("o"), 0)], Path("o"))
    assert list(output.iterdir()) == []


HOLD = (
    "import sys; from pathlib import Path; from pyserini_xqg.files.lock import building\nwith "
    "building(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
)


def test_what_a_dying_process_holds_is_waited_for(ray: Any, ids: Path, output: Path):
    words = [sys.executable, "-c", HOLD, str(output / "0.txt")]
    with (
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
        hired(ray, Light(ids)) as crew,
    ):
        other.stdout.readline()
        threading.Timer(2.5, other.kill).start()
        assert do(crew, [Piece(output, 0), Piece(output, 1)], output) == 222


def test_what_a_living_process_holds_is_not_waited_for_for_ever(
    ray: Any, ids: Path, output: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pyserini_xqg.engines.ray_queue._BUSY_SECONDS", 1.5)
    words = [sys.executable, "-c", HOLD, str(output / "0.txt")]
    with (
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
        hired(ray, Light(ids)) as crew,
    ):
        other.stdout.readline()
        with pytest.raises(BusyError, match=rf"is being built by another process \(process {other.pid}"):
            do(crew, [Piece(output, 0)], output)
        other.kill()


# The stages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stages")
    write_jsonl(place / "corpus.jsonl", passages(NUMBER))
    write_jsonl(place / "queries.jsonl", generated_queries(NUMBER))
    write_mt5(place / "mt5")
    return place


@pytest.fixture(scope="module")
def generator(folder: Path) -> GeneratorRecipe:
    hardware = Hardware(ModelPrecision.FP32, "cpu")
    return GeneratorRecipe(GeneratorRequest(str(folder / "mt5"), Sampling(max_tokens=8), hardware=hardware))


def expand(folder: Path, crew: Crew[Any, Any], output: Path) -> dict[str, bytes]:
    result = expand_by(
        corpus=folder / "corpus.jsonl", crew=crew, output=output, options=ExpandOptions(("ar", "ja"), 2, 3, 2, GROUP)
    )
    assert (result.missing, result.tally.passages) == ((), NUMBER)
    return tree(output)


def encode(folder: Path, crew: Crew[Any, Any], output: Path) -> dict[str, bytes]:
    result = encode_by(
        corpus=folder / "corpus.jsonl",
        queries=folder / "queries.jsonl",
        crew=crew,
        encoder_name="tiny",
        output=output,
        options=EncodeOptions(shard_size=GROUP),
    )
    assert result.missing == ()
    return tree(output)


@pytest.fixture(scope="module")
def expanded(folder: Path, generator: GeneratorRecipe) -> dict[str, bytes]:
    mine = generator.open(1)
    return expand(folder, LocalCrew(mine, generator.about(mine)), folder / "expanded")


def wait_until(seen: Callable[[], object], seconds: float = 280) -> None:
    ends = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < ends, "nothing was seen"
        time.sleep(0.005)


def alive(ids: Path) -> list[int]:
    return [int(path.name) for path in ids.iterdir() if Path(f"/proc/{path.name}").exists()]


@pytest.mark.slow
def test_expand_with_its_workers_killed_in_the_middle(
    ray: Any, folder: Path, generator: GeneratorRecipe, expanded: dict, ids: Path, tmp_path: Path
):
    """``kill -9`` of both real worker processes with parts of a group done."""
    output, killed = tmp_path / "queries", []

    def kill() -> None:
        wait_until(lambda: len(alive(ids)) == 2 and len(list(output.glob(".units-*/*.json"))) >= 3)
        for worker in alive(ids):
            killed.append(worker)
            os.kill(worker, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with hired(ray, SlowRecipe(generator, ids, 0.5, company=2)) as crew:
        assert expand(folder, crew, output) == expanded
    killer.join()
    assert len(killed) == 2
    assert len(list(ids.iterdir())) > 2


def test_expand_with_a_passage_that_kills(
    ray: Any, folder: Path, generator: GeneratorRecipe, expanded: dict, ids: Path, tmp_path: Path
):
    """It ends in one sentence; what is finished stays, and without that fault the same folder is gone on with."""
    output = tmp_path / "queries"
    with (
        hired(ray, SlowRecipe(generator, ids, dies_at="11 ")) as crew,
        pytest.raises(
            EngineError, match=rf"{output}/queries-00002\.jsonl could not be made: 3 tries failed, .* the worker died"
        ),
    ):
        expand(folder, crew, output)
    there = {name: data for name, data in tree(output).items() if "/." not in f"/{name}"}
    assert there.items() <= expanded.items()
    assert len(list(output.glob(".units-00002/*.json"))) == 2, "the chunk before that passage is kept"
    mine = generator.open(1)
    assert expand(folder, LocalCrew(mine, generator.about(mine)), output) == expanded


def test_encode_with_a_worker_killed_in_the_middle(
    ray: Any, folder: Path, tiny_encoder: Path, ids: Path, tmp_path: Path
):
    recipe = EncoderRecipe(partial(Path, tiny_encoder), Precision.AUTO, None, None)
    output, killed = tmp_path / "store", []

    def kill() -> None:
        wait_until(lambda: len(alive(ids)) == 2 and list(output.glob("shards/.lock-*")))
        killed.append(alive(ids)[0])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with hired(ray, SlowEncoderRecipe(recipe, ids, 0.5, company=2)) as crew:
        by_ray = encode(folder, crew, output)
    killer.join()
    assert len(killed) == 1
    mine = recipe.open(2)
    assert by_ray == encode(folder, LocalCrew(mine, recipe.about(mine)), tmp_path / "local")


def test_bad_input_is_named_before_anything_is_written(
    ray: Any, folder: Path, generator: GeneratorRecipe, ids: Path, tmp_path: Path
):
    corpus = write_jsonl(tmp_path / "c.jsonl", [*passages(3), "{"])
    with hired(ray, SlowRecipe(generator, ids)) as crew, pytest.raises(InputError, match=r"c\.jsonl:4: malformed JSON"):
        expand_by(
            corpus=corpus, crew=crew, output=tmp_path / "o", options=ExpandOptions(("ar",)), on_error=OnError.STOP
        )
    assert not (tmp_path / "o").exists()
