"""A page as one HTML file."""

from __future__ import annotations

from pyserini_xqg.report.html.page import to_html
from pyserini_xqg.report.report_format import ReportFormat

FORMAT = ReportFormat("HTML", 1, ".html", page=to_html)
