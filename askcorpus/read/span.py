"""The trained reader: a small network points at the characters that answer.

Each passage is run by itself, so that a span's margin depends on the question and its passage
alone. What makes a span the answer, rather than just the best place in one passage, is weighed
afterwards from a few numbers (`judge.py`).
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from askcorpus.language.taken import sentence_ranges
from askcorpus.language.words import words
from askcorpus.question.query import Query
from askcorpus.read import DEPTH
from askcorpus.read.edges import tidy
from askcorpus.read.judge import Candidate, judge
from askcorpus.read.layout.lists import whole_list
from askcorpus.read.layout.rows import layouts
from askcorpus.read.model.pairs import best_spans, pairs
from askcorpus.read.model.shipped import THRESHOLDS, load
from askcorpus.records import NEUTRAL, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from askcorpus.read.judge import Calibration
    from askcorpus.read.layout.rows import Layout, Slot
    from askcorpus.read.model.pairs import Logits, Pair, PairTokenizer
    from askcorpus.records import Hit, Thresholds

    Range = tuple[int, int]

SPANS = 4
"""The most spans of one passage. Not tuned."""
WHOLE_WORDS = 3
"""An answer to "why" with fewer words becomes its sentence. Not tuned."""


class PairModel(Protocol):
    """What the reader needs of a network for extractive question answering."""

    @property
    def identity(self) -> str:
        """Its name and a hash of all that its logits depend on."""

    @property
    def tokenizer(self) -> PairTokenizer:
        """The tokenizer that it was trained with; its frame is the form of the input."""

    @property
    def window(self) -> int:
        """The most tokens, special ones included, that are read at once."""

    def logits(self, pair: Pair) -> tuple[Logits, Logits]:
        """Return the start and end logits of one input, each (length,)."""


class SpanReader:
    """Proposes the characters that a trained network takes for the answer."""

    def __init__(
        self,
        model: PairModel,
        calibration: Calibration,
        *,
        thresholds: Thresholds = NEUTRAL,
        threads: int,
    ) -> None:
        """Keep the parts.

        Args:
            model: May be run from several threads at once.
            calibration: Fitted for this model.
            thresholds: Chosen for its calibrated probabilities.
            threads: Passages that are read at the same time.
        """
        self.thresholds = thresholds
        self._model = model
        self._calibration = calibration
        self._threads = threads

    @classmethod
    def open(cls, folder: Path | None = None, *, threads: int) -> SpanReader:
        """Return a reader with the weights in the package, or with those in a folder.

        Args:
            folder: Holds reader.onnx, tokenizer.json and reader.json.
            threads: Passages that are read at the same time.

        Raises:
            ModelUnavailableError: The files are missing, damaged or can't be run.
        """
        model = load(folder)
        return cls(model, model.calibration, thresholds=THRESHOLDS, threads=threads)

    @property
    def identity(self) -> str:
        """What a fit of its probabilities is bound to: the network, and what weighs its margins."""
        fitted = repr((self._calibration.bias, sorted(self._calibration.weights.items())))
        return f"{self._model.identity}+{hashlib.sha256(fitted.encode()).hexdigest()[:8]}"

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return at most `SPANS` spans of each of the first hits, most probable first.

        Raises:
            ModelUnavailableError: The network fails.
        """
        return [
            _span(candidate, numbers, score)
            for candidate, numbers, score in self.judged(question, hits)
        ]

    def judged(
        self, question: str, hits: Sequence[Hit]
    ) -> list[tuple[Candidate, dict[str, float], float]]:
        """Return the candidates with the numbers that weigh and the probability, best first."""
        found = self.candidates(question, hits[:DEPTH])
        judged = judge(Query(question), found, self._calibration)
        return sorted(judged, key=lambda row: (-row[2], row[0].hit.passage.id, row[0].start))

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return each hit's spans in the hits' order, each hit's by falling margin."""
        asked = Query(question)
        tokens = self._model.tokenizer.pieces(question).ids
        layouts = self.layouts(asked, hits)

        def of_hit(at: int) -> list[Candidate]:
            return self._candidates(asked, tokens, hits[at], layouts[at])

        if self._threads == 1 or len(hits) <= 1:
            return [candidate for at in range(len(hits)) for candidate in of_hit(at)]
        # On an exception, Ctrl-C included, map cancels what hasn't begun.
        with ThreadPoolExecutor(min(self._threads, len(hits))) as pool:
            return [candidate for each in pool.map(of_hit, range(len(hits))) for candidate in each]

    def layouts(self, asked: Query, hits: Sequence[Hit]) -> list[Layout | None]:
        """Return where an answer may stand in each hit's passage; None where it is all prose."""
        return layouts(asked, [(hit.passage.path, hit.passage.text) for hit in hits])

    def _candidates(
        self, asked: Query, tokens: Sequence[int], hit: Hit, layout: Layout | None
    ) -> list[Candidate]:
        text, model = hit.passage.text, self._model
        found = []
        within = layout.within if layout else None
        for pair in pairs(model.tokenizer, tokens, text, window=model.window):
            found += best_spans(pair, *model.logits(pair), most=SPANS, within=within)
        found.sort(key=lambda each: (-each.margin, each.start))
        ranges = layout.quotes if layout else sentence_ranges(text) if found else ()
        kept: list[Candidate] = []
        for each in found:
            place = tidy(text, each.start, each.end)
            slot = layout.slot(*place) if layout and place else None
            if layout and place:
                place = _value(asked, text, place, slot)
            candidate = _placed(asked, hit, ranges, place, each.margin) if place else None
            if candidate and slot:
                candidate = replace(candidate, choices=slot.choices)
            if candidate and not any(_overlap(candidate, other) for other in kept):
                kept.append(candidate)
        return kept[:SPANS]


def _value(asked: Query, text: str, place: Range, slot: Slot | None) -> Range | None:
    """Return a place in a slot, or the slot's whole value; None where neither is an answer."""
    if slot is None or not slot.in_row:
        return place if slot else None
    start, end = (slot.start, slot.end) if slot.is_value else place
    # A row's own name, which the question gives, isn't what is asked for.
    says_more = set(words(text[start:end])).difference(asked.analysis.words)
    return (start, end) if says_more else None


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.start < other.end and other.start < one.end


def _placed(
    asked: Query,
    hit: Hit,
    ranges: Sequence[tuple[int, int]],
    place: tuple[int, int],
    margin: float,
) -> Candidate | None:
    """Return the candidate with its one or two sentences; None where it touches more."""
    start, end = place
    touched = [(low, high) for low, high in ranges if low < end and start < high]
    if not 1 <= len(touched) <= 2 or not touched[0][0] <= start < end <= touched[-1][1]:
        return None
    low, high = touched[0][0], touched[-1][1]
    if asked.analysis.several:
        start, end = whole_list(hit.passage.text, start, end, low=low, high=high)
    is_fragment = len(words(hit.passage.text[start:end])) < WHOLE_WORDS
    kind = asked.analysis.kind
    if kind == "yes_no" or (kind == "why" and is_fragment):
        start, end = low, high
    return Candidate(hit, start, end, low, high, margin)


def _span(candidate: Candidate, numbers: Mapping[str, float], score: float) -> Span:
    passage = candidate.hit.passage
    return Span(
        passage=passage,
        start=passage.start + candidate.start,
        end=passage.start + candidate.end,
        text=passage.text[candidate.start : candidate.end],
        sentence_start=passage.start + candidate.sentence_start,
        sentence_end=passage.start + candidate.sentence_end,
        score=score,
        scores=dict(numbers),
    )
