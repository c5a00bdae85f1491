from __future__ import annotations

import pytest

from training.metrics import refused, risk_area


def test_refusals_count_while_they_are_precise() -> None:
    asked, silent = [3.0, 0.0, 5.0], [-1.0, 1.0, 2.0]
    assert refused(asked, silent, precision=1.0) == pytest.approx(1 / 3)
    assert refused(asked, silent, precision=0.7) == 1.0
    assert refused([-9.0], [0.0], precision=0.9) == 0.0


def test_risk_is_the_mean_over_all_coverages() -> None:
    assert risk_area([3.0, 1.0, 2.0], [True, False, True]) == pytest.approx((0 + 0 + 1 / 3) / 3)
