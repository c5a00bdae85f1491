"""What is watched: a small folder indexed and asked, in a process without a network.

Run as a program with the scratch directory and the handle of a socket. First it tries one
connection of each kind, to its own machine: whoever watches knows by them that watching works.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.doctor.offline import calls, sample
from askcorpus.errors import AskcorpusError

if TYPE_CHECKING:
    from askcorpus.config import Dense, Settings

TRIAL = ("127.0.0.1", 9)
_WAYS: tuple[Dense, Dense] = ("exact", "chroma")


def main(scratch: Path, handle: int) -> None:
    """Index and ask under the watch; write what came of it to `result.json`."""
    with socket.socket(fileno=handle) as channel:
        calls.confine(channel)
    _try_python()
    _try_native()
    try:
        from askcorpus.config import Settings

        settings = Settings(**json.loads((scratch / "settings.json").read_text(encoding="utf-8")))
        result = {"done": _run(scratch, settings)}
    except AskcorpusError as exc:
        result = {"error": exc.message, "hint": exc.hint}
    except Exception as exc:  # noqa: BLE001 (whatever is wrong, what was tried is listed)
        result = {"error": f"{type(exc).__name__}: {exc}"}
    (scratch / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _try_python() -> None:
    with suppress(OSError), socket.socket(socket.AF_INET) as trial:
        trial.connect(TRIAL)


def _try_native() -> None:
    """Connect past Python's own functions, where the platform's structures are Linux's."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    handle = libc.socket(int(socket.AF_INET), int(socket.SOCK_STREAM), 0)
    host, port = TRIAL
    address = int(socket.AF_INET).to_bytes(2, sys.byteorder) + port.to_bytes(2, "big")
    address += socket.inet_aton(host) + bytes(8)
    libc.connect(handle, address, len(address))
    os.close(handle)


def _run(scratch: Path, settings: Settings) -> str:
    """Return what was indexed and asked.

    Raises:
        AskcorpusError: A document wasn't read or the question not answered, so that a part of the
            program went unwatched.
    """
    from askcorpus.corpus import Corpus

    folder, index = scratch / "documents", str(scratch / "index")
    folder.mkdir()
    count = sample.make(folder)
    report = Corpus.sync(folder, index=index, settings=replace(settings, dense="chroma"))
    unread = [f"{file.path}: {file.reason}" for file in report.files if file.reason]
    if unread or report.notes:
        raise AskcorpusError("; ".join([*unread, *report.notes]))
    for way in _WAYS:
        with Corpus.open(index, settings=replace(settings, dense=way)) as corpus:
            answer = corpus.ask(sample.QUESTION)
            if answer.notes:
                raise AskcorpusError(" ".join(answer.notes))
    return f"{count} files of {count} formats indexed, a question asked by both vector searches"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
