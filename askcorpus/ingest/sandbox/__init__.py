"""Parses files in a child process, so that a hostile one can neither hang nor crash us.

    child  that process
    wire   what passes between it and us

One process serves file after file; it starts when the first is parsed, and again after it was
ended by a limit. A file that ends it gives an `Unreadable` with the reason, and the next one is
read as if nothing had happened.
"""

from __future__ import annotations

import atexit
import signal
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from askcorpus import child
from askcorpus.ingest.extracted import MAX_TEXT_CHARS, Extracted, Unreadable
from askcorpus.ingest.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ANSWER_BYTES = 16 * MAX_TEXT_CHARS
"""No text that is short enough takes more, with all its headings and places."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    seconds: float = 60.0
    memory: int = 2_000_000_000
    """Bytes of address space of the whole process."""


class Worker:
    """A child process that parses one file at a time; close it, or use it in a `with` statement."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Prepare it; nothing is started yet."""
        self.limits = limits or Limits()
        self._child: child.Process | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def parse(self, name: str, data: bytes, fields: Sequence[str] = ()) -> Extracted | Unreadable:
        """Return what a file's parser says, or which limit it broke.

        Args:
            name: Of the file; its suffix picks the parser.
            data: Its content.
            fields: Of JSON, the keys that are read; all if none.
        """
        request = {"name": name, "size": len(data), "fields": list(fields)}
        with self._lock:
            try:
                # A process that had nothing to do may end just as it is asked: then another one is.
                return (
                    self._asked(request, data)
                    or self._asked(request, data)
                    or _lost(0, self.limits)
                )
            except BaseException:
                self._end()  # an answer may be on its way, and would pass for the next file's
                raise

    def _asked(self, request: dict[str, Any], data: bytes) -> Extracted | Unreadable | None:
        """Return what the process answers; None where it ended of its own accord."""
        process = self._child = self._child or self._start()
        assert process.stdin
        assert process.stdout
        line = b""
        try:
            process.stdin.write(child.line(request))
            process.stdin.write(data)
            process.stdin.flush()
            line = process.stdout.readline(MAX_ANSWER_BYTES)
        except BrokenPipeError:
            pass
        if line.endswith(b"\n"):
            try:
                return wire.loads(line)
            except (ValueError, KeyError, TypeError):
                self._end()
                return Unreadable("its parser answered nonsense", failed=True)
        status = process.wait() if not line else None
        self._end()
        return None if status == 0 else _lost(status, self.limits)

    def _start(self) -> child.Process:
        limits = (str(self.limits.seconds), str(self.limits.memory))
        # Each of a pool's threads would take address space, and none is needed.
        env = child.environment(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
        return child.start("askcorpus.ingest.sandbox.child", *limits, env=env, piped=True)

    def _end(self) -> None:
        process, self._child = self._child, None
        if process is not None:
            child.end(process)


# What no file can make its own parser do: it has its limits by other signals.
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


def _lost(status: int | None, limits: Limits) -> Unreadable:
    """Return why a process ended without an answer."""
    if status is None:
        return Unreadable("its parser gave too long an answer", failed=True)
    if status == -signal.SIGALRM:
        return Unreadable(f"reading it took longer than {limits.seconds:g} s", failed=True)
    if status < 0:
        name = signal.Signals(-status).name
        if -status in _FROM_OUTSIDE:  # by the system, which was short of memory, or by somebody
            return Unreadable(f"its parser was ended ({name})", failed=True, passing=True)
        return Unreadable(f"its parser crashed ({name})", failed=True)
    return Unreadable(f"its parser ended ({status})", failed=True)


@cache
def shared() -> Worker:
    """Return the process that all files of this one share; it ends with us."""
    worker = Worker()
    atexit.register(worker.close)
    return worker
