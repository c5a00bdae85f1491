"""Enumerations that answer whole a question that asks for several things. English only.

A network often points at one item of "Jupiter, Juno and Minerva". Where the question asks for
several, the slice grows to the whole enumeration: still the document's own characters. Only names
and numbers grow, because where an item of other words ends can't be told without a grammar.
"""

from __future__ import annotations

import re

from askcorpus.language.names import NAME

_NUMBER = r"[$€£]?\d(?:[\d,.]*\d)?%?"
_AND = r",?\s+(?:and|or|&)\s+(?:in\s+)?"


def whole_list(text: str, start: int, end: int, *, low: int, high: int) -> tuple[int, int]:
    """Return the enumeration of names or numbers that a range is an item of, else the range.

    Args:
        text: What the offsets count.
        start: Of the item.
        end: Of the item.
        low: Where its sentence begins.
        high: Where its sentence ends; nothing outside the sentence is taken in.
    """
    item = _item(text[start:end])
    if item is None:
        return start, end
    between = rf"(?:{_AND}|,\s+)"
    before = re.search(rf"(?<![\w.])(?:(?:{item}){between})+$", text[low:start])
    after = re.match(rf"(?:{between}(?:{item})(?![\w'’-]))+", text[end:high])
    first = start - len(before.group()) if before else start
    last = end + after.end() if after else end
    # One "and", before the last item: "Bern, Switzerland" and "in Rome and Ostia, Nero and Otho"
    # are something else.
    enumeration = rf"(?:{item})(?:,\s+(?:{item}))*{_AND}(?:{item})"
    return (first, last) if re.fullmatch(enumeration, text[first:last]) else (start, end)


def _item(text: str) -> str | None:
    """Return the pattern of what stands in an enumeration beside one item."""
    for pattern in (_NUMBER, NAME):
        if re.fullmatch(pattern, text):
            return pattern
    return None
