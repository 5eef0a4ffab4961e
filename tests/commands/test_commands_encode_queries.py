from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pyserini_xqg.commands import main


def test_from_the_command_line(tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "topics.ar.tsv").write_text('1\tمتى تُفتح "المدينة"؟\n2\tأين\n', encoding="utf-8")
    (tmp_path / "topics.he.tsv").write_text("1\tמתי נבנה הגשר?\n", encoding="utf-8")
    flags = ["encode-queries", "--encoder", str(tiny_encoder), "--precision", "fp32", "--output", str(tmp_path / "q")]
    assert main([*flags, "--topics", str(tmp_path / "topics.ar.tsv"), str(tmp_path / "topics.he.tsv")]) == 0
    assert f"{tmp_path / 'q'}: 3 topics; use it as --encoded-queries {tmp_path / 'q'}" in capsys.readouterr().out
    frame = pd.read_pickle(tmp_path / "q/embedding.pkl")
    assert frame["text"].tolist() == ['متى تُفتح "المدينة"؟', "أين", "מתי נבנה הגשר?"]
    np.testing.assert_allclose(np.linalg.norm(np.stack(frame["embedding"]), axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"2\ta\tb", "found 2 tabs"),
        (b"2", "found no tab"),
        (b"1\tagain", "is there already, at line 1"),
        (b"2\t\xff", "not UTF-8 text"),
    ],
)
def test_a_bad_topic_is_one_line_with_its_place(
    tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: bytes, message: str
):
    topics = tmp_path / "topics.tsv"
    topics.write_bytes(b"1\tfirst\n" + line + b"\n")
    assert (
        main(
            ["encode-queries", "--encoder", str(tiny_encoder), "--topics", str(topics), "--output", str(tmp_path / "q")]
        )
        == 1
    )
    err = capsys.readouterr().err
    assert err.startswith(f"{topics}:2: ")
    assert message in err
    assert not (tmp_path / "q").exists()


def test_other_mistakes(tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    topics = tmp_path / "topics.tsv"
    flags = ["encode-queries", "--topics", str(topics), "--output", str(tmp_path / "q")]
    assert main([*flags, "--encoder", str(tiny_encoder)]) == 1
    assert f"{topics}: cannot be read: No such file or directory" in capsys.readouterr().err
    topics.write_text("1\tfirst\n")
    assert main([*flags, "--encoder", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
    (tmp_path / "q").mkdir()
    (tmp_path / "q/thesis.tex").write_text("x")
    assert main([*flags, "--encoder", str(tiny_encoder)]) == 1
    assert "holds something else than encoded queries" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "q").iterdir()] == ["thesis.tex"]
