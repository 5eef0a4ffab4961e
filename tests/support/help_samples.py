"""LibreOffice's help in small: HTML and index as the packages have them, a root a package as `dpkg -x` leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

INSIDE = Path("usr/share/libreoffice/help")
FILLER = "This paragraph is long enough for a page that holds nothing else to be worth finding at all."
PAGES: Mapping[str, Mapping[str, str]] = {
    # Dev and test are what the hash of the English title says: tests name them.
    "scalc/guide/borders": {"en-US": "Borders of Cells", "de": "Umrandung von Zellen", "zh-CN": "单元格边框"},
    "swriter/guide/borders": {"en-US": "Borders of cells", "de": "Borders of cells", "zh-CN": "边框"},
    "scalc/01/range": {"en-US": "Print Range", "de": "Druckbereich", "zh-CN": "打印区域"},
    "shared/01/printing": {"en-US": "Printing", "de": "Drucken", "zh-CN": "Printing"},
    "shared/01/edit": {"en-US": "Edit", "de": "Bearbeiten", "zh-CN": "编辑"},
    "shared/01/editing": {"en-US": "Editing", "de": "Bearbeiten", "zh-CN": "正在编辑"},
    "sbasic/or": {"en-US": "OR Operator", "de": "Operator OR", "zh-CN": "OR 运算符"},
    "shared/02/saving": {"en-US": "Saving & Loading", "de": "Speichern & Laden"},
}
"""Page -> its title in each language."""


def paragraph(ident: str, text: str) -> str:
    return f'<p id="par_id{ident}" class="paragraph" dir="auto">{text}</p>'


def heading(ident: str, text: str, level: int = 2, before: str = "") -> str:
    """A heading, with the anchors of index entries before it."""
    anchors = "".join(f'<a name="{name}"></a><meta itemprop="keywords" content="x">\n' for name in before.split())
    return f'{anchors}<h{level} id="hd_id{ident}" dir="auto">\n<a name="borders"></a>{text}</h{level}>'


def page(title: str, *parts: str, language: str = "en-US") -> str:
    body = "\n      ".join(parts)
    return f"""<!DOCTYPE html>
<html lang="{language}" dir="ltr">
<head>
<base href="../../../../">
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(title)}</title>
<script type="text/javascript" src="{language}/bookmarks.js" defer></script>
</head>
<body>
<header id="TopLeftHeader"><a class="logo" href="x.html"><p dir="auto">LibreOffice 7.4 Help</p></a></header>
<div id="DisplayArea" itemprop="softwareHelp" itemscope="true">
{body}
</div>
<footer><div id="DEBUG" class="debug">
<h3 class="bug">Help content debug info:</h3>
<p dir="auto">Title is: {escape(title)}</p>
</div></footer>
</body>
</html>
"""


def index(language: str, *entries: tuple[str, str, str]) -> str:
    """``bookmarks.js`` with these (page, anchor, text as it stands in the script)."""
    lines = "".join(
        f'{{url:"{language}/text/{path}.html?DbPAR=CALC#{anchor}", app:"CALC", text:"{text}"}},\n'
        for path, anchor, text in entries
    )
    return f"var bookmarks = [\n{lines}];\n"


def help_folder(root: Path, language: str) -> Path:
    """Where the help of a language lies in the root of its own package."""
    return root / language.lower() / INSIDE / language


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def packages(root: Path) -> Path:
    """The pages in English, German and Chinese, and folders of languages that are not taken."""
    for path, titles in PAGES.items():
        for language, title in titles.items():
            heads = heading("1", escape(title), level=1, before="bm_id1")
            text = page(title, heads, paragraph("2", FILLER), language=language)
            write(help_folder(root, language) / "text" / f"{path}.html", text)
    short = page("A Short Page", paragraph("1", "Too short."))
    write(help_folder(root, "en-US") / "text" / "shared" / "short.html", short)
    for language in ("pt-BR", "ca"):
        write(help_folder(root, language) / "text" / "scalc" / "guide" / "borders.html", page("x", language=language))
    entries = {
        "en-US": [
            ("scalc/guide/borders", "bm_id1", "borders --  of cells"),
            ("scalc/guide/borders", "bm_id1", "cells -- borders"),
            ("scalc/guide/borders", "bm_id1", "Borders of Cells"),
            ("sbasic/or", "bm_id1", "&#34;\\\\&#34; operator & more"),
            ("shared/short", "bm_id1", "short pages"),
        ],
        "de": [
            ("scalc/guide/borders", "bm_id1", "Zellen -- umranden"),
            ("scalc/guide/borders", "bm_id1", "Zellen -- umranden"),
            ("scalc/guide/borders", "bm_id1", "Cells:  borders"),
            ("scalc/guide/borders", "bm_id1", "umrandung von zellen"),
            ("scalc/guide/borders", "bm_id1", "  --  "),
        ],
    }
    for language, some in entries.items():
        write(help_folder(root, language) / "bookmarks.js", index(language, *some))
    return root
