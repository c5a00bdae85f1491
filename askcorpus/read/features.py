"""Numbers that tell whether a sentence answers a question, each in about [0, 1] or [-1, 1]."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.language.words import stem, stems
from askcorpus.read.phrases import holds_kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from askcorpus.question.kind import Question
    from askcorpus.records import Hit

NAMES = (
    "sentence_cosine",
    "passage_cosine",
    "sentence_coverage",
    "passage_coverage",
    "rarest_missing",
    "names_missing",
    "adjacent_pairs",
    "holds_kind",
    "fused",
    "first",
    "fragment",
    "length",
)


def features(
    question: Question,
    weights: Mapping[str, float],
    hit: Hit,
    sentences: Sequence[str],
    cosines: Sequence[float],
) -> npt.NDArray[np.float64]:
    """Return (n sentences, len(NAMES)) numbers for the sentences of one hit.

    Args:
        question: Analysed.
        weights: The rarity of each of its terms.
        hit: The passage that the sentences stand in.
        sentences: Their texts.
        cosines: Of each sentence with the question, in [-1, 1].
    """
    terms = [(term, stem(term)) for term in question.terms]
    total = sum(weights[term] for term, _ in terms) or 1.0
    context = set(stems(f"{hit.passage.heading} {hit.passage.text}"))
    absent = [term for term, root in terms if root not in context]
    shared = (
        hit.scores.get("dense", 0.0),
        1.0 - sum(weights[term] for term in absent) / total,
        max((weights[term] for term in absent), default=0.0) / max(weights.values(), default=1.0),
        sum(weights[term] for term in absent if term in question.names) / total,
    )
    rows = []
    for sentence, cosine in zip(sentences, cosines, strict=True):
        own = stems(sentence)
        held = set(own)
        covered = sum(weights[term] for term, root in terms if root in held) / total
        pairs = set(pairwise(own))
        roots = [root for _, root in terms]
        asked = set(pairwise(roots))
        rows.append(
            (
                cosine,
                shared[0],
                covered,
                shared[1],
                shared[2],
                shared[3],
                len(pairs & asked) / len(asked) if asked else 0.0,
                float(holds_kind(question, sentence)),
                hit.score,
                float(hit.rank == 1),
                float(sentence.rstrip()[-1:] not in tuple(".!?”\"’')")),
                min(len(own), 60) / 60,
            )
        )
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(NAMES))
