"""The reader that weighs sentences: no trained network, a dozen features and a logistic weight."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

import numpy as np

from askcorpus.language.sentences import sentences
from askcorpus.language.words import rarity, stem
from askcorpus.question.kind import analyse
from askcorpus.read.features import NAMES, features
from askcorpus.read.phrases import cut
from askcorpus.records import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from askcorpus.ports import Embedder
    from askcorpus.records import Hit

# Fitted on questions about SQuAD train articles by training/sentence.py; see eval/LOG.md.
WEIGHTS: Mapping[str, float] = {
    "sentence_cosine": 6.28,
    "passage_cosine": -0.54,
    "sentence_coverage": 3.98,
    "passage_coverage": 0.29,
    "rarest_missing": 0.54,
    "names_missing": -1.07,
    "adjacent_pairs": 0.45,
    "holds_kind": 1.18,
    "fused": 2.94,
    "first": 1.77,
    "fragment": -0.6,
    "length": 0.5,
}
# The fitted bias is -12.98, for one sentence among ninety; raised by hand by 3.4, so that the best
# sentence of an answerable question lies near a half.
BIAS = -9.6
# Hits that are read: below the eighth, answers are too rare to pay for the time.
DEPTH = 8


class Frequencies(Protocol):
    """What the reader needs of the ledger."""

    def document_frequency(self, words: Sequence[str]) -> dict[str, int]:
        """Return in how many passages each word occurs."""


class SentenceReader:
    """Proposes the best sentences, cut to a phrase where that is safe."""

    def __init__(
        self, embedder: Embedder | None, frequencies: Frequencies, *, passages: int
    ) -> None:
        """Keep the parts that the features need.

        Args:
            embedder: For the sentences' cosines; None leaves them 0.
            frequencies: Tells rare words from common ones.
            passages: In the whole index.
        """
        self._embedder = embedder
        self._frequencies = frequencies
        self._passages = passages

    @property
    def identity(self) -> str:
        """What a fit of its probabilities is bound to: its constants."""
        constants = repr((BIAS, sorted(WEIGHTS.items())))
        return f"sentence@{hashlib.sha256(constants.encode()).hexdigest()[:12]}"

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return a span for each sentence of the first hits, most probable first."""
        spans = [
            _span(question, hit, place, row)
            for hit, places, rows in self.candidates(question, hits[:DEPTH])
            for place, row in zip(places, rows, strict=True)
        ]
        return sorted(spans, key=lambda s: (-s.score, s.passage.id, s.start))

    def candidates(
        self, question: str, hits: Sequence[Hit]
    ) -> list[tuple[Hit, list[tuple[int, int]], npt.NDArray[np.float64]]]:
        """Return each hit's sentences, as ranges of its text, with their features."""
        asked = analyse(question)
        found = self._frequencies.document_frequency(asked.terms)
        weights = rarity(asked.terms, found, self._passages)
        places = [sentences(hit.passage.text) for hit in hits]
        texts = [
            [hit.passage.text[low:high] for low, high in pairs]
            for hit, pairs in zip(hits, places, strict=True)
        ]
        cosines = self._cosines(question, [text for group in texts for text in group])
        rows = []
        at = 0
        for hit, pairs, group in zip(hits, places, texts, strict=True):
            own = cosines[at : at + len(group)]
            rows.append((hit, pairs, features(asked, weights, hit, group, own)))
            at += len(group)
        return rows

    def _cosines(self, question: str, texts: list[str]) -> list[float]:
        """Return each text's cosine with the question; equal texts are embedded once."""
        if self._embedder is None or not texts:
            return [0.0] * len(texts)
        distinct = list(dict.fromkeys(texts))
        vectors = self._embedder.embed([question, *distinct])
        similar = dict(zip(distinct, (vectors[1:] @ vectors[0]).tolist(), strict=True))
        return [similar[text] for text in texts]


def probability(row: npt.NDArray[np.float64]) -> float:
    """Return the probability in [0, 1] that a sentence with these features answers."""
    logit = BIAS + float(row @ np.array([WEIGHTS[name] for name in NAMES]))
    return float(1.0 / (1.0 + np.exp(-logit)))


def _span(question: str, hit: Hit, place: tuple[int, int], row: npt.NDArray[np.float64]) -> Span:
    passage = hit.passage
    low, high = place
    sentence = passage.text[low:high]
    phrase = cut(analyse(question), sentence, stem)
    start, end = (low + phrase[0], low + phrase[1]) if phrase else place
    return Span(
        passage=passage,
        start=passage.start + start,
        end=passage.start + end,
        text=passage.text[start:end],
        sentence_start=passage.start + low,
        sentence_end=passage.start + high,
        score=probability(row),
        scores=dict(zip(NAMES, row.tolist(), strict=True)),
    )
