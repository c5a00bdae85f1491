"""Whether indexing and asking try to reach a network, watched in a process that has none.

    sample   the folder that is indexed
    work     the child process that indexes and asks
    hook     refuses and lists what Python code tries, in it and in all that it starts
    calls    the same for native code: system calls, on Linux
    report   says what was seen

Each way of watching is tried first, in the very process that is watched, and only what was seen
then counts as watched.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askcorpus import child
from askcorpus.doctor.offline import calls
from askcorpus.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.config import Settings

_TRIAL = "127.0.0.1 port 9"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried, and refused."""

    what: str
    """The kind of call and where it would have led."""
    program: str
    place: str = ""
    """The line of Python code; empty for native code."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was watched, and what was seen."""

    python: str
    """Empty where Python code was watched, else why not."""
    native: str
    """Empty where native code was watched, else why not."""
    programs: tuple[str, ...]
    """Each process in which Python code was watched, in the order in which they started."""
    attempts: tuple[Attempt, ...]
    done: str
    """What was run."""
    error: UnavailableError | None = None
    """Set where anything was tried, or not all was run, or nothing was watched."""


def examine(settings: Settings) -> Verdict:
    """Return what indexing and asking tried to reach, with these settings.

    A model that isn't shipped is prepared anew, in a cache of its own: this is watched too.

    Raises:
        UnavailableError: The process can't be started.
    """
    told: list[Attempt] = []

    def tell(kind: str, to: str, arguments: Sequence[str]) -> None:
        told.append(Attempt(f"{kind} {to}", _program(arguments)))

    with tempfile.TemporaryDirectory(prefix="askcorpus-") as name:
        scratch = Path(name)
        (scratch / "settings.json").write_text(json.dumps(asdict(settings)), encoding="utf-8")
        hooked = scratch / "hook"
        hooked.mkdir()
        shutil.copy(Path(__file__).with_name("hook.py"), hooked / "sitecustomize.py")
        native = _run(scratch, hooked, tell)
        entries = _entries(hooked / "attempts")
        result = _read(scratch / "result.json")
    programs = tuple(_program(entry["program"]) for entry in entries if entry["event"] == "start")
    listed = [
        Attempt(f"{entry['event']} {entry['to']}", _program(entry["program"]), entry["place"])
        for entry in entries
        if entry["event"] != "start"
    ]
    python = _taken_trial(listed)
    native = native or _taken_trial(told)
    attempts = (*listed, *told)
    error = _error(result, attempts, python)
    return Verdict(python, native, programs, attempts, result.get("done", ""), error)


def _taken_trial(attempts: list[Attempt]) -> str:
    """Take the trial out of a list; return what it means that it isn't there, or nothing."""
    for at, attempt in enumerate(attempts):
        if attempt.what.endswith(_TRIAL):
            del attempts[at]
            return ""
    return "an attempt made as a trial wasn't seen"


def _error(
    result: dict[str, str], attempts: Sequence[Attempt], python: str
) -> UnavailableError | None:
    if attempts:
        number = f"{len(attempts)} attempts" if len(attempts) > 1 else "An attempt"
        return UnavailableError(
            f"{number} to reach a network, all refused.",
            hint="Please report this; a reader of your own may be the cause.",
        )
    if "done" not in result:
        return UnavailableError(
            f"Not all could be run: {result.get('error') or 'the process ended early'}",
            hint=result.get("hint") or "Run: askcorpus doctor",
        )
    if python:
        return UnavailableError(
            f"Python code could not be watched: {python}.",
            hint="Run it with an ordinary Python, as in a virtual environment.",
        )
    return None


def _run(scratch: Path, hooked: Path, tell: calls.Tell) -> str:
    """Run the work to its end; return why native code wasn't watched, or nothing."""
    env = child.environment(before=[hooked], ASKCORPUS_CACHE_DIR=str(scratch / "cache"))
    ours, theirs = socket.socketpair()
    command = ("askcorpus.doctor.offline.work", str(scratch), str(theirs.fileno()))
    with ours, theirs, child.started(*command, env=env, pass_fds=[theirs.fileno()]) as work:
        theirs.close()  # where the work ends early, nothing holds it open
        listener, reason = calls.receive(ours)
        with _watching(listener, tell):
            work.wait()
    return reason


@contextmanager
def _watching(listener: int | None, tell: calls.Tell) -> Iterator[None]:
    """Answer the stopped calls in a thread while what is inside runs."""
    if listener is None:
        yield
        return
    ended, end = os.pipe()
    watcher = threading.Thread(target=calls.watch, args=(listener, ended, tell))
    watcher.start()
    try:
        yield
    finally:
        os.write(end, b".")
        watcher.join()
        os.close(ended)
        os.close(end)


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _program(arguments: Sequence[str]) -> str:
    """Return what a process runs, from its arguments: a module, a script or another program."""
    for at, argument in enumerate(arguments):
        if argument == "-m":
            return " ".join(arguments[at + 1 : at + 2])
        if argument == "-c":
            return f"{Path(arguments[0]).name} -c"
    return Path(arguments[0]).name if arguments else "a process that has ended"
