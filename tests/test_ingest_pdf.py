"""PDF, on files written by hand: reading order, paragraphs, margins, what can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats.pdf import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Line = tuple[float, float, str, float]
    """Left, baseline, words, size."""

WIDTH, HEIGHT, LEADING = 612, 792, 14


def make_pdf(pages: Sequence[Iterable[Line]], *, title: str = "", trailer: str = "") -> bytes:
    """Return a PDF whose pages show lines in Courier (6/10 of the size wide each)."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        4: f"<< /Title ({title}) >>",
    }
    for n, lines in enumerate(pages):
        shown = "".join(
            f"BT /F {size} Tf {x} {y} Td ({_escaped(words)}) Tj ET\n" for x, y, words, size in lines
        )
        objects[10 + 2 * n] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {11 + 2 * n}"
            " 0 R /Resources << /Font << /F 3 0 R >> >> >>"
        )
        objects[11 + 2 * n] = f"<< /Length {len(shown)} >>\nstream\n{shown}endstream"
    out, places = "%PDF-1.4\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{n} 1\n{place:010} 00000 n \n" for n, place in places.items())
    start = len(out)
    out += f"xref\n0 1\n0000000000 65535 f \n{table}"
    out += f"trailer << /Root 1 0 R /Info 4 0 R /Size 200 {trailer} >>\nstartxref\n{start}\n%%EOF"
    return out.encode("latin-1")


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def column(lines: Iterable[str], x: float = 72, y: float = 700, size: float = 10) -> list[Line]:
    """Return lines one below the other."""
    return [(x, y - LEADING * n, words, size) for n, words in enumerate(lines)]


def read(data: bytes) -> Extracted:
    found = parse(data)
    assert isinstance(found, Extracted), found
    return found


def place_of(found: Extracted, words: str) -> str:
    at = found.text.index(words)
    return [place.label for place in found.places if place.start <= at][-1]


def marked(found: Extracted) -> list[tuple[str, str]]:
    return [(found.text[mark.start : mark.end], mark.reason) for mark in found.boilerplate]


LEFT = [
    "The tunnels were dug over",
    "many years by hand, and no",
    "map of them was ever made",
    "by those who lived there",
    "or by the army in charge.",
]
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
