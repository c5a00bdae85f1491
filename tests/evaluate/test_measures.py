"""Measures, on cases counted by hand."""

from __future__ import annotations

import pytest

from askcorpus.evaluate.measures import (
    auc,
    best_threshold,
    exact_match,
    normalise,
    percentiles,
    token_f1,
)


@pytest.mark.parametrize(
    ("said", "gold", "em", "f1"),
    [
        ("The Deal!", "deal", 1.0, 1.0),
        ("“35 tons” of arms", "35 tons", 0.0, 2 / 3),
        ("", "deal", 0.0, 0.0),
        ("humanitarian\ntruce", "humanitarian truce", 1.0, 1.0),
    ],
)
def test_matches_follow_squad(said: str, gold: str, em: float, f1: float) -> None:
    assert exact_match(said, gold) == em
    assert token_f1(said, gold) == pytest.approx(f1)
    assert normalise("A  the An x") == "x"


def test_the_best_threshold_weighs_answers_against_silence() -> None:
    # Between 1 and 2: the answer at 2 scores 1, the one at 0 is lost, both silences are right.
    assert best_threshold([1.0, 1.0], [2.0, 0.0], [1.0, -1.0]) == pytest.approx((3 / 4, 2.0))
    assert best_threshold([1.0], [0.0], [1.0]) == pytest.approx((1 / 2, float("inf")))


def test_equally_likely_answers_are_given_together() -> None:
    # Only the right one of the two at 1 would be worth 1; both together are worth 1/2.
    assert best_threshold([1.0], [1.0], [1.0])[0] == pytest.approx(1 / 2)


def test_a_tie_is_half_a_win() -> None:
    assert auc([1.0, 2.0], [1.0, 0.0]) == pytest.approx(3.5 / 4)


def test_percentiles_of_one_value_are_that_value() -> None:
    assert percentiles([7.0]) == {"p50": 7.0, "p95": 7.0}
    assert percentiles([0.0, 100.0])["p50"] == 50.0
