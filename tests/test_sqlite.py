"""SQLite: what it raises is told in its owner's words, and each transaction is all or nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
import struct
import threading
from typing import TYPE_CHECKING

import pytest

from askcorpus.errors import StoreUnavailableError
from askcorpus.history import database as history
from askcorpus.sqlite import FOREIGN, Database, Words, translate
from askcorpus.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL_TEXT = "CREATE VIRTUAL TABLE texts USING fts5(text)"
both = pytest.mark.parametrize("words", [schema.WORDS, history.WORDS], ids=["index", "history"])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "some.db"
    path.touch()
    return path


@pytest.fixture
def db(place: Path) -> Iterator[Database]:
    opened = Database(place, schema.WORDS, writable=True)
    opened.log_ahead(synchronous="NORMAL")
    opened.run("CREATE TABLE things(name TEXT)")
    yield opened
    opened.close()


def names(db: Database) -> list[str]:
    return [row[0] for row in db.rows("SELECT name FROM things ORDER BY name")]


# What the user reads.


@both
def test_every_exception_of_sqlite3_is_translated(words: Words, tmp_path: Path) -> None:
    classes = [
        value
        for value in vars(sqlite3).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(classes) >= 10
    for found in classes:
        assert issubclass(found, FOREIGN)
        error = translate(found("why"), tmp_path, words)  # type: ignore[call-arg]
        assert error.message == f"Can't use {words.name}{tmp_path}: {found.__name__}: why."
        assert error.hint == words.unknown


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (schema.WORDS, "Can't use x: the disk is full.", "Free some space, then run it again."),
        (
            history.WORDS,
            "Can't use the history at x: the disk is full.",
            "Free some space, then try again.",
        ),
    ],
    ids=["index", "history"],
)
def test_a_full_disk_reads_the_same_whoever_finds_it(
    words: Words, message: str, hint: str, place: Path
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    for exc in (full, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))):
        error = translate(exc, place, words)
        assert error.message == message.replace("x", str(place))
        assert error.hint == hint


@both
def test_a_code_is_known_by_its_lowest_byte(words: Words, place: Path) -> None:
    damaged = sqlite3.DatabaseError("malformed")
    damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_INDEX
    error = translate(damaged, place, words)
    assert "it is damaged" in error.message
    assert error.hint == words.damaged


def test_a_lone_surrogate_and_a_number_beyond_64_bits_are_translated(db: Database) -> None:
    for value in ("\ud800", 1 << 64):
        with pytest.raises(StoreUnavailableError):
            db.run("INSERT INTO things VALUES (?)", (value,))
    assert names(db) == []


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    for writable in (False, True):
        with pytest.raises(StoreUnavailableError, match="can't be opened"):
            Database(tmp_path / "none.db", schema.WORDS, writable=writable)
    assert list(tmp_path.iterdir()) == []


# Transactions.


def test_a_transaction_is_kept_whole_or_not_at_all(db: Database) -> None:
    def add(other: str) -> None:
        with db.writing():
            db.run("INSERT INTO things VALUES ('a')")
            with db.writing():  # one within another is a part of it
                db.run("INSERT INTO things VALUES ('b')")
            db.run(f"INSERT INTO {other} VALUES ('c')")

    with pytest.raises(StoreUnavailableError):
        add("nothing")
    assert names(db) == []
    add("things")
    assert names(db) == ["a", "b", "c"]


def test_a_reader_sees_one_state_until_it_ends(db: Database, place: Path) -> None:
    other = Database(place, schema.WORDS, writable=False)
    with other.reading():
        db.run("INSERT INTO things VALUES ('a')")
        assert names(other) == []
    assert names(other) == ["a"]
    other.close()


def test_threads_keep_out_of_each_others_transactions(db: Database) -> None:
    def add(name: str) -> None:
        with db.writing():
            if not db.rows("SELECT 1 FROM things"):
                db.run("INSERT INTO things VALUES (?)", (name,))

    threads = [threading.Thread(target=add, args=(str(n),)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(db)) == 1


# The file as a whole.


def test_tables_are_taken_from_format_to_format_as_far_as_is_known(db: Database) -> None:
    db.run("PRAGMA user_version = 2")
    db.migrate({1: ["NONSENSE"], 2: ["INSERT INTO things VALUES ('two')"], 3: [], 5: ["NONSENSE"]})
    assert db.user_version == 4
    assert names(db) == ["two"]


def test_a_migration_that_fails_changes_nothing(db: Database) -> None:
    with pytest.raises(StoreUnavailableError, match="syntax error"):
        db.migrate({0: ["INSERT INTO things VALUES ('none')"], 1: ["NONSENSE"]})
    assert db.user_version == 0
    assert names(db) == []


def test_what_was_deleted_leaves_no_byte_after_wiping(db: Database, place: Path) -> None:
    db.run("PRAGMA secure_delete = OFF")
    db.run(FULL_TEXT)
    db.run("CREATE TABLE copied(term TEXT)")
    db.run("INSERT INTO texts VALUES ('quetzalcoatl')")
    db.run("INSERT INTO copied VALUES ('quetzalcoatl')")
    db.run("INSERT INTO things VALUES ('quetzalcoatl')")
    db.run("DELETE FROM texts")
    db.run("DELETE FROM things")
    assert db.wipe("texts", ["DELETE FROM copied"])
    kept = b"".join(file.read_bytes() for file in place.parent.iterdir())
    assert b"quetzalcoatl" not in kept
    assert db.rows("SELECT * FROM copied") == []


def test_wiping_says_that_a_reader_is_in_the_way(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askcorpus.sqlite.BUSY_TIMEOUT_S", 0.05)
    db = Database(place, schema.WORDS, writable=True)
    db.log_ahead(synchronous="NORMAL")
    db.run(FULL_TEXT)
    reader = Database(place, schema.WORDS, writable=False)
    with reader.reading():
        assert not db.wipe("texts")
    assert db.wipe("texts")
    reader.close()
    db.close()


# A file that came from somebody else.


def journal_naming(victim: Path) -> bytes:
    """Return a journal that says that `victim` belongs to its transaction."""
    magic, name = bytes.fromhex("d9d505f920a163d7"), os.fsencode(victim)
    head = (magic + struct.pack(">5I", 0, 0, 1, 512, 4096)).ljust(512, b"\0")
    tail = struct.pack(">I", 0x40000000 // 4096 + 1) + name
    return head + tail + struct.pack(">2I", len(name), sum(name)) + magic


@pytest.mark.parametrize("writable", [True, False])
def test_a_journal_that_names_another_file_deletes_nothing(
    tmp_path: Path, *, writable: bool
) -> None:
    place, victim = tmp_path / "some.db", tmp_path / "precious.txt"
    with sqlite3.connect(place) as made:
        made.execute("CREATE TABLE things(name TEXT)")
    made.close()
    victim.write_text("precious")
    (tmp_path / "some.db-journal").write_bytes(journal_naming(victim))
    with pytest.raises(StoreUnavailableError, match="-journal beside it") as caught:
        Database(place, schema.WORDS, writable=writable)
    assert caught.value.hint == "Delete it, then run it again."
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_link_beside_a_database_is_not_written_to(place: Path, ending: str) -> None:
    victim = place.with_name("precious.txt")
    victim.write_text("precious")
    place.with_name(place.name + ending).symlink_to(victim)
    with pytest.raises(StoreUnavailableError, match=f"some.db{ending} beside it"):
        Database(place, schema.WORDS, writable=True)
    assert victim.read_text() == "precious"


def test_what_a_file_defines_calls_no_function(db: Database) -> None:
    assert (db.value("PRAGMA trusted_schema"), db.value("PRAGMA cell_size_check")) == (0, 1)
