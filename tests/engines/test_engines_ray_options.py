"""How much is asked of a cluster."""

from __future__ import annotations

import pytest

from pyserini_xqg.engines.ray_options import ClusterNode, RayOptions, Size, choose_size
from pyserini_xqg.errors import EngineError, UsageError

CPUS = [ClusterNode(16), ClusterNode(16), ClusterNode(8)]
GPUS = [ClusterNode(32, 4), ClusterNode(32, 4), ClusterNode(8)]


@pytest.mark.parametrize(
    ("options", "nodes", "wants_gpu", "expected"),
    [
        (RayOptions(), CPUS, True, Size(10, 4, 0)),
        (RayOptions(), [ClusterNode(2)], True, Size(1, 2, 0)),
        (RayOptions(workers=2), [ClusterNode(2)], False, Size(2, 1, 0)),
        (RayOptions(workers=3), [ClusterNode(2)], False, Size(3, 1, 0)),
        (RayOptions(cpus=16), CPUS, False, Size(2, 16, 0)),
        (RayOptions(), GPUS, True, Size(8, 4, 1)),
        (RayOptions(), GPUS, False, Size(18, 4, 0)),
        (RayOptions(gpus=0), GPUS, True, Size(18, 4, 0)),
        (RayOptions(gpus=0.5), GPUS, False, Size(16, 4, 0.5)),
        (RayOptions(), [ClusterNode(8, 8)], True, Size(8, 1, 1)),
        (RayOptions(workers=5, cpus=2, gpus=1), GPUS, False, Size(5, 2, 1)),
    ],
)
def test_what_is_asked_for(options: RayOptions, nodes: list[ClusterNode], wants_gpu: bool, expected: Size):
    assert choose_size(options, nodes, wants_gpu=wants_gpu, may_grow=False) == expected


def test_a_worker_that_fits_nowhere_is_refused_unless_machines_may_join():
    for options in (RayOptions(gpus=8), RayOptions(cpus=64)):
        with pytest.raises(
            EngineError,
            match="fits on no machine of the Ray cluster, the largest of which has 32 cores and 4 GPUs; ask for less",
        ):
            choose_size(options, GPUS, wants_gpu=True, may_grow=False)
        assert choose_size(options, GPUS, wants_gpu=True, may_grow=True).workers == 1


@pytest.mark.parametrize("options", [{"workers": 0}, {"cpus": -1}, {"gpus": -1.0}, {"gpus": 1.5}])
def test_numbers_that_cannot_be(options: dict[str, float]):
    with pytest.raises(UsageError, match=r"--ray-\w+ is"):
        RayOptions(**options)
