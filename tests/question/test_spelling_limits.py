"""How many slips are mended in words of which length, over a vocabulary made by hand."""

from __future__ import annotations

import pytest

from askcorpus.question.spelling import correct


class Words:
    """A vocabulary of words that are their own stems, each with the number of its passages."""

    def __init__(self, **passages: int) -> None:
        self._passages = passages

    def knows(self, word: str) -> bool:
        return word in self._passages

    def terms(self, initial: str) -> list[tuple[str, int]]:
        return sorted((w, n) for w, n in self._passages.items() if w.startswith(initial))

    def example(self, term: str) -> str:
        return f"It says {term} here."


def read(written: str, **passages: int) -> str:
    return correct(written, Words(**passages))[0]


@pytest.mark.parametrize(
    ("written", "word", "mended"),
    [
        ("fxo", "fox", False),  # three letters: never
        ("frgo", "frog", True),  # four and five: swapped ones only
        ("frag", "frog", False),
        ("rboin", "robin", True),
        ("robik", "robin", False),
        ("rabit", "rabbit", False),  # its own five letters count
        ("rabbot", "rabbit", True),  # from six on any one slip
        ("robbot", "rabbit", False),
        ("lobstar", "lobster", True),
        ("labstar", "lobster", False),
        ("moantaen", "mountain", True),  # from eight on two
        ("maantaen", "mountain", False),
        ("iabbit", "rabbit", False),  # the first letter: never
    ],
)
def test_a_longer_word_may_have_more_slips(written: str, word: str, *, mended: bool) -> None:
    assert (read(written, **{word: 1}) == word) is mended


def test_the_nearest_word_is_read_and_of_two_as_near_the_more_frequent() -> None:
    assert read("walrut", walrus=1, walnut=5) == "walnut"
    assert read("walrut", walrus=5, walnut=1) == "walrus"
    assert read("moantaen", mountain=9, moantain=1) == "moantain"


def test_five_unknown_words_are_slips_and_six_are_another_language() -> None:
    assert read(" ".join(["rabbot"] * 5), rabbit=1) == " ".join(["rabbit"] * 5)
    assert read(" ".join(["rabbot"] * 6), rabbit=1) == " ".join(["rabbot"] * 6)
