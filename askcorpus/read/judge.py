"""Weighs spans against each other: the probability that a span answers, from a few numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from askcorpus.read.phrases import holds_kind
from askcorpus.text import stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from askcorpus.read.question import Question
    from askcorpus.records import Hit

NAMES = (
    "margin",
    "fused",
    "gap",
    "dense",
    "focus",
    "names_missing",
    "terms_missing",
    "agreement",
    "holds_kind",
)
MOST_MARGIN = 15.0
MOST_AGREEING = 3
_ARTICLES = frozenset({"a", "an", "the"})


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

    @property
    def words(self) -> tuple[str, ...]:
        """What it says: its words without articles, folded."""
        said = words(self.hit.passage.text[self.start : self.end])
        return tuple(word for word in said if word not in _ARTICLES) or tuple(said)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over `NAMES`, fitted for one network by training/calibrate.py."""

    bias: float
    weights: Mapping[str, float]


def judge(
    asked: Question, hits: Sequence[Hit], candidates: Sequence[Candidate], fitted: Calibration
) -> list[tuple[Candidate, dict[str, float], float]]:
    """Return each candidate with its numbers and its probability in [0, 1], in their order."""
    rows = numbers(asked, hits, candidates)
    return [
        (candidate, row, probability(row, fitted))
        for candidate, row in zip(candidates, rows, strict=True)
    ]


def probability(row: Mapping[str, float], fitted: Calibration) -> float:
    """Return the probability in [0, 1] that a candidate with these numbers answers."""
    logit = fitted.bias + sum(fitted.weights[name] * row[name] for name in NAMES)
    return 1.0 / (1.0 + exp(-max(-700.0, min(700.0, logit))))


def numbers(
    asked: Question, hits: Sequence[Hit], candidates: Sequence[Candidate]
) -> list[dict[str, float]]:
    """Return the numbers in `NAMES` for each candidate.

    `fused`, `dense` and `focus` are retrieval's scores of the passage, `gap` how far its fused
    score lies below the first hit's; `names_missing` and `terms_missing` are shares of the
    question's words that the passage and its heading lack; `agreement` is the share of
    `MOST_AGREEING` other passages where the same words beat "no answer".
    """
    top = max((hit.score for hit in hits), default=0.0)
    missing = {hit.passage.id: _missing(asked, hit) for hit in hits}
    said = [candidate.words for candidate in candidates]
    saying = _places(candidates, said)
    rows = []
    for candidate, own in zip(candidates, said, strict=True):
        hit = candidate.hit
        sentence = hit.passage.text[candidate.sentence_start : candidate.sentence_end]
        others = len(saying[own] - {_place(candidate)})
        names, terms = missing[hit.passage.id]
        values = (
            max(-MOST_MARGIN, min(MOST_MARGIN, candidate.margin)),
            hit.score,
            top - hit.score,
            hit.scores.get("dense", 0.0),
            hit.scores.get("focus", 0.0),
            names,
            terms,
            min(others, MOST_AGREEING) / MOST_AGREEING,
            float(holds_kind(asked, sentence)),
        )
        rows.append(dict(zip(NAMES, values, strict=True)))
    return rows


def _missing(asked: Question, hit: Hit) -> tuple[float, float]:
    """Return the shares of the question's names and of its terms that a passage lacks."""
    held = set(stems(f"{hit.passage.heading} {hit.passage.text}"))
    absent = [term for term in asked.terms if stem(term) not in held]
    names = [term for term in asked.terms if term in asked.names]
    lacking = sum(term in asked.names for term in absent)
    return lacking / max(1, len(names)), len(absent) / max(1, len(asked.terms))


def _places(
    candidates: Sequence[Candidate], said: Sequence[tuple[str, ...]]
) -> dict[tuple[str, ...], set[tuple[str, int]]]:
    """Return where each answer stands with a margin above 0, overlapping passages counted once."""
    found: dict[tuple[str, ...], set[tuple[str, int]]] = defaultdict(set)
    for candidate, own in zip(candidates, said, strict=True):
        if candidate.margin > 0:
            found[own].add(_place(candidate))
    return found


def _place(candidate: Candidate) -> tuple[str, int]:
    passage = candidate.hit.passage
    return passage.path, passage.start + candidate.start
