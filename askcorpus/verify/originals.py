"""The files that an index was made from, as they read now, and what an index knows of them.

A path may come from anyone. Nothing is opened but a plain file of a known format inside the folder,
as `walk` would have it: no way up, no link that leaves the folder, no pipe and no device.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_right
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from askcorpus.answer import place_label
from askcorpus.chunk import heading_paths
from askcorpus.ingest import FileEntry, read
from askcorpus.ingest.formats import has_parser
from askcorpus.records import Skipped
from askcorpus.store.ledger import Ledger
from askcorpus.sync import scope
from askcorpus.text import line_breaks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from askcorpus.records import Citation, Document


def stays_inside(path: str) -> bool:
    """Return whether a path is relative and has no way up: what the links do is left open."""
    place = PurePosixPath(path)
    return bool(place.parts) and not (place.is_absolute() or ".." in place.parts or "\0" in path)


def reread(root: str | Path, path: str, *, fields: Sequence[str] = ()) -> Document | Skipped | None:
    """Return a document as indexing would read it now, or why it can't be; None where it is gone.

    Args:
        root: The folder that the path may not leave.
        path: Relative to the folder.
        fields: Of JSON, the keys that are read; all if none.
    """
    found = target(root, path)
    if not isinstance(found, Path):
        return found
    status = found.stat(follow_symlinks=False)
    return read(FileEntry(path, found, status.st_size, status.st_mtime_ns), fields=fields)


def target(root: str | Path, path: str) -> Path | Skipped | None:
    """Return where a file is, absolute and without links.

    Why it isn't looked at, where it is nothing that indexing reads; None where it is gone.

    Args:
        root: The folder that the path may not leave; absolute.
        path: Relative to the folder.
    """
    reason = _unlikely(root, path)
    if reason:
        return Skipped(path, reason)
    try:
        base = Path(os.path.realpath(root))
        found = Path(os.path.realpath(base / path, strict=True))
        plain = stat.S_ISREG(found.stat(follow_symlinks=False).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no file's name
        return None
    except OSError as exc:
        return Skipped(path, (exc.strerror or type(exc).__name__).lower(), failed=True)
    if not found.is_relative_to(base):
        return Skipped(path, "a link that leaves the folder")
    return found if plain else Skipped(path, "not a plain file")


def _unlikely(root: str | Path, path: str) -> str:
    """Return why no document of an index has these names; "" where one may."""
    if not PurePosixPath(root).is_absolute():
        return "its folder isn't an absolute path"
    if not stays_inside(path):
        return "its path leads out of the folder"
    return "" if has_parser(path) else "no reader for its format"


def standing(citation: Citation, document: Document) -> Citation | None:
    """Return the citation as a document has it, from where its quote stands now on; or None.

    Of several places, the one nearest to where it stood; the earlier of two. Its locator stays
    where it is one of those that the place may have.

    Args:
        citation: Its quote is looked for to the character; its folder and path stay as they are.
        document: As it reads now.
    """
    text, quote, was = document.text, citation.quote, citation.start
    before, after = text.rfind(quote, 0, was + len(quote)), text.find(quote, was)
    places = [start for start in (before, after) if start >= 0]
    if not places:
        return None
    start = min(places, key=lambda place: abs(place - was))
    locators = _locators(document, start)
    return replace(
        citation,
        start=start,
        end=start + len(quote),
        title=document.title,
        date=document.date,
        line=None if document.extracted else line_breaks(text, 0, start) + 1,
        locator=citation.locator if citation.locator in locators else locators[0],
    )


def folders(index: Path) -> tuple[str, ...]:
    """Return the absolute paths of an index's folders.

    Raises:
        IndexUnusableError: There is no index, or it has another format.
        StoreUnavailableError: It is damaged or can't be read.
    """
    with Ledger.open(index) as ledger:
        known = scope.stored(ledger.manifest)
    return known.places if known else ()


def holders(index: Path, quotes: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the documents, as (root, path), whose text in an index holds each quote.

    Each text is read once, however many quotes there are. The index of words would be faster, but
    knows passages only: a quote may go over two by now, or stand in what was taken for boilerplate.

    Raises:
        IndexUnusableError: There is no index, or it has another format.
        StoreUnavailableError: It is damaged or can't be read.
    """
    inner = {quote: _inner_words(quote) for quote in quotes}
    words = frozenset[str]().union(*inner.values())
    found: dict[str, list[tuple[str, str]]] = {quote: [] for quote in quotes}
    with Ledger.open(index) as ledger, ledger.reading():
        known = scope.stored(ledger.manifest)
        if known is None:
            return found
        for path in ledger.paths:
            text = ledger.document(path).text
            here = words.intersection(text.split())
            for quote, own in inner.items():
                if own <= here and quote in text:
                    found[quote].append((known.root, path))
    return found


def _inner_words(quote: str) -> frozenset[str]:
    """Return what stands between white space in a quote: each text that holds it has those too."""
    return frozenset(quote.split()[1:-1])


def _locators(document: Document, start: int) -> list[str | None]:
    """Return the locators that a citation from a character may have, the closest first.

    The original's own place, or else the headings above it. A heading with no words of its own is
    cut into one passage with what follows, and the passage is named for the first of them.
    """
    label = place_label(document, start)
    if label:
        return [label]
    marks = document.headings
    at = bisect_right(marks, start, key=lambda heading: heading.start)
    names = ["", *heading_paths(replace(document, headings=marks[:at]))]
    found = [names[at] or None]
    while at > 1 and not document.text[marks[at - 2].end : marks[at - 1].start].strip():
        at -= 1
        found.append(names[at] or None)
    return found
