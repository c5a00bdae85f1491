"""Which lines of pages belong together and which are no content, on pieces placed by hand."""

from __future__ import annotations

import pytest

from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats.columns import Piece
from askcorpus.ingest.formats.layout import write

SIZE, LEADING = 10.0, 14.0
PROSE = (
    "the river rose in the night and by the morning the",
    "lower meadows were under water so that no carts was",
    "able to cross and the mill had to be shut for a day",
    "until the water fell and the men could clear what it",
)


def line(text: str, baseline: float, page: int = 1, *, size: float = SIZE) -> Piece:
    return Piece(text, 72.0, 72.0 + 6 * len(text), baseline, size, page)


def column(lines: tuple[str, ...], *, top: float = 700.0, page: int = 1) -> list[Piece]:
    return [line(text, top - LEADING * n, page) for n, text in enumerate(lines)]


def prose(word: str) -> tuple[str, ...]:
    """Return text that is another one for each word."""
    return tuple(f"{word} {text}" for text in PROSE)


def written(*pages: list[Piece]) -> Extracted:
    found = write(pages).extracted()
    assert isinstance(found, Extracted)
    return found


def headers(found: Extracted) -> int:
    return sum(mark.reason == "running header" for mark in found.boilerplate)


@pytest.mark.parametrize(("step", "paragraphs"), [(1.3, 1), (1.4, 2)])
def test_a_gap_of_over_a_third_of_a_line_parts_paragraphs(step: float, paragraphs: int) -> None:
    above, below = column(PROSE), PROSE[::-1]
    first = above[-1].baseline - step * LEADING
    found = written([*above, *column(below, top=first)])
    assert len(found.text.split("\n\n")) == paragraphs


@pytest.mark.parametrize(("size", "headed"), [(11.0, False), (11.5, True)])
def test_a_line_an_eighth_higher_is_a_heading(size: float, *, headed: bool) -> None:
    found = written([line("After the flood", 740, size=size), *column(PROSE * 4)])
    assert bool(found.headings) is headed


# Pages with a header of their own, but for those that share one; where it stands first it is text.
@pytest.mark.parametrize(("pages", "sharing", "running"), [(4, 2, 0), (4, 3, 2), (2, 2, 1)])
def test_what_stands_above_three_pages_is_a_running_header(
    pages: int, sharing: int, running: int
) -> None:
    own = ("Rivers", "Meadows", "Mills", "Carts")
    tops = ["The flood" if n < sharing else own[n] for n in range(pages)]
    found = written(
        *(
            [line(top, 760, n), *column(prose(own[n - 1]), page=n)]
            for n, top in enumerate(tops, start=1)
        )
    )
    assert headers(found) == running


@pytest.mark.parametrize(("above", "running"), [(1, 2), (2, 0)])
def test_a_header_has_at_most_two_lines(above: int, running: int) -> None:
    pages = []
    for page, word in enumerate(("Rivers", "Meadows", "Mills"), start=1):
        own = [line(f"{word} {'ab'[n]}", 780 - 20 * n, page) for n in range(above)]
        header = line("The flood", 780 - 20 * above, page)
        pages.append([*own, header, *column(prose(word) * 3, page=page)])
    assert headers(written(*pages)) == running


def pages_below(top: str, step: float, pages: int) -> list[list[Piece]]:
    """Return pages of which each begins with the same line, so far above a text of its own."""
    words = ("Rivers", "Meadows", "Mills", "Carts", "Floods")
    return [
        [
            line(top, 700 + step * LEADING, n),
            *column(prose(word) * 3, page=n),
        ]
        for n, word in enumerate(words[:pages], start=1)
    ]


@pytest.mark.parametrize(
    ("step", "pages", "running"), [(1.3, 4, 0), (1.4, 4, 3), (1.0, 4, 0), (1.0, 5, 4)]
)
def test_a_header_stands_apart_or_on_many_pages(step: float, pages: int, running: int) -> None:
    assert headers(written(*pages_below("The flood", step, pages))) == running


@pytest.mark.parametrize(("moved", "running"), [(9.0, 2), (11.0, 0)])
def test_a_header_stands_as_high_on_each_page(moved: float, running: int) -> None:
    pages = pages_below("The flood", 4, 3)
    pages[1][0].baseline += moved
    assert headers(written(*pages)) == running


# What stands on every page and isn't apart is a form's, where more of the form follows.
@pytest.mark.parametrize(("at", "running"), [(5, 0), (6, 4)])
def test_the_labels_of_a_form_are_no_header(at: int, running: int) -> None:
    pages = pages_below("Name", 1.0, 5)
    for page in pages:
        page[at].text = "Address"
    assert headers(written(*pages)) == running
