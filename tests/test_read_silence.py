"""training/silence.py: figures of a reader that may refuse, on cases counted by hand."""

from __future__ import annotations

import pytest

from training.silence import best_score, by_tenths, refused, risk_area


def test_the_best_threshold_weighs_answers_against_silence() -> None:
    # Between 1 and 2: the answer at 2 scores 1, the one at 0 is lost, both silences are right.
    assert best_score([1.0, 1.0], [2.0, 0.0], [1.0, -1.0]) == pytest.approx(3 / 4)
    assert best_score([1.0], [0.0], [1.0]) == pytest.approx(1 / 2)


def test_refusals_count_while_they_are_precise() -> None:
    asked, silent = [3.0, 0.0, 5.0], [-1.0, 1.0, 2.0]
    assert refused(asked, silent, precision=1.0) == pytest.approx(1 / 3)
    assert refused(asked, silent, precision=0.7) == 1.0
    assert refused([-9.0], [0.0], precision=0.9) == 0.0


def test_risk_is_the_mean_over_all_coverages() -> None:
    assert risk_area([3.0, 1.0, 2.0], [True, False, True]) == pytest.approx((0 + 0 + 1 / 3) / 3)


def test_probabilities_are_counted_by_tenths() -> None:
    assert by_tenths([-9.0, 9.0, 9.0], [False, True, False]) == {"0.0": (1, 0.0), "0.9": (2, 0.5)}
