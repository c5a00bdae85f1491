"""Kills `askcorpus index` at random moments and looks at what is left.

python -m eval.bench.kills [--kills N] [--documents N] [--model NAME]

After each SIGKILL the index must open, hold at least the documents that it held before, and quote
one of them rightly. At last `index` runs to its end; it may embed only what was never committed.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from askcorpus import Corpus, Settings
from askcorpus.errors import IndexMissingError

FACTS = ("closed the mine", "opened the ferry", "sold the orchard", "painted the bridge")


def main() -> None:
    """Print a line for each kill; leave with 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--documents", type=int, default=600)
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    settings = Settings(model=args.model)
    losses = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "documents"), Path(scratch, "index")
        write(folder, args.documents, rng)
        held: set[str] = set()
        for number in range(1, args.kills + 1):
            wait = rng.uniform(1.0, 8.0)
            killed = kill_after(folder, index, args.model, wait)
            before, held = held, committed(index, settings)
            lost = len(before - held)
            losses += lost + (not quotes_rightly(index, settings, held))
            print(
                f"{number:>3}. {'killed' if killed else 'ended'} after {wait:.1f} s: "
                f"{len(held)} documents, {lost} lost"
            )
        with Corpus.build(folder, index=index, settings=settings) as corpus:
            report = corpus.report
        assert report is not None
        again = {f.path for f in report.files if f.state != "unchanged"} & held
        losses += len(again) + (report.documents != args.documents)
        print(
            f"then index ends: {report.documents} documents, {report.passages} passages, "
            f"{report.embedded} embedded now, {len(again)} committed files read again"
        )
    sys.exit(1 if losses else 0)


def write(folder: Path, documents: int, rng: random.Random) -> None:
    """Write reports of different length, each with a fact that no other one holds."""
    folder.mkdir()
    for number in range(documents):
        filler = " ".join(
            f"On day {rng.randrange(900)} the council of district {rng.randrange(90)} met again."
            for _ in range(rng.randrange(5, 60))
        )
        fact = f"Inspector N{number} {FACTS[number % len(FACTS)]} number {number}."
        (folder / f"{number:04}.txt").write_text(f"{filler}\n\n{fact}\n", encoding="utf-8")


def kill_after(folder: Path, index: Path, model: str, wait: float) -> bool:
    """Return whether the indexer was still running when it was killed."""
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "askcorpus",
            "--index",
            str(index),
            "index",
            str(folder),
            "--model",
            model,
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        child.wait(wait)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
    return child.wait() == -signal.SIGKILL


def committed(index: Path, settings: Settings) -> set[str]:
    """Return the paths of the documents that the index holds; none where it isn't made yet."""
    time.sleep(0.05)
    try:
        with Corpus.open(index, settings=settings, one_shot=True) as corpus:
            return set(corpus.paths())
    except IndexMissingError:
        return set()


def quotes_rightly(index: Path, settings: Settings, held: set[str]) -> bool:
    """Return whether a question about a committed document finds it."""
    if not held:
        return True
    path = max(held)
    number = int(path.removesuffix(".txt"))
    with Corpus.open(index, settings=settings, one_shot=True) as corpus:
        question = f"Who {FACTS[number % len(FACTS)]} number {number}?"
        found = corpus.ask(question, files=[path])
        return any(f"N{number} " in hit.passage.text for hit in found.passages)


if __name__ == "__main__":
    main()
