from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings, StoreUnavailableError
from askcorpus.doctor import examine

if TYPE_CHECKING:
    from pathlib import Path


def test_every_part_works_and_a_missing_index_is_no_fault(tmp_path: Path) -> None:
    checks = list(examine(Settings(index=str(tmp_path / "none"))))
    assert [check.name for check in checks if check.error] == []
    assert "No index" in checks[-1].detail


def test_a_broken_part_is_named_and_the_others_are_examined(tmp_path: Path) -> None:
    checks = list(examine(Settings(model="nope", index=str(tmp_path / "none"))))
    broken = {check.name: check.detail for check in checks if check.error}
    assert "nope" in broken["model and index"]
    assert checks[-1].name == "your index"
    assert checks[-1].error is None


def test_a_damaged_page_of_the_index_is_found(tmp_path: Path) -> None:
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    for n in range(40):
        (folder / f"{n}.txt").write_text(f"The harbour of town{n} was closed because of ice. " * 30)
    settings = Settings(model="hashing", index=str(index))
    Corpus.sync(folder, settings=settings)
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = ledger.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'passages'"
        ).fetchone()
        (size,) = ledger.execute("PRAGMA page_size").fetchone()
    with Corpus.open(settings=settings) as corpus:
        corpus.check()
    with (index / "ledger.sqlite3").open("r+b") as file:
        file.seek(root * size - 60)  # the last cells of a page of the table
        file.write(b"\xa5" * 60)
    with Corpus.open(settings=settings) as corpus, pytest.raises(StoreUnavailableError):
        corpus.check()
    last = list(examine(settings))[-1]
    assert last.name == "your index"
    assert last.error
    assert "damaged" in last.detail
