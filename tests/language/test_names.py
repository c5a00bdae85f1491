from __future__ import annotations

import re

import pytest

from askcorpus.language.names import (
    NAME,
    are_authors,
    beside_others,
    entitles,
    full_names,
    is_proper,
    is_shouted,
    mentions,
    names,
    opens_with_name,
    searchable,
    speaks_of,
)
from askcorpus.language.words import words


def test_names_have_a_capital_or_a_digit_and_are_no_function_words() -> None:
    assert names("Did Obama meet The Greens in 2014?") == {"obama", "greens", "2014"}


def test_capitals_mean_nothing_where_all_are_capitals() -> None:
    assert is_shouted("WHO DENIED THE DEAL OF 19th MAY?")
    assert names("WHO DENIED THE DEAL OF 2014?") == {"2014"}
    assert not is_shouted("Hamas's?")
    assert not is_shouted("2014")


def test_a_title_in_capitals_names_nothing() -> None:
    title = "What Did Stefan Keller Build Last"
    assert searchable(names(title), words(title)) == set()
    question = "What did Stefan Keller of the U.S. build?"
    assert searchable(names(question), words(question)) == {"stefan", "keller"}


def test_names_that_follow_each_other_are_one() -> None:
    question = "Did Stefan Keller phone Anna in May 2014?"
    assert full_names(question, names(question)) == [
        ("stefan", "keller"),
        ("anna",),
        ("may", "2014"),
    ]


@pytest.mark.parametrize(
    ("word", "proper"), [("Keller", True), ("The", False), ("will", False), ("", False)]
)
def test_a_proper_word_has_a_capital_and_a_meaning(word: str, proper: bool) -> None:  # noqa: FBT001
    assert is_proper(word) is proper


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("the israelis left", "israel", True),
        ("the café was shut", "cafe", True),
        ("in 2014 and later", "2014", True),
        ("number 20145", "2014", False),
    ],
)
def test_a_word_mentions_a_name_by_its_beginning_and_a_figure_whole(
    text: str,
    word: str,
    found: bool,  # noqa: FBT001
) -> None:
    assert mentions(text, word) is found


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Stefan Keller spoke.", True),
        ("Then Keller spoke.", True),
        ("He met Martin Keller.", False),
        ("Nobody spoke.", False),
    ],
)
def test_a_text_speaks_of_a_name_by_a_part_that_is_nobody_elses(
    text: str,
    spoken: bool,  # noqa: FBT001
) -> None:
    assert speaks_of(text, ("stefan", "keller")) is spoken


def test_a_name_may_stand_beside_another_word_of_a_name() -> None:
    assert beside_others("He met Martin Keller.", ("stefan", "keller"))
    assert not beside_others("He met Stefan Keller.", ("stefan", "keller"))


def test_a_title_for_several_is_one_for_none() -> None:
    name = ("stefan", "keller")
    assert entitles("Stefan Keller", "He met Martin Keller.", name)
    assert not entitles("The Keller brothers", "He met Martin Keller.", name)
    assert entitles("The Keller house", "Then Keller left.", name)


def test_a_first_word_is_a_name_where_the_document_says_so_elsewhere() -> None:
    assert opens_with_name("Keller left.", "Keller left. Then Anna saw Keller.")
    assert not opens_with_name("Later he left.", "Later he left. It was later.")


@pytest.mark.parametrize(
    "name", ["Leonardo da Vinci", "the Bank of the West", "A.C. Underwood", "Ibn al Haytham"]
)
def test_a_name_holds_its_particles(name: str) -> None:
    assert re.fullmatch(NAME, name)


@pytest.mark.parametrize("text", ["Rome and Ostia", "he left", "Reuters for the Times"])
def test_what_joins_names_is_no_part_of_one(text: str) -> None:
    assert not re.fullmatch(NAME, text)


@pytest.mark.parametrize(
    "text", ["Dave Bohon", "Will Smith and May Lee", "Anna de la Cruz, Bo Li", "Li & Sons"]
)
def test_authors_are_names_and_what_joins_them(text: str) -> None:
    assert are_authors(text)


@pytest.mark.parametrize(
    "text",
    ["the time it rained", "All Means", "Monday", "May", "and for the", "2014", "Time Lost", ""],
)
def test_a_sentences_words_are_no_authors(text: str) -> None:
    assert not are_authors(text)
