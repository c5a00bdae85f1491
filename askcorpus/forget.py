"""Takes documents out for good, and keeps them out: of the index, its vectors and the history."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.errors import UsageError
from askcorpus.history import Sessions
from askcorpus.render import command
from askcorpus.store import erase, search
from askcorpus.store.ledger import Ledger
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from askcorpus.config import Settings


@dataclass(frozen=True, slots=True)
class Named:
    """What names stand for in an index."""

    root: str
    """What the paths are relative to."""
    paths: tuple[str, ...]
    copies: tuple[str, ...]
    """Those of the paths that weren't named, and hold the very same bytes as one that was."""
    fingerprints: frozenset[bytes]
    """What keeps all of them out, and tells that they were named."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten."""

    paths: tuple[str, ...]
    turns: int
    """Of kept conversations, that held words of these documents."""
    copies: tuple[str, ...]
    """Those of the paths that weren't named, and held the very same bytes as one that was."""


def forget(settings: Settings, names: Sequence[str]) -> Forgotten:
    """Return what was forgotten: no byte of it is left in the index or the history.

    The files themselves stay where they are; they aren't indexed again. What was exported, and
    what another running chat holds in memory, is out of reach.

    Args:
        settings: Name the index.
        names: Documents, or folders; see `named`.

    Raises:
        UsageError: The index holds no such document; nothing was forgotten.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It was forgotten, but its bytes couldn't be wiped yet.
    """
    found = named(settings.index_path, names)
    # The history first: as long as the index knows the names, all of it can be done again.
    with Sessions() as sessions:
        turns = sessions.forget_documents(found.root, found.paths)
    remove(settings.index_path, names)
    wipe(settings)
    return Forgotten(found.paths, turns, found.copies)


def named(directory: Path, names: Sequence[str]) -> Named:
    """Return what is to be forgotten; nothing is changed.

    Args:
        directory: Of the index.
        names: Documents, or folders with all that was indexed from them; from the root, from the
            current folder, or the end of a path that only one document has.

    Raises:
        UsageError: The index holds no such document, or a name can stand for several.
        IndexMissingError: There is no index.
    """
    with Ledger.open(directory) as ledger, ledger.reading():
        return _named(ledger, names)


def remove(directory: Path, names: Sequence[str]) -> Named:
    """Return what was taken out; the files stay where they are and aren't indexed again.

    Nothing of it is found from now on, but its bytes are there until `wipe`.

    Raises:
        UsageError: The index holds no such document; nothing was taken out.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It can't be written.
    """
    with Ledger.writing(directory) as ledger:
        found = _named(ledger, names)
        erase.forget(ledger, found.paths, found.fingerprints)
    return found


def wipe(settings: Settings) -> None:
    """Leave no byte of what was taken out in the index's files; build Chroma's anew if it is used.

    Raises:
        StoreUnavailableError: Another process keeps reading, or the disk is full; it can be done
            again.
    """
    with Ledger.writing(settings.index_path) as ledger:
        erase.wipe(ledger)
        search.prepare(ledger, settings)


def readmit(directory: Path, names: Sequence[str]) -> int:
    """Let files in again that were taken out, by their places and bytes; return how many names.

    Raises:
        UsageError: None of them was taken out.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
    """
    with Ledger.writing(directory) as ledger:
        root = ledger.manifest.root
        found = sum(bool(erase.remember(ledger, list(_prints(root, name)))) for name in names)
    if not found:
        raise UsageError(
            f"{one_line(', '.join(names))} was not forgotten.",
            hint="Give the path of a file that was, in its folder.",
        )
    return found


def _named(ledger: Ledger, names: Sequence[str]) -> Named:
    root = ledger.manifest.root
    known = {row.path: row.sha256 for row in ledger.documents()}
    listed = sorted({*known, *(found.skipped.path for found in ledger.skipped())})
    before = erase.forgotten(ledger)
    paths: dict[str, None] = {}
    places = set()
    for name in names:
        place, meant = _meant(root, name, listed, before, ledger.directory)
        paths |= dict.fromkeys(meant)
        places.add(place)
    contents = {known[path] for path in paths if path in known}
    copies = tuple(path for path, found in known.items() if found in contents and path not in paths)
    prints = {erase.place(root, path) for path in (*places, *paths, *copies)}
    prints |= {erase.content(found) for found in contents}
    return Named(root, (*paths, *copies), copies, frozenset(prints))


def _prints(root: str, name: str) -> Iterator[bytes]:
    """Yield what may be kept of what was taken out under a name: its places and its bytes."""
    for path in _readings(root, name):
        top = Path(root, path)
        for file in (top, *(top.rglob("*") if top.is_dir() else ())):
            yield erase.place(root, file.relative_to(root).as_posix() if file != top else path)
            found = erase.content_of(file)
            if found:
                yield found


def _meant(
    root: str, name: str, paths: Sequence[str], before: AbstractSet[bytes], directory: Path
) -> tuple[str, list[str]]:
    """Return the path that a name is, and the known ones (in order) that it stands for.

    What was taken out already stands for none, so that what was begun can be finished.

    Raises:
        UsageError: It stands for nothing, or may stand for two things.
    """
    if not name.strip():
        raise UsageError("A name is empty.", hint="Give a document's path.")
    readings = list(dict.fromkeys(_readings(root, name)))
    found = {path: below for path in readings if (below := _below(paths, path))}
    if not found:
        for path in readings:
            if erase.place(root, path) in before:
                return path, []
        found = {path: [path] for path in paths if path.endswith(f"/{name}")}
    if len(found) > 1:
        raise UsageError(
            f"{one_line(name)} can be {len(found)} documents.",
            hint=f"Give a whole path: {one_line(', '.join(str(Path(root, p)) for p in found))}.",
        )
    if not found:
        raise UsageError(
            f"No document {one_line(name)} in the index.",
            hint=f"Run: {command('status --files', directory)}",
        )
    return next(iter(found.items()))


def _below(paths: Sequence[str], path: str) -> list[str]:
    """Return those of the ordered paths that are the path, or lie below it."""
    low = bisect_left(paths, f"{path}/")
    inside = list(paths[low : bisect_left(paths, f"{path}0")])  # "0" follows "/"
    at = bisect_left(paths, path)
    return [path, *inside] if paths[at : at + 1] == [path] else inside


def _readings(root: str, name: str) -> Iterator[str]:
    """Yield the paths from the root that a name can stand for."""
    if not Path(name).is_absolute():
        yield name.rstrip("/")
    for place in (Path(name).absolute(), Path(name).resolve()):
        if place.is_relative_to(root) and place != Path(root):
            yield place.relative_to(root).as_posix()
