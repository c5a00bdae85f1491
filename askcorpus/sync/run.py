"""Brings an index in step with its folders: read, chunk, embed, store, one file at a time.

A file's passages are replaced in one transaction, so an interruption loses at most the files in
hand, and what was embedded is never embedded again. Unchanged files aren't read; passages whose
embedding text is known keep their vectors, whichever file they stand in.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.chunk import ENCODING, chunk, embedding_text
from askcorpus.errors import IndexMismatchError, StoreUnavailableError
from askcorpus.ingest import EXTRACTION, FileEntry, read
from askcorpus.records import Document, FileReport, IndexReport, Skipped
from askcorpus.store import erase, search
from askcorpus.store.files import is_there
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from askcorpus.sync import listing, scope
from askcorpus.sync.known import by_content, is_known, known_files, known_vectors, state_of, verdict
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from askcorpus.config import Settings
    from askcorpus.ingest import Selection
    from askcorpus.ports import Embedder, Vectors
    from askcorpus.records import Passage
    from askcorpus.store.rows import DocumentRow
    from askcorpus.sync.known import Known
    from askcorpus.sync.scope import Scope

    Progress = Callable[[int, int, str], None]
    Contents = tuple[list[DocumentRow], list[Skipped]]

# Passages that are embedded together: enough to keep every thread busy, little to lose.
GROUP = 64
# Vectors that are held in memory while an index is made anew: 300 MB.
MOST_KEPT = 200_000
# The state of a file that failed for what is around it: it is tried again each time.
_ANOTHER_TIME = (-2, -2)
FORGOTTEN = "it was forgotten; askcorpus forget --undo lets it in again"


@dataclass(slots=True)
class _Run:
    """What one run has done so far."""

    files: list[FileReport] = field(default_factory=list)
    forgotten: frozenset[bytes] = frozenset()
    fields: tuple[str, ...] = ()
    gone: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Paths of documents whose files are gone, by the SHA-256 of their bytes and their title."""
    vectors: dict[bytes, Vectors] = field(default_factory=dict)
    """What is known from before everything else was dropped, by the text's hash."""
    embedded: int = 0
    truncated: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    notes: list[str] = field(default_factory=list)


def update_index(
    folders: Sequence[Path],
    directory: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    selection: Selection | None = None,
    rebuild: bool = False,
    yes: bool = False,
    progress: Progress | None = None,
) -> IndexReport:
    """Return what was done to make the index hold its folders as they are now.

    Args:
        folders: To be indexed, or to join those that are; none brings the known ones in step.
        directory: Of the index; made where it doesn't exist.
        settings: How to chunk.
        embedder: The index is bound to its name.
        selection: Which files are wanted from now on; None leaves that as it is.
        rebuild: Drop what another model has embedded, or what came from another folder.
        yes: Also where a folder is missing, or most of its files are.
        progress: Called with files done, files in all and the path in hand.

    Raises:
        UsageError: A folder is missing, is a file or holds nothing to index; or the directory
            holds something else.
        FilesGoneError: What was indexed is gone, and `yes` is False; nothing has changed.
        IndexMismatchError: The index is of another folder or model, and `rebuild` is False.
        IndexBusyError: Another process is writing this index.
    """
    began = time.perf_counter()
    run = _Run()
    if not is_there(directory):  # a folder that can't be indexed leaves no trace
        scope.wanted(None, folders, selection, index=directory)
    with hold(directory), Ledger.create(directory) as ledger:
        if erase.is_unwiped(ledger):  # a `forget` that was interrupted
            with suppress(StoreUnavailableError):  # a long reader is in the way: next time
                erase.wipe(ledger)
        meant = scope.wanted(
            scope.stored(ledger), folders, selection, index=directory, rebuild=rebuild
        )
        with ledger.db.writing():  # so that what a missing folder forbids hasn't happened
            known = _bind(ledger, meant, settings, embedder, run, rebuild=rebuild)
            entries = listing.listed(ledger, meant, yes=yes)
            if entries.folders != meant.folders:  # gone, and that was said to be meant
                left = replace(meant, folders=entries.folders)
                run.notes += [
                    f"{one_line(place)} has left the index; name it again to have it back."
                    for place in meant.places
                    if place not in left.places
                ]
                meant = left
                scope.keep(ledger, meant)
        run.forgotten, run.fields = erase.forgotten(ledger), meant.selection.fields
        if folders:  # who names them wants what failed to be tried again
            known = {path: found for path, found in known.items() if found[1].state != "failed"}
        if known:
            run.gone = by_content(ledger, entries.gone)
        if entries.gone or any(not is_known(entry, known) for entry in entries.found):
            ledger.set(complete="0")
        _add(ledger, entries.found, known, settings, embedder, run, progress)
        here = set(ledger.paths) | {found.skipped.path for found in ledger.skipped()}
        removed = [path for path in entries.gone if path in here]  # and not renamed
        ledger.remove(removed)  # last: what was embedded for them has been taken over
        run.files += [FileReport(path, "removed") for path in removed]
        if any(file.state in ("indexed", "removed") for file in run.files):
            ledger.tidy()
        # Only now: an interrupted run over changed settings must cut the other files again.
        done = {"complete": "1", **_shape(settings, meant)}
        if any(ledger.get(key) != value for key, value in done.items()):
            ledger.set(**done)
        run.notes += _derive(ledger, settings, run)
        counts = ledger.counts
    run.seconds["total"] = time.perf_counter() - began
    return IndexReport(
        root=meant.root,
        folders=meant.places,
        files=tuple(run.files),
        documents=counts.documents,
        passages=counts.passages,
        embedded=run.embedded,
        truncated=run.truncated,
        seconds=dict(run.seconds),
        notes=tuple(run.notes),
    )


def _check_model(ledger: Ledger, embedder: Embedder, *, rebuild: bool) -> None:
    made_with = ledger.get("model")
    if made_with not in (None, embedder.name) and not rebuild:
        raise IndexMismatchError(
            f"The index at {ledger.directory} was made with the model {made_with}.",
            hint="Use that model, name another place with --index, or make it anew: --rebuild.",
        )


def _bind(
    ledger: Ledger,
    meant: Scope,
    settings: Settings,
    embedder: Embedder,
    run: _Run,
    *,
    rebuild: bool,
) -> Known:
    """Make the index one of these folders and this model.

    Returns the files whose state is known, by path: nothing where all must be cut again.

    Raises:
        IndexMismatchError: It was made with another model, and `rebuild` is False.
    """
    _check_model(ledger, embedder, rebuild=rebuild)
    before = scope.stored(ledger)
    same_model = ledger.get("model") in (None, embedder.name)
    if rebuild:
        elsewhere = before is not None and before.root != meant.root
        if elsewhere and same_model and ledger.counts.passages <= MOST_KEPT:
            run.vectors = known_vectors(ledger)  # a folder that moved isn't embedded again
        if elsewhere or not same_model:
            ledger.set(fit="")  # a calibration was for those documents and that model
        ledger.clear()
    if before != meant:
        scope.keep(ledger, meant)
    if ledger.get("model") != embedder.name:
        ledger.set(model=embedder.name)
    shape = _shape(settings, meant)
    if not ledger.counts.documents:
        ledger.set(complete="0", **shape)
    same = all((ledger.get(key) or "") == value for key, value in shape.items())
    return known_files(ledger) if same and not rebuild else {}


def chunking(settings: Settings) -> str:
    """Return what decides where passages begin and end, for comparing with an index's."""
    marked = "marked" if settings.boilerplate else "kept"
    return (
        f"{ENCODING}, {settings.chunk_tokens} tokens, "
        f"{settings.overlap_sentences} sentences shared, boilerplate {marked}"
    )


def _shape(settings: Settings, meant: Scope) -> dict[str, str]:
    """Return all that a document's text and passages depend on but its file."""
    return {
        "chunking": chunking(settings),
        "extraction": str(EXTRACTION),
        "fields": ", ".join(meant.selection.fields),
    }


def contents(directory: Path) -> Contents:
    """Return the documents of an index, without their texts, and the files that were left out.

    Raises:
        IndexMissingError: There is none.
    """
    with Ledger.open(directory) as ledger, ledger.reading():
        return ledger.documents(), [found.skipped for found in ledger.skipped()]


def _add(
    ledger: Ledger,
    entries: Sequence[FileEntry | Skipped],
    known: Known,
    settings: Settings,
    embedder: Embedder,
    run: _Run,
    progress: Progress | None,
) -> None:
    """Read what is new or changed, in groups that are embedded together."""
    waiting: list[tuple[Document, list[Passage]]] = []
    for done, entry in enumerate(entries):
        if progress:
            progress(done, len(entries), entry.path)
        document = _document(ledger, entry, known, settings, run)
        if document is None or _is_renamed(ledger, document, run):
            continue
        began = time.perf_counter()
        passages = chunk(
            document,
            max_tokens=settings.chunk_tokens,
            overlap=settings.overlap_sentences,
            fits=lambda texts: [n <= embedder.window for n in embedder.count(texts)],
        )
        run.seconds["chunk"] += time.perf_counter() - began
        waiting.append((document, passages))
        if sum(len(found) for _, found in waiting) >= GROUP:
            _store(ledger, waiting, embedder, run)
            waiting = []
    _store(ledger, waiting, embedder, run)
    if progress:
        progress(len(entries), len(entries), "")


def _document(
    ledger: Ledger, entry: FileEntry | Skipped, known: Known, settings: Settings, run: _Run
) -> Document | None:
    """Return a new or changed document; report every other file and return None."""
    state = state_of(entry)
    if is_known(entry, known):
        run.files.append(known[entry.path][1])
        return None
    if run.forgotten and erase.place(ledger.get("root") or "", entry.path) in run.forgotten:
        _keep_out(ledger, entry, run)
        return None
    began = time.perf_counter()
    found: Document | Skipped
    if isinstance(entry, Skipped):
        found = entry
    else:
        found = read(entry, boilerplate=settings.boilerplate, fields=run.fields)
    run.seconds["ingest"] += time.perf_counter() - began
    if isinstance(found, Document) and erase.content(found.sha256) in run.forgotten:
        ledger.remove([entry.path])
        run.files.append(FileReport(entry.path, "skipped", reason=FORGOTTEN))
        return None
    if isinstance(found, Skipped):
        if found.failed and not found.lasting and isinstance(entry, FileEntry):
            state = _ANOTHER_TIME
        ledger.skip(found, size=state[0], mtime_ns=state[1])
        run.files.append(FileReport(found.path, verdict(found), reason=found.reason))
        return None
    return found


def _keep_out(ledger: Ledger, entry: FileEntry | Skipped, run: _Run) -> None:
    """Report a forgotten file; what it holds by now is kept out too, should it be renamed."""
    found = erase.content_of(entry.absolute) if isinstance(entry, FileEntry) else None
    if found and found not in run.forgotten:
        erase.keep_out(ledger, found)
    run.files.append(FileReport(entry.path, "skipped", reason=FORGOTTEN))


def _is_renamed(ledger: Ledger, document: Document, run: _Run) -> bool:
    """Give a document that only its path tells from one that is gone the other's passages."""
    same = run.gone.get((document.sha256, document.title), [])
    for path in same:
        before = ledger.document(path)
        if replace(before, path=document.path, mtime_ns=document.mtime_ns) == document:
            ledger.rename(path, document)
            same.remove(path)
            run.files.append(FileReport(document.path, "renamed", reason=f"from {path}"))
            return True
    return False


def _store(
    ledger: Ledger,
    waiting: Sequence[tuple[Document, list[Passage]]],
    embedder: Embedder,
    run: _Run,
) -> None:
    """Embed what no vector is known for, and commit each document."""
    texts = [
        [embedding_text(document.title, passage) for passage in passages]
        for document, passages in waiting
    ]
    hashes = [[hashlib.sha256(text.encode()).digest() for text in group] for group in texts]
    flat = {
        digest: text
        for group, digests in zip(texts, hashes, strict=True)
        for text, digest in zip(group, digests, strict=True)
    }
    vectors = {digest: run.vectors[digest] for digest in flat if digest in run.vectors}
    vectors |= ledger.known_vectors([digest for digest in flat if digest not in vectors])
    missing = [digest for digest in flat if digest not in vectors]
    began = time.perf_counter()
    run.truncated += sum(n > embedder.window for n in embedder.count([flat[d] for d in missing]))
    vectors |= dict(zip(missing, embedder.embed([flat[d] for d in missing]), strict=True))
    run.seconds["embed"] += time.perf_counter() - began
    run.embedded += len(missing)
    began = time.perf_counter()
    fresh = set(missing)
    for (document, passages), digests in zip(waiting, hashes, strict=True):
        rows = [vectors[digest] for digest in digests]
        matrix = np.stack(rows) if rows else np.empty((0, embedder.dim), dtype=np.float32)
        ledger.replace(document, passages, matrix, digests)
        run.files.append(
            FileReport(
                document.path,
                "indexed",
                passages=len(passages),
                reused=sum(digest not in fresh for digest in digests),
                boilerplate=sum(mark.end - mark.start for mark in document.boilerplate),
            )
        )
    run.seconds["store"] += time.perf_counter() - began


def _derive(ledger: Ledger, settings: Settings, run: _Run) -> Iterator[str]:
    """Build the vector index where one is used and due; yield what went wrong."""
    began = time.perf_counter()
    try:
        search.prepare(ledger, settings)
    except StoreUnavailableError as exc:
        said = exc.message.rstrip(".")
        yield f"{said}. Questions search exactly until it can be built. {exc.hint}".strip()
    run.seconds["chroma"] += time.perf_counter() - began
