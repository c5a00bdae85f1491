"""The measures: answers against references, silence against unanswerable questions, intervals.

SQuAD's exact match and token F1 (Rajpurkar et al., 2016), and its best threshold (2018). Scores
are probabilities or logits; higher means more likely answerable.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from statistics import quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RESAMPLES = 2000
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—…")


def normalise(text: str) -> str:
    """Return a text as SQuAD compares it: lower case, without punctuation and articles."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(said: str, gold: str) -> float:
    """Return 1.0 where the two are the same after normalising, else 0.0."""
    return float(normalise(said) == normalise(gold))


def token_f1(said: str, gold: str) -> float:
    """Return the harmonic mean of token precision and recall, in [0, 1]."""
    ours, theirs = normalise(said).split(), normalise(gold).split()
    if not ours or not theirs:
        return float(ours == theirs)
    shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * shared / (len(ours) + len(theirs))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95% bootstrap interval of the mean; the same values give the same interval."""
    import numpy as np

    data = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(0)
    means = data[rng.integers(0, len(data), (RESAMPLES, len(data)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else [*values] * 19
    return {"p50": cuts[9], "p95": cuts[18]}


def best_threshold(
    scores: Sequence[float], asked: Sequence[float], silent: Sequence[float]
) -> tuple[float, float]:
    """Return the highest mean score over all thresholds, and the lowest score answered there.

    Args:
        scores: Of each answer to an answerable question, in [0, 1]; silence there scores 0.
        asked: How likely each of those answers was.
        silent: How likely the answers to unanswerable questions were; silence there scores 1.
    """
    import numpy as np

    gains = np.array([*scores, *(-1.0 for _ in silent)])
    likely = np.array([*asked, *silent])
    order = np.argsort(-likely, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(gains[order])]) + len(silent)
    # Answers that are equally likely are given together or not at all.
    ends = np.append(np.diff(likely[order]) != 0, [True])
    allowed = np.concatenate([[0], 1 + np.flatnonzero(ends)]) if len(likely) else np.array([0])
    best = int(allowed[np.argmax(sums[allowed])])
    threshold = float(likely[order[best - 1]]) if best else float("inf")
    return float(sums[best]) / max(1, len(gains)), threshold


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a random positive lies above a random negative; a tie counts half."""
    import numpy as np

    above, below = np.asarray(positive)[:, None], np.asarray(negative)[None, :]
    return float((above > below).mean() + (above == below).mean() / 2)
