"""Questions that ask for several things, and enumerations that answer them whole. English only.

A network often points at one item of "Jupiter, Juno and Minerva". Where the question asks for
several, the slice grows to the whole enumeration: still the document's own characters. Only names
and numbers grow, because where an item of other words ends can't be told without a grammar.
"""

from __future__ import annotations

import re

from askcorpus.text import words

_ASKING = {"what", "which", "who", "whom", "name", "list"}
_SEVERAL = set("two three four five six seven eight nine ten both several all some".split())
_PLURAL_VERBS = {"are", "were"}
_PLURALS = {"people", "men", "women", "children", "cities", "countries"}
_VERBS = set("is was has does do did can could will would should may might must".split())
# Words in -s that follow "what" or "which" and aren't things.
_NOT_PLURAL = set(
    "is was has does its his this thus causes makes gives happens comes means".split()
)

_SMALL = r"(?:(?:of the|of|the|de|du|del|la|le|van|von|der|bin|al)\s+)"
_WORD = r"(?:(?:[A-Z]\.){1,3}|[A-Z][\w'’-]*\w)"
# At most seven words, beside the small ones. Not tuned.
_NAME = rf"(?:[Tt]he\s+)?{_WORD}(?:\s+{_SMALL}?(?:{_WORD}|\d+)){{0,6}}"
_NUMBER = r"[$€£]?\d(?:[\d,.]*\d)?%?"
_AND = r",?\s+(?:and|or|&)\s+(?:in\s+)?"


def asks_for_several(question: str) -> bool:
    """Return whether the answer to a question is more than one thing."""
    asked = words(question)
    for at, word in enumerate(asked):
        if word not in _ASKING:
            continue
        following = asked[at + 1 : at + 4]
        if _SEVERAL.intersection(following[:2]):
            return True
        if following and following[0] in _PLURAL_VERBS:
            return any(_is_plural(each) for each in asked[at + 2 : at + 7])
        if word in ("who", "whom") or not following or following[0] in _VERBS:
            return False
        return any(_is_plural(each) for each in following[:2])
    return False


def _is_plural(word: str) -> bool:
    if word in _PLURALS:
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in _NOT_PLURAL
    )


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
    for pattern in (_NUMBER, _NAME):
        if re.fullmatch(pattern, text):
            return pattern
    return None
