"""E-books and OpenDocument texts, written by hand."""

from __future__ import annotations

import pytest

from askcorpus.ingest.extracted import Extracted, RefusedError
from askcorpus.ingest.formats.books import parse_epub, parse_odt
from tests.ingest.made import EPUB, make_zip


def test_chapters_come_in_reading_order_with_their_headings() -> None:
    found = parse_epub(make_zip(EPUB))
    assert isinstance(found, Extracted)
    assert (found.title, found.byline) == ("The Tunnels", "Ann Smith")
    assert found.text.split("\n\n") == [
        *("Digging", "First words", "It took years.", "last words", "One", "Two lines"),
        *("Afterword", "They were never found.", "Depth | 30 m"),
    ]
    heads = [(found.text[h.start : h.end], h.level) for h in found.headings]
    assert heads == [("Digging", 1), ("Afterword", 1)]


def test_a_protected_book_is_refused() -> None:
    with pytest.raises(RefusedError, match="protected"):
        parse_epub(make_zip({**EPUB, "META-INF/encryption.xml": "<e/>"}))


def test_an_opendocument_text_has_headings_and_no_deleted_text() -> None:
    content = """<d xmlns:text="t" xmlns:table="b" xmlns:office="o"><office:body><office:text>
<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>
<text:h text:outline-level="2">Means</text:h><text:p>They<text:s/>paid
<text:span>four</text:span> million.<office:annotation><text:p>No!</text:p>
</office:annotation></text:p>
<table:table><table:table-row><table:table-cell><text:p>Zenith</text:p></table:table-cell>
<table:table-cell><text:p>4</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></d>"""
    found = parse_odt(make_zip({"content.xml": content}))
    assert isinstance(found, Extracted)
    assert found.text == "Means\n\nThey paid four million.\n\nZenith | 4"
    assert [heading.level for heading in found.headings] == [2]
