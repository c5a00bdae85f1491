"""Which words of a text are names."""

from __future__ import annotations

import re

from askcorpus.language.words import STOP_WORDS, WORD, fold


def names(text: str) -> frozenset[str]:
    """Return a question's words with a capital or a digit; none where all are in capitals."""
    found = [match.group() for match in WORD.finditer(text)]
    shouted = all(word.isupper() for word in found if word.isalpha())
    return frozenset(
        fold(word)
        for at, word in enumerate(found)
        if re.search(r"\d", word)
        or (not shouted and at > 0 and word[0].isupper() and fold(word) not in STOP_WORDS)
    )
