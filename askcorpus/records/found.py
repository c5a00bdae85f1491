"""What a question finds: ranked passages, and the characters that may answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from askcorpus.records.document import Passage
    from askcorpus.records.note import Note


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval ranked."""

    passage: Passage
    score: float
    """Fused score in [0, 1]."""
    rank: int
    """1 for the best."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """What each leg said, for `--explain`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a passage's document that a reader proposes as the answer."""

    passage: Passage
    start: int
    end: int
    text: str
    sentence_start: int
    """The sentence or two that the span stands in: what is quoted."""
    sentence_end: int
    score: float
    """Probability in [0, 1] that the span answers the question."""
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities in [0, 1] that divide the outcomes and the bands."""

    related: float
    """Below it nothing here is near enough to show."""
    answered: float
    """Below it the nearest passage is shown, but not as an answer."""
    fair: float
    strong: float


NEUTRAL = Thresholds(related=0.05, answered=0.5, fair=0.7, strong=0.9)
"""For a reader that wasn't tuned: it answers where it holds a span likelier right than not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, before it is decided whether that is an answer."""

    understood: str
    """The question as it was read, slips corrected."""
    hits: list[Hit]
    """Best first."""
    spans: list[Span]
    """Of the first hits, most probable first."""
    notes: list[Note] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """By stage."""
