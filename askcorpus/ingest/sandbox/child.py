"""The child process that parses: reads files from its standard input until that ends.

Run by `sandbox` as a program, with limits in its arguments. A parser's library may print, loop,
fill the memory or crash; here that harms nothing but this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from askcorpus.ingest.extracted import (
    NESTED,
    TOO_LONG,
    Extracted,
    RefusedError,
    Unreadable,
    bounded,
)
from askcorpus.ingest.formats import parser
from askcorpus.ingest.sandbox import wire
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

IDLE_S = 20
"""With nothing to do for so long, the process ends: a chat stays open for hours."""


def main(arguments: Sequence[str]) -> int:
    """Parse what comes until there is nothing more; return 0 where nothing was lost."""
    seconds, memory = float(arguments[0]), int(arguments[1])
    source = os.fdopen(os.dup(0), "rb")
    # What a library prints must neither reach a terminal nor pass for an answer.
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # An interrupt is for the parent, whose end closes our standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The kernel's own default, which ends the process whatever a library is doing.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of memory
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while select.select([source], [], [], IDLE_S)[0]:
        asked = source.readline()
        if not asked:
            return 0
        request = json.loads(asked)
        data = source.read(request["size"])
        signal.setitimer(signal.ITIMER_REAL, seconds)
        found, sound = _parsed(request["name"], request["fields"], data, memory)
        _answer(target, found)
        signal.setitimer(signal.ITIMER_REAL, 0)
        # What a large file took isn't given back: the next one starts with a new process.
        if not sound or _peak_bytes() > memory / 4:
            return 0
    return 0


def _answer(target: BinaryIO, found: Extracted | Unreadable) -> None:
    target.write(wire.dumps(found))
    target.flush()


def _parsed(
    name: str, fields: Sequence[str], data: bytes, memory: int
) -> tuple[Extracted | Unreadable, bool]:
    """Return what a file's parser says, and whether this process can go on after that."""
    try:
        found = bounded(parser(name, fields)(data))
    except RefusedError as exc:
        return exc.unreadable, True
    except MemoryError:
        limit = memory / 1_000_000_000
        return Unreadable(f"reading it takes more than {limit:g} GB of memory", failed=True), False
    except RecursionError:
        return NESTED, False
    except Exception as exc:  # noqa: BLE001 (a parser's library may raise anything)
        reason = one_line(f"its parser failed: {type(exc).__name__}: {exc}")[:200]
        return Unreadable(reason, failed=True), False
    return found, found is not TOO_LONG


def _peak_bytes() -> int:
    # Linux hands the starting process's peak down to the one that it starts, but for this line.
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
