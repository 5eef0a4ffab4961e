"""A page as one HTML file that asks the network for nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib.resources import files

from pyserini_xqg.report.anchors import Anchors
from pyserini_xqg.report.html.parts import paragraphs, part_html, text
from pyserini_xqg.report.model import Page, Section


def to_html(page: Page) -> str:
    """The whole file. Its style and script are the only ones that its security policy lets a browser apply."""
    style, script = _resource("page.css"), _resource("page.js")
    anchors = Anchors("part")
    named = [(anchors.name(section.title), section) for section in page.sections]
    sections = "\n".join(_section(name, section, anchors) for name, section in named)
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="pyserini-xqg">
<title>{text(page.title)}</title>
<style>{style}</style>
<script>{script}</script>
</head>
<body>
<a class="skip" href="#_content">Skip to the content</a>
<header>
<button type="button" class="theme" hidden>Dark</button>
<h1>{text(page.title)}</h1>
<div class="summary">{paragraphs(page.summary)}</div>
</header>
<div class="sheet">
{_contents(named)}<main id="_content" tabindex="-1">
{sections}
</main>
</div>
{_facts(page.facts)}<div class="unseen" role="status"></div>
</body>
</html>
"""


def _resource(name: str) -> str:
    return (files("pyserini_xqg") / "resources" / "page" / name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(source.encode('utf-8')).digest()).decode('ascii')}'"


def _contents(named: list[tuple[str, Section]]) -> str:
    if not named:
        return ""
    entries = "\n".join(f'<li><a href="#{name}">{text(section.title)}</a></li>' for name, section in named)
    return f'<nav aria-label="Contents">\n<ol>\n{entries}\n</ol>\n</nav>\n'


def _section(name: str, section: Section, anchors: Anchors) -> str:
    parts = "\n".join(part_html(part, anchors) for part in section.parts)
    return (
        f'<section aria-labelledby="{name}">\n<h2 id="{name}"><a '
        f'href="#{name}">{text(section.title)}</a></h2>\n{parts}\n</section>'
    )


def _facts(facts: tuple[tuple[str, str], ...]) -> str:
    if not facts:
        return ""
    entries = "\n".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in facts)
    return f"<footer>\n<dl>\n{entries}\n</dl>\n</footer>\n"
