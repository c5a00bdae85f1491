"""What every format says about a turn, in the same words."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote as url_quote

from askcorpus.text import one_line

if TYPE_CHECKING:
    from askcorpus.history import Turn
    from askcorpus.records import Citation

PROOF = (
    "Every quote stands in the document as it is shown here: the characters from the first offset "
    "up to the second of the document's text, counted from 0. White space is shown as spaces; the "
    "SHA-256 is that of the exact quote in UTF-8."
)


def quote_hash(citation: Citation) -> str:
    """Return the SHA-256 of the quote in UTF-8, in hexadecimal."""
    return sha256(citation.quote.encode("utf-8", "surrogatepass")).hexdigest()


def link(citation: Citation) -> str | None:
    """Return the cited file's address as file://…, or None where its folder isn't known."""
    if not PurePosixPath(citation.root).is_absolute():
        return None
    # Not resolved, and quoted to the last character: a path can't leave the address.
    return "file://" + url_quote(os.fsencode(f"{citation.root.rstrip('/')}/{citation.path}"))


def when(asked: str) -> str:
    """Return an ISO 8601 time in UTC as it is read: 2014-07-27 12:30 UTC."""
    return f"{one_line(asked)[:16].replace('T', ' ')} UTC"


def understood(turn: Turn) -> str | None:
    """Return the question as it was understood, or None where that is how it was typed."""
    text = one_line(turn.query.text)
    return None if text == one_line(turn.question) else text


def narrowed(turn: Turn) -> str | None:
    """Return the filters in words, or None where there are none."""
    query = turn.query
    parts = [f"files {', '.join(query.files)}"] if query.files else []
    parts += [f"dated on or after {query.after}"] if query.after else []
    parts += [f"dated on or before {query.before}"] if query.before else []
    parts += [f"with {', '.join(query.phrases)}"] if query.phrases else []
    parts += [f"without {', '.join(query.without)}"] if query.without else []
    return one_line("; ".join(parts)) or None


def about(citation: Citation) -> str:
    """Return the document's title and date, as far as they are known."""
    return " · ".join(one_line(part) for part in (citation.title, citation.date) if part)
