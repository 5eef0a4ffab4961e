"""An ``<svg>`` element that stands on a page among others."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_LINK = re.compile(r"url\(#([^)]+)\)")


def parse(svg: str) -> ElementTree.Element:
    """An ``<svg>`` element as a tree, its tags without their namespace."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        for name in [name for name in element.attrib if name.startswith(f"{{{_XLINK}}}")]:
            element.set(
                name.removeprefix(f"{{{_XLINK}}}"), element.attrib.pop(name)
            )  # plain href: browsers know it, and no prefix is needed
    return root


def serialise(root: ElementTree.Element) -> str:
    """A tree of :func:`parse` as an element for a page: without a declaration, a document type or a namespace's
    address.
    """
    return ElementTree.tostring(root, encoding="unicode")


def described(svg: str, prefix: str, alternative: str) -> str:
    """The element as one image with a description, its ids led by ``prefix``, so that those of several drawings do not
    meet.
    """
    root = parse(svg)
    for element in root.iter():
        if "id" in element.attrib:
            element.set("id", prefix + element.attrib["id"])
        for name, value in element.attrib.items():
            if name == "href" and value.startswith("#"):
                element.set(name, f"#{prefix}{value[1:]}")
            elif "url(#" in value:
                element.set(name, _LINK.sub(rf"url(#{prefix}\1)", value))
    root.set("role", "img")
    root.set("aria-label", alternative)
    return serialise(root)
