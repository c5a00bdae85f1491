"""One SQLite connection, and the only place where sqlite3's exceptions are met.

Everything that sqlite3 raises leaves here as a StoreUnavailableError with a next step.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from askcorpus.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

BUSY_TIMEOUT_S = 10.0

# What sqlite3 may raise: its own two roots; OverflowError for a number beyond 64 bits or a text
# beyond 2 GB; UnicodeEncodeError for a lone surrogate.
FOREIGN = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeEncodeError)

# By primary result code: what happened to the file, and what to do.
_REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space, then run it again."),
    sqlite3.SQLITE_READONLY: ("it is read-only", "Check the permissions of its directory."),
    sqlite3.SQLITE_PERM: ("access is denied", "Check the permissions of its directory."),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened", "Check its permissions and its directory's."),
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", "Wait for it, then run it again."),
    sqlite3.SQLITE_LOCKED: ("another process keeps it locked", "Wait for it, then run it again."),
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "Check the disk, then run it again."),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", "Delete it, then index the folder again."),
    sqlite3.SQLITE_NOTADB: ("it is damaged", "Delete it, then index the folder again."),
    sqlite3.SQLITE_TOOBIG: ("a text is too large for it", "Leave that file out of the index."),
}


def translate(exc: BaseException, path: Path) -> StoreUnavailableError:
    """Return what sqlite3's exception means for the user of the database at `path`."""
    code = getattr(exc, "sqlite_errorcode", None)
    reason, hint = _REASONS.get(
        code & 0xFF if isinstance(code, int) else -1,
        (f"{type(exc).__name__}: {exc}", "Run: askcorpus doctor"),
    )
    return StoreUnavailableError(f"Can't use {path}: {reason}.", hint=hint)


class Database:
    """A connection in autocommit mode; transactions are the two context managers.

    Threads may share it: a transaction keeps the others out until it ends.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        """Open the database at `path`, which must exist.

        A reader also manages in a read-only directory, where the files that SQLite shares
        between processes can't be made.

        Raises:
            StoreUnavailableError: It can't be opened, or is no database.
        """
        self.path = path
        self._guard = threading.RLock()
        self._depth = 0
        self._undone = 0
        try:
            try:
                self._connection = _connect(path, "mode=rw" if writable else "mode=ro")
            except sqlite3.OperationalError as exc:
                if writable:
                    raise
                if _has_log(path):
                    raise _unfolded(path, exc) from exc
                # Nobody can write there, so nothing changes under the reader.
                self._connection = _connect(path, "mode=ro&immutable=1")
        except FOREIGN as exc:
            raise translate(exc, path) from exc

    def close(self) -> None:
        """Give the connection back; a writer's log is folded into the file."""
        with self._translated():
            self._connection.close()

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Close the database if what is run inside raises."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Return every row of a query."""
        with self._guard, self._translated():
            return self._connection.execute(sql, parameters).fetchall()

    def pages(self, sql: str, parameters: Sequence[Any] = (), *, size: int) -> Iterator[list[Any]]:
        """Yield a query's rows in lists of at most `size`, for what wouldn't fit twice."""
        with self._guard, self._translated():
            cursor = self._connection.execute(sql, parameters)
            while page := cursor.fetchmany(size):
                yield page

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row, or None."""
        found = self.rows(sql, parameters)
        return found[0][0] if found else None

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; return the row number of what it inserted last."""
        with self._guard, self._translated():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def run_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run one statement with each of the parameter lists."""
        with self._guard, self._translated():
            self._connection.executemany(sql, parameters)

    @property
    def revision(self) -> tuple[int, int]:
        """Changes whenever the content did, by this connection or another one."""
        changes = self._connection.total_changes  # which a rollback takes none from
        return self.value("PRAGMA data_version"), changes + self._undone

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make what is run inside one transaction: all of it or, after any exception, nothing."""
        with self._guard:
            if self._depth:
                yield
                return
            self.run("BEGIN IMMEDIATE")
            with self._ending("COMMIT"):
                yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let everything that is read inside see one state of the database."""
        with self._guard:
            if self._depth:
                yield
                return
            self.run("BEGIN")
            with self._ending("ROLLBACK"):
                self.rows("SELECT 1 FROM sqlite_master LIMIT 1")  # the state is fixed from here on
                yield

    @contextmanager
    def _ending(self, end: str) -> Iterator[None]:
        self._depth += 1
        try:
            yield
            self.run(end)
        finally:
            self._depth -= 1
            if self._connection.in_transaction:
                self.run("ROLLBACK")
                self._undone += end == "COMMIT"

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except FOREIGN as exc:
            raise translate(exc, self.path) from exc


def _unfolded(path: Path, exc: sqlite3.OperationalError) -> StoreUnavailableError:
    """Return what it means that a log is there and can't be read.

    Nothing less than the log will do, and to read it SQLite has to write beside it.
    """
    found = translate(exc, path)
    unwritable = exc.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
    if unwritable and os.access(path, os.R_OK):
        return StoreUnavailableError(
            f"Can't use {path}: its last changes are in its log, which needs a directory that can "
            "be written.",
            hint="Copy the index to such a place, and ask there.",
        )
    return found


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False


def _connect(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("SELECT count(*) FROM sqlite_master")  # the first read opens the file
    except sqlite3.Error:
        connection.close()
        raise
    return connection
