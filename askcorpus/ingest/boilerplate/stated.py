"""Title, date and byline where the head of a text states them, and nowhere else.

A date counts on a line of its own, alone or with what belongs to it (a weekday, a time, a
label such as "Published", a byline); never one in running prose, which is about something else.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from askcorpus.language.dates import MONTH, month_number
from askcorpus.language.names import are_authors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.ingest.boilerplate.lines import Line

HEAD_LINES = 12
"""Non-empty lines, from the top, in which a date or a byline may stand."""
MAX_TITLE_CHARS = 120
MAX_BYLINE_CHARS = 100
MAX_LINE_CHARS = 160
"""A line with a date or a byline says little else."""

_DATE = re.compile(
    rf"\b(?P<m1>{MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m2>{MONTH}),?\s+(?P<y2>\d{{4}})\b"
    r"|(?<![\d-])(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})(?![\d-])",
    re.IGNORECASE,
)
# All that may stand beside a date on its line: weekday, label, time and time zone.
_BESIDE = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|\b(?:first|last|originally)?\s*(?:published|updated|posted|modified|created|dated?|issued"
    r"|filed|released?|added|revised|written)\b|\b(?:on|at|of|as)\b"
    r"|T?\b\d{1,2}[:.]\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s*[ap]\.?\s?m\b\.?"
    r"|\bT\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?|Z\b|[+-]\d{2}:?\d{2}\b"
    r"|\b(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|IST)\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:updated|modified|revised)\b", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s|/·•–—,;:()\[\]-]+")

_BY = re.compile(
    r"(?:(?:written|posted|published|reported|story|words|text|article)\s+by|by|authors?\s*(?=:))"
    r"\s*(?P<colon>:)?\s*(?P<names>.+)",
    re.IGNORECASE,
)
_NAME_END = re.compile(r"\s*(?:[|/·•;(\[]|\s[–—-]\s).*", re.DOTALL)
# Two sentences, a line in brackets, a photo's credit.
_NO_TITLE = re.compile(
    r".*[^\W\d_]{3}[.!?][”\"']? +(?-i:[A-Z])|\(.*\)$|.*\([^()]*/[^()]*\)$"
    r"|(?:image|photo|picture|video)s?(?: (?:by|from|of|copyright|credit|caption|source)\b|:)",
    re.IGNORECASE,
)


def first_date(head: Sequence[str]) -> str | None:
    """Return the date that the head's lines state as their own, in ISO 8601, or None.

    The date of publication is preferred to that of a later change.
    """
    later = None
    for line in head[:HEAD_LINES]:
        found = line_date(line)
        if found and not _LATER.search(line):
            return found
        later = later or found
    return later


def line_date(line: str) -> str | None:
    """Return the date of a line that says little else, or None."""
    match = _DATE.search(line) if len(line) <= MAX_LINE_CHARS else None
    if not match:
        return None
    rest = _PUNCTUATION.sub(" ", _BESIDE.sub(" ", _DATE.sub(" ", line))).strip(" .")
    if rest and not byline(rest):
        return None
    return to_iso(match.group())


def to_iso(stated: str) -> str | None:
    """Return the first date in a few words as ISO 8601, or None where there is no such day."""
    match = _DATE.search(stated)
    if not match:
        return None
    part = {name[0]: value for name, value in match.groupdict().items() if value}
    try:
        number = month_number(part["m"]) or int(part["m"])
        return date(int(part["y"]), number, int(part["d"])).isoformat()
    except ValueError:
        return None


def first_byline(head: Sequence[str]) -> str | None:
    """Return the first name that the head's lines give as the author's, or None."""
    return next((name for line in head[:HEAD_LINES] if (name := byline(line))), None)


def byline(line: str) -> str | None:
    """Return the names in a line such as "By: Dave Bohon", or None where it is a sentence."""
    match = _BY.fullmatch(line) if len(line) <= MAX_LINE_CHARS else None
    if not match:
        return None
    names = _DATE.sub("|", match["names"])
    names = " ".join(_NAME_END.sub("", names).split()).strip(" ,|").removesuffix(" on").strip(" ,")
    return names if len(names) <= MAX_BYLINE_CHARS and are_authors(names) else None


def first_title(head: Sequence[Line]) -> str | None:
    """Return the first line that is neither date nor byline, if it looks like a title.

    A title is short, has no full stop at its end, and stands by itself: a line that runs on
    into the next one is the beginning of a wrapped paragraph.
    """
    for at, line in enumerate(head[:HEAD_LINES]):
        if line_date(line.text) or byline(line.text):
            continue
        following = head[at + 1] if at + 1 < len(head) else None
        alone = following is not None and (
            following.gap
            or following.text == line.text
            or bool(line_date(following.text) or byline(following.text))
        )
        return line.text if alone and looks_like_title(line.text) else None
    return None


def looks_like_title(line: str) -> bool:
    """Return whether a line could be a title: short, one sentence at most, no photo's caption."""
    if len(line) > MAX_TITLE_CHARS or not any(char.isalpha() for char in line):
        return False
    if _NO_TITLE.match(line):
        return False
    # "… in the U.S." ends in a full stop and is one all the same.
    return not line.endswith((".", ",", ";", ":")) or bool(re.search(r"\b(?:[A-Z]\.){2,}$", line))
