"""The ledger: one SQLite database that holds all there is to know about an index.

A file's passages are replaced in one transaction, so that a kill loses at most the file in hand.
Passage ids only grow and are never given twice. Filters are resolved here to passage ids, and
each leg chooses among those: a filter never runs after the top k.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.errors import (
    IndexMismatchError,
    StoreUnavailableError,
    UsageError,
)
from askcorpus.records import Passage
from askcorpus.render import command
from askcorpus.sqlite import Database
from askcorpus.store import blobs, entry, lexical, manifest, rows, schema
from askcorpus.store.files import LEDGER, missing, prepare, unwritable
from askcorpus.store.lock import hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from askcorpus.ports import Ids, Vectors
    from askcorpus.question.query import Query
    from askcorpus.records import Document, Skipped
    from askcorpus.store.manifest import Manifest
    from askcorpus.store.rows import Counts, DocumentRow, Selection, SkippedFile

_PATIENCE_S = 10.0  # how long an opening waits for another one that migrates the index


class Ledger:
    """The open database of one index directory."""

    def __init__(self, directory: Path, db: Database) -> None:
        """Wrap an open database; `create` and `open` are the ways in."""
        self.directory = directory
        self.db = db
        self._manifest: tuple[object, Manifest] | None = None

    @classmethod
    def create(cls, directory: Path) -> Ledger:
        """Return the directory's ledger, open for writing; made, with the directory, if missing.

        Raises:
            UsageError: The directory holds something else.
            IndexMismatchError: The ledger there has another format.
            StoreUnavailableError: It can't be made, or is damaged.
        """
        prepare(directory)
        path = directory / LEDGER
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as exc:
            raise unwritable(path, exc) from exc
        ledger = cls(directory, Database(path, schema.WORDS, writable=True))
        with ledger.db.closed_on_error():
            entry.prepare(ledger)
        return ledger

    @classmethod
    def open(cls, directory: Path) -> Ledger:
        """Return the directory's ledger for reading, also where nothing can be written.

        One of an older format is migrated first.

        Raises:
            IndexMissingError: There is none.
            IndexMismatchError: It has another format.
            IndexBusyError: It has an older format, and another process is writing it.
            StoreUnavailableError: It can't be read, or is damaged.
        """
        path = directory / LEDGER
        try:
            found = path.is_file()
        except OSError as exc:
            raise StoreUnavailableError(
                f"Can't read {path}: access is denied.", hint="Check its permissions."
            ) from exc
        if not found:
            raise missing(directory)
        ledger = cls(directory, Database(path, schema.WORDS, writable=False))
        with ledger.db.closed_on_error():
            if ledger.db.is_blank:  # its maker was killed before the first commit
                raise missing(directory)
            entry.check(ledger)
            if not schema.is_older(ledger.db):
                return ledger
        ledger.close()
        with hold(directory, patience_s=_PATIENCE_S), cls.create(directory):
            pass
        return cls.open(directory)

    @classmethod
    @contextmanager
    def writing(cls, directory: Path) -> Iterator[Ledger]:
        """Yield the directory's ledger for writing; nobody else changes the index meanwhile.

        Raises:
            IndexMissingError: There is no index.
            IndexBusyError: Another process is writing it.
            StoreUnavailableError: It can't be written.
        """
        cls.open(directory).close()  # a missing index is said, and not made
        with hold(directory), cls.create(directory) as ledger:
            yield ledger

    def close(self) -> None:
        """Give the database back."""
        self.db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reading(self) -> AbstractContextManager[None]:
        """Let everything that is read inside see one state of the index."""
        return self.db.reading()

    @property
    def revision(self) -> tuple[int, int]:
        """Changes whenever the index did, by this process or another one."""
        return self.db.revision

    # The index as a whole.

    @property
    def manifest(self) -> Manifest:
        """What the index says of itself, read once for each of its revisions."""
        revision = self.revision
        if self._manifest is None or self._manifest[0] != revision:
            self._manifest = (revision, manifest.read(self.db))
        return self._manifest[1]

    def keep(self, said: Manifest) -> None:
        """Let the index say this of itself; take what else it says from `manifest` just before."""
        manifest.write(self.db, said)

    @property
    def counts(self) -> Counts:
        """The numbers of documents, passages and skipped files."""
        return rows.counts(self.db)

    @property
    def watermark(self) -> int:
        """The highest passage id; 0 where there are no passages."""
        return self.db.value("SELECT max(id) FROM passages") or 0

    def tally(self, watermark: int) -> tuple[int, int]:
        """Return the numbers of passages up to the watermark (a passage id) and above it."""
        sql = "SELECT count(*) FROM passages WHERE id "
        with self.reading():
            upto, above = (self.db.value(f"{sql} {sign} ?", (watermark,)) for sign in ("<=", ">"))
        return upto, above

    def tidy(self) -> None:
        """Merge the full-text index, collect its words, fold the log; for after many changes."""
        self.db.run("INSERT INTO passage_text(passage_text) VALUES ('optimize')")
        lexical.collect_vocabulary(self.db)
        self.db.run("PRAGMA optimize")
        self.db.rows("PRAGMA wal_checkpoint(PASSIVE)")  # doesn't wait for readers

    # Writing.

    def replace(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: Vectors,
        hashes: Sequence[bytes],
    ) -> None:
        """Make these the document and the passages of that path, in one transaction.

        Args:
            document: What stood at its path before goes, passages included.
            passages: Their ids are ignored; new ones are given, in order.
            vectors: (len(passages), dim) float32, L2-normalised rows.
            hashes: One per passage, of all that its vector depends on.

        Raises:
            IndexMismatchError: The vectors are not as wide as this index.
            StoreUnavailableError: It can't be written; nothing has changed.
        """
        if not len(passages) == len(vectors) == len(hashes):
            raise ValueError("passages, vectors and hashes differ in number")
        matrix = np.ascontiguousarray(vectors, dtype=np.float32)
        with self.db.writing():
            self._drop([document.path])
            number = self.db.run(rows.INSERT, rows.from_document(document))
            if passages:
                self._fix_width(matrix.shape[1])
            for passage, vector, digest in zip(passages, matrix, hashes, strict=True):
                row = self.db.run(
                    "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                    (number, passage.start, passage.end, passage.line, passage.heading, digest),
                )
                self.db.run("INSERT INTO vectors VALUES (?, ?)", (row, vector.tobytes()))
                title = " › ".join(filter(None, (document.title, passage.heading)))
                self.db.run(
                    "INSERT INTO passage_text(rowid, title, text) VALUES (?, ?, ?)",
                    (row, title, passage.text),
                )

    def rename(self, path: str, document: Document) -> None:
        """Make what stands at the path the same document at its own, newer path; ids stay."""
        with self.db.writing():
            self._drop([document.path])
            sql = "UPDATE documents SET path = ?, mtime_ns = ? WHERE path = ?"
            self.db.run(sql, (document.path, document.mtime_ns, path))

    def remove(self, paths: Iterable[str]) -> None:
        """Forget the files at these paths, in one transaction; unknown ones don't matter."""
        with self.db.writing():
            self._drop(paths)

    def clear(self) -> None:
        """Forget every file and the width of the vectors, in one transaction; ids go on growing."""
        with self.db.writing():
            for sql in ("DELETE FROM passage_text", "DELETE FROM documents", "DELETE FROM skipped"):
                self.db.run(sql)
            self.keep(replace(self.manifest, dim=None))

    def rebase(self, prefix: str) -> None:
        """Put the prefix before every path, in one transaction."""
        with self.db.writing():
            # Paths are unique at any time: none of them begins with a slash but in between.
            self.db.run("UPDATE documents SET path = '/' || path")
            self.db.run("UPDATE documents SET path = ? || substr(path, 2)", (prefix,))
            self.db.run("UPDATE skipped SET path = '/' || path")
            self.db.run("UPDATE skipped SET path = ? || substr(path, 2)", (prefix,))

    def skip(self, skipped: Skipped, *, size: int, mtime_ns: int) -> None:
        """Note that a file was left out; a document at its path goes, in the same transaction.

        It stays where the file has only failed: what can't be read now may be read again later.
        """
        # A name that isn't UTF-8 is a reason to be skipped, and would not fit as it is.
        path, reason = (
            text.encode("utf-8", "replace").decode() for text in (skipped.path, skipped.reason)
        )
        with self.db.writing():
            if not skipped.failed:
                self._drop([path])
            row = (path, reason, skipped.failed, size, mtime_ns)
            self.db.run("REPLACE INTO skipped VALUES (?, ?, ?, ?, ?)", row)

    def _drop(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.db.run("DELETE FROM skipped WHERE path = ?", (path,))
            number = self.db.value("SELECT id FROM documents WHERE path = ?", (path,))
            if number is not None:
                self.db.run(
                    """DELETE FROM passage_text
                       WHERE rowid IN (SELECT id FROM passages WHERE document = ?)""",
                    (number,),
                )
                self.db.run("DELETE FROM documents WHERE id = ?", (number,))

    def _fix_width(self, width: int) -> None:
        dim = self.manifest.dim
        if dim is None or not self.watermark:  # the first one, or the first after all were removed
            self.keep(replace(self.manifest, dim=width))
        elif dim != width:
            raise IndexMismatchError(
                f"The index at {self.directory} holds vectors of {dim} numbers, not {width}.",
                hint="Index into a new directory, or use the model that the index was made with.",
            )

    # Documents and passages.

    def document(self, path: str) -> Document:
        """Return the document at the path.

        Raises:
            UsageError: There is none.
        """
        found = self.db.rows(rows.SELECT, (path,))
        if not found:
            hint = f"Run: {command('status --files', self.directory)}"
            raise UsageError(f"No document {path!r} in the index.", hint=hint)
        return rows.to_document(found[0])

    def documents(self) -> list[DocumentRow]:
        """Return every document without its text, in the order of the paths."""
        return rows.documents(self.db)

    @property
    def paths(self) -> list[str]:
        """The documents' paths, in order."""
        return [row[0] for row in self.db.rows("SELECT path FROM documents ORDER BY path")]

    def skipped(self) -> list[SkippedFile]:
        """Return the files that were left out, in the order of the paths."""
        return rows.skipped(self.db)

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """Return the passages with these ids; ids that are no longer there are left out."""
        found = self.db.rows(
            # Cast, because SQLite keeps a text in a column of numbers where it is given one.
            """SELECT d.path, CAST(p."start" AS INTEGER), CAST(p."end" AS INTEGER), t.text,
                  CAST(p.line AS INTEGER), p.heading, p.id
               FROM json_each(?) AS wanted
               JOIN passages AS p ON p.id = wanted.value
               JOIN documents AS d ON d.id = p.document
               JOIN passage_text AS t ON t.rowid = p.id""",
            (json.dumps([int(number) for number in ids]),),
        )
        return {row[-1]: Passage(*row) for row in found}

    def select(self, query: Query) -> Selection:
        """Return the passages that the question's filters allow.

        A glob matches the whole path or the file's name, and minds upper and lower case. Dates
        are inclusive; where one is set, a document without a date is left out and counted. Words
        and phrases are looked for in the passages' text: whole words, without regard to case and
        accents.
        """
        with self.reading():
            return rows.select(self.db, query)

    # The lexical leg.

    @property
    def size(self) -> int:
        """The number of passages."""
        return int(self.db.value("SELECT count(*) FROM passages"))

    def lexical(
        self, words: Sequence[str], k: int, *, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Return at most k (passage id, BM25 score above 0), best first.

        Args:
            words: Any of them may occur; stop words cost time and are best left out.
            k: Upper bound.
            allowed: Passage ids to choose from; None for all.

        Ties break on the passage id.
        """
        return lexical.search(self.db, words, k, allowed=allowed)

    def lexical_scores(self, words: Sequence[str], ids: Iterable[int]) -> dict[int, float]:
        """Return the BM25 score of each of the passages; 0 where none of the words stands in it."""
        return lexical.scores(self.db, words, ids)

    def document_frequency(self, words: Iterable[str]) -> dict[str, int]:
        """Return how many passages hold each word in their text, or another of the same stem."""
        with self.reading():
            return lexical.document_frequency(self.db, words)

    def knows(self, word: str) -> bool:
        """Return whether any passage or title holds the word, or another of the same stem."""
        return lexical.knows(self.db, word)

    def terms(self, initial: str) -> list[tuple[str, int]]:
        """Return the stems that begin so, each with its passages, as of the last `tidy`."""
        return lexical.terms(self.db, initial)

    def example(self, term: str) -> str:
        """Return the text of a passage that holds the stem, or ""."""
        return lexical.example(self.db, term)

    # Vectors.

    def vectors(
        self, ids: Iterable[int] | None = None, *, after: int = 0, upto: int | None = None
    ) -> tuple[Ids, Vectors]:
        """Return passage ids, ascending, and their vectors, (n, dim) float32.

        Args:
            ids: Which passages; None for all. Ids that are no longer there are left out.
            after: Only passages with a higher id than this.
            upto: Only passages with at most this id; None for no limit.
        """
        with self.reading():
            return blobs.read(self.db, self.manifest.dim or 0, ids, after=after, upto=upto)

    def known_vectors(self, hashes: Iterable[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors, (dim,) float32, of the passages with these hashes, as far as known.

        Ask before the documents that hold them are replaced or removed.
        """
        with self.reading():
            return blobs.known(self.db, hashes)
