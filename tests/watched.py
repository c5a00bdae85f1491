"""A folder with its index, made once and copied: no test needs to build a vector index anew."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from askcorpus.store.ledger import Ledger
from tests.store.kit import copied

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# So many that a few more or less don't make the vector index due.
SHIPS = 60


def make(
    place: Path,
    *,
    model: str,
    documents: Mapping[str, str] = MappingProxyType({}),
    vectors: bool = True,
) -> Path:
    """Make `docs` and `index` in a directory, which is returned.

    Args:
        place: The directory.
        model: The index's.
        documents: More of them, by name.
        vectors: Whether the index has a vector index.
    """
    if not vectors:
        blank(place / "index")
    (place / "docs").mkdir()
    for name, text in documents.items():
        (place / "docs" / name).write_text(text)
    for number in range(SHIPS):
        (place / "docs" / f"{number}.txt").write_text(f"Ship {number} sank in the Skagerrak.\n")
    Corpus.build(place / "docs", settings=Settings(index=str(place / "index"), model=model)).close()
    spare_vector_index(place / "index")
    return place


def copy(made: Path, docs: Path, index: Path) -> Path:
    """Copy what was made; return the new folder of documents."""
    shutil.copytree(made / "docs", docs)
    copied(made / "index", index)
    note(index, root=os.path.realpath(docs))
    return docs


def blank(index: Path) -> None:
    """Make an index that holds nothing yet, and for which no vector index will be built."""
    Ledger.create(index).close()
    spare_vector_index(index)


def spare_vector_index(index: Path) -> None:
    """Let no vector index be built any more, as where each one failed: it takes two seconds."""
    note(index, chroma_refused="[1000000, 0]")


def note(index: Path, **values: str) -> None:
    """Note the values in an index under their keys."""
    with closing(sqlite3.connect(index / "ledger.sqlite3")) as ledger, ledger:
        ledger.executemany("REPLACE INTO meta VALUES (?, ?)", values.items())
