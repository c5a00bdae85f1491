"""How well a margin tells answerable from unanswerable, and what a probability is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from askcorpus.evaluate.measures import auc

if TYPE_CHECKING:
    from collections.abc import Sequence


def separation(positive: Sequence[float], negative: Sequence[float]) -> dict[str, float]:
    """Return how well a margin separates the two, higher meaning answerable.

    `auc` is the chance that a random positive lies above a random negative (a tie counts half);
    `abstained_at_90` the share of negatives below the margin that keeps 90% of the positives.
    """
    above, below = np.asarray(positive), np.asarray(negative)
    return {
        "auc": auc(positive, negative),
        "answered_at_0": float((above > 0).mean()),
        "abstained_at_0": float((below <= 0).mean()),
        "abstained_at_90": float((below < np.quantile(above, 0.10)).mean()),
        "margin_at_90": float(np.quantile(above, 0.10)),
        "abstained_at_95": float((below < np.quantile(above, 0.05)).mean()),
    }


def by_tenths(logits: Sequence[float], right: Sequence[bool]) -> dict[str, tuple[int, float]]:
    """Return, for each tenth of the probability, how many answers and what share is right."""
    shares = 1 / (1 + np.exp(-np.asarray(logits, np.float64)))
    tenths = np.minimum(10 * shares, 9).astype(np.int64)
    good = np.array(right, np.bool_)
    return {
        f"{n / 10}": (int((tenths == n).sum()), round(float(good[tenths == n].mean()), 3))
        for n in range(10)
        if (tenths == n).any()
    }
