"""Presentations, written by hand: slides in their order, each a place."""

from __future__ import annotations

from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats.pptx import parse
from tests.ingest.made import SHOW


def test_slides_come_as_they_are_shown_with_title_table_and_notes() -> None:
    found = parse(SHOW)
    assert isinstance(found, Extracted)
    assert found.text.split("\n\n") == [
        *("The deal", "They deny it.", "All of it.", "Ask Ann first."),
        *("Payments", "Zenith | 4 million"),
    ]
    assert [found.text[h.start : h.end] for h in found.headings] == ["The deal", "Payments"]


def test_each_slide_and_its_notes_are_places() -> None:
    found = parse(SHOW)
    assert isinstance(found, Extracted)
    assert [(place.label, found.text[place.start :][:7]) for place in found.places] == [
        ("slide 1", "The dea"),
        ("slide 1, notes", "Ask Ann"),
        ("slide 2", "Payment"),
    ]
