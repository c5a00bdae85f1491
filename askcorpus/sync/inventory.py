"""What an index holds, read once for a run, so that what is as it was needn't be read again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from askcorpus.records import FileReport, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from askcorpus.ingest import FileEntry
    from askcorpus.store.ledger import Ledger
    from askcorpus.store.rows import DocumentRow, SkippedFile

State = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The documents of an index and the files that were left out, by their paths, in order.

    A path may be in both: the document was read before its file failed.
    """

    documents: Mapping[str, DocumentRow]
    skipped: Mapping[str, SkippedFile]

    @classmethod
    def of(cls, ledger: Ledger) -> Inventory:
        """Return what stands in a ledger."""
        documents = {row.path: row for row in ledger.documents()}
        return cls(documents, {found.skipped.path: found for found in ledger.skipped()})

    @property
    def paths(self) -> list[str]:
        """Every path, once: those of documents first, those of files that failed last."""
        failed = {path: found.skipped.failed for path, found in self.skipped.items()}
        return list(dict.fromkeys((*self.documents, *sorted(failed, key=failed.__getitem__))))

    def unchanged(self, entry: FileEntry | Skipped) -> FileReport | None:
        """Return the report of a file that is as it was, or None where it must be read."""
        found = self.skipped.get(entry.path)
        if found:
            same = (found.size, found.mtime_ns) == state_of(entry)
            if not same or (isinstance(entry, Skipped) and entry.reason != found.skipped.reason):
                return None
            return FileReport(entry.path, verdict(found.skipped), reason=found.skipped.reason)
        row = self.documents.get(entry.path)
        if row is None or (row.size, row.mtime_ns) != state_of(entry):
            return None
        return FileReport(row.path, "unchanged", row.passages, row.passages, row.boilerplate)

    def by_content(self, paths: Iterable[str]) -> dict[tuple[str, str], list[str]]:
        """Return the documents at these paths by the SHA-256 of their files and their title."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in sorted(self.documents.keys() & set(paths)):
            row = self.documents[path]
            found[row.sha256, row.title].append(path)
        return found


def state_of(entry: FileEntry | Skipped) -> State:
    """Return what tells whether a file has changed: its size and time."""
    return (-1, -1) if isinstance(entry, Skipped) else (entry.size, entry.mtime_ns)


def verdict(skipped: Skipped) -> Literal["failed", "skipped"]:
    """Return how a report calls a file that was left out."""
    return "failed" if skipped.failed else "skipped"
