"""Plain text: decoded, its boilerplate marked, its head searched for title, date and byline."""

from __future__ import annotations

from itertools import islice

from askcorpus.ingest import boilerplate
from askcorpus.ingest.boilerplate import stated
from askcorpus.ingest.boilerplate.lines import lines
from askcorpus.ingest.decode import decode
from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.text import one_line


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a plain-text file's text, untouched, and what it states about itself."""
    text = decode(data)
    if isinstance(text, Unreadable):
        return text
    marks = boilerplate.mark(text)
    starts = {mark.start for mark in marks}
    head = list(
        islice((line for line in lines(text) if line.start not in starts), stated.HEAD_LINES)
    )
    words = [line.text for line in head]
    title = stated.first_title(head)
    return Extracted(
        text=text,
        title=one_line(title) if title else None,
        date=stated.first_date(words),
        byline=stated.first_byline(words),
        boilerplate=marks,
    )
