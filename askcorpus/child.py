"""Runs modules of ours in processes of their own: the one way to call, tell and end a child.

A child that does a piece of our work (`run`, `started`) stays in our process group: whoever ends
that, ends the child too. One that stands beside a face (`lead`) has a group of its own, which ends
with all that it starts. What goes between us is one JSON object a line, or nothing.
"""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Mapping, Sequence

Process = subprocess.Popen[bytes]

# Of our variables, what a child needs that must not be set up by any other of them.
_KEPT = frozenset(
    "PATH HOME LANG LC_ALL TMPDIR TEMP TMP SYSTEMROOT LD_LIBRARY_PATH DYLD_LIBRARY_PATH "
    "PYTHONHOME PYTHONNOUSERSITE PYTHONUSERBASE".split()
)
_LONGEST_LINE = 1 << 20  # in bytes, of a child that leads


def command(module: str, *arguments: str) -> list[str]:
    """Return the command line that runs a module with the interpreter that runs us."""
    # -P: the current folder may hold anything, a json.py too.
    return [sys.executable, "-P", "-W", "ignore", "-m", module, *arguments]


def environment(
    *, scrubbed: bool = False, before: Sequence[Path] = (), **more: str
) -> dict[str, str]:
    """Return the variables of a child that is to find the very package that we run.

    Args:
        scrubbed: Whether to hand down only what Python and the system need.
        before: Directories that come first on its import path.
        more: Variables to set.
    """
    kept = {name: os.environ[name] for name in os.environ if not scrubbed or name in _KEPT}
    given = [root for root in os.environ.get("PYTHONPATH", "").split(os.pathsep) if root]
    roots = [str(Path(root).absolute()) for root in [*map(str, before), *given]]
    ours = str(Path(__file__).absolute().parents[1])
    # Site-packages are on its path anyway, and must not come before the standard library.
    if ours not in [*roots, *site.getsitepackages(), site.getusersitepackages()]:
        roots.insert(len(before), ours)
    return {**kept, "PYTHONPATH": os.pathsep.join(roots), **more}


def line(said: Mapping[str, object]) -> bytes:
    """Return a line to write; JSON in ASCII holds any string that Python can."""
    return json.dumps(said).encode() + b"\n"


def start(
    module: str, *arguments: str, env: Mapping[str, str], piped: bool = False, **options: Any
) -> Process:
    """Start a module; `end` it.

    Piped, we talk over its stdin and stdout; it has no stream of ours otherwise. The options are
    `Popen`'s.
    """
    quiet = subprocess.DEVNULL
    talk = subprocess.PIPE if piped else quiet
    streams = {"stdin": talk, "stdout": talk, "stderr": quiet}
    return subprocess.Popen(command(module, *arguments), env=env, **{**streams, **options})


def end(process: Process) -> None:
    """End a process that may have ended already, and give its pipes back."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):  # what was not yet written is lost with it
            if pipe:
                pipe.close()


@contextmanager
def started(module: str, *arguments: str, **options: Any) -> Iterator[Process]:
    """Start a module as `start` does, and end it whatever happens inside."""
    process = start(module, *arguments, **options)
    try:
        yield process
    finally:
        end(process)


def run(module: str, *arguments: str, timeout_s: float | None = None, **options: Any) -> int | None:
    """Run a module to its end as `start` does; return its exit code, or minus its signal.

    None means that it took longer than the time-out, and was ended.
    """
    with started(module, *arguments, **options) as process:
        try:
            return process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None


async def lead(
    arguments: Sequence[str], *, env: Mapping[str, str], stderr: int = subprocess.DEVNULL
) -> asyncio.subprocess.Process:
    """Start a command that leads a process group and talks over its stdin and stdout.

    Ctrl+C in our terminal, or in a program that was opened from there, is none of its business.
    """
    import asyncio

    return await asyncio.create_subprocess_exec(
        *arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=env,
        limit=_LONGEST_LINE,
        start_new_session=True,
    )


def signal_group(leader: asyncio.subprocess.Process, number: int) -> None:
    """Send a signal to a leading process and to all that it has started, unless it has ended."""
    if leader.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader.pid, number)
