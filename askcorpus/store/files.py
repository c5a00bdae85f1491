"""The names inside an index directory, which of them are ours, and which directory may become one.

A file is ours by what it holds, not by its name: a user may keep a `lock` or a `chroma/` of their
own where we are told to put an index, and what isn't ours is never emptied or removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from typing import TYPE_CHECKING

from askcorpus import config
from askcorpus.errors import IndexMissingError, StoreUnavailableError, UsageError
from askcorpus.render import command
from askcorpus.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = config.LEDGER
LOCK = "lock"
CHROMA = "chroma"

_LOG, _SHARED = f"{LEDGER}-wal", f"{LEDGER}-shm"
# How our files begin; each may also be empty, for a kill may come between making and writing, and a
# full disk may cut the two that SQLite makes.
_BEGINS = {
    LOCK: re.compile(rb"\d+ \d{4}-\d\d-\d\d "),
    _LOG: re.compile(rb"\x37(?:\x7f(?:\x06(?:[\x82\x83]|\Z)|\Z)|\Z)"),
    _SHARED: re.compile(rb"\x18\xe2\x2d\x00|\x00"),
    LEDGER: re.compile(rb""),  # its tables tell: see `schema.check`
}
_GENERATION = re.compile(r"\d{6,}")
_CHROMAS_OWN = re.compile(r"chroma\.sqlite3.*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def prepare(directory: Path) -> None:
    """Make the directory, for its owner only, unless it is an index already.

    Raises:
        UsageError: It is a file, or it holds something that isn't an index.
        StoreUnavailableError: It can't be made or read.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        entries = sorted(directory.iterdir())
        foreign = [entry.name for entry in entries if not _is_ours(entry)]
    except (FileExistsError, NotADirectoryError) as exc:
        message = f"The index can't be {directory}: that is a file, or lies inside one."
        raise UsageError(message, hint="Choose another directory with --index.") from exc
    except OSError as exc:
        raise unwritable(directory, exc) from exc
    if directory / LEDGER not in entries and foreign:
        message = f"{directory} is not an index and holds other files, such as {foreign[0]!r}."
        raise UsageError(message, hint="Choose an empty or a new directory with --index.")
    for name in (*_BEGINS, CHROMA):
        if name in foreign:
            message = f"{directory / name} isn't a file of askcorpus's, and would be overwritten."
            raise UsageError(message, hint="Move it away, or choose another place with --index.")
    with contextlib.suppress(OSError):  # somebody else's directory that we may write: theirs to set
        directory.chmod(0o700)


def is_there(directory: Path) -> bool:
    """Return whether the directory holds a ledger, or may: one that can't be looked into does."""
    try:
        return (directory / LEDGER).exists()
    except OSError:
        return True


def missing(directory: Path) -> IndexMissingError:
    """Return the error that says that there is no index, and how to make it."""
    return IndexMissingError(
        f"No index at {one_line(config.spelled(directory))}.",
        hint=f"Run: {command('index DIR', directory)}",
    )


def damaged(place: Path) -> StoreUnavailableError:
    """Return the error that says that what stands in the ledger can't be right."""
    return StoreUnavailableError(
        f"Can't use {place}: it is damaged.", hint="Delete it, then index the folder again."
    )


def unwritable(place: Path, exc: OSError) -> StoreUnavailableError:
    """Return the error that says why nothing could be written at `place`."""
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreUnavailableError(
            f"The disk of {place} is full.", hint="Free some space, then run it again."
        )
    reason = exc.strerror or type(exc).__name__
    return StoreUnavailableError(
        f"Can't write to {place}: {reason[:1].lower()}{reason[1:]}.",
        hint="Check its permissions, or choose another directory with --index.",
    )


def generations(home: Path) -> list[Path]:
    """Return the directories of Chroma in an index's `chroma/` that are ours, in order.

    Raises:
        OSError: It can't be listed.
    """
    if home.is_symlink() or not home.is_dir():
        return []
    return sorted(entry for entry in home.iterdir() if _is_generation(entry))


def _is_generation(entry: Path) -> bool:
    if not _GENERATION.fullmatch(entry.name) or entry.is_symlink() or not entry.is_dir():
        return False
    return all(_CHROMAS_OWN.fullmatch(inner.name) for inner in entry.iterdir())


def _is_ours(entry: Path) -> bool:
    """Return whether something in an index's directory is ours, or does no harm there."""
    if entry.name not in (*_BEGINS, CHROMA):
        return entry.name == ".gitignore" or entry.name.upper().startswith("README")
    if entry.is_symlink():
        return False
    if entry.name == CHROMA:
        if entry.is_dir() and not os.access(entry, os.R_OK | os.X_OK):
            return True  # nobody can tell, and nothing can be built or removed there
        ours = generations(entry) if entry.is_dir() else None
        # A desktop's own files, such as .DS_Store, stay where they are.
        return ours is not None and all(
            inner in ours or inner.name.startswith(".") for inner in entry.iterdir()
        )
    if not entry.is_file():
        return False
    with entry.open("rb") as file:
        begins = file.read(100)
    return not begins or bool(_BEGINS[entry.name].match(begins))
