"""The names inside an index directory, and which directories may become one."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from askcorpus import config
from askcorpus.errors import IndexMissingError, StoreUnavailableError, UsageError
from askcorpus.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = config.LEDGER
LOCK = "lock"
CHROMA = "chroma"

_OURS = {LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", LOCK, CHROMA}


def prepare(directory: Path) -> None:
    """Make the directory, for its owner only, unless it is an index already.

    Raises:
        UsageError: It is a file, or it holds something that isn't an index.
        StoreUnavailableError: It can't be made or read.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = {entry.name for entry in directory.iterdir()}
    except (FileExistsError, NotADirectoryError) as exc:
        message = f"The index can't be {directory}: that is a file, or lies inside one."
        raise UsageError(message, hint="Choose another directory with --index.") from exc
    except OSError as exc:
        raise unwritable(directory, exc) from exc
    foreign = sorted(name for name in names if name not in _OURS and not _harmless(name))
    if LEDGER not in names and foreign:
        message = f"{directory} is not an index and holds other files, such as {foreign[0]!r}."
        raise UsageError(message, hint="Choose an empty or a new directory with --index.")
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
    name = directory.name if directory.parent == config.named_indexes() else str(directory)
    where = "" if name == "index" else f"--index {one_line(name)} "
    return IndexMissingError(
        f"No index at {one_line(str(directory))}.", hint=f"Run: askcorpus {where}index DIR"
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


def _harmless(name: str) -> bool:
    return name == ".gitignore" or name.upper().startswith("README")
