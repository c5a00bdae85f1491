"""Short texts taken apart: what several stages ask of the same passage, found out once.

The stages know nothing of each other, and a reader of the user's own knows none of them, so what
is known of a passage isn't handed from one to the next: these are pure functions that keep their
latest results. For passages only; a document's thousands of sentences would push them all out.
"""

from __future__ import annotations

from functools import lru_cache

from askcorpus.language.sentences import sentences
from askcorpus.language.words import stems

# A question looks at some twenty passages; the rest are those of the questions before it.
_KEPT = 512


@lru_cache(maxsize=_KEPT)
def sentence_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences' ranges in a passage, as `sentences` finds them."""
    return tuple(sentences(text))


@lru_cache(maxsize=_KEPT)
def sentence_stems(text: str) -> tuple[frozenset[str], ...]:
    """Return the stems of each of a passage's sentences, in order."""
    return tuple(frozenset(stems(text[low:high])) for low, high in sentence_ranges(text))
