"""What is in an index's folders now, and which of its files are gone.

A folder that isn't mounted looks like one whose files were all deleted. So where a folder, or most
of what was known in it, is missing, nothing is changed until the user says that this is meant.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.errors import FilesGoneError, UsageError
from askcorpus.ingest import FileEntry
from askcorpus.records import Skipped
from askcorpus.sync.scope import ALL
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from askcorpus.sync.inventory import Inventory, State
    from askcorpus.sync.scope import Scope

_MOST_GONE = 0.5
_HINT = "If that is meant, add --yes; otherwise bring the files back (is a disk not mounted?)."


@dataclass(frozen=True, slots=True)
class Listing:
    """What an index's folders hold."""

    found: tuple[FileEntry | Skipped, ...]
    """In the order of the folders and of the names in them."""
    gone: tuple[str, ...]
    """The paths that the index knows and that aren't there any more, or aren't wanted."""
    folders: tuple[str, ...]
    """The scope's folders without those that are missing; all of them where all are."""


def listed(inventory: Inventory, scope: Scope, index: Path, *, yes: bool) -> Listing:
    """Return what the folders hold and what is gone from them.

    Args:
        inventory: Of the index; documents and skipped files count as known.
        scope: Its folders.
        index: Its directory, which is never read as documents.
        yes: Take whatever is missing for meant.

    Raises:
        FilesGoneError: A known folder is missing or empty, or more than half of its files are.
        UsageError: A new folder is missing or can't be listed.
    """
    documents = {row.path: (row.size, row.mtime_ns) for row in inventory.documents.values()}
    listings: dict[str, list[FileEntry | Skipped]] = {}
    for folder in scope.folders:
        below = [path for path in documents if path.startswith(folder)]
        place = Path(scope.root, folder)
        try:
            listings[folder] = list(scope.walk(folder, index))
        except UsageError as exc:
            if not below or os.path.lexists(place):
                raise  # what is there and can't be listed is never taken for gone
            if not yes:
                raise FilesGoneError(
                    f"{exc.message} The index holds {len(below)} documents of it; "
                    "nothing was changed.",
                    hint=_HINT,
                ) from exc
    # A folder may lie inside another one.
    found = list({entry.path: entry for part in listings.values() for entry in part}.values())
    # What stands in a folder that can't be listed now isn't gone.
    shut = tuple(e.path for e in found if isinstance(e, Skipped) and e.failed and _is_folder(e))
    if documents and not yes:
        here = {p: s for p, s in documents.items() if not (shut and p.startswith(shut))}
        _check(scope, here, found)
    present = {entry.path for entry in found}
    gone = [p for p in inventory.paths if p not in present and not (shut and p.startswith(shut))]
    left = tuple(folder for folder in scope.folders if folder in listings)
    return Listing(tuple(found), tuple(gone), left or scope.folders)


def _check(scope: Scope, documents: dict[str, State], found: Sequence[FileEntry | Skipped]) -> None:
    """Check that most of each folder's documents are still there, and that something is left.

    Raises:
        FilesGoneError: They aren't, or nothing is.
    """
    if documents and not any(isinstance(entry, FileEntry) for entry in found):
        raise FilesGoneError(
            f"None of the {len(documents)} documents in the index would be left; nothing was "
            "changed.",
            hint=_HINT
            if scope.selection == ALL
            else "Check --include and --exclude, or add --yes.",
        )
    present = {entry.path for entry in found}
    missing = [path for path in documents if path not in present]
    gone = [path for path in missing if not os.path.lexists(Path(scope.root, path))]
    moved = _moved([documents[path] for path in gone], found, documents)
    for folder in scope.folders:
        all_of_it = [path for path in documents if path.startswith(folder)]
        lost = sum(path.startswith(folder) for path in gone) - moved
        if lost > _MOST_GONE * len(all_of_it):
            raise FilesGoneError(
                f"{lost} of the {len(all_of_it)} documents that were indexed from "
                f"{one_line(str(Path(scope.root, folder)))} are gone; nothing was changed.",
                hint=_HINT,
            )


def _moved(
    gone: Collection[State], found: Sequence[FileEntry | Skipped], known: Collection[str]
) -> int:
    """Return how many files seem to stand under another name now: same size, same time."""
    new = Counter(
        (entry.size, entry.mtime_ns)
        for entry in found
        if isinstance(entry, FileEntry) and entry.path not in known
    )
    return (new & Counter(gone)).total()


def _is_folder(entry: Skipped) -> bool:
    return entry.path == "" or entry.path.endswith("/")
