"""Words, their folded forms and stems, and the function words among them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")

# Function words: they say what kind of thing is asked for, not what it is about.
STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each few for from
    further had has have having he her here hers herself him himself his how i if in into is it
    its itself just me more most my myself no nor not now of off on once only or other our ours
    ourselves out over own same she should so some such than that the their theirs them themselves
    then there these they this those through to too under until up upon very was we were what when
    where which while who whom whose why will with would you your yours yourself yourselves many
    much please tell give according say says said s t""".split()
)


def words(text: str) -> list[str]:
    """Return the words of a text, case-folded, without accents or possessive endings."""
    return [fold(match.group()) for match in WORD.finditer(text)]


def fold(word: str) -> str:
    """Return one word case-folded, without accents and without a possessive ending."""
    word = word.replace("’", "'").casefold()
    word = word.removesuffix("'s").removesuffix("'")
    return word if word.isascii() else unaccented(word)


def unaccented(text: str) -> str:
    """Return a text without accents; its length may change."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, in order; all of them where none does."""
    found = words(text)
    return [word for word in found if word not in STOP_WORDS] or found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a word's English stem (Porter 2)."""
    return _stemmer().stemWord(word)  # type: ignore[no-any-return]


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, in order."""
    return [stem(word) for word in words(text)]
