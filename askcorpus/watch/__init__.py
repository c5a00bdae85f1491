"""Keeps an index in step with its folders until it is stopped.

    events  says when something stirs, by the system's events or by the clock

Events only say when to look. What is compared is the state of the folders, by the walk that
indexing begins with, and a run is always a whole sync. So an event that is lost, or one of a file
that isn't wanted, does no harm: the next look finds the rest.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from askcorpus.corpus import Corpus
from askcorpus.embed import open_embedder
from askcorpus.errors import (
    AskcorpusError,
    ConfigError,
    FilesGoneError,
    IndexBusyError,
    IndexUnusableError,
    ModelUnavailableError,
    UsageError,
)
from askcorpus.render import command
from askcorpus.watch.events import Stirring, Stop

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from askcorpus.config import Settings
    from askcorpus.ports import Embedder
    from askcorpus.records import FileReport, IndexReport
    from askcorpus.sync.run import Progress
    from askcorpus.sync.scope import Scope

__all__ = ["Pace", "Stop", "follow"]

_FATAL = (IndexUnusableError, ModelUnavailableError, ConfigError)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited for what, in seconds."""

    quiet_s: float = 0.3
    """Without an event, before a burst counts as over."""
    floor_s: float = 3.0
    """Between two runs, and the longest that a burst is waited for."""
    tick_s: float = 1.0
    """Between two looks at whether the folders themselves are still there."""
    poll_s: float = 10.0
    """Between two looks through the folders where the system tells of no changes."""
    check_s: float = 600.0
    """After which a sync runs though nothing seems to have changed."""
    failed_s: float = 60.0
    """The same where files could not be read, which are then tried again."""
    retry_s: float = 2.0
    """Before the first attempt after a run that failed; then twice as long each time."""


def follow(
    settings: Settings,
    *,
    stop: Stop,
    tell: Callable[[str], None],
    report: Callable[[IndexReport], None],
    drawn: Callable[[], AbstractContextManager[Progress | None]] = nullcontext,
    poll: bool = False,
    pace: Pace | None = None,
) -> None:
    """Bring an index in step with its folders, and again after each change, until `stop` is set.

    Args:
        settings: Name the index and the model.
        stop: Looked at between two runs and while waiting.
        tell: Called with a sentence about what keeps the index from being in step, once each time.
        report: Called after each run; it holds only the files that aren't as they were, and no
            failure or note twice.
        drawn: Makes what shows the progress of a run.
        poll: Look through the folders from time to time instead of waiting for events, as for a
            network drive that others write to.
        pace: How soon, how often.

    Raises:
        IndexMissingError: There is no index at the start.
        IndexMismatchError: It was made with another model.
        ModelUnavailableError: The embedding model can't be had.
    """
    pace = pace or Pace()
    index = os.path.realpath(settings.index_path)
    runs = _Runs(settings, pace, tell, report, drawn)
    with closing(Stirring(index, pace, stop, tell, poll=poll)) as stirring:
        while not stop.is_set():
            meant = runs.meant()
            if meant:
                stirring.follow(meant.places)
            began = time.monotonic()
            wait_s = runs.bring_in_step(meant)
            ended = time.monotonic()
            # A run over many files takes its time; twice as much is left to everything else.
            stop.wait(min(wait_s, max(pace.floor_s, 2 * (ended - began))))
            while not stop.is_set() and time.monotonic() < ended + wait_s:
                stirred = stirring.stirred()
                if (stirred and not runs.hindered) or runs.meant() != meant:
                    break


class _Runs:
    """One run after the other, and what was said of them."""

    def __init__(
        self,
        settings: Settings,
        pace: Pace,
        tell: Callable[[str], None],
        report: Callable[[IndexReport], None],
        drawn: Callable[[], AbstractContextManager[Progress | None]],
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._tell = tell
        self._report = report
        self._drawn = drawn
        self._embedder: Embedder | None = None
        self._tried: bytes | None = None
        """The state of the folders before the last run; None where that failed."""
        self._tried_at = 0.0
        self._reasons: dict[str, str] = {}
        """Of the files that aren't in the index, as of the last run."""
        self._notes: tuple[str, ...] = ()
        self._failed = False
        self._trouble: type[AskcorpusError] | None = None
        """What kept the last run from being done, which is told once."""
        self._retry_s = pace.retry_s
        self._begun = False

    def meant(self) -> Scope | None:
        """Return the folders of the index as it is now; None where it can't be opened."""
        try:
            with Corpus.open(settings=self._settings) as corpus:
                return corpus.scope
        except AskcorpusError:
            return None

    @property
    def hindered(self) -> bool:
        """Whether the last run failed for what no change in the folders would mend."""
        return self._trouble is not None and self._trouble is not FilesGoneError

    def bring_in_step(self, meant: Scope | None) -> float:
        """Run a sync where one is due; return the seconds until the next look, at most."""
        found = state(meant, self._settings) if meant else None
        left_s = self._tried_at + self._every_s - time.monotonic()
        if found and found == self._tried and left_s > 0:
            return left_s
        try:
            self._done(self._run())
        except FilesGoneError as exc:
            meant_so = command("sync --yes", self._settings.index_path)
            self._say(exc, f"It is taken up when they are back. If it is meant: {meant_so}")
        except AskcorpusError as exc:
            if isinstance(exc, _FATAL) and not self._begun:
                raise
            self._say(exc, f"It is tried again from time to time. {exc.hint}")
            most_s = self._pace.poll_s if isinstance(exc, IndexBusyError) else self._pace.check_s
            wait_s, self._retry_s = min(self._retry_s, most_s), min(2 * self._retry_s, most_s)
            self._tried = None
            return wait_s
        finally:
            self._begun = True
        self._tried, self._tried_at = found, time.monotonic()
        return self._every_s

    @property
    def _every_s(self) -> float:
        return self._pace.failed_s if self._failed else self._pace.check_s

    def _run(self) -> IndexReport:
        Corpus.open(settings=self._settings).close()  # a missing index is said before a model
        self._embedder = self._embedder or open_embedder(self._settings, self._tell)
        with self._drawn() as progress:
            return Corpus.sync(settings=self._settings, progress=progress, embedder=self._embedder)

    def _done(self, report: IndexReport) -> None:
        if self._trouble:
            self._tell("The index is in step again.")
        self._trouble, self._retry_s = None, self._pace.retry_s
        news = tuple(file for file in report.files if self._is_new(file))
        self._reasons = {f.path: f.reason for f in report.files if f.state in ("failed", "skipped")}
        self._failed = bool(report.failed)
        notes = tuple(note for note in report.notes if note not in self._notes)
        self._notes = report.notes
        self._report(replace(report, files=news, notes=notes))

    def _is_new(self, file: FileReport) -> bool:
        if file.state in ("indexed", "removed"):
            return True
        return file.state != "unchanged" and self._reasons.get(file.path) != file.reason

    def _say(self, exc: AskcorpusError, then: str) -> None:
        """Tell of an error, unless the last run met the same."""
        if self._trouble is not type(exc):
            self._tell(f"{exc.message} {then}".rstrip())
        self._trouble = type(exc)


def state(meant: Scope, settings: Settings) -> bytes:
    """Return a digest of what indexing would see: folders, files, sizes and times."""
    digest = hashlib.blake2b(repr(meant).encode("utf-8", "backslashreplace"))
    for folder in meant.folders:
        try:
            for entry in meant.walk(folder, settings.index_path):
                digest.update(repr(entry).encode("utf-8", "backslashreplace"))
        except UsageError as exc:
            digest.update(exc.message.encode("utf-8", "backslashreplace"))
    return digest.digest()
