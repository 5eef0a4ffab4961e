"""From the engine asked for to a crew, with the engine ``local``; that of a cluster is tried where commands are."""

from __future__ import annotations

from pathlib import Path

import pytest
from crew_recipes import About, Light

from pyserini_xqg.engines.jobs import numbered
from pyserini_xqg.engines.local import LocalCrew
from pyserini_xqg.engines.open_crew import open_crew
from pyserini_xqg.errors import GeneratorError


def test_the_local_engine_is_one_tool_in_this_process(tmp_path: Path):
    with open_crew(Light(tmp_path), None) as crew:
        assert isinstance(crew, LocalCrew)
        assert isinstance(crew.about, About)
        said = list(crew.run(lambda tool, piece: iter((piece, len(tool))), [3, 4], 2, tmp_path))
    assert said == [3, len(crew.tool), 4, len(crew.tool)]


def test_what_a_recipe_lacks_is_raised_before_any_work(tmp_path: Path):
    with pytest.raises(GeneratorError, match="there is no generator x"), open_crew(Light(tmp_path, "no model"), None):
        pass


def test_numbered_parts_and_nothing_after_the_last():
    def parts():
        yield from "abc"
        raise AssertionError("looked too far")

    assert list(numbered(parts(), {2, 0})) == [(0, "a"), (2, "c")]
    assert list(numbered(parts(), set())) == []
