"""JSON: records as rows."""

from __future__ import annotations

import pytest

from askcorpus.ingest.extracted import Extracted, RefusedError
from askcorpus.ingest.formats.jsonfile import parse, parse_lines
from tests.ingest.made import blocks


def test_each_record_of_a_list_is_a_place() -> None:
    data = (
        b'[{"name": "Ann", "paid": 7, "to": {"city": "Bonn", "zip": null}}, {"tags": ["a", "b"]}]'
    )
    assert blocks(parse(data)) == [
        ("item 1", "name: Ann; paid: 7; to.city: Bonn"),
        ("item 2", "tags: a, b"),
    ]


def test_each_line_is_a_place_and_a_long_text_a_block() -> None:
    long = "They denied it. " * 30
    found = parse_lines(b'{"id": 1}\n\n{"id": 3, "text": "%s"}\n' % long.encode())
    assert isinstance(found, Extracted)
    assert blocks(found) == [("line 1", "id: 1"), ("line 3", f"id: 3\n\ntext: {long.strip()}")]


@pytest.mark.parametrize(
    ("data", "reason"), [(b"{", "not valid JSON"), (b"[" * 100_000, "nests too deeply")]
)
def test_what_is_no_json_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        parse(data)


def test_only_chosen_fields_are_read_with_what_is_below_them() -> None:
    data = b'[{"id": 7, "title": "Ice", "author": {"name": "Ann", "url": "x"}, "titles": 1}]'
    found = parse(data, ["title", "author.name"])
    assert isinstance(found, Extracted)
    assert found.text.strip() == "title: Ice; author.name: Ann"
    below = parse(data, ["author"])
    assert isinstance(below, Extracted)
    assert below.text.strip() == "author.name: Ann; author.url: x"
