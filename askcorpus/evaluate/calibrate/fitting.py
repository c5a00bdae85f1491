"""Fits a scale, a bias and four thresholds to the cases of a gold file.

Each case is a question: the reader's score of its best span, and whether the sentence that is
quoted with it supports an accepted answer.

    probability  of the log odds of the score, a scale and a bias (Platt, 1999). The reader's own
                 probabilities take part as `PRIOR` further questions, so that few can't wreck it
    answered     the highest threshold that leaves at most a stated share of answerable questions
                 without an answer, for new questions too: the k-th lowest probability of n
                 answerable ones, k = ⌊share · (n + 1)⌋ (Vovk et al., 2005); nothing is assumed
                 about how scores are distributed. Of all such thresholds it abstains most
    related      the same for a quarter of that share
    fair, strong `FAIR` and `STRONG`, probabilities of being right
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from askcorpus.answer.fit import Fit, log_odds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Matrix = npt.NDArray[Any]

PRIOR = 20
FAIR, STRONG = 0.5, 0.75
FOLDS = 5
_LEAST_SCALE = 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """How one question's best span came out."""

    answerable: bool
    score: float
    """The reader's; 0 where it proposed nothing."""
    right: bool
    """Whether the sentence that is quoted with it supports an accepted answer."""


def fitted(cases: Sequence[Case], own: Fit, *, silence: float | None) -> Fit:
    """Return the fit to these cases.

    Args:
        cases: Of every question.
        own: The reader's own constants.
        silence: The share of answerable questions that may go without an answer; None leaves
            `answered` and `related` where the reader's own constants have them.
    """
    scale, bias = _platt(cases, own)
    fit = replace(own, questions=len(cases), scale=scale, bias=bias)
    fit = replace(
        fit,
        related=fit.probability(own.related),
        answered=fit.probability(own.answered),
        fair=FAIR,
        strong=STRONG,
    )
    if silence is None:
        return fit
    every = [fit.probability(case.score) for case in cases]
    asked = [p for p, case in zip(every, cases, strict=True) if case.answerable]
    answered = _lowest(asked, every, silence) or 0.0
    related = _lowest(asked, every, silence / 4)
    if related is None:  # too few questions to say: what was too far away stays so
        related = fit.related
    return replace(fit, related=min(related, answered), answered=answered)


def _lowest(asked: Sequence[float], every: Sequence[float], share: float) -> float | None:
    """Return the highest threshold below which at most a share of new answerable questions fall.

    It stands midway to the next lower probability, so that a small change to a score, as on
    another processor, turns nothing around. None where the questions are too few to say.
    """
    k = math.floor(share * (len(asked) + 1) + 1e-9)
    if k < 1:
        return None
    at = sorted(asked)[k - 1]
    return (at + max((p for p in every if p < at), default=0.0)) / 2


def _platt(cases: Sequence[Case], own: Fit) -> tuple[float, float]:
    """Return scale and bias; the scale is kept above 0."""
    import numpy as np

    x = np.array([log_odds(case.score) for case in cases])
    expected = np.array([own.probability(case.score) for case in cases])
    right = np.array([case.right for case in cases], np.float64)
    # Each case counts once as it came out and PRIOR / n times as the reader expected it.
    held = PRIOR / len(cases)
    target = (right + held * expected) / (1 + held)
    ones = np.ones((len(x), 1))
    scale, bias = logistic(np.column_stack([x, ones]), target)
    if scale < _LEAST_SCALE:  # the scores say next to nothing, or the opposite
        scale, (bias,) = _LEAST_SCALE, logistic(ones, target, offset=_LEAST_SCALE * x)
    return float(scale), float(bias)


def logistic(
    design: Matrix, target: Matrix, *, offset: Matrix | float = 0.0, penalty: Matrix | float = 0.0
) -> Matrix:
    """Return the weights of a logistic regression, by Newton's method with shortened steps.

    Args:
        design: (n, weights) numbers, a column of ones for a bias.
        target: (n,) probabilities in [0, 1].
        offset: (n,) log odds that are there already.
        penalty: (weights,) on half the square of each.
    """
    import numpy as np

    def loss(weights: Matrix) -> float:
        z = design @ weights + offset
        return float((np.logaddexp(0, z) - target * z).sum() + (penalty * weights**2).sum() / 2)

    found = np.zeros(design.shape[1])
    ridge = np.diag(found + penalty)
    little = 1e-9 * np.eye(len(found))  # on the diagonal, for scores that are all alike
    for _ in range(100):
        share = (1 + np.tanh((design @ found + offset) / 2)) / 2
        curvature = (design * (share * (1 - share))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature + little, design.T @ (share - target) + ridge @ found)
        size = 1.0
        while loss(found - size * step) > loss(found) and size > 1e-9:
            size /= 2
        found = found - size * step
        if np.abs(size * step).max() < 1e-9:
            break
    return found


def crossed(cases: Sequence[Case], own: Fit, *, silence: float | None) -> list[Fit]:
    """Return for each case what is fitted on the folds without it; each fold has both kinds."""
    order = list(range(len(cases)))
    random.Random(0).shuffle(order)  # noqa: S311 (the same folds each time)
    order.sort(key=lambda at: cases[at].answerable)
    fold = {at: place % FOLDS for place, at in enumerate(order)}
    by_fold = [
        fitted([c for at, c in enumerate(cases) if fold[at] != n], own, silence=silence)
        for n in range(FOLDS)
    ]
    return [by_fold[fold[at]] for at in range(len(cases))]
