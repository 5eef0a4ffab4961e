"""The formats of reports: every file of ``report/formats/`` is one."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from pyserini_xqg.report import formats
from pyserini_xqg.report.report_format import ReportFormat


def members(modules: Iterable[ModuleType]) -> tuple[ReportFormat, ...]:
    """The formats that modules set as ``FORMAT``, in the order in which they are listed.

    :raises TypeError: a module sets none, or one that writes nothing, or whose name, place or suffix another has.
    """
    found: list[ReportFormat] = []
    for module in modules:
        one = getattr(module, "FORMAT", None)
        if not isinstance(one, ReportFormat):
            raise TypeError(f"{module.__name__} sets no FORMAT; it must be a ReportFormat")
        if one.page is None and one.findings is None:
            raise TypeError(f"{module.__name__}: {one.name} writes neither pages nor findings")
        for other in found:
            if one.name == other.name or one.place == other.place or one.suffix == other.suffix:
                raise TypeError(f"{module.__name__}: {one.name} shares its name, place or suffix with {other.name}")
        found.append(one)
    return tuple(sorted(found, key=lambda one: one.place))


FORMATS = members(
    import_module(f"{formats.__name__}.{module.name}") for module in pkgutil.iter_modules(formats.__path__)
)
"""All of them. A file that is none is an error here, before anything is written."""
