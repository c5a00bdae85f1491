"""What it costs to bring an index in step again, next to making it.

python -m eval.bench.sync --data DIR [--articles N]

Every step is a process of its own, models loaded anew, as a user's command is. A step's share is of
the first one's; CPU seconds are those of all its processes, and steadier on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench.machine import describe
from eval.bench.news import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PER_FOLDER = 500


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one command."""

    wall_s: float
    cpu_s: float
    said: str


def main() -> None:
    """Print a line for each step; leave with 1 where one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=100_000)
    args = parser.parse_args()
    articles = read(args.data)[: args.articles]
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "articles"), Path(scratch, "index")
        for number, article in enumerate(articles):
            text = article["content_original"].encode("utf-8", "replace").decode()
            place = folder / f"{number // PER_FOLDER:02}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{number:05}.txt").write_text(text, encoding="utf-8", newline="")
        full = run(index, "index", str(folder))
        print(f"{'index ' + str(len(articles)) + ' files':<34} {line(full, full)}")
        for name, change in steps(folder):
            change()
            print(f"{name:<34} {line(run(index, 'sync'), full)}")


def steps(folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is done to the folder before each further run, with its name."""
    first = min(folder.rglob("*.txt"))
    text = first.read_text(encoding="utf-8")
    yield "nothing changed", lambda: None
    yield "1 file touched", first.touch
    yield "1 file, a sentence added", lambda: first.write_text(text + "\nIt rained in Hull.\n")
    yield "1 file added", lambda: (folder / "new.txt").write_text("It snowed in Leeds.")
    yield "1 file deleted", (folder / "new.txt").unlink
    yield f"a folder of {PER_FOLDER} files renamed", lambda: (folder / "00").rename(folder / "a")
    yield f"{PER_FOLDER} files copied", lambda: shutil.copytree(folder / "a", folder / "b")


def run(index: Path, *arguments: str) -> Cost:
    """Return what a command cost, its children included."""
    command = [sys.executable, "-m", "askcorpus", "--index", str(index), *arguments]
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = os.posix_spawn(
            sys.executable,
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 2)],
        )
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - began
        said.seek(0)
        last = said.read().decode().strip().splitlines()[-1]
    if status:
        sys.exit(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}: {last}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, last)


def line(cost: Cost, full: Cost) -> str:
    """Return a cost, and its share of the full one."""
    shares = f"{cost.wall_s / full.wall_s:7.2%} {cost.cpu_s / full.cpu_s:7.2%}"
    return f"{cost.wall_s:7.1f} s  cpu {cost.cpu_s:7.1f} s  {shares}  {cost.said}"


if __name__ == "__main__":
    main()
