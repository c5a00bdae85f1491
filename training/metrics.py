"""SQuAD's exact match and token F1, and how well a margin tells answerable from unanswerable."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Return the text as SQuAD's script compares it: no case, punctuation or articles."""
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, reference: str) -> float:
    """Return 1 where the normalised texts are equal, else 0."""
    return float(normalised(answer) == normalised(reference))


def f1(answer: str, reference: str) -> float:
    """Return the harmonic mean of precision and recall over the normalised words, in [0, 1]."""
    given, wanted = normalised(answer).split(), normalised(reference).split()
    if not given or not wanted:
        return float(given == wanted)
    common = (Counter(given) & Counter(wanted)).total()
    return 2 * common / (len(given) + len(wanted))


def separation(positive: Sequence[float], negative: Sequence[float]) -> dict[str, float]:
    """Return how well a margin separates the two, higher meaning answerable.

    `auc` is the chance that a random positive lies above a random negative (a tie counts half);
    `abstained_at_90` the share of negatives below the margin that keeps 90% of the positives.
    """
    above, below = np.asarray(positive), np.asarray(negative)
    wins = (above[:, None] > below[None, :]).mean() + (above[:, None] == below[None, :]).mean() / 2
    return {
        "auc": float(wins),
        "answered_at_0": float((above > 0).mean()),
        "abstained_at_0": float((below <= 0).mean()),
        "abstained_at_90": float((below < np.quantile(above, 0.10)).mean()),
        "margin_at_90": float(np.quantile(above, 0.10)),
        "abstained_at_95": float((below < np.quantile(above, 0.05)).mean()),
    }
