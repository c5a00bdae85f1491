"""An index that came with somebody's folder: what its ledger may say, and what it may hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from askcorpus.errors import AskcorpusError, IndexMismatchError, StoreUnavailableError
from askcorpus.store.ledger import Ledger
from tests.store.kit import add

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with Ledger.create(tmp_path / "index") as ledger:
        add(ledger, "a.txt", ["one"])
        ledger.keep(replace(ledger.manifest, root="/documents", folders=("inner/",)))
    return tmp_path / "index"


def forge(index: Path, *statements: str) -> bytes:
    """Change an index behind the program's back; return the bytes of its ledger."""
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (index / "ledger.sqlite3").read_bytes()


def refused(index: Path, error: type[AskcorpusError], match: str) -> None:
    """Check that neither a question nor indexing opens the index."""
    for way in (Ledger.open, Ledger.create):
        with pytest.raises(error, match=match) as caught:
            way(index)
        assert caught.value.hint


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.txt", "b/../../a.txt", "b/..", "..", "a\0.txt", b"a.txt"],
)
@pytest.mark.parametrize("table", ["documents", "skipped"])
def test_a_path_that_leads_out_is_refused(index: Path, table: str, path: str | bytes) -> None:
    forge(index, "INSERT INTO skipped VALUES ('b.txt', 'why', 0, 0, 0)")
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as db:
        db.execute(f"UPDATE {table} SET path = ?", (path,))
        db.commit()
    refused(index, StoreUnavailableError, "it is damaged")


@pytest.mark.parametrize("path", ["..a.txt", "a..", "b/...", "+!touch x.txt", "-c.txt", "."])
def test_an_odd_name_is_none_the_less_a_name(index: Path, path: str) -> None:
    forge(index, f"UPDATE documents SET path = '{path}'")
    with Ledger.open(index) as ledger:
        assert ledger.paths == [path]


@pytest.mark.parametrize("root", [".", "+!touch x||", "documents", "/a\0"])
def test_a_root_that_is_not_absolute_is_refused(index: Path, root: str) -> None:
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'root'", (root,))
        db.commit()
    refused(index, StoreUnavailableError, "it is damaged")


@pytest.mark.parametrize("scope", ['{"folders": ["../x/"]}', '{"folders": ["/x/"]}', "[", "[1]"])
def test_a_folder_outside_the_root_is_refused(index: Path, scope: str) -> None:
    forge(index, f"UPDATE meta SET value = '{scope}' WHERE key = 'scope'")
    refused(index, StoreUnavailableError, "it is damaged")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER DELETE ON documents BEGIN DELETE FROM forgotten; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE other(a)",
        "CREATE INDEX other ON documents(hex(title))",
        "CREATE VIRTUAL TABLE other USING fts5(a)",
        "ALTER TABLE vectors ADD COLUMN other",
        "DROP INDEX passages_by_hash",
    ],
)
def test_what_no_program_of_ours_makes_is_refused_unchanged(index: Path, statement: str) -> None:
    before = forge(index, statement)
    refused(index, IndexMismatchError, "isn't a ledger of askcorpus")
    assert (index / "ledger.sqlite3").read_bytes() == before


def test_what_sqlite_counts_by_itself_is_no_stranger(index: Path) -> None:
    forge(index, "ANALYZE")
    Ledger.open(index).close()


def test_another_programs_database_is_refused_unchanged(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as db:
        db.execute("CREATE TABLE mine(a)")
        db.execute("PRAGMA user_version = 4")
        db.commit()
    before = (tmp_path / "ledger.sqlite3").read_bytes()
    refused(tmp_path, IndexMismatchError, "isn't a ledger of askcorpus")
    assert (tmp_path / "ledger.sqlite3").read_bytes() == before


def test_a_number_in_a_passage_is_a_number(index: Path) -> None:
    forge(index, "UPDATE passages SET line = '+!touch x'")
    with Ledger.open(index) as ledger:
        assert [passage.line for passage in ledger.passages([1]).values()] == [0]
