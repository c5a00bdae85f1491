"""Opens SQLite databases: the only owner of sqlite3.

Everything that sqlite3 raises leaves here as a StoreUnavailableError with a next step. Whoever
opens a database keeps what is its own: the tables, and the words that its user reads.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from askcorpus.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

VERSION = sqlite3.sqlite_version
BUSY_TIMEOUT_S = 10.0
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
# What SQLite counts for its planner, where it was asked to.
_COUNTED = {
    "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
}
_DEFINED = "SELECT type, name, tbl_name, sql FROM sqlite_master"

Schema = frozenset[tuple[str, str, str, str]]
"""What a database defines, each as type, name, table and SQL, white space as one space."""

# What sqlite3 may raise: its own two roots; OverflowError for a number beyond 64 bits or a text
# beyond 2 GB; UnicodeEncodeError for a lone surrogate.
FOREIGN = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeEncodeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the user of a database reads where it can't be used."""

    name: str = ""
    """What it is called, before its path."""
    whole: str
    """What is copied where its file is."""
    again: str
    """What to do when nothing is in the way any more, as in "Free some space, then …"."""
    rights: str
    """What to do where access is denied; a sentence, like those below."""
    unopened: str
    damaged: str
    large: str
    """What may be too large for it."""
    smaller: str
    unknown: str
    """Where the reason isn't one of ours."""


def translate(exc: BaseException, path: Path, words: Words) -> StoreUnavailableError:
    """Return what sqlite3's or the system's exception means for the user of a database."""
    full = ("the disk is full", f"Free some space, then {words.again}.")
    locked = ("another process keeps it locked", f"Wait for it, then {words.again}.")
    damaged = ("it is damaged", words.damaged)
    # By primary result code: what happened to the file, and what to do.
    reasons = {
        sqlite3.SQLITE_FULL: full,
        sqlite3.SQLITE_READONLY: ("it is read-only", words.rights),
        sqlite3.SQLITE_PERM: ("access is denied", words.rights),
        sqlite3.SQLITE_CANTOPEN: ("it can't be opened", words.unopened),
        sqlite3.SQLITE_BUSY: locked,
        sqlite3.SQLITE_LOCKED: locked,
        sqlite3.SQLITE_IOERR: ("the disk reports an error", f"Check the disk, then {words.again}."),
        sqlite3.SQLITE_CORRUPT: damaged,
        sqlite3.SQLITE_NOTADB: damaged,
        sqlite3.SQLITE_TOOBIG: (f"{words.large} is too large for it", words.smaller),
    }
    if isinstance(exc, OSError):
        said = (exc.strerror or type(exc).__name__).lower()
        reason, hint = full if exc.errno in {errno.ENOSPC, errno.EDQUOT} else (said, words.rights)
    else:
        said = f"{type(exc).__name__}: {exc}"
        reason, hint = reasons.get(_primary_code(exc), (said, words.unknown))
    return StoreUnavailableError(f"Can't use {words.name}{path}: {reason}.", hint=hint)


class Database:
    """A connection in autocommit mode; transactions are the two context managers.

    Threads may share it: a transaction keeps the others out until it ends.
    """

    def __init__(self, path: Path, words: Words, *, writable: bool, trusted: bool = False) -> None:
        """Open the database at `path`, which must exist.

        A reader also manages in a read-only directory, where the files that SQLite shares
        between processes can't be made.

        Args:
            path: The file.
            words: What the user reads where it can't be used.
            writable: Whether it will be written.
            trusted: Whether its triggers and views may do all that SQLite can; not where the
                file may come from somebody else.

        Raises:
            StoreUnavailableError: It can't be opened, or is no database.
        """
        self.path = path
        self._words = words
        self._guard = threading.RLock()
        self._depth = 0
        self._undone = 0
        with self._translated():
            _check_beside(path, words)
            try:
                self._connection = _connect(path, "mode=rw" if writable else "mode=ro")
            except sqlite3.OperationalError as exc:
                if writable:
                    raise
                if _has_log(path):
                    raise self._unfolded(exc) from exc
                # Nobody can write there, so nothing changes under the reader.
                self._connection = _connect(path, "mode=ro&immutable=1")
            self._connection.execute(f"PRAGMA trusted_schema = {'ON' if trusted else 'OFF'}")

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

    # What is done to the file as a whole.

    @property
    def user_version(self) -> int:
        """The number of the tables' format; 0 in a new database."""
        return int(self.value("PRAGMA user_version"))

    @property
    def is_blank(self) -> bool:
        """Whether there is no table at all."""
        return not self.value("SELECT count(*) FROM sqlite_master")

    @property
    def schema(self) -> Schema:
        """What the database defines: tables, indexes, and whatever else somebody put there."""
        return _schema(self.rows(_DEFINED))

    def migrate(self, steps: Mapping[int, Iterable[str]]) -> None:
        """Bring the tables to the newest format, in one transaction.

        Args:
            steps: The statements that make of one format the next, by the number of the first.
        """
        with self.writing():
            while (number := self.user_version) in steps:
                for statement in steps[number]:
                    self.run(statement)
                self.run(f"PRAGMA user_version = {number + 1}")

    def log_ahead(self, *, synchronous: str) -> None:
        """Turn on write-ahead logging, and say when the disk is waited for: "FULL" or "NORMAL".

        SQLite doesn't wait by itself where two processes turn it on at once.
        """
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        with self._guard, self._translated():
            while True:
                try:
                    self._connection.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as exc:
                    if _primary_code(exc) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                        raise
                    time.sleep(0.01)
                else:
                    break
            self._connection.execute(f"PRAGMA synchronous = {synchronous}")

    def wipe(self, full_text: str, copies: Iterable[str] = ()) -> bool:
        """Leave no byte of what was deleted: not in the full text, free pages or the log.

        Args:
            full_text: The table of the full text.
            copies: Statements that make anew what was copied from it, for one transaction.

        Returns:
            Whether all is done. Where another process is reading, the log can't be cut off yet.
        """
        self.run("PRAGMA secure_delete = ON")
        # Made anew: the index of the full text only marks what is deleted until it is merged.
        self.run(f"INSERT INTO {full_text}({full_text}) VALUES ('rebuild')")  # noqa: S608
        with self.writing():
            for statement in copies:
                self.run(statement)
        self.run("VACUUM")
        busy = self.value("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

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
            raise translate(exc, self.path, self._words) from exc

    def _unfolded(self, exc: sqlite3.OperationalError) -> StoreUnavailableError:
        """Return what it means that a log is there and can't be read.

        Nothing less than the log will do, and to read it SQLite has to write beside it.
        """
        unwritable = _primary_code(exc) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
        if unwritable and os.access(self.path, os.R_OK):
            return StoreUnavailableError(
                f"Can't use {self._words.name}{self.path}: its last changes are in its log, which "
                "needs a directory that can be written.",
                hint=f"Copy {self._words.whole} to such a place, and ask there.",
            )
        return translate(exc, self.path, self._words)


def schema_of(*statements: str) -> Schema:
    """Return what a database defines in which these statements were run, and nothing else."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        return _schema(connection.execute(_DEFINED))


def _schema(rows: Iterable[Any]) -> Schema:
    # What SQLite makes by itself for a primary key has no SQL; what a blob says, no schema of ours.
    defined = (
        (kind, name, table, " ".join(str(sql or "").split())) for kind, name, table, sql in rows
    )
    return frozenset(row for row in defined if row[3] not in _COUNTED)


def _check_beside(path: Path, words: Words) -> None:
    """Check that the files which SQLite keeps beside a database lead to no other file.

    It writes to what they are links to. And it deletes the file that a journal names as that of a
    transaction over several databases, of which we make none, wherever that file is.

    Raises:
        StoreUnavailableError: One does.
    """
    for ending in ("-journal", "-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.is_symlink() or (ending == "-journal" and _names_another(beside)):
            raise StoreUnavailableError(
                f"Can't use {words.name}{path}: {beside.name} beside it leads to another file.",
                hint="Delete it, then run it again.",
            )


def _names_another(journal: Path) -> bool:
    """Return whether a journal, which need not be there, ends with the name of another file."""
    try:
        with journal.open("rb") as file:
            at = file.seek(0, os.SEEK_END) - len(_JOURNAL_MAGIC)
            file.seek(max(0, at))
            return at > 0 and file.read() == _JOURNAL_MAGIC
    except FileNotFoundError:
        return False


def _primary_code(exc: BaseException) -> int:
    """Return SQLite's code without the details of its upper bytes; -1 without one."""
    code = getattr(exc, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


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
        connection.execute("PRAGMA cell_size_check = ON")  # no page is believed unseen
        connection.execute("SELECT count(*) FROM sqlite_master")  # the first read opens the file
    except sqlite3.Error:
        connection.close()
        raise
    return connection
