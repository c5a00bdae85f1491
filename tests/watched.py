"""A folder with its index, made once and copied."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from tests.store.kit import copied

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHIPS = 60


def make(place: Path, *, model: str, documents: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Make `docs` and `index` in a directory, which is returned.

    Args:
        place: The directory.
        model: The index's.
        documents: More of them, by name.
    """
    (place / "docs").mkdir()
    for name, text in documents.items():
        (place / "docs" / name).write_text(text)
    for number in range(SHIPS):
        (place / "docs" / f"{number}.txt").write_text(f"Ship {number} sank in the Skagerrak.\n")
    Corpus.build(place / "docs", settings=Settings(index=str(place / "index"), model=model)).close()
    return place


def copy(made: Path, docs: Path, index: Path) -> Path:
    """Copy what was made; return the new folder of documents."""
    shutil.copytree(made / "docs", docs)
    copied(made / "index", index)
    note(index, root=os.path.realpath(docs))
    return docs


def note(index: Path, **values: str) -> None:
    """Note the values in an index under their keys."""
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as ledger, ledger:
        ledger.executemany("REPLACE INTO meta VALUES (?, ?)", values.items())
