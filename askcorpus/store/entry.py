"""Where an index comes in: what its ledger says is checked before anything relies on it.

An index may have come with somebody's folder. It can say what it likes, but only of documents
inside the folder that it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus.store import manifest, schema
from askcorpus.store.files import damaged

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.sqlite import Database

# A path that isn't relative, leads up, or is no file's. In SQL, which looks at 100,000 in 0.05 s.
_STRAY = """SELECT 1 FROM {table} WHERE typeof(path) != 'text' OR path GLOB '/*'
    OR instr(path, '..') AND '/' || path || '/' GLOB '*/../*' OR instr(path, char(0)) LIMIT 1"""


def check(db: Database, directory: Path) -> None:
    """Check that the tables are ours, the root absolute and every path inside it.

    Raises:
        IndexMismatchError: The format or the tables are others than this program's.
        StoreUnavailableError: The root, a folder or a path is one that no program of ours writes.
    """
    schema.check(db, directory)
    manifest.read(db)
    if any(db.rows(_STRAY.format(table=table)) for table in ("documents", "skipped")):
        raise damaged(db.path)
