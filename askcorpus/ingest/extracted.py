"""What a parser hands back: text and what it states about itself, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from askcorpus.records import Boilerplate, Heading, Place

MAX_TEXT_CHARS = 20_000_000
"""A longer text is no document: 8,000 pages, and some 30,000 passages to embed."""


MAX_HEADINGS = 100_000
"""More are data in a heading's clothes: each would be a passage of its own."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """One file's text; every range is a half-open range of its characters."""

    text: str
    title: str | None = None
    """None where the text states none: the file's name then serves."""
    date: str | None = None
    """ISO 8601 date."""
    byline: str | None = None
    headings: tuple[Heading, ...] = ()
    boilerplate: tuple[Boilerplate, ...] = ()
    extracted: bool = False
    """True where the text's lines aren't the file's."""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file gives no text; `failed` where it should have."""

    reason: str
    failed: bool = False
    passing: bool = False
    """True where nothing in the file is to blame, and it is worth another try."""


class RefusedError(Exception):
    """Raised from deep inside a parser to say why a file gives no text."""

    def __init__(self, reason: str, *, failed: bool = False) -> None:
        super().__init__(reason)
        self.unreadable = Unreadable(reason, failed)


def bounded(found: Extracted | Unreadable) -> Extracted | Unreadable:
    """Return what a parser found, or that it is more than a document can be."""
    if isinstance(found, Unreadable):
        return found
    if len(found.text) > MAX_TEXT_CHARS:
        return TOO_LONG
    if len(found.headings) > MAX_HEADINGS:
        return Unreadable(f"it has more than {MAX_HEADINGS:,} headings")
    return found


TOO_LONG = Unreadable(f"its text is longer than {MAX_TEXT_CHARS // 1_000_000} million characters")
NESTED = Unreadable("it nests too deeply", failed=True)
Parser = Callable[[bytes], Extracted | Unreadable]
