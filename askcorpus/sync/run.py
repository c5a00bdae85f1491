"""Brings an index in step with its folders: read, chunk, embed, store, one file at a time.

A file's passages are replaced in one transaction, so an interruption loses at most the files in
hand, and what was embedded is never embedded again. Unchanged files aren't read; passages whose
embedding text is known keep their vectors, whichever file they stand in.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.chunk import ENCODING
from askcorpus.embed import open_embedder
from askcorpus.errors import StoreUnavailableError
from askcorpus.ingest import EXTRACTION, FileEntry, read
from askcorpus.records import Document, FileReport, IndexReport, Skipped
from askcorpus.store import erase, search
from askcorpus.store.files import is_there
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from askcorpus.store.manifest import Cut
from askcorpus.sync import scope
from askcorpus.sync.intake import Intake, known_vectors, timed
from askcorpus.sync.inventory import Inventory, state_of, verdict
from askcorpus.sync.listing import listed
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from askcorpus.config import Settings
    from askcorpus.ingest import Selection
    from askcorpus.ports import Embedder, Vectors
    from askcorpus.store.rows import DocumentRow
    from askcorpus.sync.listing import Listing
    from askcorpus.sync.scope import Scope

    Progress = Callable[[int, int, str], None]
    Contents = tuple[list[DocumentRow], list[Skipped]]
    Entries = Sequence[FileEntry | Skipped]
    Reports = Mapping[str, FileReport]

# Vectors that are held in memory while an index is made anew: 300 MB.
MOST_KEPT = 200_000
# The state of a file that failed for what is around it: it is tried again each time.
_ANOTHER_TIME = (-2, -2)
FORGOTTEN = "it was forgotten; askcorpus forget --undo lets it in again"


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked for."""

    folders: tuple[Path, ...] = ()
    """To be indexed, or to join those that are; none brings the known ones in step."""
    selection: Selection | None = None
    """Which files are wanted from now on; None leaves that as it is."""
    rebuild: bool = False
    """Drop what another model has embedded, or what came from another folder."""
    yes: bool = False
    """Also where a folder is missing, or most of its files are."""


def sync(
    request: Request,
    directory: Path,
    settings: Settings,
    embedder: Embedder,
    progress: Progress | None = None,
) -> IndexReport:
    """Return what was done to make the index hold its folders as they are now.

    Args:
        request: What is asked for.
        directory: Of the index; made where it doesn't exist.
        settings: How to chunk.
        embedder: The index is bound to its name.
        progress: Called with files done, files in all and the path in hand.

    Raises:
        UsageError: A folder is missing, is a file or holds nothing to index; or the directory
            holds something else.
        FilesGoneError: What was indexed is gone, and that isn't said to be meant; nothing has
            changed.
        IndexMismatchError: The index is of another folder or model, and isn't to be made anew.
        IndexBusyError: Another process is writing this index.
    """
    if not is_there(directory):  # a folder that can't be indexed leaves no trace
        scope.wanted(None, request.folders, request.selection, index=directory)
    with hold(directory), Ledger.create(directory) as ledger:
        return Sync(ledger, settings, embedder, progress).run(request)


def open_indexer(
    folders: Sequence[str | Path],
    index: str | Path | None,
    settings: Settings,
    notify: Callable[[str], None] | None = None,
) -> Embedder:
    """Return the settings' embedder; that there is no index to bring in step is said before."""
    if not folders:
        Ledger.open(Path(settings.index_path if index is None else index)).close()
    return open_embedder(settings, notify)


def contents(directory: Path) -> Contents:
    """Return the documents of an index, without their texts, and the files that were left out.

    Raises:
        IndexMissingError: There is none.
    """
    with Ledger.open(directory) as ledger, ledger.reading():
        return ledger.documents(), [found.skipped for found in ledger.skipped()]


class Sync:
    """One run over an open index, whose lock the caller holds."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        embedder: Embedder,
        progress: Progress | None = None,
    ) -> None:
        """Take the parts; nothing is changed yet."""
        self._ledger = ledger
        self._settings = settings
        self._embedder = embedder
        self._progress = progress or (lambda *_: None)
        self._forgotten = erase.forgotten(ledger)
        self._vectors: dict[bytes, Vectors] = {}
        """What is known from before everything else was dropped, by the text's hash."""
        self._gone: dict[tuple[str, str], list[str]] = {}
        """Paths of documents whose files are gone, by the SHA-256 of their bytes and their title;
        those that are found under another name go over to `_renamed`."""
        self._renamed: set[str] = set()
        self._files: list[FileReport] = []
        self._notes: list[str] = []
        self._seconds: dict[str, float] = defaultdict(float)

    def run(self, request: Request) -> IndexReport:
        """Return what was done; errors are those of `sync`."""
        began = time.perf_counter()
        ledger = self._ledger
        if ledger.manifest.unwiped:  # a `forget` that was interrupted
            with suppress(StoreUnavailableError):  # a long reader is in the way: next time
                erase.wipe(ledger)
        before = scope.stored(ledger.manifest)
        meant = scope.wanted(
            before,
            request.folders,
            request.selection,
            index=ledger.directory,
            rebuild=request.rebuild,
        )
        with ledger.db.writing():  # so that what a missing folder forbids hasn't happened
            cut_anew = self._bind(meant, before, rebuild=request.rebuild)
            inventory = Inventory.of(ledger)
            listing = listed(inventory, meant, ledger.directory, yes=request.yes)
            meant = self._left(meant, listing)
        known: Reports = {}
        if not cut_anew:
            # Who names folders wants what failed to be tried again.
            known = _unchanged(inventory, listing.found, tried="failed" if request.folders else "")
            self._gone = inventory.by_content(listing.gone)
        if listing.gone or len(known) < len(listing.found):
            ledger.keep(replace(ledger.manifest, complete=False))
        embedded = self._take_in(listing.found, known, meant)
        self._remove(listing.gone, inventory.skipped)
        # Only now: an interrupted run over changed settings must cut the other files again.
        cut = _cut(self._settings, meant)
        said = ledger.manifest
        read = {file.path for file in self._files if file.state == "indexed"}
        ours = said.ours or read.issuperset(ledger.paths)
        ledger.keep(replace(said, complete=True, cut=cut, ours=ours))
        self._notes += self._derive()
        self._seconds["total"] = time.perf_counter() - began
        return self._report(meant, embedded)

    def _bind(self, meant: Scope, before: Scope | None, *, rebuild: bool) -> bool:
        """Make the index one of these folders and this model; return whether all is cut anew.

        Raises:
            IndexMismatchError: It was made with another model, and `rebuild` is False.
        """
        ledger = self._ledger
        mismatch = ledger.manifest.mismatch(self._embedder.name, ledger.directory, writing=True)
        if mismatch and not rebuild:
            raise mismatch
        if rebuild:
            elsewhere = before is not None and before.root != meant.root
            if elsewhere and not mismatch and ledger.counts.passages <= MOST_KEPT:
                self._vectors = known_vectors(ledger)  # a folder that moved isn't embedded again
            if elsewhere or mismatch:
                # A calibration was for those documents and that model.
                ledger.keep(replace(ledger.manifest, fit=""))
            ledger.clear()
        if before != meant:
            scope.keep(ledger, meant)
        said = replace(ledger.manifest, model=self._embedder.name)
        cut = _cut(self._settings, meant)
        # What somebody else's program said of a file is no reason to leave it unread.
        anew = rebuild or said.cut != cut or not said.ours
        if not ledger.counts.documents:
            said = replace(said, complete=False, cut=cut, ours=True)
        ledger.keep(said)
        return anew

    def _left(self, meant: Scope, listing: Listing) -> Scope:
        """Return the folders without those that are gone, as was meant: they leave the index."""
        if listing.folders == meant.folders:
            return meant
        left = replace(meant, folders=listing.folders)
        self._notes += [
            f"{one_line(place)} has left the index; name it again to have it back."
            for place in meant.places
            if place not in left.places
        ]
        scope.keep(self._ledger, left)
        return left

    def _take_in(self, entries: Entries, known: Reports, meant: Scope) -> int:
        """Read what is new or changed; return how many passages were embedded."""
        intake = Intake(
            self._ledger,
            self._settings,
            self._embedder,
            vectors=self._vectors,
            report=self._files.append,
            seconds=self._seconds,
        )
        for done, entry in enumerate(entries):
            self._progress(done, len(entries), entry.path)
            if entry.path in known:
                self._files.append(known[entry.path])
                continue
            document = self._document(entry, meant)
            if document and not self._is_renamed(document):
                intake.add(document)
        intake.flush()
        self._progress(len(entries), len(entries), "")
        return intake.embedded

    def _document(self, entry: FileEntry | Skipped, meant: Scope) -> Document | None:
        """Return a new or changed document; report every other file and return None."""
        if self._forgotten and erase.place(meant.root, entry.path) in self._forgotten:
            self._keep_out(entry)
            return None
        with timed(self._seconds, "ingest"):
            found = entry if isinstance(entry, Skipped) else self._read(entry, meant)
        if isinstance(found, Skipped):
            self._skip(found, entry)
            return None
        if erase.content(found.sha256) in self._forgotten:
            self._ledger.remove([entry.path])
            self._files.append(FileReport(entry.path, "skipped", reason=FORGOTTEN))
            return None
        return found

    def _read(self, entry: FileEntry, meant: Scope) -> Document | Skipped:
        fields = meant.selection.fields
        return read(entry, boilerplate=self._settings.boilerplate, fields=fields)

    def _skip(self, found: Skipped, entry: FileEntry | Skipped) -> None:
        """Note and report a file that is left out."""
        again = found.failed and not found.lasting and isinstance(entry, FileEntry)
        size, mtime_ns = _ANOTHER_TIME if again else state_of(entry)
        self._ledger.skip(found, size=size, mtime_ns=mtime_ns)
        self._files.append(FileReport(found.path, verdict(found), reason=found.reason))

    def _keep_out(self, entry: FileEntry | Skipped) -> None:
        """Report a forgotten file; what it holds by now is kept out too, should it be renamed."""
        found = erase.content_of(entry.absolute) if isinstance(entry, FileEntry) else None
        if found and found not in self._forgotten:
            erase.keep_out(self._ledger, found)
        self._files.append(FileReport(entry.path, "skipped", reason=FORGOTTEN))

    def _is_renamed(self, document: Document) -> bool:
        """Give a document that only its path tells from one that is gone the other's passages."""
        same = self._gone.get((document.sha256, document.title), [])
        for path in same:
            before = self._ledger.document(path)
            if replace(before, path=document.path, mtime_ns=document.mtime_ns) == document:
                self._ledger.rename(path, document)
                same.remove(path)
                self._renamed.add(path)
                self._files.append(FileReport(document.path, "renamed", reason=f"from {path}"))
                return True
        return False

    def _remove(self, gone: Sequence[str], skipped: Collection[str]) -> None:
        """Remove what is gone and not renamed: last, since its vectors have been taken over."""
        removed = [path for path in gone if path not in self._renamed or path in skipped]
        self._ledger.remove(removed)
        self._files += [FileReport(path, "removed") for path in removed]
        if any(file.state in ("indexed", "removed") for file in self._files):
            self._ledger.tidy()

    def _derive(self) -> Iterator[str]:
        """Build the vector index where one is used and due; yield what went wrong."""
        with timed(self._seconds, "chroma"):
            try:
                search.prepare(self._ledger, self._settings)
            except StoreUnavailableError as exc:
                said = exc.message.rstrip(".")
                yield f"{said}. Questions search exactly until it can be built. {exc.hint}".strip()

    def _report(self, meant: Scope, embedded: int) -> IndexReport:
        counts = self._ledger.counts
        return IndexReport(
            root=meant.root,
            folders=meant.places,
            files=tuple(self._files),
            documents=counts.documents,
            passages=counts.passages,
            embedded=embedded,
            seconds=dict(self._seconds),
            notes=tuple(self._notes),
        )


def _unchanged(inventory: Inventory, entries: Entries, *, tried: str) -> Reports:
    """Return the reports of the files that needn't be read; those in the state `tried` must be."""
    found = ((entry.path, inventory.unchanged(entry)) for entry in entries)
    return {path: report for path, report in found if report and report.state != tried}


def _cut(settings: Settings, meant: Scope) -> Cut:
    """Return how documents are to be cut, for comparing with an index's manifest."""
    marked = "marked" if settings.boilerplate else "kept"
    chunking = (
        f"{ENCODING}, {settings.chunk_tokens} tokens, "
        f"{settings.overlap_sentences} sentences shared, boilerplate {marked}"
    )
    return Cut(chunking, EXTRACTION, ", ".join(meant.selection.fields))
