"""Which Chroma directory an index uses, whether it is sound, and how the next one is made.

A directory is built aside from the ledger's vectors, probed, and only then named in the ledger,
in one transaction. It is never written again: an update, a repair and another model are all the
same thing, the next directory. What touches Chroma runs in a child process, because building
holds the interpreter still and a damaged directory ends it (SIGSEGV, not an exception).
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

from askcorpus import child
from askcorpus.errors import StoreUnavailableError
from askcorpus.render import command
from askcorpus.sqlite import Database
from askcorpus.store import blobs, files, schema
from askcorpus.store.files import CHROMA, unwritable
from askcorpus.store.manifest import Generation

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.store.ledger import Ledger

MOST_CHANGED = 0.1
"""Share of newer and deleted passages beyond which the next directory is due."""
MOST_NEWER = 20_000
"""Passages that may be searched exactly beside Chroma: 2.5 ms of one core."""

_PEAK = 8
"""Room that building takes, as a multiple of the vectors themselves; 6.5 was seen."""

_DATABASE = "chroma.sqlite3"


class _RefusedError(StoreUnavailableError):
    """The probe ran to its end and found the directory wanting."""


def unname(ledger: Ledger) -> None:
    """Name no generation any more; the next one has a number that none had before it.

    A reader knows by its name that another directory has come.
    """
    said = ledger.manifest
    if said.generation:
        ledger.keep(replace(said, generation=None, last=int(said.generation.name)))


def check(ledger: Ledger, generation: Generation | None) -> Path:
    """Return the generation's directory after checking that it is as it was when it passed.

    Raises:
        StoreUnavailableError: None is named, or it is missing or damaged.
    """
    if generation is None:
        raise _sick(ledger.directory, f"The index at {ledger.directory} has no vector index yet.")
    directory = ledger.directory.absolute() / CHROMA / generation.name
    try:
        same = _digests(directory) == generation.digests
    except OSError as exc:
        raise _sick(ledger.directory, f"The vector index {directory} can't be read.") from exc
    if not same or generation.dim != ledger.manifest.dim:
        raise _sick(
            ledger.directory, f"The vector index {directory} is missing, damaged or out of date."
        )
    with contextlib.closing(Database(directory / _DATABASE, schema.WORDS, writable=False)) as db:
        if db.value("PRAGMA quick_check") != "ok":
            raise _sick(ledger.directory, f"The vector index {directory} is damaged.")
    return directory


def needs_rebuild(ledger: Ledger) -> bool:
    """Return whether the next directory is due: none or a sick one, or too much has changed.

    An index from elsewhere has none, and gets one with the first run that reads all its files.
    """
    said = ledger.manifest
    if not said.ours or not ledger.watermark:
        return False
    generation = said.generation
    try:
        check(ledger, generation)
        assert generation is not None  # for the type checker: check raises
        due = _has_moved_on(ledger, generation.watermark, generation.count)
    except StoreUnavailableError:
        due = True
    return due and (said.refused is None or _has_moved_on(ledger, *said.refused))


def _has_moved_on(ledger: Ledger, watermark: int, count: int) -> bool:
    """Return whether so much has changed since a build that the next one is worth it."""
    kept, newer = ledger.tally(watermark)
    return newer > MOST_NEWER or newer + count - kept > MOST_CHANGED * count


def build(ledger: Ledger) -> None:
    """Make the next directory from all the passages, probe it and name it in the ledger.

    The caller holds the lock of the index and changes nothing meanwhile. Directories older than
    the previous one are removed; a reader that still has one open keeps what it has loaded.

    Args:
        ledger: Open for writing; without passages, nothing happens.

    Raises:
        StoreUnavailableError: It can't be built or fails the probe; the ledger names what it did.
    """
    watermark = ledger.watermark
    if not watermark:
        return
    home = ledger.directory.absolute() / CHROMA
    previous = ledger.manifest.generation
    present = _present(home)
    used = [*map(int, present), int(previous.name) if previous else 0, ledger.manifest.last]
    name = f"{max(used) + 1:06d}"
    target = home / name
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        target.mkdir(mode=0o700)
        for task in ("build", "probe"):
            _run_child(task, ledger.directory.absolute(), target, watermark)
        count, _ = ledger.tally(watermark)
        distinct = blobs.count_distinct(ledger.db, upto=watermark)
        made = Generation(
            name, watermark, count, distinct, ledger.manifest.dim or 0, _digests(target)
        )
        ledger.keep(replace(ledger.manifest, generation=made, refused=None))
    except BaseException as exc:
        if isinstance(exc, _RefusedError):  # it would be again, and building takes its time
            count, _ = ledger.tally(watermark)
            ledger.keep(replace(ledger.manifest, refused=(watermark, count)))
        full = isinstance(exc, StoreUnavailableError) and _is_short_of_room(ledger, home)
        shutil.rmtree(target, ignore_errors=True)
        if isinstance(exc, OSError):
            raise unwritable(target, exc) from exc
        if full:  # which Chroma tells in words that name no disk
            raise StoreUnavailableError(
                f"The disk of {home} hasn't enough room for the vector index.",
                hint="Free some space, then run it again.",
            ) from exc
        raise
    for old in present:
        if previous is None or old != previous.name:
            shutil.rmtree(home / old, ignore_errors=True)


def _present(home: Path) -> list[str]:
    try:
        return [entry.name for entry in files.generations(home)]
    except OSError as exc:
        raise unwritable(home, exc) from exc


def _is_short_of_room(ledger: Ledger, home: Path) -> bool:
    """Return whether what is left on the disk is less than building takes."""
    needed = _PEAK * ledger.tally(0)[1] * (ledger.manifest.dim or 0) * 4
    try:
        return shutil.disk_usage(home).free < needed
    except OSError:
        return False


def _digests(directory: Path) -> dict[str, str]:
    """Return the digests of all files but Chroma's database, which every opening writes to."""
    found = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.name.startswith(_DATABASE):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "blake2b").hexdigest()
            found[path.relative_to(directory).as_posix()] = digest
    return found


def _run_child(task: str, ledger: Path, target: Path, watermark: int) -> None:
    """Run `askcorpus.store.chroma` on the directory, where no `.env` of the user's can be.

    Raises:
        StoreUnavailableError: The child failed or was killed by a signal.
    """
    words = ("askcorpus.store.chroma", task, str(ledger), str(target), str(watermark))
    # Chroma takes settings from any variable that has the name of one of them (ENVIRONMENT,
    # MIGRATIONS, …); for the one that is set, see askcorpus/onnx.py.
    env = child.environment(scrubbed=True, ORT_DISABLE_TELEMETRY="1")
    with tempfile.TemporaryFile() as complaint:
        status = child.run(*words, env=env, cwd=target, stderr=complaint, umask=0o077)
        complaint.seek(0)
        said = complaint.read().decode("utf-8", "replace").strip().splitlines()
    if status:
        reason = f"signal {-status}" if status < 0 else said[-1] if said else f"exit {status}"
        kind = _RefusedError if task == "probe" and status > 0 else StoreUnavailableError
        raise kind(
            f"The vector index {target} failed its {task}: {reason}",
            hint="Run: askcorpus doctor",
        )


def _sick(index: Path, message: str) -> StoreUnavailableError:
    return StoreUnavailableError(message, hint=remedy(index))


def remedy(place: Path) -> str:
    """Return the hint where a vector index is missing or sick: a small one is built on demand.

    Args:
        place: The index, or a directory that Chroma has in it.
    """
    index = place.parent.parent if place.parent.name == CHROMA else place
    return f"Run: {command('sync --dense chroma', index)}"
