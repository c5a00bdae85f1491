"""Takes documents out of an index for good, and keeps them out: the core of `askcorpus forget`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus import fits
from askcorpus.errors import UsageError
from askcorpus.store import erase, generations
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out of an index."""

    root: str
    """What the paths are relative to."""
    paths: tuple[str, ...]
    copies: tuple[str, ...]
    """Documents of the very same bytes that are still in the index."""


def remove(directory: Path, names: Sequence[str]) -> Removed:
    """Return what was taken out; the files stay where they are and aren't indexed again.

    Nothing of it is found from now on, but its bytes are there until `wipe`.

    Args:
        directory: Of the index.
        names: Documents, or folders with all that was indexed from them; from the root, from the
            current folder, or the end of a path that only one document has.

    Raises:
        UsageError: The index holds no such document; nothing was taken out.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It can't be written.
    """
    with fits.writer(directory) as ledger:
        root = ledger.get("root") or ""
        known = {row.path: row.sha256 for row in ledger.documents()}
        listed = [*known, *(found.skipped.path for found in ledger.skipped())]
        before = erase.forgotten(ledger)
        meant = (p for name in names for p in _meant(root, name, listed, before))
        paths = tuple(dict.fromkeys(meant))
        gone = {known[path] for path in paths if path in known}
        places = [erase.place(root, path) for path in paths]
        erase.forget(ledger, paths, [*places, *map(erase.content, gone)])
    copies = (path for path, found in known.items() if found in gone and path not in paths)
    return Removed(root, paths, tuple(copies))


def wipe(directory: Path) -> None:
    """Leave no byte of what was taken out in the index's files; build its vector index anew.

    Raises:
        StoreUnavailableError: Another process keeps reading, or the disk is full; it can be done
            again.
    """
    with fits.writer(directory) as ledger:
        erase.wipe(ledger)
        if generations.needs_rebuild(ledger):
            generations.build(ledger)


def readmit(directory: Path, names: Sequence[str]) -> int:
    """Let files in again that were taken out, by their place and bytes; return how many.

    Raises:
        UsageError: None of them was taken out.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
    """
    with fits.writer(directory) as ledger:
        root = ledger.get("root") or ""
        found = sum(bool(erase.remember(ledger, list(_prints(root, name)))) for name in names)
    if not found:
        raise UsageError(
            f"{one_line(', '.join(names))} was not forgotten.",
            hint="Give the path of a file that was, in its folder.",
        )
    return found


def _prints(root: str, name: str) -> Iterator[bytes]:
    """Yield what may be kept of a file that was taken out: its places and its bytes."""
    for path in _paths(root, name):
        yield erase.place(root, path)
        file = Path(root, path)
        if file.is_file():
            with file.open("rb") as stream:
                yield erase.content(hashlib.file_digest(stream, "sha256").hexdigest())


def _meant(root: str, name: str, paths: Sequence[str], before: AbstractSet[bytes]) -> list[str]:
    """Return the paths that a name means; also one that was taken out, to finish what was begun.

    Raises:
        UsageError: There is none, or several documents have it.
    """
    for path in _paths(root, name):
        found = [known for known in paths if known == path or known.startswith(f"{path}/")]
        if found:
            return found
    for path in _paths(root, name):
        if erase.place(root, path) in before:
            return [path]
    found = [known for known in paths if known.endswith(f"/{name}")]
    if len(found) > 1:
        raise UsageError(
            f"{one_line(name)} names {len(found)} documents.",
            hint=f"Say which: {one_line(', '.join(found[:5]))}.",
        )
    if not found:
        raise UsageError(
            f"No document {one_line(name)} in the index.", hint="Run: askcorpus status"
        )
    return found


def _paths(root: str, name: str) -> Iterator[str]:
    """Yield the paths from the root that a name can stand for."""
    yield name.rstrip("/")
    for place in (Path(name).absolute(), Path(name).resolve()):
        if place.is_relative_to(root) and place != Path(root):
            yield place.relative_to(root).as_posix()
