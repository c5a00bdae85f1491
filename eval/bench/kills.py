"""Kills indexing at random moments, many times, and looks at what is left.

python -m eval.bench.kills [--kills N] [--documents N] [--model NAME] [--only WHAT] [--seed N]

Each round changes files, starts a command and sends SIGKILL: to `index` into a new directory, to
`sync`, to `watch`, to `forget`, or to what runs while a Chroma directory is being built; to the
process, to its group, or to its newest child. Then the index must open, hold every document that it
held before, as it was or as its file is now, hold no text that no file ever had, and find one and
quote it rightly. After a killed `index` or `forget` the same command must complete; every few
rounds `sync` must, and the index then be the folder. A killed `forget`, run again, leaves no byte.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from askcorpus import Corpus, Settings
from askcorpus.errors import IndexMissingError
from eval.bench.machine import describe
from eval.bench.world import World, name, question

WHATS = ("index", "sync", "watch", "forget", "directory")
TARGETS = ("process", "group", "child")
COMPLETE_EVERY = 10
LONGEST_S = 90.0


def main() -> None:
    """Print a line for each kill and the sums; leave with 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--model", default="hashing")
    parser.add_argument("--only", choices=WHATS)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["ASKCORPUS_DATA_DIR"] = str(Path(scratch, "data"))
        os.environ["ASKCORPUS_DENSE"] = "chroma"
        soak = Soak(Path(scratch), args.documents, args.model, random.Random(args.seed))
        number = 0
        while soak.counts["kills"] < args.kills:
            print(f"{soak.counts['kills']:>4}. {soak.round(args.only or WHATS[number % 5])}")
            number += 1
            if number % COMPLETE_EVERY == 0 or soak.counts["kills"] == args.kills:
                print(f"      {soak.complete()}", flush=True)
    for what, count in sorted(soak.counts.items()):
        print(f"{count:>5}  {what}")
    losses = sum(count for what, count in soak.counts.items() if what.startswith("lost"))
    print(f"{losses:>5}  losses in all")
    sys.exit(1 if losses else 0)


class Soak:
    """A folder, its index, and what was found wrong with it."""

    def __init__(self, scratch: Path, documents: int, model: str, rng: random.Random) -> None:
        """Write the documents and index them once."""
        self.index = scratch / "index"
        self.counts: Counter[str] = Counter()
        self._settings = Settings(model=model)
        self._rng = rng
        self._world = World(scratch / "documents", rng, documents)
        self._forgotten: set[str] = set()
        began = time.perf_counter()
        self._finish(self.index, "index", str(self._world.folder))
        self._usual = time.perf_counter() - began

    def round(self, what: str) -> str:
        """Change files, start a command, kill it, and return what was found afterwards."""
        index, before, touched = self.index, self._held(self.index), set[str]()
        command = [what]
        if what == "index":  # into a directory of its own, which begins with nothing
            index, before = self.index.with_name("another"), {}
            command = ["index", str(self._world.folder)]
        elif what == "forget":
            touched = {self._rng.choice(sorted(before))}
            command = ["forget", *touched]
        elif what in ("sync", "directory"):
            touched = self._world.change(0.1 if what == "sync" else 0.3)
            command = ["sync"]
        target = self._rng.choice(TARGETS)
        child = self._start(index, *command)
        began = time.perf_counter()
        if what == "watch":
            touched = self._change_while(child)
        if what == "directory":
            self._until_building(child)
        killed = self._kill(child, target, brief=what == "directory")
        lived = time.perf_counter() - began
        self.counts["kills"] += killed
        self.counts[f"{'killed' if killed else 'ended before it was killed'}: {what}"] += 1
        verdict = self._examine(index, before, touched, dense=self._rng.choice(["chroma", "exact"]))
        if what == "index":
            verdict += f"; again: {self._again(index)}"
        if what == "forget":
            verdict += f"; again: {self._forgets(before, touched.pop())}"
        return f"{what:<9} {target:<7} after {lived:5.2f} s: {verdict}"

    def complete(self) -> str:
        """Run `sync` to its end, hold the index against the folder, and return what it said."""
        said = self._finish(self.index, "sync", "--yes")
        now = self._held(self.index)
        # What a forgotten file held, then or later, stays away under any name, once it was seen.
        kept_out = {text for path in self._forgotten for text in self._world.ever(path)}
        open_to_all = self._world.paths() - self._forgotten
        unsure = {path for path in open_to_all if self._world.now(path) in kept_out}
        expected = open_to_all - unsure
        self._lose("a document is missing after sync", len(expected - set(now)))
        self._lose(
            "a document is there that isn't in the folder", len(set(now) - expected - unsure)
        )
        wrong = [path for path in expected & set(now) if self._world.now(path) != now[path]]
        self._lose("a text isn't the file's after sync", len(wrong))
        again = self._finish(self.index, "sync", "--yes")
        self._lose("sync reads files again that haven't changed", "indexed" in again.split("(")[-1])
        self.counts["complete syncs"] += 1
        return said

    def _lose(self, what: str, count: int) -> None:
        if count:
            self.counts[f"lost: {what}"] += count

    def _again(self, index: Path) -> str:
        """Let a killed `index` complete; what was committed may not be embedded again."""
        committed = self._passages(index)
        report = json.loads(self._run(index, "index", str(self._world.folder), "--json").stdout)
        self._lose(
            "committed passages embedded again",
            max(0, report["embedded"] - (report["passages"] - committed)),
        )
        self._lose("a file is missing", len(self._world.paths() - set(self._held(index))))
        shutil.rmtree(index)
        return f"{report['embedded']} of {report['passages']} passages embedded"

    def _forgets(self, before: dict[str, str], path: str) -> str:
        """Let a killed `forget` complete, and look for what was forgotten in every file."""
        said = self._finish(self.index, "forget", path)
        self._forgotten.add(path)
        secret = name(before[path]).encode()
        files = [file for file in self.index.rglob("*") if file.is_file()]
        bytes_left = [
            file for file in files if any(secret + end in file.read_bytes() for end in (b" ", b"."))
        ]
        self._lose("forgotten, and still in a file", len(bytes_left))
        return said

    def _examine(
        self, index: Path, before: dict[str, str], touched: set[str], *, dense: str
    ) -> str:
        """Hold the index against what it held before, and ask it."""
        try:
            now = self._held(index)
        except IndexMissingError:
            self._lose("the index is gone", bool(before))
            return "no index yet"
        # A file that had changed before this round may only now have been committed.
        lost = [
            path
            for path, text in before.items()
            if path not in touched and now.get(path) not in (text, self._world.now(path))
        ]
        self._lose("a committed document", len(lost))
        strange = [path for path, text in now.items() if not self._world.said(path, text)]
        self._lose("a text that no file ever had", len(strange))
        if now:
            path = self._rng.choice(sorted(now))
            self._lose("a question failed", not self._answers(index, path, now[path], dense))
        return f"{len(now)} documents, {len(lost)} lost"

    def _answers(self, index: Path, path: str, text: str, dense: str) -> bool:
        """Return whether a question finds its document, and quotes slices of it."""
        options = ["--json", "--file", path, "--dense", dense]
        done = self._run(index, "query", *options, question(text))
        if done.returncode not in (0, 1):
            print(f"      exit {done.returncode}: {done.stderr.strip()}")
            return False
        answer = json.loads(done.stdout)
        found = any(f"{name(text)} " in hit["text"] for hit in answer["passages"])
        slices = all(text[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])
        return found and slices

    def _held(self, index: Path) -> dict[str, str]:
        """Return the documents of an index and their texts."""
        with Corpus.open(index, settings=self._settings) as corpus:
            return {path: corpus.document(path).text for path in corpus.paths()}

    def _passages(self, index: Path) -> int:
        try:
            with Corpus.open(index, settings=self._settings) as corpus:
                return corpus.status().passages
        except IndexMissingError:
            return 0

    # Processes.

    def _change_while(self, child: subprocess.Popen[bytes]) -> set[str]:
        """Change files once the command is at work, in two bursts."""
        touched = set()
        for _ in range(2):
            with suppress(subprocess.TimeoutExpired):
                child.wait(self._rng.uniform(0.5, 2.0))
            touched |= self._world.change(0.1)
        return touched

    def _until_building(self, child: subprocess.Popen[bytes]) -> None:
        """Wait until a new Chroma directory is there, or the command has ended."""
        home = self.index / "chroma"
        known, ends = set(home.iterdir()), time.perf_counter() + LONGEST_S
        while (
            child.poll() is None and time.perf_counter() < ends and not set(home.iterdir()) - known
        ):
            time.sleep(0.002)

    def _kill(self, child: subprocess.Popen[bytes], target: str, *, brief: bool) -> bool:
        """Kill a command at a random moment; return whether it was still running."""
        wait = self._rng.random() ** 2 * 3 if brief else self._rng.uniform(0, self._usual * 1.1)
        with suppress(subprocess.TimeoutExpired):
            child.wait(wait)
        running = child.poll() is None
        if running and target == "child":
            with suppress(ProcessLookupError):
                os.kill(newest(child.pid), signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):  # without its child it may go on, or end
                child.wait(self._rng.uniform(0, self._usual))
        elif running and target == "process":
            child.kill()
        # What an orphan still does must be over before anything is looked at.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return running

    def _start(self, index: Path, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(index, *command),
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _run(self, index: Path, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(index, *command), capture_output=True, text=True, check=False
        )

    def _finish(self, index: Path, *command: str) -> str:
        """Run a command to its end and return the last line that it said."""
        done = self._run(index, *command)
        if done.returncode:
            print(f"      exit {done.returncode}: {done.stderr.strip()}")
            self._lose(f"{command[0]} doesn't complete", 1)
        return (done.stderr.strip().splitlines() or [""])[-1]

    def _command(self, index: Path, *command: str) -> list[str]:
        model = [] if command[0] == "forget" else ["--model", self._settings.model]
        start = [sys.executable, "-m", "askcorpus", "--index", str(index)]
        return [*start, command[0], *model, *command[1:]]


def newest(pid: int) -> int:
    """Return the newest process below a process, or itself."""
    found = subprocess.run(
        ["pgrep", "-n", "-P", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return newest(int(found[0])) if found else pid


if __name__ == "__main__":
    main()
