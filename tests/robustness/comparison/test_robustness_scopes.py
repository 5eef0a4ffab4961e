from __future__ import annotations

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.robustness.comparison.scopes import (
    LanguageGrouping,
    ScopeKind,
    by_family,
    group_scopes,
    language_scopes,
    parse_groups,
)


def test_languages_stand_by_family_then_code_and_unknown_ones_last():
    assert by_family({"yo", "de", "all", "sw", "en", "te"}) == ("sw", "yo", "te", "de", "en", "all")
    assert [scope.name for scope in language_scopes(["all", "te"])] == ["Telugu", "all"]


def test_families_then_resources_then_all():
    found = group_scopes({"yo", "de", "sw", "en", "te", "all"}, tuple(LanguageGrouping))
    assert [(scope.kind, scope.name, scope.codes) for scope in found] == [
        (ScopeKind.FAMILY, "Atlantic-Congo", ("sw", "yo")),
        (ScopeKind.FAMILY, "Dravidian", ("te",)),
        (ScopeKind.FAMILY, "Germanic", ("de", "en")),
        (ScopeKind.RESOURCE, "high-resource", ("de", "en")),
        (ScopeKind.RESOURCE, "low-resource", ("sw", "yo", "te")),
        (ScopeKind.MACRO, "all 6 languages", ("sw", "yo", "te", "de", "en", "all")),
    ]
    assert [scope.name for scope in group_scopes({"de", "fi"}, (LanguageGrouping.RESOURCE,))] == ["all 2 languages"]
    assert [scope.name for scope in group_scopes({"de"}, ())] == ["German alone"]
    assert group_scopes((), tuple(LanguageGrouping)) == ()


def test_groups_from_a_flag():
    assert parse_groups(["resource,family"]) == (LanguageGrouping.RESOURCE, LanguageGrouping.FAMILY)
    assert parse_groups(["none"]) == ()
    with pytest.raises(UsageError, match="--groups script: allowed are family, resource, several with commas, or none"):
        parse_groups(["script"])
