from __future__ import annotations

import pytest

from askcorpus.ingest.boilerplate.stated import (
    byline,
    first_byline,
    first_date,
    line_date,
    looks_like_title,
)
from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats import plain


@pytest.mark.parametrize(
    "line",
    [
        "July 27, 2014",
        "Sunday, July 27, 2014",
        "27 July 2014",
        "27th Jul. 2014",
        "2014-07-27",
        "2014-07-27T10:15:00Z",
        "Published: July 27, 2014",
        "Posted on July 27, 2014 at 10:32 a.m. EDT",
        "First published on July 27, 2014 / 8:16 AM",
        "By Dave Bohon, July 27, 2014",
        "July 27, 2014 | By Dave Bohon",
        "(July 27, 2014)",
    ],
)
def test_a_line_that_is_a_date_gives_it_in_iso(line: str) -> None:
    assert line_date(line) == "2014-07-27"


@pytest.mark.parametrize(
    "line",
    [
        "According to news sources, since July 8, Israeli strikes have hit 2,000 targets.",
        "But following the July 26 Telegraph report, the government denied it.",
        "On July 27, 2014 the deal was denied.",
        "The minutes of July 27, 2014",
        "July 27",
        "February 30, 2014",
        "2014-13-01",
        "Call 555-2014-07-27-1",
    ],
)
def test_a_date_in_prose_is_not_the_documents(line: str) -> None:
    assert line_date(line) is None


def test_publication_comes_before_a_later_change() -> None:
    assert first_date(["Updated July 29, 2014", "Published July 27, 2014"]) == "2014-07-27"
    assert first_date(["Updated July 29, 2014"]) == "2014-07-29"


def test_a_date_below_the_head_does_not_count() -> None:
    text = "A title\n\n" + "A line of words.\n" * 12 + "July 27, 2014\n"
    found = plain.parse(text.encode())
    assert isinstance(found, Extracted)
    assert found.date is None


def test_a_byline_below_the_head_does_not_count() -> None:
    assert first_byline(["words"] * 11 + ["By Ann Lee"]) == "Ann Lee"
    assert first_byline(["words"] * 12 + ["By Ann Lee"]) is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By: Dave Bohon", "Dave Bohon"),
        ("By:\u00a0 Dave Bohon", "Dave Bohon"),
        ("By Dave Bohon", "Dave Bohon"),
        ("BY DAVE BOHON", "DAVE BOHON"),
        (
            "Written by J. K. O'Neil-Smith and Ann de la Cruz",
            "J. K. O'Neil-Smith and Ann de la Cruz",
        ),
        ("By The Associated Press", "The Associated Press"),
        ("By Ann Lee | July 27, 2014", "Ann Lee"),
        ("By Ann Lee on July 27, 2014", "Ann Lee"),
    ],
)
def test_a_byline_gives_its_names(line: str, names: str) -> None:
    assert byline(line) == names


@pytest.mark.parametrize(
    "line",
    [
        "By the time they arrived, it was over.",
        "By the time they arrived",
        "By All Means",
        "By Tuesday",
        "By July",
        "Byron Smith",
        "By",
        "By " + "A. " * 50 + "!",
    ],
)
def test_a_sentence_is_no_byline(line: str) -> None:
    assert byline(line) is None


def test_a_wrapped_paragraph_has_no_title() -> None:
    text = "It was the best of times, it was the worst\nof times, it was the age of wisdom.\n"
    found = plain.parse(text.encode())
    assert isinstance(found, Extracted)
    assert found.title is None


def test_a_title_may_stand_below_date_and_byline() -> None:
    found = plain.parse(b"July 27, 2014\nBy Ann Lee\n\nBridge Opens in the U.S.\n\nIt opened.\n")
    assert isinstance(found, Extracted)
    assert (found.title, found.date, found.byline) == (
        "Bridge Opens in the U.S.",
        "2014-07-27",
        "Ann Lee",
    )


@pytest.mark.parametrize(
    "line",
    ["It opened.", "(Pixabay)", "Image copyright Getty Images", "It opened. It closed", "1914"],
)
def test_sentences_and_credits_are_no_titles(line: str) -> None:
    assert not looks_like_title(line)
