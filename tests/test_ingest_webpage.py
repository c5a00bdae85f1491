from __future__ import annotations

import socket

import pytest

from askcorpus.ingest import webpage
from askcorpus.ingest.extracted import Extracted, Unreadable

PAGE = """<!DOCTYPE html><html><head><title>The bridge | Daily</title>
<meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2014-07-27T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>The bridge opens</h1>
<p>The <b>mayor</b> opened the bridge on Monday, after four years of work &amp; two floods.<br>
It is four hundred metres long and carries the tram.</p>
<h2>What it <i>cost</i></h2><ul><li>Steel: 3 million</li><li>Stone: 2 million</li></ul>
<p>The council had expected half of that when the work was planned, said the café’s owner.</p>
<table><tr><td>2012</td><td>planned</td></tr><tr><td>2014</td><td>opened</td></tr></table>
</article><footer>Copyright</footer><script>fetch("http://example.org")</script></body></html>"""


def parse(data: bytes) -> Extracted:
    found = webpage.parse(data)
    assert isinstance(found, Extracted), found
    return found


def test_the_main_text_comes_with_title_date_and_author() -> None:
    found = parse(PAGE.encode())
    assert (found.title, found.date, found.byline) == ("The bridge opens", "2014-07-27", "Ann Lee")
    assert found.extracted
    assert found.text == (
        "The bridge opens\n\n"
        "The mayor opened the bridge on Monday, after four years of work & two floods.\n"
        "It is four hundred metres long and carries the tram.\n\n"
        "What it cost\n\n- Steel: 3 million\n- Stone: 2 million\n\n"
        "The council had expected half of that when the work was planned, said the café’s owner."
        "\n\n2012 planned\n2014 opened"
    )


def test_headings_are_slices_of_the_text() -> None:
    found = parse(PAGE.encode())
    assert [(h.level, found.text[h.start : h.end]) for h in found.headings] == [
        (1, "The bridge opens"),
        (2, "What it cost"),
    ]


def test_of_nested_headings_the_outer_one_counts() -> None:
    page = PAGE.replace("<h2>What", "<h2>Money: <h3>what").replace("cost</i>", "cost</i></h3>")
    found = parse(page.encode())
    assert all(a.end <= b.start for a, b in zip(found.headings, found.headings[1:], strict=False))


def test_a_very_short_page_keeps_its_text() -> None:
    assert "hi there" in parse(b"<html><body><p>hi there</p></body></html>").text


@pytest.mark.parametrize("data", [b"<html></html>", b"<script>x()</script>", b"<!-- a -->"])
def test_a_page_without_text_says_so(data: bytes) -> None:
    assert webpage.parse(data) == Unreadable("a web page without text")


def test_the_declared_encoding_is_used_and_latin1_means_windows() -> None:
    page = PAGE.replace("<head>", '<head><meta charset="iso-8859-1">')
    assert "café’s owner" in parse(page.encode("cp1252")).text


def test_a_declared_encoding_that_is_none_is_passed_over() -> None:
    page = PAGE.replace("<head>", '<head><meta charset="punycode">')
    assert "café’s owner" in parse(page.encode()).text


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 50_000 + b"deep" + b"</div>" * 50_000,
        b"<b><i>" * 20_000 + b"text",
        b"<" * 300_000,
        b"<!--" * 100_000,
        b"<table>" * 3000 + b"<tr><td>x",
        b"<p " + b"a=b " * 100_000 + b">x</p>",
    ],
    ids=["nested", "unclosed", "brackets", "comments", "tables", "attributes"],
)
def test_hostile_markup_comes_back(data: bytes) -> None:
    assert isinstance(webpage.parse(data), Extracted | Unreadable)


def test_a_page_over_the_limit_is_not_parsed() -> None:
    assert webpage.parse(b"<p>x</p>" * 2_000_001) == Unreadable("a web page larger than 16 MB")


def test_no_connection_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *name: tried.append(name))
    monkeypatch.setattr(socket.socket, "connect", lambda *name: tried.append(name))
    linked = '<link rel="canonical" href="http://example.org/a"><img src="http://example.org/b">'
    parse(PAGE.replace("<head>", "<head>" + linked).encode())
    assert tried == []
