"""What an index knows of its files, so that they needn't be read or embedded again."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from askcorpus.records import FileReport, Skipped
from askcorpus.store import blobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.ingest import FileEntry
    from askcorpus.ports import Vectors
    from askcorpus.store.ledger import Ledger

    State = tuple[int, int]
    Known = dict[str, tuple[State, FileReport]]


def known_files(ledger: Ledger) -> Known:
    """Return the report of each file that needn't be read again, with its size and time."""
    documents = {
        row.path: (
            (row.size, row.mtime_ns),
            FileReport(row.path, "unchanged", row.passages, row.passages, row.boilerplate),
        )
        for row in ledger.documents()
    }
    for found in ledger.skipped():  # beside a document too, that was read before its file failed
        skipped = found.skipped
        report = FileReport(skipped.path, verdict(skipped), reason=skipped.reason)
        documents[skipped.path] = ((found.size, found.mtime_ns), report)
    return documents


def verdict(skipped: Skipped) -> Literal["failed", "skipped"]:
    """Return how a report calls a file that was left out."""
    return "failed" if skipped.failed else "skipped"


def state_of(entry: FileEntry | Skipped) -> State:
    """Return what tells whether a file has changed: its size and time."""
    return (-1, -1) if isinstance(entry, Skipped) else (entry.size, entry.mtime_ns)


def is_known(entry: FileEntry | Skipped, known: Known) -> bool:
    """Return whether an entry is as it was, so that it needn't be read again."""
    if entry.path not in known:
        return False
    state, report = known[entry.path]
    same_reason = not isinstance(entry, Skipped) or entry.reason == report.reason
    return state == state_of(entry) and same_reason


def by_content(ledger: Ledger, paths: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Return the documents at these paths by the SHA-256 of their files and their title."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    wanted = set(paths)
    for row in ledger.documents() if wanted else ():
        if row.path in wanted:
            found[row.sha256, row.title].append(row.path)
    return found


def known_vectors(ledger: Ledger) -> dict[bytes, Vectors]:
    """Return a vector, (dim,) float32, for each text of the index, by its hash."""
    hashes, matrix = blobs.distinct(ledger.db, ledger.dim or 0, upto=ledger.watermark)
    return {bytes.fromhex(found): row for found, row in zip(hashes, matrix, strict=True)}
