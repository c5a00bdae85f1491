"""Which files belong to an index: its folders, and what is wanted of them. Kept in the ledger.

An index has one root, the deepest folder that holds all of its folders, and a document's path is
relative to that. With one folder, that is the folder itself.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.errors import IndexMismatchError, UsageError
from askcorpus.ingest import FileEntry, Selection, is_pattern, walk
from askcorpus.render import command
from askcorpus.store.files import is_there
from askcorpus.store.ledger import Ledger
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.records import Skipped
    from askcorpus.store.manifest import Manifest

__all__ = [
    "Scope",
    "Selection",
    "described",
    "keep",
    "of",
    "of_index",
    "selected",
    "stored",
    "wanted",
]

ALL = Selection()


@dataclass(frozen=True, slots=True)
class Scope:
    """The folders of an index and what is wanted of them."""

    root: str
    """Absolute, without links."""
    folders: tuple[str, ...]
    """Relative to the root, each ending with a slash; empty for the root itself. One may lie inside
    another, which needn't lead there: its ignore file may name it."""
    selection: Selection = ALL

    @property
    def places(self) -> tuple[str, ...]:
        """The folders' absolute paths."""
        return tuple(str(Path(self.root, folder)) for folder in self.folders)

    def walk(self, folder: str, index: Path) -> Iterator[FileEntry | Skipped]:
        """Return the files of one of the folders, by their paths from the root.

        Raises:
            UsageError: The folder is missing or can't be listed.
        """
        found = walk(Path(self.root, folder), exclude=[index], selection=self.selection)
        return (replace(entry, path=folder + entry.path) for entry in found) if folder else found


def selected(
    base: Selection = ALL,
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    max_mb: float | None = None,
    fields: Sequence[str] = (),
) -> Selection:
    """Return what is wanted of folders: the base, with what is given here in its place.

    Args:
        base: What holds where nothing is given.
        include: Patterns of .gitignore; a file must match one of them, if there are any.
        exclude: Patterns of .gitignore that no file may match.
        max_mb: Most megabytes (10^6 bytes) of a file.
        fields: Keys of JSON records, inner ones joined by dots.

    Raises:
        UsageError: A pattern means nothing.
    """
    for pattern in (*include, *exclude):
        if not is_pattern(pattern):
            raise UsageError(
                f"{one_line(pattern)!r} is no pattern for files.", hint="Write one such as '*.pdf'."
            )
    return Selection(
        tuple(include) or base.include,
        tuple(exclude) or base.exclude,
        base.max_bytes if max_mb is None else round(max_mb * 1_000_000),
        tuple(fields) or base.fields,
    )


def of_index(directory: Path) -> Scope | None:
    """Return the scope of the index in a directory; None where there is none yet."""
    if not is_there(directory):
        return None
    with Ledger.open(directory) as ledger:
        return stored(ledger.manifest)


def described(selection: Selection) -> str:
    """Return what is wanted of an index's folders, in words; "" where everything is."""
    parts = [f"only {', '.join(selection.include)}"] if selection.include else []
    parts += [f"without {', '.join(selection.exclude)}"] if selection.exclude else []
    if selection.max_bytes is not None:
        parts.append(f"up to {selection.max_bytes / 1_000_000:g} MB")
    parts += [f"of JSON {', '.join(selection.fields)}"] if selection.fields else []
    return "; ".join(parts)


def of(folders: Sequence[Path], selection: Selection | None = None) -> Scope:
    """Return the scope of these folders.

    Raises:
        UsageError: A folder's name isn't valid UTF-8.
    """
    places = sorted({os.path.realpath(folder) for folder in folders})
    for place in places:
        _check(place)
    root = os.path.commonpath(places)
    relative = [os.path.relpath(place, root) for place in places]
    names = tuple("" if name == "." else f"{name}{os.sep}" for name in relative)
    return Scope(root, names, selection or Selection())


def stored(said: Manifest) -> Scope | None:
    """Return the scope of an index, by its manifest; None before its first run."""
    if not said.root:
        return None
    selection = Selection(said.include, said.exclude, said.max_bytes, said.fields)
    return Scope(said.root, said.folders, selection)


def keep(ledger: Ledger, scope: Scope) -> None:
    """Make this the scope of the index; its documents' paths follow, where the root has moved up.

    Documents of a root that isn't below the new one keep their paths.
    """
    before, wanted = ledger.manifest, asdict(scope.selection)
    with ledger.db.writing():
        if before.root and _inside(before.root, scope.root):
            ledger.rebase(os.path.relpath(before.root, scope.root) + os.sep)
        ledger.keep(replace(before, root=scope.root, folders=scope.folders, **wanted))


def wanted(
    known: Scope | None,
    folders: Sequence[Path],
    selection: Selection | None,
    *,
    index: Path,
    rebuild: bool = False,
) -> Scope:
    """Return the scope that is meant by a command over an index.

    Args:
        known: The index's own.
        folders: To be indexed; the known ones where there are none.
        selection: What is wanted of them; the known one where None.
        index: Its directory, which is never read as documents.
        rebuild: Let the folders take the place of the known ones.

    Raises:
        UsageError: There are no folders at all, or a new one holds nothing to index.
        IndexMismatchError: The index has other folders, and `rebuild` is False.
    """
    if known is None or (folders and rebuild):
        if not folders:
            raise UsageError(
                "There is no folder to index.", hint=f"Run: {command('index DIR', index)}"
            )
        meant = of(folders, selection or (known.selection if known else None))
        for place in meant.places:
            _check_holds_files(place, meant.selection, index)
        return meant
    if selection:
        known = replace(known, selection=selection)
    asked = of(folders).places if folders else ()
    new = [place for place in asked if place not in known.places]
    for place in new:
        _check_holds_files(place, known.selection, index)
    inside = [place for place in new if any(_inside(place, other) for other in known.places)]
    if inside and set(inside) == set(asked):
        raise IndexMismatchError(
            f"{one_line(inside[0])} lies in a folder of this index already.",
            hint=f"Run: {command('sync', index)}",
        )
    missing = [p for p in known.places if not any(_covers(place, p) for place in asked)]
    if new and missing:
        raise IndexMismatchError(
            f"The index was made from {_listed(known.places)}, not from {_listed(new)}.",
            hint="Name all of them to have all, another place with --index, or --rebuild to have "
            "only these.",
        )
    return of([Path(p) for p in (*known.places, *new)], known.selection) if new else known


def _check(place: str) -> None:
    try:
        place.encode()
    except UnicodeEncodeError as exc:
        raise UsageError(
            f"The name of the folder {one_line(place)} is not valid UTF-8.",
            hint="Rename it, or index the folder above.",
        ) from exc


def _check_holds_files(place: str, selection: Selection, index: Path) -> None:
    found = walk(Path(place), exclude=[index], selection=selection)
    if not any(isinstance(entry, FileEntry) for entry in found):
        raise UsageError(
            f"Nothing to index in {one_line(place)}: it holds no file of a format that can be "
            f"read{' and that the patterns let in' * (selection != ALL)}.",
            hint="Name a folder that holds documents.",
        )


def _inside(place: str, other: str) -> bool:
    """Return whether a path lies below another one."""
    return place != other and os.path.commonpath([place, other]) == other


def _covers(place: str, other: str) -> bool:
    return place == other or _inside(other, place)


def _listed(places: Sequence[str]) -> str:
    return one_line(", ".join(places[:3]) + (", …" if len(places) > 3 else ""))
