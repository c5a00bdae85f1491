"""What passes between us and the child process that parses: one line of JSON each way.

Not pickle: a parser that was taken over by a hostile file could answer with a program.
"""

from __future__ import annotations

import json
import re
from typing import Any

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.records import Boilerplate, Heading, Place

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


def dumps(found: Extracted | Unreadable) -> bytes:
    """Return what was found as one line; characters that no text may hold become U+FFFD."""
    if isinstance(found, Unreadable):
        said: dict[str, Any] = {"reason": _clean(found.reason), "failed": found.failed}
    else:
        said = {
            "text": _clean(found.text),
            "title": found.title and _clean(found.title),
            "date": found.date,
            "byline": found.byline and _clean(found.byline),
            "headings": [[h.start, h.end, h.level] for h in found.headings],
            "boilerplate": [[b.start, b.end, b.reason] for b in found.boilerplate],
            "places": [[p.start, _clean(p.label)] for p in found.places],
            "extracted": found.extracted,
        }
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def loads(line: bytes) -> Extracted | Unreadable:
    """Return what such a line says.

    Raises:
        ValueError, KeyError, TypeError: It isn't one, or its ranges aren't the text's.
    """
    try:
        said = json.loads(line)
    except RecursionError as exc:
        raise ValueError("no parser nests its answer") from exc
    if "reason" in said:
        refused = Unreadable(**said)
        flags = refused.failed, refused.passing
        _require(_is_text(refused.reason) and all(isinstance(flag, bool) for flag in flags))
        return refused
    said["headings"] = tuple(Heading(*item) for item in said["headings"])
    said["boilerplate"] = tuple(Boilerplate(*item) for item in said["boilerplate"])
    said["places"] = tuple(Place(*item) for item in said["places"])
    found = Extracted(**said)
    _check(found)
    return found


def _check(found: Extracted) -> None:
    """Check what citing relies on: a process that a file has taken over may say anything.

    Raises:
        ValueError: Something isn't of its type, or a range doesn't lie in the text and in order.
    """
    stated = (found.title, found.date, found.byline)
    _require(_is_text(found.text) and isinstance(found.extracted, bool))
    _require(all(fact is None or _is_text(fact) for fact in stated))
    _require(all(type(h.level) is int and 1 <= h.level <= 6 for h in found.headings))
    _require(all(_is_text(mark.reason) for mark in found.boilerplate))
    _require(all(_is_text(place.label) for place in found.places))
    at, end = 0, len(found.text)
    for mark in found.boilerplate:
        _require(type(mark.start) is type(mark.end) is int and at <= mark.start < mark.end <= end)
        at = mark.end
    at = 0
    for heading in found.headings:
        low, high = heading.start, heading.end
        _require(type(low) is type(high) is int and at <= low < high <= end)
        _require(bool(found.text[low:high].strip()))
        at = high
    at = 0
    for place in found.places:
        _require(type(place.start) is int and at <= place.start <= end)
        at = place.start


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not _FORBIDDEN.search(value)


def _require(sound: object) -> None:
    if not sound:
        raise ValueError("its ranges or types are wrong")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
