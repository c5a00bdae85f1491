"""Small real doubles that tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus.language.sentences import sentences
from askcorpus.language.words import content_words, stem, stems
from askcorpus.records import NEUTRAL, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.records import Hit

DEPTH = 4


class OverlapReader:
    """Proposes whole sentences, by the share of the question's words that one holds: no network."""

    identity = "overlap"
    thresholds = NEUTRAL

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return a span for each sentence of the first hits, best first."""
        asked = {stem(word) for word in content_words(question)}
        found = [
            _span(hit, place, asked)
            for hit in hits[:DEPTH]
            for place in sentences(hit.passage.text)
        ]
        return sorted(found, key=lambda span: (-span.score, span.passage.id, span.start))


def _span(hit: Hit, place: tuple[int, int], asked: set[str]) -> Span:
    passage, (low, high) = hit.passage, place
    text = passage.text[low:high]
    start, end = passage.start + low, passage.start + high
    score = len(asked.intersection(stems(text))) / max(1, len(asked))
    return Span(passage, start, end, text, start, end, score, {"overlap": score})
