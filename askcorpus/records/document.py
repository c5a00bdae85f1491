"""What indexing makes of a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A range of a document's text that is not content, and why it was taken for that."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's range in the text; `level` runs from 1 (outermost) to 6."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the original holds the text from `start` up to the next place, in its own terms."""

    start: int
    label: str
    """Such as "p. 3", "slide 4" or "sheet Sales, row 14"."""


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One file's text, kept as it was read, with what the text states about itself."""

    path: str
    """Relative to the indexed folder, with forward slashes."""
    text: str
    title: str
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    size: int
    """Bytes of the file."""
    mtime_ns: int
    date: str | None = None
    """ISO 8601 date (YYYY-MM-DD) that the document states, or None."""
    byline: str | None = None
    boilerplate: tuple[Boilerplate, ...] = ()
    headings: tuple[Heading, ...] = ()
    extracted: bool = False
    """True where `text` was extracted from a format, so that its lines aren't the file's."""
    places: tuple[Place, ...] = ()
    """In order; empty where the format has no pages, slides or rows."""

    def __repr__(self) -> str:
        """Return one line: path, title and length."""
        return f"<Document {self.path!r} {self.title!r}, {len(self.text):,} characters>"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that isn't in the index, and why; `failed` where it should have been."""

    path: str
    reason: str
    failed: bool = False
    """True for a permission, crash or time-out; False for what is left out by design."""
    lasting: bool = False
    """True where it failed for what is in it, and the same bytes would fail again."""


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """An exact slice of a document: what is embedded, searched and cited."""

    path: str
    start: int
    end: int
    text: str
    line: int
    """1-based line of the document's text on which the passage starts."""
    heading: str = ""
    """The headings above it, outermost first, joined by " › "; empty where there are none."""
    id: int = 0
    """Row number in the ledger, growing only; 0 before the passage is stored."""

    def __repr__(self) -> str:
        """Return one line: where it stands, and how it begins."""
        flat = " ".join(self.text.split())
        said = flat if len(flat) <= 60 else f"{flat[:59]}…"
        return f"<Passage {self.path!r} [{self.start}:{self.end}] {said!r}>"
