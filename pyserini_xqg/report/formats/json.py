"""Findings as JSON."""

from __future__ import annotations

import json

from pyserini_xqg.report.findings import Findings
from pyserini_xqg.report.report_format import ReportFormat


def to_json(found: Findings) -> str:
    """Everything, indented; infinite figures are not JSON's, so the findings hold null in their place."""
    return json.dumps(found.value(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


FORMAT = ReportFormat("JSON", 5, ".json", findings=to_json, every_figure=True)
