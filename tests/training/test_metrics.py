from __future__ import annotations

import pytest

from training.metrics import best_f1, f1_at, refused, risk_area


def test_refusals_count_while_they_are_precise() -> None:
    asked, silent = [3.0, 0.0, 5.0], [-1.0, 1.0, 2.0]
    assert refused(asked, silent, precision=1.0) == pytest.approx(1 / 3)
    assert refused(asked, silent, precision=0.7) == 1.0
    assert refused([-9.0], [0.0], precision=0.9) == 0.0


def test_risk_is_the_mean_over_all_coverages() -> None:
    assert risk_area([3.0, 1.0, 2.0], [True, False, True]) == pytest.approx((0 + 0 + 1 / 3) / 3)


def test_the_best_threshold_is_found_between_the_margins() -> None:
    margins = [3.0, 2.0, 1.0, 0.0, -1.0]
    f1s = [1.0, None, 0.5, None, None]
    assert f1_at(margins, f1s, -9.0) == pytest.approx(1.5 / 5)
    assert f1_at(margins, f1s, 0.0) == pytest.approx((1 + 0.5 + 1 + 1) / 5)
    best, at = best_f1(margins, f1s)
    assert (round(best, 6), at) == (0.8, 2.0)
    assert best_f1([1.0, 2.0], [1.0, 1.0]) == (1.0, -float("inf"))


def test_questions_of_one_margin_are_answered_together() -> None:
    assert best_f1([1.0, 1.0], [None, 1.0])[0] == 0.5
    for margins, f1s in (([1.0, 1.0, 2.0], [None, 0.4, 0.9]), ([0.0, 0.0], [None, None])):
        best, at = best_f1(margins, f1s)
        assert best == pytest.approx(f1_at(margins, f1s, at))
        assert best == pytest.approx(max(f1_at(margins, f1s, t) for t in (-9, *margins)))
