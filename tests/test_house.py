"""The house: its floors hold, its rooms are few and small, and README's map shows what is there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pyserini_xqg"
FLOORS: list[list[str]] = [
    floor.split(" | ")
    for floor in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]["layers"]
]
MOST_ROOMS, MOST_AT_THE_ROOT, LONGEST_CHAIN, MOST_IN_A_FOLDER = 36, 12, 8, 16


@cache
def rooms() -> dict[str, set[str]]:
    """Room (a package or a module at the root) -> the rooms that it imports."""
    graph = grimp.build_graph("pyserini_xqg", cache_dir=None)
    found: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        here = room_of(module)
        found[here] |= {room_of(name) for name in graph.find_modules_directly_imported_by(module)} - {here, "__init__"}
    return dict(found)


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def chain(room: str) -> int:
    """How many rooms stand on the longest way down from this one, itself counted."""
    return 1 + max(map(chain, rooms()[room]), default=0)


def test_no_import_goes_up_or_sideways():
    program = Path(sys.executable).with_name("lint-imports")  # apart: it sets up logging for its whole process
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_its_floor():
    listed = [room for floor in FLOORS for room in floor]
    assert max(Counter(listed).values()) == 1
    assert {*listed, "__init__"} == rooms().keys()


def test_the_root_is_a_table_of_contents():
    packages, modules = list(PACKAGE.glob("*/__init__.py")), list(PACKAGE.glob("*.py"))
    assert len(packages) + len(modules) <= MOST_ROOMS
    assert len(modules) <= MOST_AT_THE_ROOT


def test_no_chain_of_rooms_is_long():
    lengths = {room: chain(room) for room in rooms()}
    assert max(lengths.values()) <= LONGEST_CHAIN, lengths


def test_no_folder_is_crowded():
    crowded = {
        folder.relative_to(ROOT).as_posix(): len(modules)
        for folder in [PACKAGE, *PACKAGE.rglob("*")]
        if folder.is_dir() and len(modules := list(folder.glob("*.py"))) > MOST_IN_A_FOLDER
    }
    assert not crowded


def test_every_room_says_what_it_holds():
    silent = [
        path for path in PACKAGE.rglob("*.py") if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_a_class_name_means_one_thing():
    homes: dict[str, list[str]] = defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(path.relative_to(PACKAGE).as_posix())
    assert not {name: places for name, places in homes.items() if len(places) > 1}


def test_readmes_map_shows_the_floors():
    map_ = (ROOT / "README.md").read_text(encoding="utf-8").split("## Where things are", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|", map_, re.MULTILINE)
    shown = {int(floor): re.findall(r"`([a-z_]+)(?:/|\.py)`", cell) for floor, cell in rows}
    height = len(FLOORS)
    assert shown == {height - place: floor for place, floor in enumerate(FLOORS) if floor != ["__main__"]}
    for names in shown.values():
        for name in names:
            assert (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def test_files_import_each_other_in_one_direction():
    """Annotations count, too: what needs another to be understood is not below it."""
    graph = grimp.build_graph("pyserini_xqg", cache_dir=None)
    waiting = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(waiting).prepare()  # raises CycleError, which names the files


CALLED_BY_OTHERS = {"search", "batch_search", "_hybrid_results", "print_svg"}
"""Methods that Pyserini and matplotlib call in their own way; so are the constructors of Pyserini's encoders."""


def test_functions_of_many_parameters_take_keywords_only():
    mixed = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name in CALLED_BY_OTHERS:
                continue
            given = [*node.args.posonlyargs, *node.args.args]
            positional = [one for one in given if one.arg not in ("self", "cls")]
            if len(positional) + len(node.args.kwonlyargs) >= 6 and positional:
                mixed.append(f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno} {node.name}")
    assert all(place.startswith("encoder/pyserini_classes.py") for place in mixed), mixed
