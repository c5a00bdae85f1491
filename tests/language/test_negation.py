from __future__ import annotations

import pytest

from askcorpus.language.negation import denying, turning
from askcorpus.language.words import stems


@pytest.mark.parametrize(
    "text",
    [
        "Zenith did not submit a bid.",
        "Zenith didn’t submit a bid.",
        "Nothing was paid for the ferry.",
        "Zenith declined to submit a bid.",
        "The bridge failed.",
    ],
)
def test_what_says_no_turns_a_phrase_around_as_well(text: str) -> None:
    assert denying(text)
    assert denying(text) <= turning(text)


@pytest.mark.parametrize(
    "text", ["The clerk was accused of theft.", "If convicted, he pays.", "They denied the deal."]
)
def test_a_claim_or_a_condition_turns_around_without_saying_no(text: str) -> None:
    assert turning(text)
    assert not denying(text)


@pytest.mark.parametrize("text", ["They noted the knot.", "Sales declined in March.", ""])
def test_other_words_say_nothing_of_the_kind(text: str) -> None:
    assert not turning(text)


def test_a_question_that_says_no_itself_holds_the_stem() -> None:
    assert denying("Zenith declined to bid.").issubset(stems("Who declined to bid?"))
