"""Where sentences begin and end, and where a clause does."""

from __future__ import annotations

import re

from askcorpus.text import blocks, trimmed

MAX_SEGMENT_CHARS = 5_000
"""What the splitter sees at once: on a run of quotation marks its time grows with the square."""
CLAUSE_END = re.compile(r"[,;:—–(]\s|\b(?:but|while|although|whereas|after|before|since)\b")


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
