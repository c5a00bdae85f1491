"""Sentences, words and safe printing: what several stages need to know about text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from math import log
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Begins at a line's end, not at the white space before it: that would take quadratic time. No
# part is given back, or CRLF would count as two line ends.
_BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)(?:[^\S\r\n]*+(?>\r\n|\r|\n))++")
MAX_SEGMENT_CHARS = 5_000
"""What the splitter sees at once: on a run of quotation marks its time grows with the square."""

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


def rarity(terms: Sequence[str], frequency: Mapping[str, int], passages: int) -> dict[str, float]:
    """Return each term's inverse passage frequency, log((N + 1) / (n + 0.5)), at least 0.05.

    Args:
        terms: Words.
        frequency: In how many passages each occurs.
        passages: In the whole index.
    """
    return {term: max(0.05, log((passages + 1) / (frequency.get(term, 0) + 0.5))) for term in terms}


def blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges between blank lines in `text[start:end]`, without outer white space."""
    at = start
    for gap in _BLANK_LINE.finditer(text, start, end):
        yield from trimmed(text, at, gap.start())
        at = gap.end()
    yield from trimmed(text, at, end)


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range without outer white space, or nothing where only that is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the sentences' ranges in `text[start:end]`, without outer white space.

    A blank line always ends a sentence. English abbreviations are known to the splitter.
    """
    found: list[tuple[int, int]] = []
    for low, high in blocks(text, start, len(text) if end is None else end):
        begin = at = low
        while at < high:
            upto = min(at + MAX_SEGMENT_CHARS, high)
            pieces = _segment(text[at:upto])
            if upto < high and len(pieces) == 1:
                at = upto  # the sentence goes on behind the window
                continue
            if upto < high:
                pieces.pop()  # so may the last one, which the next window begins with
            for piece in pieces:
                at += len(piece)
                found.extend(trimmed(text, begin, at))
                begin = at
    return found


def _segment(block: str) -> list[str]:
    """Return the block's sentences with the white space between them; whole where that fails."""
    import sentencex

    pieces = list(filter(None, sentencex.segment("en", block)))
    # The splitter may lose or change characters: trust the block instead.
    return pieces if "".join(pieces) == block else [block]


# C0 and C1 controls but tab and newline, and the characters that reorder or hide text.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return the text safe for a terminal: controls and reordering characters made visible.

    CRLF and CR become newlines; anything else that could move the cursor, change colours, reorder
    or hide text becomes U+FFFD. For showing only: a quote's own characters stay as they are.
    """
    return UNSAFE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the text safe for a terminal, with every run of white space as one space."""
    return " ".join(printable(text).split())


def line_starts(text: str) -> list[int]:
    """Return the offset of each line's first character; CRLF, CR and LF end a line."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def line_breaks(text: str, start: int, end: int) -> int:
    """Return how many lines end in `text[start:end]`; CRLF, CR and LF end a line."""
    return sum(1 for _ in _LINE_BREAK.finditer(text, start, end))
