"""The lock that makes one process at a time the writer of an index."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from askcorpus.errors import IndexBusyError
from askcorpus.store.files import LOCK, prepare, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def hold(directory: Path, *, patience_s: float = 0.0) -> Iterator[None]:
    """Keep every other indexer out of the directory, which is made if missing.

    The operating system gives the lock back when its owner dies, however it dies: what a dead
    owner wrote in the file means nothing. A child made by fork without exec would keep it.

    Raises:
        IndexBusyError: Another process holds it.
        UsageError: The directory holds something that isn't an index.
        StoreUnavailableError: The directory can't be written.
    """
    prepare(directory)
    path = directory / LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as exc:
        raise unwritable(path, exc) from exc
    try:
        try:
            _take(handle, patience_s)
            os.ftruncate(handle, 0)
            started = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
            os.pwrite(handle, f"{os.getpid()} {started}\n".encode(), 0)
        except OSError as exc:
            if exc.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                raise _busy(directory, os.pread(handle, 100, 0)) from exc
            raise unwritable(path, exc) from exc
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, patience_s: float) -> None:
    """Lock the file, trying again for so long where another process has it."""
    ends = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            if exc.errno not in {errno.EWOULDBLOCK, errno.EACCES} or time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return


def is_held(directory: Path) -> bool:
    """Return whether some process is writing the index just now, as far as can be seen."""
    try:
        handle = os.open(directory / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _busy(directory: Path, written: bytes) -> IndexBusyError:
    pid, _, started = written.decode("ascii", "replace").strip().partition(" ")
    owner = f"process {pid} (since {started})" if pid.isdigit() else "another process"
    return IndexBusyError(
        f"The index at {directory} is being indexed by {owner}.",
        hint="Wait until it has finished; questions can be asked meanwhile.",
    )
