"""How an index stands: what it holds, and whether that is still so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.answer import fit
from askcorpus.records import Note, Status
from askcorpus.render import command, holdings, note
from askcorpus.store.files import damaged
from askcorpus.store.lock import is_held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from askcorpus.store.ledger import Ledger


def status(ledger: Ledger, *, dense: str) -> Status:
    """Return what an index holds and what it was made with.

    Args:
        ledger: Its ledger.
        dense: How its vectors are searched.
    """
    from askcorpus.sync import scope  # with all that reads files, which a question doesn't need

    with ledger.reading():
        said = ledger.manifest
        known = scope.stored(said)
        return Status(
            directory=str(ledger.directory),
            root=known.root if known else "",
            folders=known.places if known else (),
            wanted=scope.described(known.selection) if known else "",
            model=said.model,
            chunking=said.cut.chunking,
            documents=ledger.counts.documents,
            passages=ledger.counts.passages,
            complete=said.complete,
            dense=dense,
            skipped=tuple((s.skipped.path, s.skipped.reason) for s in ledger.skipped()),
            undated=sum(row.date is None for row in ledger.documents()),
            calibration=fit.described(said.fit),
            writing=under_way(ledger),
        )


def sound(ledger: Ledger) -> None:
    """Read every page of an index's ledger; it takes as long as reading the file.

    Raises:
        StoreUnavailableError: One isn't as SQLite has written it.
    """
    if ledger.db.value("PRAGMA integrity_check(1)") != "ok":
        raise damaged(ledger.db.path)


def under_way(ledger: Ledger) -> bool:
    """Return whether the index isn't complete because a process is indexing now."""
    return not ledger.manifest.complete and is_held(ledger.directory)


def warnings(ledger: Ledger) -> Iterator[Note]:
    """Yield what is to be known of the index as a whole before its answers are relied on."""
    if not ledger.manifest.ours:
        yield note("elsewhere")
    if not ledger.manifest.complete:
        yield note(
            "indexing" if is_held(ledger.directory) else "interrupted",
            holds=holdings(ledger.counts),
            run=command("sync", ledger.directory),
        )


def changed(ledger: Ledger, paths: Iterable[str]) -> Iterator[Note]:
    """Yield a warning for each of these documents whose file isn't as it was when indexed."""
    for path in dict.fromkeys(paths):
        document = ledger.document(path)
        try:
            found = Path(ledger.manifest.root, path).stat()
        except OSError:
            yield note("gone", path=path)
            continue
        if (found.st_size, found.st_mtime_ns) != (document.size, document.mtime_ns):
            yield note("changed", path=path, run=command("sync", ledger.directory))
