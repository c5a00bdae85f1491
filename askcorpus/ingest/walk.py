"""Finds the files of a folder, in an order that never changes, and opens none of them.

Passed over in silence: what an ignore file or the caller's globs leave out, any index, and
everything whose name starts with a dot (`.git`, `.venv`, `.DS_Store`), which people don't think of
as their documents.
Everything else is accounted for, as a `FileEntry` or as a `Skipped` with its reason.

A link to a file inside the folder is followed, and the file is known by the link's name. A link
to a folder is not: what it leads to inside the root is found under its own name, so that a loop
can't arise and no file is indexed once per way to it.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from askcorpus.config import LEDGER
from askcorpus.errors import UsageError
from askcorpus.ingest import ignore
from askcorpus.ingest.formats import has_parser
from askcorpus.records import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that a parser exists for."""

    path: str
    """Relative to the root, with forward slashes."""
    absolute: Path
    """Where the bytes are: for a link, what it leads to."""
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of a folder's files are wanted, in git's patterns, relative to the folder."""

    include: tuple[str, ...] = ()
    """A file must match one of these; none lets every file in."""
    exclude: tuple[str, ...] = ()
    """What matches is passed over; a later `!pattern` takes that back, and what an ignore file
    leaves out, too."""
    max_bytes: int | None = None
    """Larger files are skipped; None leaves the format's own limits."""
    fields: tuple[str, ...] = ()
    """Of a JSON record, only these keys are read, inner ones joined by dots; none reads all."""

    def includes(self, path: str) -> bool:
        """Return whether a file's path matches one of the patterns to include, if there are any."""
        return not self.include or ignore.matches(path, self.include)


@dataclass(frozen=True, slots=True)
class _Folder:
    base: str
    """Relative to the root: empty, or ending with a slash."""
    rules: tuple[ignore.Rules, ...]


def walk(
    root: Path, *, exclude: Sequence[Path] = (), selection: Selection | None = None
) -> Iterator[FileEntry | Skipped]:
    """Return the files below a folder, ordered by name within each folder.

    The root is checked at once, the rest as the iterator advances.

    Args:
        root: May itself be a link, or hidden.
        exclude: Folders or files that are never read, such as the index.
        selection: Which files are wanted; all where None.

    Raises:
        UsageError: The root is missing, is no folder or can't be listed.
    """
    try:
        with os.scandir(root):
            pass
    except OSError as exc:
        raise _unusable(root, exc) from exc
    real = Path(os.path.realpath(root))
    barred = frozenset(Path(os.path.realpath(path)) for path in exclude)
    return _Walk(real, barred, selection or Selection()).run()


def _unusable(root: Path, exc: OSError) -> UsageError:
    if isinstance(exc, FileNotFoundError):
        return UsageError(f"There is no folder {root}.", hint="Check the path.")
    if isinstance(exc, NotADirectoryError):
        return UsageError(
            f"{root} is a file, not a folder.", hint="Give the folder that the file is in."
        )
    reason = (exc.strerror or "unknown error").lower()
    return UsageError(
        f"Can't list the folder {root}: {reason}.", hint="Check that you may read it."
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    """Without links."""
    exclude: frozenset[Path]
    selection: Selection

    def run(self) -> Iterator[FileEntry | Skipped]:
        """Yield everything below the root; a stack of iterators, for folders may nest deeply."""
        own = ignore.Rules("", ignore.patterns(self.selection.exclude))
        stack = [self._folder(_Folder("", (own,)))]
        while stack:
            item = next(stack[-1], None)
            if item is None:
                stack.pop()
            elif isinstance(item, _Folder):
                stack.append(self._folder(item))
            else:
                yield item

    def _folder(self, folder: _Folder) -> Iterator[FileEntry | Skipped | _Folder]:
        place = self.root / folder.base
        try:
            with os.scandir(place) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as exc:
            yield Skipped(folder.base, _why(exc), failed=True)
            return
        *rules, own = folder.rules
        for name in ignore.IGNORE_FILES:
            try:
                rules.append(ignore.load(place / name, folder.base))
            except FileNotFoundError:
                continue
            except OSError as exc:
                reason = f"{_why(exc)}; its rules don't apply"
                yield Skipped(folder.base + name, reason, failed=True)
        inner = (*rules, own)  # the user's own word is the last
        for entry in entries:
            if not entry.name.startswith("."):
                yield from self._entry(entry, _Folder(folder.base, inner))

    def _entry(
        self, entry: os.DirEntry[str], folder: _Folder
    ) -> Iterator[FileEntry | Skipped | _Folder]:
        path = folder.base + entry.name
        try:
            is_dir = entry.is_dir(follow_symlinks=False)
            if ignore.ignored(path, folder.rules, is_dir=is_dir):
                return
            if not is_dir and not self.selection.includes(path):
                return
            absolute = Path(entry.path)
            if absolute in self.exclude:
                return
            if _unprintable(entry.name):
                yield Skipped(_shown(path), "its name is not valid UTF-8")
            elif is_dir:
                if not _is_index(absolute):
                    yield _Folder(path + "/", folder.rules)
            elif entry.is_symlink():
                yield from self._link(path, absolute)
            else:
                yield self._file(path, absolute, entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            return  # deleted while we looked
        except OSError as exc:
            yield Skipped(_shown(path), _why(exc), failed=True)

    def _link(self, path: str, absolute: Path) -> Iterator[FileEntry | Skipped]:
        try:
            target = Path(os.path.realpath(absolute, strict=True))
        except FileNotFoundError:
            yield Skipped(path, "a link to nothing")
            return
        except OSError as exc:
            if exc.errno != errno.ELOOP:
                raise
            yield Skipped(path, "a link that leads back to itself")
            return
        if any(target.is_relative_to(place) for place in self.exclude):
            return
        if not target.is_relative_to(self.root):
            yield Skipped(path, "a link that leaves the folder")
            return
        status = target.stat()
        if stat.S_ISDIR(status.st_mode):
            yield Skipped(path, "a link to a folder")
        else:
            yield self._file(path, target, status)

    def _file(self, path: str, absolute: Path, status: os.stat_result) -> FileEntry | Skipped:
        kind = stat.S_IFMT(status.st_mode)
        if kind != stat.S_IFREG:
            return Skipped(path, f"{_KINDS.get(kind, 'a special file')}, not a file")
        suffix = PurePosixPath(path).suffix.lower()
        if not has_parser(path):
            what = f"{suffix} files" if suffix else "files without a suffix"
            return Skipped(path, f"no reader for {what} yet")
        most = self.selection.max_bytes
        if most is not None and status.st_size > most:
            return Skipped(path, f"larger than {most / 1_000_000:g} MB")
        return FileEntry(path, absolute, status.st_size, status.st_mtime_ns)


def _is_index(folder: Path) -> bool:
    try:
        return (folder / LEDGER).exists()
    except OSError:  # it may not be looked into: that is said when it is listed
        return False


def _why(exc: OSError) -> str:
    return (exc.strerror or type(exc).__name__).lower()


def _unprintable(name: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in name)


def _shown(path: str) -> str:
    """Return a path that can be stored and printed, bytes that aren't UTF-8 in hexadecimal."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
