"""Says when something stirs in folders that come and go: by the system's events, or by the clock.

The owner of watchfiles. Its `ignore_permission_denied` also hides that the system's limit of
watches is reached (1.3), so that is asked for only where a folder can't be read. A name that isn't
UTF-8 ends its stream with an error; the stream is then opened again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from watchfiles.main import FileChange

    from askcorpus.watch import Pace

    Changes = Generator[set[FileChange], None, None]
    Identity = tuple[int, int] | None

_LIMIT_HINT = (
    "To be told at once, raise the limits and start again: sudo sysctl "
    "fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024"
)


class Stop(Protocol):
    """What tells that watching shall end; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Return whether it shall end."""

    def wait(self, timeout: float) -> bool:
        """Wait at most so many seconds; return whether it shall end."""


class Stirring:
    """The changes below some folders. Close it."""

    def __init__(
        self,
        index: str,
        pace: Pace,
        stop: Stop,
        tell: Callable[[str], None],
        *,
        poll: bool = False,
    ) -> None:
        """Remember what is wanted; nothing is watched yet.

        Args:
            index: Its directory, absolute and without links: what changes there doesn't count.
            pace: How long to wait for what.
            stop: Ends every wait.
            tell: Called with a sentence where the system's events can't be had.
            poll: Never ask for them.
        """
        self._index = index
        self._pace = pace
        self._stop = stop
        self._tell = tell
        self._poll = poll
        self._places: tuple[str, ...] = ()
        self._known: tuple[Identity, ...] = ()
        self._changes: Changes | None = None
        self._early = False

    def follow(self, places: Sequence[str]) -> None:
        """Watch these folders from now on; one that is missing, as soon as it is there."""
        known = tuple(_identity(place) for place in places)
        if (tuple(places), known) == (self._places, self._known):
            return
        self.close()
        self._places, self._known = tuple(places), known
        present = [p for p, identity in zip(places, known, strict=True) if identity]
        if present and not self._poll:
            self._open(present)

    def stirred(self) -> bool:
        """Return whether something that may count has happened, after a tick at most."""
        if self._changes is None:
            polls = self._poll and any(self._known)
            self._stop.wait(self._pace.poll_s if polls else self._pace.tick_s)
            return polls or self._moved()
        early, self._early = self._early, False
        try:
            changes = set() if early else next(self._changes, set())
        except (OSError, RuntimeError):
            self.close()
            self._known = ()  # opened again by the next `follow`
            return True
        return early or self._moved() or any(self._counts(path) for _, path in changes)

    def close(self) -> None:
        """Give the watches back."""
        if self._changes is not None:
            self._changes.close()
        self._changes = None

    def _open(self, present: Sequence[str], *, lenient: bool = False) -> None:
        """Ask for the system's events; fall back to the clock where there are none to be had."""
        from watchfiles import watch

        self._changes = changes = watch(
            *present,
            watch_filter=None,  # one that drops everything would keep us waiting here
            debounce=int(self._pace.floor_s * 1000),
            step=max(1, int(self._pace.quiet_s * 1000)),
            rust_timeout=int(self._pace.tick_s * 1000),
            yield_on_timeout=True,
            stop_event=self._stop,
            ignore_permission_denied=lenient,
        )
        try:
            # It begins to watch with the first step, which must come before the first look.
            self._early = any(self._counts(path) for _, path in next(changes, set()))
        except (OSError, RuntimeError) as exc:
            self.close()
            if isinstance(exc, FileNotFoundError) or "Unable to decode" in str(exc):
                self._known = ()  # gone again, or such a name just now: the next `follow` tries
            elif isinstance(exc, PermissionError) and not lenient:
                self._open(present, lenient=True)
            else:
                self._poll = True
                self._tell(
                    f"The system can't tell of changes in these folders ({_why(exc)}); they are "
                    f"looked through every {self._pace.poll_s:g} s instead. {_LIMIT_HINT}"
                )

    def _moved(self) -> bool:
        """Return whether a folder has come, gone or given way to another one."""
        return self._known != tuple(_identity(place) for place in self._places)

    def _counts(self, path: str) -> bool:
        """Return whether a change at the path may be one of the documents."""
        if path == self._index or path.startswith(self._index + os.sep):
            return False
        place = next((p for p in self._places if path.startswith(p)), "")
        parts = Path(path[len(place) :].lstrip(os.sep)).parts
        hidden = [part for part in parts if part.startswith(".")]
        return not hidden or (hidden == list(parts[-1:]) and hidden[0].endswith("ignore"))


def _identity(place: str) -> Identity:
    """Return what tells a folder from another one of its name; None where there is none."""
    try:
        found = Path(place).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _why(exc: Exception) -> str:
    if "limit" in str(exc):
        return "there are more of them than it watches"
    return str(exc).rpartition(": ")[2].lower() or type(exc).__name__
