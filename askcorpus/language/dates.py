"""The names of days and months."""

from __future__ import annotations

WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = tuple(
    """january february march april may june july august september october november
    december""".split()
)
"""In order."""
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
"""Pattern of a month, whole or short; for any case."""


def month_number(name: str) -> int | None:
    """Return a month's number in 1..12 by the first three letters of its name, or None."""
    short = [month[:3] for month in MONTHS]
    return short.index(name[:3].lower()) + 1 if name[:3].lower() in short else None
