"""Brings an index in step with a folder: read, chunk, embed, store, one file at a time.

A file's passages are replaced in one transaction, so an interruption loses at most the files in
hand, and what was embedded is never embedded again. Unchanged files aren't read; passages whose
embedding text is known keep their vectors, whichever file they stand in.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from askcorpus.chunk import chunk, embedding_text
from askcorpus.errors import IndexMismatchError, StoreUnavailableError, UsageError
from askcorpus.ingest import FileEntry, read, walk
from askcorpus.records import Document, FileReport, IndexReport, Skipped
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from askcorpus.config import Settings
    from askcorpus.ports import Embedder
    from askcorpus.records import Passage
    from askcorpus.store.rows import DocumentRow

    Progress = Callable[[int, int, str], None]
    Contents = tuple[list[DocumentRow], list[Skipped]]
    Known = dict[str, tuple[tuple[int, int], FileReport]]

# Passages that are embedded together: enough to keep every thread busy, little to lose.
GROUP = 64


@dataclass(slots=True)
class _Run:
    """What one run has done so far."""

    files: list[FileReport] = field(default_factory=list)
    embedded: int = 0
    truncated: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def update_index(
    folder: Path,
    directory: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> IndexReport:
    """Return what was done to make the index hold the folder as it is now.

    Args:
        folder: To be indexed.
        directory: Of the index; made where it doesn't exist.
        settings: How to chunk.
        embedder: The index is bound to its name.
        rebuild: Drop what another model has embedded, or what came from another folder.
        progress: Called with files done, files in all and the path in hand.

    Raises:
        UsageError: The folder is missing, is a file or holds nothing to index; or the directory
            holds something else.
        IndexMismatchError: The index is of another folder or model, and `rebuild` is False.
        IndexBusyError: Another process is writing this index.
    """
    began = time.perf_counter()
    run = _Run()
    try:
        str(folder.resolve()).encode()
    except UnicodeEncodeError as exc:
        raise UsageError(
            f"The name of the folder {one_line(str(folder))} is not valid UTF-8.",
            hint="Rename it, or index the folder above.",
        ) from exc
    entries = list(walk(folder, exclude=[directory]))
    if not any(isinstance(entry, FileEntry) for entry in entries):
        raise UsageError(
            f"Nothing to index in {folder}: it holds no file of a format that can be read.",
            hint="Name a folder that holds documents.",
        )
    with hold(directory), Ledger.create(directory) as ledger:
        known = _bind(ledger, folder, settings, embedder, rebuild=rebuild)
        ledger.set(complete="0")
        _add(ledger, entries, known, settings, embedder, run, progress)
        _remove_missing(ledger, entries, run)  # last: a renamed file has taken over its vectors
        if any(file.state == "indexed" for file in run.files):
            ledger.tidy()
        # Only now: an interrupted run over changed settings must cut the other files again.
        ledger.set(complete="1", chunking=chunking(settings))
        notes = list(_derive(ledger, run))
        counts = ledger.counts
    run.seconds["total"] = time.perf_counter() - began
    return IndexReport(
        root=str(folder.resolve()),
        files=tuple(run.files),
        documents=counts.documents,
        passages=counts.passages,
        embedded=run.embedded,
        truncated=run.truncated,
        seconds=dict(run.seconds),
        notes=tuple(notes),
    )


def _bind(
    ledger: Ledger, folder: Path, settings: Settings, embedder: Embedder, *, rebuild: bool
) -> Known:
    """Check that the index is of this folder and model, or make it so.

    Returns the files whose state is known, by path: nothing where all must be cut again.
    """
    wanted = {"root": str(folder.resolve()), "model": embedder.name}
    said = {name: ledger.get(name) for name in wanted}
    differing = [name for name, value in said.items() if value not in (None, wanted[name])]
    if differing and not rebuild:
        what = {"root": "the folder", "model": "the model"}[differing[0]]
        raise IndexMismatchError(
            f"The index at {ledger.directory} was made from {what} {said[differing[0]]}.",
            hint="Name another place with --index, or make it anew with --rebuild.",
        )
    if rebuild:
        ledger.clear()
    if differing:  # a calibration was for those documents and that model
        ledger.set(fit="")
    ledger.set(**wanted)
    shape = chunking(settings)
    if not ledger.counts.documents:
        ledger.set(chunking=shape)
    return _known(ledger) if ledger.get("chunking") == shape else {}


def chunking(settings: Settings) -> str:
    """Return what decides where passages begin and end, for comparing with an index's."""
    marked = "marked" if settings.boilerplate else "kept"
    return (
        f"{settings.encoding}, {settings.chunk_tokens} tokens, "
        f"{settings.overlap_sentences} sentences shared, boilerplate {marked}"
    )


def contents(directory: Path) -> Contents:
    """Return the documents of an index, without their texts, and the files that were left out.

    Raises:
        IndexMissingError: There is none.
    """
    with Ledger.open(directory) as ledger, ledger.reading():
        return ledger.documents(), [found.skipped for found in ledger.skipped()]


def _known(ledger: Ledger) -> Known:
    """Return the report of each file that needn't be read again, with its size and time."""
    documents = {
        row.path: (
            (row.size, row.mtime_ns),
            FileReport(row.path, "unchanged", row.passages, row.passages, row.boilerplate),
        )
        for row in ledger.documents()
    }
    skipped = {
        found.skipped.path: (
            (found.size, found.mtime_ns),
            FileReport(found.skipped.path, "skipped", reason=found.skipped.reason),
        )
        for found in ledger.skipped()
        if not found.skipped.failed
    }
    return documents | skipped


def _remove_missing(ledger: Ledger, entries: Iterable[FileEntry | Skipped], run: _Run) -> None:
    present = {entry.path for entry in entries}
    listed = [*ledger.paths, *(found.skipped.path for found in ledger.skipped())]
    gone = [path for path in listed if path not in present]
    ledger.remove(gone)
    run.files += [FileReport(path, "removed") for path in gone]


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
        if document is None:
            continue
        began = time.perf_counter()
        passages = chunk(
            document,
            max_tokens=settings.chunk_tokens,
            overlap=settings.overlap_sentences,
            name=settings.encoding,
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
    state = (-1, -1) if isinstance(entry, Skipped) else (entry.size, entry.mtime_ns)
    before = known.get(entry.path)
    if before and before[0] == state:
        run.files.append(before[1])
        return None
    began = time.perf_counter()
    found = entry if isinstance(entry, Skipped) else read(entry, boilerplate=settings.boilerplate)
    run.seconds["ingest"] += time.perf_counter() - began
    if isinstance(found, Skipped):
        ledger.skip(found, size=state[0], mtime_ns=state[1])
        verdict: Literal["failed", "skipped"] = "failed" if found.failed else "skipped"
        run.files.append(FileReport(found.path, verdict, reason=found.reason))
        return None
    return found


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
    vectors = ledger.known_vectors(list(flat))
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


def _derive(ledger: Ledger, run: _Run) -> Iterator[str]:
    """Build the vector index where it is missing or stale; yield what went wrong."""
    from askcorpus.store import generations

    began = time.perf_counter()
    try:
        if generations.needs_rebuild(ledger):
            generations.build(ledger)
    except StoreUnavailableError as exc:
        yield f"The vector index could not be built ({exc.message}); questions search exactly."
    run.seconds["chroma"] += time.perf_counter() - began
