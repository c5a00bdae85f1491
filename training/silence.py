"""How well a reader's probability tells when to be silent. Logits: higher means answerable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def best_score(scores: Sequence[float], asked: Sequence[float], silent: Sequence[float]) -> float:
    """Return the mean score at its best threshold; silence scores 1 where nothing answers.

    Args:
        scores: Of each answer to an answerable question, in [0, 1].
        asked: The logits of those answers.
        silent: The logits of the answers to unanswerable questions.
    """
    gains = [*scores, *(-1.0 for _ in silent)]
    order = np.argsort([-logit for logit in (*asked, *silent)], kind="stable")
    sums = np.cumsum([0.0, *(gains[at] for at in order)]) + len(silent)
    return float(sums.max()) / max(1, len(gains))


def refused(asked: Sequence[float], silent: Sequence[float], *, precision: float) -> float:
    """Return the largest share of unanswerable questions refused while refusals stay precise."""
    shares = [0.0]
    for limit in silent:
        kept = sum(logit <= limit for logit in silent)
        wrong = sum(logit <= limit for logit in asked)
        if kept >= precision * (kept + wrong):
            shares.append(kept / len(silent))
    return max(shares)


def risk_area(logits: Sequence[float], right: Sequence[bool]) -> float:
    """Return the mean share of wrong answers over all coverages, most probable first."""
    order = np.argsort([-logit for logit in logits], kind="stable")
    wrong = ~np.array(right, np.bool_)[order]
    return float(np.mean(np.cumsum(wrong) / np.arange(1, len(wrong) + 1)))


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
