"""Reads a question's unknown words as the nearest ones that the documents use, and says so.

Only words of four letters or more that no passage holds, and only a near one with the same first
letter: one slip (a letter missing, added, changed or swapped), two in words of eight letters. In
words of up to five letters only swapped ones count: any other slip makes too many real words of
each other (pride and prime, cost and coast).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from askcorpus.language.words import STOP_WORDS, WORD, fold, stem, words
from askcorpus.question.lengths import MAX_SPELLED_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable

# Not tuned, but for SHORT (eval/LOG.md, "The whole, on the gold": pride and prime).
SHORTEST = 4
SHORT = 5
LONG = 8
# A question with more unknown words than this is in another language, or pasted. Not tuned.
MOST = 5


class Vocabulary(Protocol):
    """What is asked of the index."""

    def knows(self, word: str) -> bool:
        """Return whether any passage or title holds the word, or another of its stem."""

    def terms(self, initial: str) -> list[tuple[str, int]]:
        """Return the indexed stems that begin so, each with the number of its passages."""

    def example(self, term: str) -> str:
        """Return the text of a passage that holds the stem; empty where there is none."""


def correct(question: str, vocabulary: Vocabulary) -> tuple[str, list[tuple[str, str]]]:
    """Return the question as it is understood, and each (written, read) word that was changed."""
    unknown = [
        match
        for match in WORD.finditer(question[:MAX_SPELLED_CHARS])
        if _is_candidate(match.group()) and not vocabulary.knows(fold(match.group()))
    ]
    changes: list[tuple[str, str]] = []
    if len(unknown) > MOST:
        return question, changes
    for match in reversed(unknown):  # from the end, so that the places before stay right
        written = match.group()
        read = _nearest(fold(written), vocabulary)
        if read:
            question = question[: match.start()] + read + question[match.end() :]
            changes.append((written, read))
    return question, changes[::-1]


def _is_candidate(word: str) -> bool:
    plain = fold(word)
    return len(plain) >= SHORTEST and plain.isalpha() and plain not in STOP_WORDS


def _nearest(word: str, vocabulary: Vocabulary) -> str | None:
    """Return the word of the documents that is nearest to an unknown one, if one is near."""
    slips = 2 if len(word) >= LONG else 1
    swapped = len(word) <= SHORT
    near = _closest(stem(word), vocabulary.terms(word[0]), slips, swapped=swapped)
    if near is None:
        return None
    held = [found for found in words(vocabulary.example(near)) if found[0] == word[0]]
    return _closest(word, ((found, 1) for found in held), slips, swapped=swapped)


def _closest(
    word: str, candidates: Iterable[tuple[str, int]], slips: int, *, swapped: bool
) -> str | None:
    """Return the nearest candidate within so many slips; the most frequent of several.

    With `swapped`, only one of the same letters.
    """
    from rapidfuzz.distance import OSA

    best: tuple[int, int, str] | None = None
    for candidate, passages in candidates:
        if abs(len(candidate) - len(word)) > slips or len(candidate) < SHORTEST - 1:
            continue
        if swapped and sorted(candidate) != sorted(word):
            continue
        distance = OSA.distance(word, candidate, score_cutoff=slips)
        if distance <= slips and (best is None or (distance, -passages, candidate) < best):
            best = (distance, -passages, candidate)
    return best[2] if best else None
