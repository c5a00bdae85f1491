"""Weighing, with numbers made by hand: what moves a probability, and which candidate is first."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import pytest

from askcorpus.question.query import Query
from askcorpus.read.judge import NAMES, Calibration, Candidate, judge
from askcorpus.records import Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Mapping

ASKED = Query("What did Ann pay in Rome?")
EVEN = {"fused": 0.5, "dense": 0.5, "focus": 0.5}
TEXT = "Ann paid Bob in Rome. Eve left."


def calibration(bias: float = 0.0, **weights: float) -> Calibration:
    return Calibration(bias, {**dict.fromkeys(NAMES, 0.0), **weights})


def candidate(
    said: str = "Bob",
    *,
    margin: float = 0.0,
    choices: int = 1,
    text: str = TEXT,
    scores: Mapping[str, float] = EVEN,
    number: int = 1,
) -> Candidate:
    """Return a candidate for the words; `number` is its passage's."""
    passage = Passage("a.txt", 0, len(text), text, line=1, id=number)
    hit = Hit(passage, scores["fused"], number, {"lexical": 0.0, **scores})
    start = text.index(said)
    return Candidate(hit, start, start + len(said), 0, len(text), margin, choices)


def probabilities(fitted: Calibration, *candidates: Candidate) -> list[float]:
    return [score for _, _, score in judge(ASKED, candidates, fitted)]


def test_logits_of_nought_are_an_even_chance() -> None:
    assert probabilities(calibration(margin=1.0), candidate()) == [0.5]


def test_a_probability_is_that_of_a_logistic_regression() -> None:
    fitted = calibration(-1.0, margin=0.5, fused=2.0)
    (found,) = probabilities(fitted, candidate(margin=3.0, scores={**EVEN, "fused": 0.25}))
    assert found == pytest.approx(1 / (1 + exp(-(-1.0 + 0.5 * 3.0 + 2.0 * 0.25))))


def test_the_bias_alone_is_its_odds() -> None:
    assert probabilities(calibration(log(3.0)), candidate()) == [pytest.approx(0.75)]


@pytest.mark.parametrize("name", EVEN)
def test_each_score_of_retrieval_has_a_weight_of_its_own(name: str) -> None:
    better = candidate("Bob", scores={**dict.fromkeys(EVEN, 0.1), name: 0.8})
    worse = candidate("Eve", scores={**dict.fromkeys(EVEN, 0.9), name: 0.2}, number=2)
    one, two = probabilities(calibration(**{name: 5.0}), better, worse)
    assert one > two


def test_a_margin_puts_a_candidate_first() -> None:
    likely, other = candidate("Bob", margin=2.0), candidate("Eve")
    one, two = probabilities(calibration(margin=1.0), likely, other)
    assert one > two


def test_a_lead_is_over_other_words_only() -> None:
    found = [
        candidate("Bob", margin=4.0),
        candidate("Bob", margin=3.0, number=2),
        candidate("Eve", margin=1.0),
    ]
    first, same, other = probabilities(calibration(lead=1.0), *found)
    assert [first, same, other] == [
        pytest.approx(1 / (1 + exp(-lead))) for lead in (4.0 - 1.0, 3.0 - 1.0, 1.0 - 4.0)
    ]


def test_articles_make_no_other_words() -> None:
    text = "The mayor paid. A mayor left."
    found = [candidate(said, margin=2.0, text=text) for said in ("The mayor", "A mayor")]
    rival = candidate("paid", margin=1.0, text=text)
    assert (
        probabilities(calibration(lead=1.0), *found, rival)[:2]
        == [pytest.approx(1 / (1 + exp(-1.0)))] * 2
    )


def test_a_passage_that_lacks_a_name_of_the_question_comes_last() -> None:
    there, elsewhere = candidate(), candidate(text="Ann paid Bob in Oslo.", number=2)
    one, two = probabilities(calibration(names_missing=-1.0), there, elsewhere)
    assert one > two


def test_a_heading_holds_a_name_too() -> None:
    passage = Passage("a.txt", 0, 14, "Ann paid Bob. ", 1, heading="Rome", id=1)
    below = Candidate(Hit(passage, 0.5, 1), 9, 12, 0, 13, 0.0)
    assert probabilities(calibration(names_missing=-1.0), below) == [0.5]


# Margins are told apart up to some fifteen logits, leads up to ten; further out, the passages'
# own scores decide.
@pytest.mark.parametrize(
    ("number", "near", "far", "first"),
    [
        ("margin", 13.0, 14.0, "far"),
        ("margin", 16.0, 30.0, "near"),
        ("margin", -14.0, -13.0, "far"),
        ("margin", -30.0, -16.0, "near"),
        ("lead", 8.0, 9.0, "far"),
        ("lead", 11.0, 14.0, "near"),
        ("lead", -9.0, -8.0, "far"),
        ("lead", -14.0, -11.0, "near"),
    ],
)
def test_far_out_a_logit_more_says_nothing(
    number: str, near: float, far: float, first: str
) -> None:
    # The two are weighed apart from each other, each beside a rival for a lead of its margin.
    rival = candidate("Eve")
    scored = [
        probabilities(calibration(**{number: 1.0}, fused=0.5), each, rival)[0]
        for each in (
            candidate(margin=near, scores={**EVEN, "fused": 0.9}),
            candidate(margin=far, scores={**EVEN, "fused": 0.1}),
        )
    ]
    assert ("near" if scored[0] > scored[1] else "far") == first


def test_a_candidate_without_a_rival_leads_by_the_most() -> None:
    alone = candidate(margin=1.0)
    behind = [candidate(margin=1.0), candidate("Eve", margin=-30.0)]
    fitted = calibration(lead=1.0)
    assert probabilities(fitted, alone) == probabilities(fitted, *behind)[:1]


def test_values_of_a_row_that_could_all_be_meant_share_a_probability() -> None:
    surer = candidate("Bob", margin=1.0, choices=2)
    single = candidate("Eve", margin=0.5)
    fitted = calibration(margin=1.0)
    one, two = probabilities(fitted, surer, single)
    assert one == pytest.approx(probabilities(fitted, candidate("Bob", margin=1.0))[0] / 2)
    assert two > one


def test_candidates_come_back_in_their_order() -> None:
    found = [candidate("Eve"), candidate("Bob", margin=9.0)]
    assert [each for each, _, _ in judge(ASKED, found, calibration(margin=1.0))] == found
