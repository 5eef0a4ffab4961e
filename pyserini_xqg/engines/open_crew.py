"""From the engine that was asked for to a crew: the one place that knows which engines there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyserini_xqg.engines.crew import Crew, ToolRecipe
from pyserini_xqg.engines.local import LocalCrew
from pyserini_xqg.engines.ray_options import RayOptions


@contextmanager
def open_crew[Tool, About](recipe: ToolRecipe[Tool, About], ray: RayOptions | None) -> Iterator[Crew[Tool, About]]:
    """A crew made by a recipe: this process alone, or workers of a Ray cluster.

    :param ray: what is asked of the cluster; None for the engine ``local``.
    :raises XqgError: what the recipe raises.
    :raises SetupError: Ray is not installed, or the cluster cannot be joined.
    :raises EngineError: a worker fits on no machine.
    """
    if ray is None:
        tool = recipe.open(None)
        yield LocalCrew(tool, recipe.about(tool))
        return
    from pyserini_xqg.engines.ray_crew import ray_crew

    with ray_crew(ray, recipe) as crew:
        yield crew
