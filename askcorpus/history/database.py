"""The history's database: its file, opened and closed as needed, and its tables.

The file is made at the first write, for its owner only whatever the umask says. After any error
it is closed: the next use opens it again, so that what was mended or moved meanwhile is found.
"""

from __future__ import annotations

import contextlib
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from askcorpus.errors import StoreUnavailableError
from askcorpus.sqlite import Database, Words, translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "sessions.db"
# "askc" in ASCII: tells our file from another program's of the same name.
APPLICATION = 0x61736B63

# One entry takes the tables one format further; what is published is never changed.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE conversations(
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, directory TEXT NOT NULL,
            root TEXT NOT NULL)""",
        """CREATE TABLE turns(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
            asked TEXT NOT NULL, question TEXT NOT NULL, understood TEXT NOT NULL,
            filters TEXT NOT NULL, answer TEXT NOT NULL)""",
        "CREATE INDEX turns_by_conversation ON turns(conversation)",
        """CREATE TABLE sources(
            turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, root TEXT NOT NULL,
            path TEXT NOT NULL, PRIMARY KEY (path, root, turn)) WITHOUT ROWID""",
        "CREATE INDEX sources_by_turn ON sources(turn)",
        """CREATE VIRTUAL TABLE words USING fts5(
            question, answer, quotes, documents,
            tokenize = 'porter unicode61 remove_diacritics 2')""",
        """CREATE TRIGGER turn_words AFTER DELETE ON turns BEGIN
            DELETE FROM words WHERE rowid = old.id; END""",
    ),
)

_RIGHTS = "Check the permissions of its directory, or set ASKCORPUS_DATA_DIR."
_ASIDE = "Move it aside; a new one is made."
WORDS = Words(
    name="the history at ",
    whole="the history",
    again="try again",
    rights=_RIGHTS,
    unopened=_RIGHTS,
    damaged=_ASIDE,
    large="an answer",
    smaller="Ask for fewer passages.",
    unknown=_ASIDE,
)


class HistoryFile:
    """The history's file, opened when it is first needed. Threads may share it."""

    def __init__(self, directory: Path) -> None:
        """Remember where the file is or will be."""
        self.path = directory / NAME
        self._guard = threading.RLock()
        self._db: Database | None = None
        self._identity: tuple[int, int] | None = None

    def close(self) -> None:
        """Give the file back; the log is folded into it."""
        with self._guard:
            db, self._db = self._db, None
            if db is not None:
                with contextlib.suppress(StoreUnavailableError):  # what was committed is in the log
                    db.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Return every row of a query; none where there is no history yet, and none is made."""
        with self._closed_on_error():
            return self._opened().rows(sql, parameters) if self.path.exists() else []

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Make what is run inside one transaction: all of it or, after any exception, nothing."""
        with self._closed_on_error():
            db = self._opened()
            with db.writing():
                yield db

    def wipe(self) -> None:
        """Leave no byte of what was deleted.

        Raises:
            StoreUnavailableError: Another process reads just now, so that the log is still needed.
        """
        with self._closed_on_error():
            if not self._opened().wipe("words"):
                raise StoreUnavailableError(
                    f"It is deleted, but traces are left in {self.path}: another process reads it.",
                    hint="Close the other askcorpus, then delete again.",
                )

    def _opened(self) -> Database:
        """Return the database in the file that is there now; where there is none, make it."""
        if self._db is not None and self._identity != _identity(self.path):
            self.close()  # it was moved or deleted: what is written there, nobody would find
        if self._db is None:
            _prepare(self.path)
            # Trusted: it is the user's own, and a trigger of ours keeps its full text in step.
            self._db = db = Database(self.path, WORDS, writable=True, trusted=True)
            self._identity = _identity(self.path)
            db.run("PRAGMA secure_delete = ON")
            # VACUUM would leave a copy in the system's directory for temporary files.
            db.run("PRAGMA temp_store = MEMORY")
            db.log_ahead(synchronous="FULL")
            migrate(db)
            for beside in (f"{NAME}-wal", f"{NAME}-shm"):
                with contextlib.suppress(FileNotFoundError):
                    self.path.with_name(beside).chmod(0o600)
        return self._db

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        with self._guard:
            try:
                yield
            except BaseException as exc:
                self.close()
                if isinstance(exc, OSError):
                    raise translate(exc, self.path, WORDS) from exc
                raise


def migrate(db: Database, steps: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the tables to the newest format, in one transaction.

    Raises:
        StoreUnavailableError: The format is newer, or the file is another program's.
    """
    if _owner(db) == APPLICATION and db.user_version == len(steps):
        return
    with db.writing():
        owner, number = _owner(db), db.user_version  # another process may have been first
        if owner != APPLICATION and (owner or number or not db.is_blank):
            raise StoreUnavailableError(
                f"{db.path} isn't a history of askcorpus.",
                hint="Set ASKCORPUS_DATA_DIR to a new place.",
            )
        if number > len(steps):
            raise StoreUnavailableError(
                f"The history at {db.path} has format {number}; this askcorpus knows {len(steps)}.",
                hint="Update askcorpus.",
            )
        db.migrate(dict(enumerate(steps)))
        db.run(f"PRAGMA application_id = {APPLICATION}")


def _owner(db: Database) -> int:
    """Return the number of the program whose file it is; 0 where none has said so."""
    return int(db.value("PRAGMA application_id"))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _prepare(path: Path) -> None:
    """Make the directory and the file, for their owner only; SQLite's own files take after it."""
    directory = path.parent
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A directory that holds other things too, as one that the user named may, is theirs to set.
    if all(entry.name.startswith(NAME) for entry in directory.iterdir()):
        with contextlib.suppress(PermissionError):  # so is somebody else's
            directory.chmod(0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
