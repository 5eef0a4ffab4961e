from __future__ import annotations

import pytest

from pyserini_xqg.report.findings import Findings, Lines
from pyserini_xqg.report.formats.json import to_json


def found(value: dict[str, object]) -> Findings:
    return Findings("mine", (), (), lambda: Lines((), []), lambda: value)


def test_the_value_as_it_is():
    assert to_json(found({"é": [1, None]})) == '{\n  "é": [\n    1,\n    null\n  ]\n}\n'


def test_what_json_cannot_hold_is_not_written():
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json(found({"t": float("inf")}))
