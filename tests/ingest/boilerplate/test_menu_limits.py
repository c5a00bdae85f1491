"""How many short lines, and how many labels among them, are a menu."""

from __future__ import annotations

import pytest

from askcorpus.ingest.boilerplate import mark

ARTICLE = "The council met on Monday to decide about the bridge over the river.\n" * 20
OWN = ("Giants", "Pelicans", "Marlins", "Ravens", "Herons", "Otters", "Badgers", "Foxes", "Cranes")


def navigation(*lines: str) -> int:
    """Return how many of the lines are taken for a menu's, above an article."""
    text = "\n".join(lines) + "\n\n" + ARTICLE
    return sum(found.reason == "navigation" for found in mark(text))


@pytest.mark.parametrize(
    ("labels", "others", "menu"),
    [
        (("Home", "News", "Sports"), 3, True),
        (("Home", "News"), 4, False),  # two labels may be anything
        (("Home",), 5, False),
        (("Home", "News", "Sports"), 2, True),
        (("Home", "News", "Sports"), 1, False),  # four lines are no menu
        (("Home", "News", "Sports"), 9, True),
        (("Home", "News", "Sports"), 10, False),  # under a quarter of them
    ],
)
def test_a_menu_has_five_lines_three_labels_and_a_quarter_of_labels(
    labels: tuple[str, ...], others: int, *, menu: bool
) -> None:
    lines = [*labels, *[*OWN, "Storks"][:others]]
    assert navigation(*lines) == (len(lines) if menu else 0)


@pytest.mark.parametrize(("words", "menu"), [(5, True), (6, False)])
def test_a_label_has_at_most_five_words(words: int, *, menu: bool) -> None:
    long = " ".join(["Otters"] * words)
    assert bool(navigation("Home", "News", long, "Sports", "Giants")) is menu
