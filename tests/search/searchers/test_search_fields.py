"""Which fields a search looks into."""

from __future__ import annotations

import re

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.sparse import SparseManifest, fields_of
from pyserini_xqg.search.searchers.fields import as_words, choose_fields, default_fields, parse_fields

LANGUAGES = ("ar", "ja", "sw")
MANIFEST = SparseManifest(fields_of("en", LANGUAGES), "en", LANGUAGES, None, 3, "0", ())


def test_what_the_flag_says():
    assert parse_fields(["contents=1.0", "xqg_ar=.5", "xqg_ja=0"]) == {"contents": 1.0, "xqg_ar": 0.5, "xqg_ja": 0.0}
    assert parse_fields([]) == {}
    assert as_words({"contents": 1.0, "xqg_ar": 0.125}) == ["contents=1", "xqg_ar=0.125"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["contents"], "'contents': expected FIELD=WEIGHT"),
        (["=1"], "'=1': expected FIELD=WEIGHT"),
        (["contents=1", "contents=2"], "names 'contents' twice"),
        *(
            (["contents=" + weight], f"contents={weight}: a weight must be a number of at least 0")
            for weight in ("", "a", "-1", "nan", "inf")
        ),
    ],
)
def test_bad_flags_are_named(words: list[str], problem: str):
    with pytest.raises(UsageError, match=re.escape(problem)):
        parse_fields(words)


def test_defaults():
    assert default_fields(MANIFEST) == {"contents": 1, "xqg_ar": 1, "xqg_ja": 1, "xqg_sw": 1}
    assert default_fields(MANIFEST, "ar") == default_fields(MANIFEST, "ara") == {"contents": 1, "xqg_ar": 1}
    assert default_fields(MANIFEST, "en") == {"contents": 1}, "the passages' own language needs no generated queries"
    with pytest.raises(UsageError, match="no generated queries in fr; it has queries in ar, ja, sw"):
        default_fields(MANIFEST, "fr")
    with pytest.raises(UsageError, match="unknown language code 'xx'"):
        default_fields(MANIFEST, "xx")


def test_choices():
    assert choose_fields(MANIFEST, {}, "ja") == default_fields(MANIFEST, "ja")
    assert choose_fields(MANIFEST, {"contents": 0.5, "xqg_ar": 0, "xqg_ja": 2}) == {"contents": 0.5, "xqg_ja": 2}
    assert choose_fields(MANIFEST, {"contents": 0.5, "xqg_LANG": 2}, "swa") == {"contents": 0.5, "xqg_sw": 2}
    assert choose_fields(MANIFEST, {"xqg_ja": 1}, "ar") == {"xqg_ja": 1}, (
        "what is asked for counts more than the language"
    )
    for weights, code, problem in [
        (
            {"contents": 1.0, "xqg_fr": 1.0, "title": 1.0},
            None,
            "no field 'xqg_fr', 'title'; it has contents, xqg_ar, xqg_ja, xqg_sw",
        ),
        ({"xqg_LANG": 1.0}, None, "xqg_LANG stands for the field of --language; give that too"),
        ({"xqg_LANG": 1.0}, "fr", "no field 'xqg_fr'"),
        ({"xqg_LANG": 1.0, "xqg_ar": 1.0}, "ar", "names 'xqg_ar' twice"),
        ({"contents": 0.0}, None, "every field has the weight 0"),
    ]:
        with pytest.raises(UsageError, match=re.escape(problem)):
            choose_fields(MANIFEST, weights, code)
