"""Packed files and RTF."""

from __future__ import annotations

import gzip

import pytest

from askcorpus.ingest.extracted import Extracted, RefusedError, Unreadable
from askcorpus.ingest.formats import has_parser, packed, parser
from tests.ingest.made import blocks


def test_a_packed_file_is_read_as_what_it_holds() -> None:
    found = parser("data/A.CSV.gz")(gzip.compress(b"Name,Paid\nAnn,7\n"))
    assert blocks(found)[1] == ("row 2", "Name: Ann; Paid: 7")


def test_only_what_can_be_read_unpacked_can_be_read_packed() -> None:
    assert has_parser("a.pdf.gz")
    assert not has_parser("a.gz")
    assert not has_parser("a.tar.gz")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(RefusedError, match="unpacks to more than 1 MB"):
        parser("a.txt.gz")(gzip.compress(b"a" * 2_000_000))


@pytest.mark.parametrize("data", [b"plain", gzip.compress(b"a" * 1000)[:-10]])
def test_a_damaged_one_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError, match="damaged"):
        parser("a.txt.gz")(data)


def test_rich_text_loses_its_marks_and_keeps_its_words() -> None:
    data = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Zenith {\b paid} \'804.\par Next.}"
    found = packed.parse_rtf(data)
    assert isinstance(found, Extracted)
    assert found.text == "Zenith paid €4.\n\nNext."


def test_what_is_no_rich_text_is_said_to_be_none() -> None:
    assert isinstance(packed.parse_rtf(b"plain"), Unreadable)
