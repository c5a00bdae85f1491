"""Forgets documents for good: no byte of them is left in a file of the index.

SQLite marks what is deleted as free and leaves it there. So free space is overwritten, the
full-text index is written anew, the log is folded into the file and cut off, and the file itself
is rewritten. What the file system or the disk keep of overwritten blocks is out of reach.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from askcorpus.errors import StoreUnavailableError
from askcorpus.store import files, generations, lexical
from askcorpus.store.files import CHROMA, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from askcorpus.store.ledger import Ledger


def place(root: str, path: str) -> bytes:
    """Return what is kept of where a forgotten file stands, so that it stays away."""
    return hashlib.sha256(f"{root.rstrip('/')}/{path}".encode("utf-8", "surrogateescape")).digest()


def content(sha256: str) -> bytes:
    """Return what is kept of a forgotten file's bytes, so that it stays away under any name."""
    return hashlib.sha256(f"sha256:{sha256}".encode()).digest()


def content_of(file: Path) -> bytes | None:
    """Return the fingerprint of a plain file's bytes, or None where they can't be had."""
    try:
        if file.is_file():
            with file.open("rb") as stream:
                return content(hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError:
        pass
    return None


def forget(ledger: Ledger, paths: Iterable[str], fingerprints: Iterable[bytes]) -> None:
    """Delete the files at these paths and note the fingerprints, in one transaction.

    The vector indexes go too, since they can be made again. The caller holds the lock of the
    index. Nothing is wiped yet: that is `wipe`, which may be called again where it failed.
    """
    with ledger.db.writing():
        ledger.remove(paths)
        rows = [(found,) for found in fingerprints]
        ledger.db.run_many("INSERT OR IGNORE INTO forgotten VALUES (?)", rows)
        generations.unname(ledger)
        ledger.keep(replace(ledger.manifest, unwiped=True))


def keep_out(ledger: Ledger, fingerprint: bytes) -> None:
    """Keep a file with this fingerprint out of the index from now on."""
    ledger.db.run("INSERT OR IGNORE INTO forgotten VALUES (?)", (fingerprint,))


def remember(ledger: Ledger, fingerprints: Sequence[bytes]) -> int:
    """Let files with these fingerprints in again; return how many were kept out."""
    known = forgotten(ledger) & set(fingerprints)
    ledger.db.run_many("DELETE FROM forgotten WHERE fingerprint = ?", [(f,) for f in known])
    return len(known)


def forgotten(ledger: Ledger) -> frozenset[bytes]:
    """Return the fingerprints of all that was forgotten."""
    return frozenset(row[0] for row in ledger.db.rows("SELECT fingerprint FROM forgotten"))


def wipe(ledger: Ledger) -> None:
    """Overwrite whatever deleted rows have left behind, in every file of the index.

    Raises:
        StoreUnavailableError: Another process has been reading for longer than it is waited for,
            or the disk has no room for a second copy; what was forgotten isn't found any more,
            but its bytes may still be there.
    """
    db = ledger.db
    home = ledger.directory / CHROMA
    if not ledger.manifest.generation:
        try:
            for directory in files.generations(home):
                shutil.rmtree(directory)
        except OSError as exc:
            raise unwritable(home, exc) from exc
        with suppress(OSError):  # something else lies in it, or it isn't there
            home.rmdir()
    with _scratch_beside(ledger):
        wiped = db.wipe("passage_text", lexical.COLLECTING)
    if not wiped:
        raise StoreUnavailableError(
            f"Another process is reading {db.path}, so that its old pages could not be wiped yet.",
            hint="End it, then run the same command again.",
        )
    ledger.keep(replace(ledger.manifest, unwiped=False))


@contextmanager
def _scratch_beside(ledger: Ledger) -> Iterator[None]:
    """Let SQLite write the copy that it rewrites a file from beside it, not in a public place."""
    before = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(ledger.directory.absolute())
    try:
        yield
    finally:
        if before is None:
            del os.environ["SQLITE_TMPDIR"]
        else:
            os.environ["SQLITE_TMPDIR"] = before
