"""Makes questions sloppier or more courteous, the way people type them.

Lower-casing is missing on purpose: MiniLM's vocabulary is uncased, so it would change nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

TYPO = 0.04
DROPPED_WORD = 0.04
BARE = 0.10
COURTEOUS = 0.10

_WORD = re.compile(r"[A-Za-z]{5,}")
_GREETINGS = ("", "", "Hi, ", "Hello! ", "Good morning. ", "Dear all, ", "Hey there, ")
_REASONS = (
    "",
    "",
    "I am new to this. ",
    "I have been reading these papers since yesterday. ",
    "We need this for a meeting. ",
    "My colleague asked me about it. ",
)
_REQUESTS = (
    "",
    "can you tell me ",
    "I would like to know: ",
    "please find out ",
    "do you happen to know ",
    "I was wondering, ",
    "would you mind looking up ",
)
_THANKS = ("", "", " Thank you!", " Thanks in advance.", " Many thanks.", " Cheers")
_SMALL = frozenset("a an the of in on is was were did do does to for by".split())


def augmented(question: str, rng: random.Random) -> str:
    """Return the question, now and then without its mark, with a typo or without a small word."""
    if rng.random() < BARE:
        question = question.rstrip(" ?")
    if rng.random() < DROPPED_WORD:
        question = _without_small_word(question, rng)
    if rng.random() < TYPO:
        question = _with_typo(question, rng)
    if rng.random() < COURTEOUS:
        question = _courteous(question, rng)
    return question


def _without_small_word(question: str, rng: random.Random) -> str:
    words = question.split()
    small = [i for i, word in enumerate(words) if word.lower() in _SMALL]
    if small:
        del words[rng.choice(small)]
    return " ".join(words)


def _with_typo(question: str, rng: random.Random) -> str:
    """Swap, drop or double one inner letter of one longer word."""
    found = list(_WORD.finditer(question))
    if not found:
        return question
    word = rng.choice(found)
    at = rng.randrange(word.start() + 1, word.end() - 2)
    here, following = question[at], question[at + 1]
    put = rng.choice([following + here, following, here + here + following])
    return question[:at] + put + question[at + 2 :]


def _courteous(question: str, rng: random.Random) -> str:
    """Put the question as one person puts it to another, with what doesn't belong to it."""
    request = rng.choice(_REQUESTS)
    if request:
        question = question[:1].lower() + question[1:]
    before = rng.choice(_GREETINGS) + rng.choice(_REASONS) + request
    return before[:1].upper() + before[1:] + question + rng.choice(_THANKS)
