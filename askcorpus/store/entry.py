"""Where an index comes in: what its ledger says is checked before anything relies on it.

An index may have come with somebody's folder. It can say what it likes, but only of documents
inside the folder that it names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from askcorpus.store import schema
from askcorpus.store.files import damaged

if TYPE_CHECKING:
    from askcorpus.store.ledger import Ledger

# A path that isn't relative, leads up, or is no file's. In SQL, which looks at 100,000 in 0.05 s.
_STRAY = """SELECT 1 FROM {table} WHERE typeof(path) != 'text' OR path GLOB '/*'
    OR instr(path, '..') AND '/' || path || '/' GLOB '*/../*' OR instr(path, char(0)) LIMIT 1"""


def check(ledger: Ledger) -> None:
    """Check that the tables are ours, the root absolute and every path inside it.

    Raises:
        IndexMismatchError: The format or the tables are others than this program's.
        StoreUnavailableError: The root, a folder or a path is one that no program of ours writes.
    """
    db = ledger.db
    schema.check(db, ledger.directory)
    _ = ledger.manifest  # looked through as it is read
    if any(db.rows(_STRAY.format(table=table)) for table in ("documents", "skipped")):
        raise damaged(db.path)


def prepare(ledger: Ledger) -> None:
    """Make the tables of a blank ledger, which is ours then; else check it before it is written.

    One of an older format is migrated.

    Raises:
        IndexMismatchError: As in `check`; so is StoreUnavailableError.
    """
    blank = ledger.db.is_blank
    if not blank:
        check(ledger)
    schema.make(ledger.db)
    if schema.is_older(ledger.db):
        schema.migrate(ledger.db)
    if blank:
        ledger.keep(replace(ledger.manifest, ours=True))
