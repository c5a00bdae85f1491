"""Pages without navigation are read whole: written by hand, exported, or only pieces of a page."""

from __future__ import annotations

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats import webpage

OFFICE = (
    "The harbour office is at Quay Street 4, next to the custom house, and answers letters within"
    " ten days."
)
FEES = "Boats up to ten metres pay 40 pounds a year; longer boats pay 65 pounds a year, due in May."


def parse(source: str) -> Extracted:
    found = webpage.parse(source.encode())
    assert isinstance(found, Extracted), found
    return found


@pytest.mark.parametrize(
    "page",
    [
        "The rent is due in May.",
        "<p>The rent is due in May.</p>",
        '<div dir="ltr">The rent is due in May.</div>',
        "<td>The rent is due in May.</td>",
        "<title>Rent</title><section>The rent is due in May.</section>",
        "<!-- saved from url=(0030)https://example.org/page/number/one -->\n"
        "<html><body><p>The rent is due in May.</p></body></html>",
        "<?xml version='1.0' encoding='utf-8'?><p>The rent is due in May.</p>",
        "<html><frameset><noframes>The rent is due in May.</noframes></frameset></html>",
    ],
)
def test_a_piece_of_a_page_is_read(page: str) -> None:
    assert parse(page).text == "The rent is due in May."


def test_headings_and_lists_right_below_the_body_are_read() -> None:
    found = parse(
        f"<html><body><h1>Opening hours</h1><p>{OFFICE}</p><ul><li>Monday: 8 to 17</li>"
        f"<li>Saturday: 9 to 13</li></ul><h2>Fees</h2><p>{FEES}</p></body></html>"
    )
    assert found.text == (
        f"Opening hours\n\n{OFFICE}\n\n- Monday: 8 to 17\n- Saturday: 9 to 13\n\nFees\n\n{FEES}"
    )
    heads = [(head.level, found.text[head.start : head.end]) for head in found.headings]
    assert heads == [(1, "Opening hours"), (2, "Fees")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<div>{OFFICE}</div><div>Yes</div>", f"{OFFICE}\n\nYes"),
        ("Ann Miller<br>Quay 4<br><br>Rent: 40", "Ann Miller\nQuay 4\n\nRent: 40"),
        ("<pre>NAME\n    hull - opens\n\nSYNOPSIS</pre>", "NAME\n    hull - opens\n\nSYNOPSIS"),
        (f"<p>{OFFICE}</p><pre>a = 1\nb = 2</pre>", f"{OFFICE}\n\na = 1\nb = 2"),
        ("<table><tr><th>Item<th>Price<tr><td>Rope<td>4</table>", "Item Price\nRope 4"),
        ("<table><tr><td><p>Rope</p><td><p>4</p></table>", "Rope 4"),
        (f"<table><tr><td><h1>Hull</h1><p>{FEES}</p></td></tr></table>", f"Hull\n\n{FEES}"),
        ("<dl><dt>Rent</dt><dd>40 pounds</dd></dl>", "Rent\n40 pounds"),
        ("<h1>One</h1><h2>Two</h2>", "One\n\nTwo"),
        (f"<p>{OFFICE}</p>" * 2, f"{OFFICE}\n\n{OFFICE}"),
        (f"<p>{OFFICE}</p><footer>Ring 20931</footer>", f"{OFFICE}\n\nRing 20931"),
        (f"<nav><a href='#a'>Fees</a></nav><h2 id=a>Fees</h2>{FEES}", f"Fees\n\n{FEES}"),
        (f"<p>{FEES}</p><select><option>A</select><button>Go</button>", FEES),
    ],
)
def test_all_that_a_page_without_navigation_shows_is_read(body: str, text: str) -> None:
    assert parse(f"<html><body>{body}</body></html>").text == text


@pytest.mark.parametrize("end", ["</body></html>", "</html>", "</body>"])
def test_what_stands_behind_the_end_of_a_page_is_read(end: str) -> None:
    found = parse(f"<html><body><p>{OFFICE}</p>{end}\n<html><body>{FEES}</body></html>")
    assert " ".join(found.text.split()) == f"{OFFICE} {FEES}"


def around(article: str, *, links: int, nav: str) -> str:
    menu = " ".join(f"<a href='/{n}'>Harbours {n}</a>" for n in range(links))
    return f"<html><body><{nav}>{menu}</{nav}>{article}</body></html>"


ARTICLE = f"<article><h1>Fees</h1><p>{OFFICE} {FEES}</p><p>{FEES} {OFFICE}</p></article>"


@pytest.mark.parametrize(("links", "nav"), [(3, "nav"), (3, "header"), (30, "div")])
def test_a_menu_is_not_read(links: int, nav: str) -> None:
    assert "Harbours" not in parse(around(ARTICLE, links=links, nav=nav)).text


def test_some_links_among_the_text_are_no_menu() -> None:
    linked = FEES.replace("ten metres", '<a href="/m">ten metres</a>')
    found = parse(f"<html><body><h1>Fees</h1><p>{linked}</p><ul><li>Boats</ul></body></html>")
    assert found.text == f"Fees\n\n{FEES}\n\n- Boats"


def test_a_page_that_is_nothing_but_a_menu_is_read() -> None:
    assert "Harbours 2" in parse(around("", links=3, nav="nav")).text


@pytest.mark.parametrize("page", ["", "<div><br></div>", "<html><p></html>"])
def test_a_page_that_shows_nothing_says_so(page: str) -> None:
    assert isinstance(webpage.parse(page.encode()), Unreadable)
