"""PDF, on files written by hand: reading order, paragraphs, margins, what can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats.pdf import parse
from tests.ingest.made import LEADING, LEFT, column, make_pdf

if TYPE_CHECKING:
    Line = tuple[float, float, str, float]
    """Left, baseline, words, size."""


def read(data: bytes) -> Extracted:
    found = parse(data)
    assert isinstance(found, Extracted), found
    return found


def place_of(found: Extracted, words: str) -> str:
    at = found.text.index(words)
    return [place.label for place in found.places if place.start <= at][-1]


def marked(found: Extracted) -> list[tuple[str, str]]:
    return [(found.text[mark.start : mark.end], mark.reason) for mark in found.boilerplate]


RIGHT = [
    "Nobody knew how deep they",
    "went until the winter of",
    "the year in which engineers",
    "came with new instruments",
    "and measured all of them.",
]


def test_lines_become_paragraphs() -> None:
    found = read(make_pdf([[*column(LEFT), *column(["A new paragraph."], y=600)]]))
    assert found.text == " ".join(LEFT) + "\n\nA new paragraph."
    assert found.extracted


def test_short_lines_stay_apart() -> None:
    lines = ["Wireless Mouse", "Rechargeable Battery", "TOTAL $59.99"]
    assert read(make_pdf([column(lines)])).text == "\n\n".join(lines)


def test_columns_are_read_one_after_the_other() -> None:
    page = [*column(LEFT), *column(RIGHT, x=330)]
    assert read(make_pdf([page])).text == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_columns_drawn_row_by_row_are_put_in_order() -> None:
    both = zip(column(LEFT), column(RIGHT, x=330), strict=True)
    page = [piece for row in both for piece in row]
    assert read(make_pdf([page])).text == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_what_is_drawn_late_and_stands_above_comes_first() -> None:
    page = [*column(["At the foot."], y=60), *column(LEFT), *column(["On top, drawn last."], y=750)]
    text = read(make_pdf([page])).text
    assert text == f"On top, drawn last.\n\n{' '.join(LEFT)}\n\nAt the foot."


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Item", "Price"), ("Apples", "4.00"), ("Bananas", "5.00")]
    page = [
        (x, 700.0 - LEADING * n, words, 10.0)
        for n, row in enumerate(rows)
        for x, words in zip((72.0, 300.0), row, strict=True)
    ]
    assert read(make_pdf([page])).text == "Item  Price\n\nApples  4.00\n\nBananas  5.00"


def test_a_sentence_goes_on_over_a_page_and_each_part_knows_its_page() -> None:
    pages = [
        [(72, 760, "Confidential report", 10), *column(LEFT[:3]), (300, 30, "1", 10)],
        [(72, 760, "Confidential report", 10), *column(LEFT[3:]), (300, 30, "2", 10)],
    ]
    found = read(make_pdf(pages))
    assert " ".join(LEFT) in found.text
    assert place_of(found, LEFT[0]) == "p. 1"
    assert place_of(found, LEFT[4]) == "p. 2"


def test_headers_and_page_numbers_are_marked_and_kept() -> None:
    pages = [
        [(72, 760, "Confidential report", 10), *column(LEFT), (300, 30, f"Page {n} of 3", 10)]
        for n in (1, 2, 3)
    ]
    assert sorted(marked(read(make_pdf(pages)))) == [
        *[("Confidential report", "running header")] * 3,
        *[(f"Page {n} of 3", "page number") for n in (1, 2, 3)],
    ]


def test_a_year_at_the_foot_of_a_page_is_no_page_number() -> None:
    assert marked(read(make_pdf([[*column(LEFT), (300, 30, "2014", 10)]]))) == []


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["They asked for all the informa-", "tion."], "They asked for all the information."),
        (
            ["It is a long-term plan of long-", "term savings, and so it stays a lot."],
            "It is a long-term plan of long-term savings, and so it stays a lot.",
        ),
        (
            ["They spoke at length to Mr Smith-", "Jones."],
            "They spoke at length to Mr Smith-Jones.",
        ),
    ],
)
def test_only_a_word_that_was_cut_loses_its_hyphen(lines: list[str], text: str) -> None:
    assert read(make_pdf([column(lines)])).text == text


def test_larger_lines_are_headings_and_the_largest_the_title() -> None:
    body = LEFT * 4
    page = [
        (72, 740, "The Tunnels", 24),
        (72, 720, "How they were dug", 14),
        *column(body),
    ]
    found = read(make_pdf([page]))
    heads = [(found.text[h.start : h.end], h.level) for h in found.headings]
    assert heads == [("The Tunnels", 1), ("How they were dug", 2)]
    assert found.title == "The Tunnels"


@pytest.mark.parametrize(
    ("stated", "title"),
    [("Annual report of the bank", "Annual report of the bank"), ("Microsoft Word - a.doc", None)],
)
def test_a_stated_title_counts_unless_a_program_made_it_up(stated: str, title: str | None) -> None:
    assert read(make_pdf([column(LEFT)], title=stated)).title == title


def test_a_date_on_a_line_of_its_own_is_the_documents() -> None:
    page = [*column(["1 July 2014"], y=730), *column(LEFT)]
    assert read(make_pdf([page])).date == "2014-07-01"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.4\nnothing follows", "damaged"),
        (b"<html>", "damaged"),
        (make_pdf([[]]), "no text"),
    ],
)
def test_what_gives_no_text_says_why(data: bytes, reason: str) -> None:
    found = parse(data)
    assert isinstance(found, Unreadable)
    assert reason in found.reason


def test_a_file_that_lost_its_table_is_read_all_the_same() -> None:
    data = make_pdf([column(LEFT)])
    assert read(data.replace(b"xref\n0 1", b"xxxx\n0 1")).text == " ".join(LEFT)


def test_an_encrypted_file_asks_for_its_password() -> None:
    key = "<" + "41" * 32 + ">"
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [<41> <41>]"
    assert parse(make_pdf([column(LEFT)], trailer=lock)) == Unreadable("it needs a password")


def test_a_tree_of_pages_that_holds_itself_ends() -> None:
    data = make_pdf([column(LEFT)]).replace(b"/Kids [10 0 R]", b"/Kids [2  0 R]")
    assert isinstance(parse(data), Unreadable)
