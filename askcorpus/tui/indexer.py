"""The child process that indexes: what it is asked comes on stdin, what it does goes to stdout.

One JSON object a line. A process of its own keeps the chat smooth, and can be stopped at any time:
what was committed is kept.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from threading import Event
from typing import Any

from askcorpus import child
from askcorpus.errors import AskcorpusError

_stopped = Event()


def main() -> int:
    """Index the folder that stdin names, and return the exit code."""
    signal.signal(signal.SIGINT, _stop)
    order = json.loads(sys.stdin.readline())
    try:
        os.nice(5)  # typing goes first
        _index(order)
    except AskcorpusError as exc:
        tell(error=exc.message, hint=exc.hint)
        return exc.exit_code
    except (KeyboardInterrupt, BrokenPipeError):
        return 130
    except Exception as exc:  # noqa: BLE001 (a traceback in front of a user is a bug)
        tell(error=f"Unexpected {type(exc).__name__}: {exc}", hint="Run: askcorpus doctor")
        return 4
    return 0


def _index(order: dict[str, Any]) -> None:
    from askcorpus.config import Settings
    from askcorpus.corpus import Corpus

    report = Corpus.sync(
        *order["folders"],
        settings=Settings(**order["settings"]),
        progress=lambda done, total, path: tell(done=done, total=total, path=path),
        notify=lambda text: tell(note=text),
    )
    tell(
        finished=True,
        failed=[f"{file.path}: {file.reason}" for file in report.failed],
        notes=list(report.notes),
    )


def _stop(*_: object) -> None:
    _stopped.set()
    raise KeyboardInterrupt


def tell(**facts: object) -> None:
    """Write one line to the parent; also where a stop that a library swallowed is found out."""
    if _stopped.is_set():
        raise KeyboardInterrupt
    sys.stdout.buffer.write(child.line(facts))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
