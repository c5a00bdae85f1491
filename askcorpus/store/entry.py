"""Where an index comes in: what its ledger says is checked before anything relies on it.

An index may have come with somebody's folder. It can say what it likes, but only of documents
inside the folder that it names.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from askcorpus.errors import StoreUnavailableError
from askcorpus.store import schema

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
        StoreUnavailableError: The root or a path is one that no program of ours writes.
    """
    schema.check(db, directory)
    with db.reading():
        said = dict(db.rows("SELECT key, value FROM meta WHERE key IN ('root', 'scope')"))
        strays = any(db.rows(_STRAY.format(table=table)) for table in ("documents", "skipped"))
    if strays or ("root" in said and not _is_root(said["root"])) or not _inside(said.get("scope")):
        raise StoreUnavailableError(
            f"Can't use {db.path}: it names files outside its folder, or none that can be.",
            hint="Delete it, then index the folder again.",
        )


def _is_root(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/") and "\0" not in value


def _inside(scope: object) -> bool:
    """Return whether the folders that a scope names lie below the root; garbled ones don't."""
    try:
        folders = json.loads(scope).get("folders", []) if isinstance(scope, str) else []
        parts = [part for folder in folders for part in folder.split("/")]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return False
    return (
        not any(folder.startswith("/") or "\0" in folder for folder in folders)
        and ".." not in parts
    )
