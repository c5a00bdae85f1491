"""Where a citation may be held against a file, and where a lost quote may stand."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from askcorpus.errors import AskcorpusError, UsageError
from askcorpus.history import Sessions
from askcorpus.records import Document, Skipped
from askcorpus.verify import originals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.config import Settings
    from askcorpus.records import Citation
    from askcorpus.verify.claims import Claim

Reread = Callable[[str, str], Document | Skipped | None]
"""Returns a document by its folder and its path, as it reads now."""

_UNKNOWN = "it is in no folder of the index, and no kept conversation cites it; see --root"


def folder_of(root: str | Path) -> str:
    """Return a folder's absolute path without links.

    Raises:
        UsageError: There is no such folder.
    """
    if not Path(root).is_dir():
        raise UsageError(f"There is no folder {root}.", hint="Check the path.")
    return os.path.realpath(root)


class Grounds:
    """What may be looked at: an exported file names its folder itself, and may name any."""

    def __init__(self, settings: Settings, folder: str | None, notes: list[str]) -> None:
        """Prepare it; the index and the history are read where they are needed.

        Args:
            settings: They name the index in use.
            folder: Stands in for every citation's own folder, unless it is None.
            notes: Gets a sentence where the index or the history can't be read.
        """
        self._settings, self._folder, self._notes = settings, folder, notes

    def place(self, claim: Claim) -> tuple[str, str] | str:
        """Return the folder, which can't be left, and the path in it; or why it isn't looked at."""
        citation = claim.citation
        if claim.problem:
            return claim.problem
        if not originals.stays_inside(citation.path):
            return "its path leads out of its folder"
        if self._folder is not None:
            return self._folder, citation.path
        if not PurePosixPath(citation.root).is_absolute():
            return "its folder isn't an absolute path"
        place = (citation.root, citation.path)
        if claim.index:
            return place
        # The history last: it may be damaged, and is no obstacle to what the index settles.
        return self._indexed(citation) or (place if place in self._cited else _UNKNOWN)

    def _indexed(self, citation: Citation) -> tuple[str, str] | None:
        """Return the place below a folder of the index, or None; hidden files aren't indexed."""
        # By their names alone: an index's folders are kept without links.
        whole = PurePosixPath(citation.root, citation.path)
        for folder in self._folders:
            if whole.is_relative_to(folder):
                inner = whole.relative_to(folder)
                # A dot in front: a hidden file, or the way up.
                if not any(part.startswith(".") for part in inner.parts):
                    return folder, str(inner)
        return None

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        """The folders of the index in use."""
        try:
            return originals.folders(self._settings.index_path)
        except AskcorpusError as exc:
            self._notes.append(exc.message)
            return ()

    @cached_property
    def _cited(self) -> frozenset[tuple[str, str]]:
        """The documents that kept conversations cite, or looked at for an answer."""
        try:
            with Sessions() as sessions:
                return sessions.documents()
        except AskcorpusError as exc:
            self._notes.append(exc.message)
            return frozenset()

    def missing(self, folder: str) -> str:
        """Return what is said of a file that isn't there."""
        there = Path(folder).is_dir()
        return "there is no such file" if there else f"there is no folder {folder}"

    def shown(self, citation: Citation) -> Citation:
        """Return the citation with the folder that it was held against."""
        return replace(citation, root=self._folder) if self._folder else citation


def elsewhere(
    lost: Sequence[Claim], settings: Settings, reread: Reread, notes: list[str]
) -> dict[Claim, Citation]:
    """Return where the quotes of files that are gone stand now, as far as an index knows.

    The index of the conversation proposes documents, then the one in use; the file has to hold
    the quote too. Of several, the one whose name and folder are most like the old ones.

    Args:
        lost: What is looked for.
        settings: They name the index in use.
        reread: Reads a file anew.
        notes: Gets a sentence where an index can't be read.
    """
    own = str(settings.index_path.absolute())
    asked: dict[str, list[Claim]] = {}
    for claim in lost:
        for index in dict.fromkeys((claim.index or own, own)):
            asked.setdefault(index, []).append(claim)
    found: dict[Claim, Citation] = {}
    for index, claims in asked.items():
        # In the order of the files, so that each is read once.
        missing = sorted(
            (claim for claim in claims if claim not in found),
            key=lambda claim: (claim.citation.root, claim.citation.path),
        )
        if not missing:
            continue
        try:
            holders = originals.holders(Path(index), {claim.citation.quote for claim in missing})
        except AskcorpusError as exc:
            notes.append(exc.message)
            continue
        for claim in missing:
            now = _nearest(claim.citation, holders[claim.citation.quote], reread)
            if now:
                found[claim] = now
    return found


def _nearest(
    citation: Citation, holders: Sequence[tuple[str, str]], reread: Reread
) -> Citation | None:
    """Return the citation in the likeliest of the documents that hold its quote on disk."""
    old = PurePosixPath(citation.root, citation.path)

    def unlikeness(place: tuple[str, str]) -> tuple[bool, int, str]:
        new = PurePosixPath(*place)
        pairs = zip(old.parts, new.parts, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return new.name != old.name, -shared, str(new)

    for root, path in sorted(holders, key=unlikeness):
        document = reread(root, path)
        now = originals.standing(citation, document) if isinstance(document, Document) else None
        if now:
            return replace(now, root=root, path=path)
    return None
