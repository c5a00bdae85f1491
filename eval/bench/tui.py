"""The chat's quickness: first picture, stalls of its event loop, key-press to echo while indexing.

python -m eval.bench.tui [--rounds N] [--documents N]

The first picture is timed in processes of their own on a pseudo-terminal, against a Textual app
that shows one word; they take turns, and the medians are compared. A stall is how much later than
asked a sleep of five milliseconds comes back on the app's own event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from eval.bench.machine import describe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("painted")
Empty().run()
"""
BEAT_S = 0.005
KEY = "ø"  # in nothing else that the chat writes
KEYS = 60


def main() -> None:
    """Print the measures with their targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--stall", choices=["loading", "indexing"], help=argparse.SUPPRESS)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.stall:
        print(asyncio.run(stall(args.index, indexing=args.stall == "indexing")))
        return
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch, "index")
        Corpus.build(SEEDS, index=index, settings=Settings()).close()
        ours, empty = first_pictures(index, args.rounds)
        print(
            f"first picture        {ours:.3f} s, empty app {empty:.3f} s"
            f"   {ours / empty:.2f} ×  at most 1.5"
        )
        told("stall while loading", measured("loading", index))
        written(Path(scratch, "documents"), args.documents // 10)
        second = Path(scratch, "second")
        Corpus.build(Path(scratch, "documents"), index=second, settings=Settings()).close()
        written(Path(scratch, "documents"), args.documents)
        told("stall while indexing", measured("indexing", second))
        written(Path(scratch, "documents"), args.documents, edition=2)
        echoes = key_to_echo(second)
        p95 = quantiles(echoes, n=20)[-1]
        print(
            f"key to echo, indexing  median {median(echoes) * 1000:.0f} ms, "
            f"p95 {p95 * 1000:.0f} ms  under 50"
        )


def told(name: str, seconds: float) -> None:
    """Print a stall."""
    print(f"{name:<20} {seconds * 1000:.0f} ms  under 100, never above 250")


def written(folder: Path, documents: int, *, edition: int = 1) -> None:
    """Write documents that differ from each other and from other editions."""
    folder.mkdir(exist_ok=True)
    for n in range(documents):
        lines = [
            f"In edition {edition} of report {n}, ward {n * 7 + i} counted {i * 31 + n} "
            f"houses, {i + n} mills and {n % 13} bridges, and said so to the council."
            for i in range(12)
        ]
        (folder / f"report-{n:04}.txt").write_text("\n\n".join(lines), encoding="utf-8")


# The first picture and the echo, on a pseudo-terminal.


@contextmanager
def on_terminal(command: list[str]) -> Iterator[int]:
    """Run a command on a pseudo-terminal of 120 by 40, and end it at last."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        yield terminal
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def until(terminal: int, wanted: str, timeout_s: float = 60.0) -> float:
    """Return the time at which the terminal has shown the text."""
    seen = b""
    ends = time.perf_counter() + timeout_s
    while wanted.encode() not in seen:
        if not select.select([terminal], [], [], max(0.0, ends - time.perf_counter()))[0]:
            raise TimeoutError(f"the terminal never showed {wanted!r}")
        seen += os.read(terminal, 65536)
    return time.perf_counter()


def drain(terminal: int) -> None:
    """Read what is there."""
    while select.select([terminal], [], [], 0)[0]:
        os.read(terminal, 65536)


def first_pictures(index: Path, rounds: int) -> tuple[float, float]:
    """Return the median seconds to the first picture: ours, and an empty app's."""
    commands = {
        "ours": (
            [sys.executable, "-m", "askcorpus", "--index", str(index), "chat"],
            "opening the index",
        ),
        "empty": ([sys.executable, "-c", EMPTY], "painted"),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, (command, wanted) in commands.items():
            began = time.perf_counter()
            with on_terminal(command) as terminal:
                times[name].append(until(terminal, wanted) - began)
    return median(times["ours"][1:]), median(times["empty"][1:])


def key_to_echo(index: Path) -> list[float]:
    """Return the seconds from each key-press to its echo, while the chat indexes."""
    command = [sys.executable, "-m", "askcorpus", "--index", str(index), "chat"]
    found = []
    with on_terminal(command) as terminal:
        until(terminal, "ready:")
        os.write(terminal, b"\x1b[15~")  # F5
        until(terminal, "indexing ")
        for _ in range(KEYS):
            drain(terminal)
            began = time.perf_counter()
            os.write(terminal, KEY.encode())
            found.append(until(terminal, KEY) - began)
            time.sleep(0.05)
    return found


# Stalls of the event loop, in a fresh process.


def measured(what: str, index: Path) -> float:
    """Return the longest stall, measured in a process that has nothing loaded yet."""
    done = subprocess.run(
        [sys.executable, "-m", "eval.bench.tui", "--stall", what, "--index", str(index)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


async def stall(index: Path, *, indexing: bool) -> float:
    """Return the longest stall while the models load, or while the folder is indexed."""
    from askcorpus.tui.app import ChatApp
    from askcorpus.tui.memory import Memory

    app = ChatApp(Settings(index=str(index)), Memory())
    async with app.run_test(size=(120, 40)) as pilot:

        async def ready() -> None:
            while not app.chat.ready or app.chat.job is not None:
                await asyncio.sleep(BEAT_S)

        async def indexed() -> None:
            await pilot.press("f5")
            await ready()

        if indexing:
            await ready()
        longest = await beating(indexed if indexing else ready)
    app.desk.close()
    return longest


async def beating(work: Callable[[], Awaitable[None]]) -> float:
    """Return the longest stall of the event loop during the work."""
    longest = 0.0
    task = asyncio.ensure_future(work())
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(BEAT_S)
        longest = max(longest, time.perf_counter() - began - BEAT_S)
    await task
    return longest


if __name__ == "__main__":
    main()
