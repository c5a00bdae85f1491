"""Globs mean what fnmatch has them mean, and take their time in proportion."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from askcorpus.globs import Glob

NAMES = st.text("ab-]!/.^\\", max_size=8)


@given(st.text("ab*?[]!-^\\/.", max_size=8), NAMES)
@example("[]a]", "]")
@example("[!]a]", "b")
@example("[a-]", "-")
@example("[b-a]", "a")
@example("a**b", "ab")
@example("*ab", "aab")
@example("*a*b*a", "aba")
def test_a_glob_means_what_fnmatch_says(pattern: str, text: str) -> None:
    assert Glob(pattern).matches(text) == fnmatchcase(text, pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"\*", "*", True),
        (r"\*", "a", False),
        (r"a\?c", "abc", False),
        (r"[^a]", "b", True),
        (r"\[a", "[a", True),
    ],
)
def test_with_escapes_a_glob_is_gits(pattern: str, text: str, *, fits: bool) -> None:
    assert Glob(pattern, escapes=True).matches(text) == fits


@pytest.mark.parametrize("pattern", ["a\\", "[a", "[", "[!]"])
def test_with_escapes_what_has_no_end_is_no_glob(pattern: str) -> None:
    with pytest.raises(ValueError, match="no end"):
        Glob(pattern, escapes=True)


@pytest.mark.parametrize("piece", ["*a", "*?", "*a?", "*[a-z]", "?*"])
def test_no_pattern_takes_its_time(piece: str) -> None:
    glob = Glob(piece * 1000 + "b")
    began = time.process_time()
    assert not glob.matches("a" * 4000)
    assert time.process_time() - began < 1
