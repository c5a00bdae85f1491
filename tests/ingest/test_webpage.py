from __future__ import annotations

import socket

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats import webpage
from tests.ingest.made import PAGE


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


def with_inside(piece: str) -> str:
    """Return the page's text with something put into a sentence of it."""
    return parse(PAGE.replace("two floods.", f"two{piece} floods.").encode()).text


@pytest.mark.parametrize(
    "piece",
    [
        "<span hidden>and a half</span>",
        '<span style="color: red; DISPLAY : none">and a half</span>',
        '<span role="tooltip">and a half</span>',
        "<template>and a half</template>",
    ],
)
def test_what_a_page_does_not_show_is_not_its_text(piece: str) -> None:
    assert with_inside(piece) == parse(PAGE.encode()).text


@pytest.mark.parametrize("start", ['<span hidden="until-found">', '<span style="display:inline">'])
def test_what_a_page_shows_stays(start: str) -> None:
    assert "after four years of work & two half floods." in with_inside(f" {start}half</span>")


@pytest.mark.parametrize("paragraph", ["p", "div"])
def test_a_page_that_is_hidden_until_a_script_has_run_is_read(paragraph: str) -> None:
    page = PAGE.replace("<article>", "<article hidden>")
    page = page.replace("<p>", f"<{paragraph}>").replace("</p>", f"</{paragraph}>")
    assert "opened the bridge" in parse(page.encode()).text


def test_a_box_that_opens_over_a_name_is_not_in_the_sentence() -> None:
    links = "".join(f'<a href="/{n}">Old story {n}</a> ' for n in range(3))
    box = f'<span><span><img src="a.jpg"><a href="/lee">Ann Lee</a>{links}</span></span>'
    page = PAGE.replace("The <b>mayor</b>", f'<span><a href="/lee">Ann Lee</a>{box}</span>')
    assert "\nAnn Lee opened the bridge on Monday, after" in parse(page.encode()).text


def test_a_picture_among_words_takes_none_of_them_away() -> None:
    links = "".join(f'<a href="/{n}">link {n}</a> ' for n in range(3))
    page = PAGE.replace("The <b>mayor</b>", f'<span><img src="a.jpg">{links}and the mayor</span>')
    assert "\nlink 0 link 1 link 2 and the mayor opened" in parse(page.encode()).text


def test_boilerplate_among_the_main_text_is_marked() -> None:
    page = PAGE.replace("<h2>", "<p>Sign up for our daily newsletter</p><h2>")
    found = parse(page.encode())
    marked = [(mark.reason, found.text[mark.start : mark.end]) for mark in found.boilerplate]
    assert marked == [("newsletter", "Sign up for our daily newsletter")]


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
        b"<p>" + b"<span>" * 3000 + b"<img>" * 3000,
        b"<div hidden>" * 50_000 + b"x",
    ],
    ids=["nested", "unclosed", "brackets", "comments", "tables", "attributes", "boxes", "hidden"],
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
