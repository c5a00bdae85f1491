"""How well a margin tells answerable from unanswerable, and what a probability is worth.

Risk and coverage are El-Yaniv and Wiener's (2010).
"""

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


def refused(asked: Sequence[float], silent: Sequence[float], *, precision: float) -> float:
    """Return the largest share of unanswerable questions refused while refusals stay precise."""
    shares = [0.0]
    for limit in silent:
        kept = sum(likely <= limit for likely in silent)
        wrong = sum(likely <= limit for likely in asked)
        if kept >= precision * (kept + wrong):
            shares.append(kept / len(silent))
    return max(shares)


def risk_area(likely: Sequence[float], right: Sequence[bool]) -> float:
    """Return the mean share of wrong answers over all coverages, most probable first."""
    order = np.argsort(-np.asarray(likely, np.float64), kind="stable")
    wrong = ~np.array(right, np.bool_)[order]
    return float(np.mean(np.cumsum(wrong) / np.arange(1, len(wrong) + 1)))


def f1_at(margins: Sequence[float], f1s: Sequence[float | None], threshold: float) -> float:
    """Return mean F1 where a question is answered above a threshold of its margin.

    Args:
        margins: Of each question's best span.
        f1s: What that span is worth; None where nothing answers, so that silence is worth 1.
        threshold: Of the margin.
    """
    worth = [
        float(margin <= threshold) if f1 is None else f1 * (margin > threshold)
        for margin, f1 in zip(margins, f1s, strict=True)
    ]
    return sum(worth) / len(worth)


def best_f1(margins: Sequence[float], f1s: Sequence[float | None]) -> tuple[float, float]:
    """Return the highest such mean over all thresholds, and its threshold (SQuAD 2.0's best F1)."""
    order = sorted(zip(margins, f1s, strict=True), key=lambda pair: pair[0])
    # From answering everything on, one question more is left unanswered at each step.
    total = sum(f1 or 0.0 for _, f1 in order)
    best, at = total, -float("inf")
    for n, (margin, f1) in enumerate(order):
        total += 1.0 if f1 is None else -f1
        is_last_of_its_margin = n + 1 == len(order) or order[n + 1][0] > margin
        if total > best and is_last_of_its_margin:
            best, at = total, margin
    return best / len(order), at
