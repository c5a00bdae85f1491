"""Which entries of a folder needn't be looked at again."""

from __future__ import annotations

import pytest

from askcorpus.records import FileReport, Skipped
from askcorpus.sync.known import is_known, state_of


@pytest.mark.parametrize(
    ("reason", "known"), [("larger than 64 MB", True), ("permission denied", False)]
)
def test_a_skipped_file_is_known_with_its_reason(reason: str, *, known: bool) -> None:
    entry = Skipped("a.txt", "larger than 64 MB")
    before = {"a.txt": (state_of(entry), FileReport("a.txt", "skipped", reason=reason))}
    assert is_known(entry, before) is known
