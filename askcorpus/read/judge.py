"""Weighs spans against each other: the probability that a span answers, from a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf
from typing import TYPE_CHECKING

from askcorpus.language.grammar import ARTICLES
from askcorpus.language.words import stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from askcorpus.question.query import Query
    from askcorpus.records import Hit

NAMES = ("margin", "lead", "fused", "dense", "focus", "names_missing")
MOST_MARGIN = 15.0
MOST_LEAD = 10.0
"""Logits further out are cut to these: beyond, they say nothing more. Not tuned."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a hit's passage; all offsets count the passage's characters."""

    hit: Hit
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    margin: float
    """By how much the span's logits exceed those of "no answer"."""
    choices: int = 1
    """How many values of its row could be meant as well as this one, itself included."""

    @property
    def words(self) -> tuple[str, ...]:
        """What it says: its words without articles, folded."""
        said = words(self.hit.passage.text[self.start : self.end])
        return tuple(word for word in said if word not in ARTICLES) or tuple(said)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over `NAMES`, fitted for one network by training/calibrate.py."""

    bias: float
    weights: Mapping[str, float]


def judge(
    asked: Query, candidates: Sequence[Candidate], fitted: Calibration
) -> list[tuple[Candidate, dict[str, float], float]]:
    """Return each candidate with its numbers and its probability in [0, 1], in their order.

    A probability is shared out among the values of a row that could be meant.
    """
    rows = numbers(asked, candidates)
    return [
        (candidate, row, probability(row, fitted) / candidate.choices)
        for candidate, row in zip(candidates, rows, strict=True)
    ]


def probability(row: Mapping[str, float], fitted: Calibration) -> float:
    """Return the probability in [0, 1] that a candidate with these numbers answers."""
    logit = fitted.bias + sum(fitted.weights[name] * row[name] for name in NAMES)
    return 1.0 / (1.0 + exp(-max(-700.0, min(700.0, logit))))


def numbers(asked: Query, candidates: Sequence[Candidate]) -> list[dict[str, float]]:
    """Return the numbers in `NAMES` for each candidate.

    `lead` is by how much the margin exceeds that of the best candidate with other words; `fused`,
    `dense` and `focus` are retrieval's scores of the passage; `names_missing` is the share of the
    question's names and numbers that the passage and its heading lack. eval/LOG.md has what else
    was tried.
    """
    hits = {candidate.hit.passage.id: candidate.hit for candidate in candidates}
    missing = {n: _names_missing(asked, hit) for n, hit in hits.items()}
    rows = []
    for candidate, lead in zip(candidates, _leads(candidates), strict=True):
        hit = candidate.hit
        values = (
            max(-MOST_MARGIN, min(MOST_MARGIN, candidate.margin)),
            lead,
            hit.score,
            hit.scores.get("dense", 0.0),
            hit.scores.get("focus", 0.0),
            missing[hit.passage.id],
        )
        rows.append(dict(zip(NAMES, values, strict=True)))
    return rows


def _leads(candidates: Sequence[Candidate]) -> list[float]:
    """Return each candidate's margin less the best one of other words, within `MOST_LEAD`."""
    best: dict[tuple[str, ...], float] = {}
    said = [candidate.words for candidate in candidates]
    for candidate, own in zip(candidates, said, strict=True):
        best[own] = max(candidate.margin, best.get(own, candidate.margin))
    first, second = (*sorted(best.values(), reverse=True), -inf, -inf)[:2]
    leads = []
    for candidate, own in zip(candidates, said, strict=True):
        rival = second if best[own] == first else first
        leads.append(max(-MOST_LEAD, min(MOST_LEAD, candidate.margin - rival)))
    return leads


def _names_missing(asked: Query, hit: Hit) -> float:
    """Return the share of the question's names and numbers that a passage lacks."""
    held = set(stems(f"{hit.passage.heading} {hit.passage.text}"))
    names = asked.analysis.names
    return sum(stem(name) not in held for name in names) / max(1, len(names))
