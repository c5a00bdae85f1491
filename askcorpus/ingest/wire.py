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
        ValueError, KeyError, TypeError: It isn't one.
    """
    said = json.loads(line)
    if "reason" in said:
        return Unreadable(**said)
    said["headings"] = tuple(Heading(*item) for item in said["headings"])
    said["boilerplate"] = tuple(Boilerplate(*item) for item in said["boilerplate"])
    said["places"] = tuple(Place(*item) for item in said["places"])
    return Extracted(**said)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
