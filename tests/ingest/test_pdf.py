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


def test_headers_are_marked_but_for_the_first_and_page_numbers_are_and_all_are_kept() -> None:
    pages = [
        [(72, 760, "Confidential report", 10), *column(LEFT), (300, 30, f"Page {n} of 3", 10)]
        for n in (1, 2, 3)
    ]
    assert sorted(marked(read(make_pdf(pages)))) == [
        *[("Confidential report", "running header")] * 2,
        *[(f"Page {n} of 3", "page number") for n in (1, 2, 3)],
    ]


FIRST = (
    "The quay was sold to Ruth Coe in 1904 for nine hundred pounds in gold, which she paid on the"
    " day, and with it went the crane, the yard behind it and all that lay there under canvas",
    "No ship was to lie at the north wall for more than three days without leave of the council,"
    " and whoever did so paid a fine of forty pounds, half of it to the poor of the parish of Hull",
    "In the winter of 1911 the store burned down with all the grain of that year, so that bread was"
    " dear until June, when two ships came in from the Baltic and the council bought both loads",
)
LEGAL = (
    "This report is the property of Harlow Engineering and may not be copied, lent or shown to any"
    " other person, in whole or in part, without the written consent of its board of directors"
)


def content(found: Extracted) -> str:
    """Return the text without what is marked."""
    starts = [0, *(mark.end for mark in found.boilerplate)]
    ends = [*(mark.start for mark in found.boilerplate), len(found.text)]
    return "".join(found.text[a:b] for a, b in zip(starts, ends, strict=True))


def tops(*words: str) -> list[list[Line]]:
    """Return pages with a line each that stands apart above a text of their own."""
    return [
        [(20, 760, top, 4), *column([f"{n} {text}" for text in LEFT])]
        for n, top in enumerate(words, start=1)
    ]


def test_long_lines_that_stand_first_are_text() -> None:
    found = read(make_pdf(tops(*FIRST)))
    assert marked(found) == []
    assert all(words in found.text for words in FIRST)


def test_a_long_line_that_repeats_is_a_header() -> None:
    assert marked(read(make_pdf(tops(LEGAL, LEGAL, LEGAL)))) == [(LEGAL, "running header")] * 2


@pytest.mark.parametrize("number", range(1, 3))
def test_what_repeats_is_text_where_it_stands_first(number: int) -> None:
    cover = [[*column(LEFT)]] * (number - 1)
    pages = [*cover, *tops(*["Contract No. 20931"] * 3)]
    assert content(read(make_pdf(pages))).count("Contract No. 20931") == 1


def test_a_first_footer_is_text_and_stands_in_no_sentence() -> None:
    pages = [[*column(part), (72, 30, "Contract 20931", 10)] for part in (LEFT[:3], LEFT[3:])]
    text = content(read(make_pdf(pages)))
    assert " ".join(LEFT) in text
    assert text.count("Contract 20931") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("Exhibit 1", "Exhibit 2", "Exhibit 3"),
        ("Exhibit A", "Exhibit B", "Exhibit C"),
        ("2014", "2015", "2016"),
        ("3 May 2011", "10 May 2011", "17 May 2011"),
        ("Invoice number 2001", "Invoice number 2002", "Invoice number 2003"),
        ("Rent: 1350 pounds", "Rent: 1400 pounds", "Rent: 1450 pounds"),
        ("Unit 4: 1350", "Unit 4: 1400", "Unit 4: 1450"),
        ("1. Question", "2. Question", "3. Question"),
        ("Page 4 of the lease says when", "Page 5 of the lease says when", "Page 6 says so too"),
    ],
)
def test_numbers_that_count_no_pages_are_text(words: tuple[str, ...]) -> None:
    found = read(make_pdf(tops(*words)))
    assert marked(found) == []
    assert all(line in found.text for line in words)


@pytest.mark.parametrize(
    "line",
    [
        "Harbour report | {n}",
        "Harbour report - page {n} of 9",
        "[Page {n}] Harbour report",
        "Printed {n} May 2011 10:0{n} - page {n}",
        "HARL00123{n}",
    ],
)
def test_the_number_of_a_page_may_differ_in_a_header(line: str) -> None:
    words = [line.format(n=n) for n in (3, 4, 5)]
    assert len(marked(read(make_pdf(tops(*words))))) == 2


def test_footers_that_alternate_are_furniture() -> None:
    pages = [
        [*column([f"{n} {text}" for text in LEFT]), (*(((72, 30), (330, 30))[n % 2]), side, 10)]
        for n, side in enumerate(["Draft of the lease", "Harlow, solicitors"] * 3)
    ]
    reasons = marked(read(make_pdf(pages)))
    assert sorted(reasons) == [
        *[("Draft of the lease", "running footer")] * 2,
        *[("Harlow, solicitors", "running footer")] * 2,
    ]


def test_the_head_row_of_a_table_stays_above_its_rows() -> None:
    def row(n: int, *cells: str) -> list[Line]:
        y = 760.0 - LEADING * n - 10 * (n > 0)
        return [(x, y, words, 10) for x, words in zip((72.0, 300.0), cells, strict=True)]

    pages = [
        [*row(0, "Item", "Price"), *(c for n in range(1, 30) for c in row(n, f"No {page}", f"{n}"))]
        for page in "abc"
    ]
    found = read(make_pdf(pages))
    assert marked(found) == []
    assert found.text.count("Item  Price") == 3


def test_a_page_that_is_damaged_is_named() -> None:
    data = make_pdf([column(LEFT), column(RIGHT)]).replace(b"12 0 R]", b"99 0 R]")
    assert marked(read(data)) == [("[page 2 can't be read]", "unreadable page")]


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
