"""A folder with its index, made once and copied: what follows it needs no vector index anew."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings

if TYPE_CHECKING:
    from pathlib import Path

# So many that a few more or less don't make the vector index due.
SHIPS = 60


def make(place: Path, *, model: str) -> Path:
    """Make `docs` and `index` in a directory, which is returned."""
    (place / "docs").mkdir()
    for number in range(SHIPS):
        (place / "docs" / f"{number}.txt").write_text(f"Ship {number} sank in the Skagerrak.\n")
    Corpus.build(place / "docs", settings=Settings(index=str(place / "index"), model=model)).close()
    return place


def copy(made: Path, docs: Path, index: Path) -> Path:
    """Copy what was made; return the new folder of documents."""
    shutil.copytree(made / "docs", docs)
    shutil.copytree(made / "index", index)
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE meta SET value = ? WHERE key = 'root'", (os.path.realpath(docs),))
    return docs
