"""What an index holds: read once for a run, and what of it needn't be read again."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askcorpus import Corpus, Settings
from askcorpus.ingest import FileEntry
from askcorpus.records import FileReport, Skipped
from askcorpus.store.ledger import Ledger
from askcorpus.store.rows import DocumentRow, SkippedFile
from askcorpus.sync.inventory import Inventory

if TYPE_CHECKING:
    import pytest

HASHING = Settings(model="hashing")


def row(path: str, *, sha256: str = "", title: str = "") -> DocumentRow:
    return DocumentRow(path, sha256, 10, 20, title, None, passages=3, boilerplate=4)


def left_out(path: str, reason: str = "binary", *, failed: bool = False) -> SkippedFile:
    return SkippedFile(Skipped(path, reason, failed=failed), 10, 20)


def inventory(documents: list[DocumentRow], skipped: list[SkippedFile]) -> Inventory:
    return Inventory(
        {found.path: found for found in documents}, {found.skipped.path: found for found in skipped}
    )


def entry(path: str, size: int = 10, mtime_ns: int = 20) -> FileEntry:
    return FileEntry(path, Path("/docs", path), size, mtime_ns)


def test_a_run_over_an_unchanged_folder_reads_what_is_known_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "a.txt").write_text("Ann closed the harbour.")
    (docs / "b.png").write_bytes(b"\x89PNG")
    Corpus.sync(docs, index=index, settings=HASHING)
    seen: list[str] = []
    connect = sqlite3.connect

    def traced(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    report = Corpus.sync(index=index, settings=HASHING)
    assert [file.state for file in report.files] == ["unchanged", "skipped"]
    assert sum(sql.startswith("SELECT path") and "FROM documents" in sql for sql in seen) == 1
    assert sum(sql.startswith("SELECT path") and "FROM skipped" in sql for sql in seen) == 1
    changes = ("INSERT", "UPDATE", "DELETE", "REPLACE")
    assert not [sql for sql in seen if sql.lstrip().startswith(changes)]


def test_it_holds_what_the_ledger_does(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "index") as ledger:
        ledger.skip(Skipped("b", "binary"), size=1, mtime_ns=2)
        found = Inventory.of(ledger)
    assert (found.documents, list(found.skipped)) == ({}, ["b"])


def test_a_document_is_unchanged_with_its_size_and_time() -> None:
    known = inventory([row("a")], [])
    assert known.unchanged(entry("a")) == FileReport("a", "unchanged", 3, 3, 4)
    assert known.unchanged(entry("a", size=11)) is None
    assert known.unchanged(entry("a", mtime_ns=21)) is None
    assert known.unchanged(entry("b")) is None
    assert known.unchanged(Skipped("a", "a socket")) is None


def test_a_file_that_was_left_out_is_so_again_for_the_same_reason_alone() -> None:
    unlisted = SkippedFile(Skipped("c", "a socket"), -1, -1)
    known = inventory([], [left_out("a"), left_out("b", "broken", failed=True), unlisted])
    assert known.unchanged(entry("a")) == FileReport("a", "skipped", reason="binary")
    assert known.unchanged(entry("b")) == FileReport("b", "failed", reason="broken")
    assert known.unchanged(Skipped("c", "a socket")) == FileReport(
        "c", "skipped", reason="a socket"
    )
    assert known.unchanged(Skipped("c", "a pipe")) is None


def test_a_document_whose_file_has_failed_is_no_unchanged_one() -> None:
    known = inventory([row("a")], [left_out("a", "broken", failed=True)])
    assert known.unchanged(entry("a")) == FileReport("a", "failed", reason="broken")
    assert known.paths == ["a"]


def test_documents_come_first_and_failures_last() -> None:
    skipped = [left_out("a", failed=True), left_out("c"), left_out("e", failed=True), left_out("f")]
    assert inventory([row("b"), row("d")], skipped).paths == ["b", "d", "c", "f", "a", "e"]


def test_documents_are_found_by_their_bytes_and_title() -> None:
    known = inventory([row("a", sha256="1"), row("b", sha256="1"), row("c", sha256="2")], [])
    assert known.by_content(["b", "a", "z"]) == {("1", ""): ["a", "b"]}
