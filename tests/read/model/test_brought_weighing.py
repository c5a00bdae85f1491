"""How the margins of a network that the user brought are weighed, before anything is fitted."""

from __future__ import annotations

from math import exp

import pytest

from askcorpus.question.query import Query
from askcorpus.read.judge import Candidate, judge
from askcorpus.read.model.brought import NEUTRAL
from askcorpus.records import Hit, Passage

TEXT = "Ann paid Bob. Eve left."


def candidate(said: str, margin: float, *, scores: float = 0.5) -> Candidate:
    """Return a candidate whose passage has the same score from all of retrieval."""
    passage = Passage("a.txt", 0, len(TEXT), TEXT, line=1, id=round(100 * scores))
    hit = Hit(passage, scores, 1, {"dense": scores, "lexical": scores, "focus": scores})
    start = TEXT.index(said)
    return Candidate(hit, start, start + len(said), 0, len(TEXT), margin)


def probabilities(*candidates: Candidate) -> list[float]:
    return [score for _, _, score in judge(Query("Who paid in Rome?"), candidates, NEUTRAL)]


def test_the_odds_that_a_network_gives_are_halved() -> None:
    one, two = probabilities(candidate("Bob", 3.0), candidate("Eve", 3.0))
    assert one == two == pytest.approx(1 / (1 + exp(-3.0 / 2)))


def test_retrieval_counts_nothing() -> None:
    one, two = probabilities(candidate("Bob", 2.1, scores=0.1), candidate("Eve", 2.0, scores=0.9))
    assert one > two


def test_beyond_the_margins_bound_the_lead_puts_in_order() -> None:
    one, two = probabilities(candidate("Bob", 20.0), candidate("Eve", 30.0))
    assert two > one


def test_a_lead_says_far_less_than_a_margin() -> None:
    alone, close = (
        probabilities(candidate("Bob", 1.0)),
        probabilities(candidate("Bob", 3.0), candidate("Eve", 12.0)),
    )
    assert close[0] > alone[0]
