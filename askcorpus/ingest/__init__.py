"""Folder to documents: finds the files, decodes them, marks what is not content.

    walk ─FileEntry→ read ─bytes→ sandbox ─bytes→ formats (pdf, docx, …) ─Extracted→ Document

    walk          the files of a folder, in an order that never changes; none is opened
    ignore        `.gitignore` and `.askcorpusignore`
    decode        bytes to text
    extracted     what a parser hands back
    formats/      one parser for each format
    boilerplate/  what is not content in plain text
    sandbox/      the child process that parses

Plain text and Markdown are read here, unless they are large; what needs a library, in the child
process of `sandbox`.
A file that can't be read is a `Skipped` with its reason, never an exception.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from askcorpus.ingest.extracted import NESTED, Extracted, Unreadable, bounded
from askcorpus.ingest.formats import IN_PROCESS, PARSERS
from askcorpus.ingest.ignore import is_pattern
from askcorpus.ingest.sandbox import shared
from askcorpus.ingest.walk import FileEntry, Selection, walk
from askcorpus.records import Document, Skipped
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["EXTRACTION", "MAX_FILE_BYTES", "FileEntry", "Selection", "is_pattern", "read", "walk"]

EXTRACTION = 2
"""Raised when files give another text than before: an index then reads all of its files again."""
MAX_FILE_BYTES = 64_000_000
"""Larger files are skipped: no one article is that long, and memory is several times the size."""
MAX_OWN_BYTES = 4_000_000
"""Larger files of every format are parsed in the child, within its limits."""
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# O_PATH: to go through a folder, it needn't be one that may be listed.
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CHANGED = Unreadable("it changed while it was read", failed=True)


def read(
    entry: FileEntry, *, boilerplate: bool = True, fields: Sequence[str] = ()
) -> Document | Skipped:
    """Return a file's document, or why there is none; never raises for what is in the file.

    Args:
        entry: From `walk`. Size and time of the document are those of the bytes that were read.
        boilerplate: Whether what is not content is marked.
        fields: Of JSON, the keys that are read; all if none.
    """
    try:
        content = _bytes(entry.absolute)
        if isinstance(content, Unreadable):
            return Skipped(entry.path, content.reason, content.failed)
        data, status = content
        suffix = PurePosixPath(entry.path).suffix.lower()
        own = suffix in IN_PROCESS and len(data) <= MAX_OWN_BYTES
        found = bounded(PARSERS[suffix](data)) if own else shared().parse(entry.path, data, fields)
    except FileNotFoundError:
        return Skipped(entry.path, "it was deleted before it was read")
    except OSError as exc:
        return Skipped(entry.path, (exc.strerror or type(exc).__name__).lower(), failed=True)
    except RecursionError:
        found = NESTED
    except Exception as exc:  # noqa: BLE001 (a parser's library may raise anything)
        reason = one_line(f"its parser failed: {type(exc).__name__}: {exc}")[:200]
        return Skipped(entry.path, reason, failed=True, lasting=True)
    if isinstance(found, Unreadable):
        lasting = found.failed and not found.passing
        return Skipped(entry.path, found.reason, found.failed, lasting=lasting)
    return _document(entry, found, data, status, boilerplate=boilerplate)


def _document(
    entry: FileEntry, found: Extracted, data: bytes, status: os.stat_result, *, boilerplate: bool
) -> Document:
    return Document(
        path=entry.path,
        text=found.text,
        title=found.title or one_line(PurePosixPath(entry.path).stem),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        mtime_ns=status.st_mtime_ns,
        date=found.date,
        byline=found.byline,
        boilerplate=found.boilerplate if boilerplate else (),
        headings=found.headings,
        extracted=found.extracted,
        places=found.places,
    )


def _bytes(path: Path) -> tuple[bytes, os.stat_result] | Unreadable:
    """Return a file's bytes and its state while they were read; a second try where it changed."""
    for _ in range(2):
        try:
            descriptor = _opened(path)
        except OSError as exc:
            # A link; a link or a file in a folder's place; a socket.
            if exc.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
                return _CHANGED
            raise
        with os.fdopen(descriptor, "rb") as stream:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                return _CHANGED
            if before.st_size > MAX_FILE_BYTES:
                limit = MAX_FILE_BYTES // 1_000_000
                return Unreadable(f"larger than {limit} MB")
            data = stream.read(MAX_FILE_BYTES + 1)
            after = os.fstat(descriptor)
        if len(data) == before.st_size == after.st_size and before.st_mtime_ns == after.st_mtime_ns:
            return data, before
    return _CHANGED


def _opened(path: Path) -> int:
    """Return the descriptor of a file, come to by folder after folder and through no link.

    When the folder was walked, its way had no link in it; by now the file, or a folder above it,
    may be one, which would lead elsewhere, or a pipe, which would block.

    Raises:
        OSError: With ELOOP or ENOTDIR where there is a link.
    """
    folder = os.open(path.anchor, _STEP)
    try:
        for name in path.parts[1:-1]:
            outer, folder = folder, os.open(name, _STEP, dir_fd=folder)
            os.close(outer)
        return os.open(path.name, _READ, dir_fd=folder)
    finally:
        os.close(folder)
