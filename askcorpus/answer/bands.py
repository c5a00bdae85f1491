"""What divides the outcomes and the bands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities in [0, 1] that divide the outcomes and the bands."""

    related: float
    """Below it nothing here is near enough to show."""
    answered: float
    """Below it the nearest passage is shown, but not as an answer."""
    fair: float
    strong: float


# By reader; chosen on the dev half of eval/gold/seeds.jsonl (eval/LOG.md, "The whole, on the
# gold").
THRESHOLDS = {
    "span": Thresholds(related=0.01, answered=0.08, fair=0.15, strong=0.3),
    "sentence": Thresholds(related=0.05, answered=0.5, fair=0.7, strong=0.9),
    # Not tuned: answered where the model itself prefers the span to "no answer" (brought.py).
    "brought": Thresholds(related=0.05, answered=0.5, fair=0.7, strong=0.9),
}
