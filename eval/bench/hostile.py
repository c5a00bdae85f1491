"""Indexes hostile files beside a good one, and looks at what is left standing.

python -m eval.bench.hostile [--only NAME] [--large] [--jobs N]

Each case is a folder in a scratch directory, indexed by the real `askcorpus index` with the model
"hashing" and without a vector index, so that neither dominates. A case holds where the good
document still answers, nothing is printed that a terminal would obey, nothing from outside the
folder is told, no traceback is shown and the time stays bounded.
Memory is the peak of the largest process of the tree (VmHWM, sampled: ru_maxrss is handed down).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench import hostile_files
from eval.bench.hostile_folders import FOLDERS, LARGE, MEANWHILE
from eval.bench.machine import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

GOOD = "The harbour master of Zenith is Ann Quill.\n"
QUESTION = "Who is the harbour master of Zenith?"
MAX_SECONDS = 900
# What stands in files outside the folder.
SECRETS = re.compile("root:x:0|secret of Elmford|PATH=")
# Controls but newline, and what reorders or hides text.
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case came to."""

    files: tuple[tuple[str, str, str], ...]
    """Path, state and reason of each hostile file."""
    seconds: float
    peak: int
    """Bytes."""
    faults: tuple[str, ...]
    """What should not have been."""


def main() -> None:
    """Print the table; leave with 1 where a case didn't hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="cases whose name holds this")
    parser.add_argument("--large", action="store_true", help="with 100,000 files")
    parser.add_argument("--jobs", type=int, default=2, help="cases at once (for figures: 1)")
    args = parser.parse_args()
    names = [*hostile_files.CASES, *FOLDERS, *(LARGE if args.large else ())]
    chosen = [name for name in names if args.only is None or args.only.lower() in name.lower()]
    print(f"{describe()}, {args.jobs} at once\n")
    print("| case | s | MB | files | holds |\n|---|---|---|---|---|")
    began = time.perf_counter()
    with ThreadPoolExecutor(args.jobs) as pool:
        outcomes = []
        for name, outcome in zip(chosen, pool.map(run, chosen), strict=True):
            outcomes.append(outcome)
            holds = "; ".join(outcome.faults) or "yes"
            size = f"{outcome.peak / 1e6:.0f}"
            print(f"| {name} | {outcome.seconds:.1f} | {size} | {told(outcome)} | {holds} |")
            sys.stdout.flush()
    print(f"\n{len(outcomes)} cases in {time.perf_counter() - began:.0f} s")
    sys.exit(any(outcome.faults for outcome in outcomes))


def told(outcome: Outcome) -> str:
    """Return the files by what became of them; of more than twenty only the numbers."""
    if len(outcome.files) > 20:
        states = Counter((state, reason) for _, state, reason in outcome.files)
        return "; ".join(
            f"{count} {state}{f' ({reason})' if reason else ''}"
            for (state, reason), count in states.most_common(8)
        )
    grouped: dict[str, list[str]] = {}
    for path, state, reason in outcome.files:
        shown = path.encode("ascii", "backslashreplace").decode().replace("\n", "\\n")
        grouped.setdefault(f"{state}: {reason}" if reason else state, []).append(shown[:24])
    return "; ".join(f"{', '.join(paths)} {what}" for what, paths in grouped.items())


def run(name: str) -> Outcome:
    """Return what indexing a case's folder, and asking, came to."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as scratch:
        home = Path(scratch)
        folder, index = home / "documents", home / "index"
        folder.mkdir()
        # Named so that it is read last, after whatever the others did.
        (folder / "~good.txt").write_text(GOOD, encoding="utf-8")
        if name in hostile_files.CASES:
            hostile_files.write(name, folder)
        else:
            {**FOLDERS, **LARGE}[name](folder)
        ended = threading.Event()
        changer = threading.Thread(
            target=MEANWHILE.get(name, lambda *_: None), args=(folder, ended), daemon=True
        )
        changer.start()
        began = time.perf_counter()
        try:
            code, out, err, peak = indexed(home, folder, index)
        finally:
            ended.set()
            changer.join()
        seconds = time.perf_counter() - began
        faults = list(complaints("index", code, out, err))
        # A failed document (5) leaves the rest indexed.
        if code not in (0, 5):
            said = " ".join(err.split())[-200:]
            return Outcome((), seconds, peak, (*faults, f"index ended with {code}: {said}"))
        files = tuple(
            (file["path"], file["state"], file["reason"])
            for file in json.loads(out)["files"]
            if file["path"] != "~good.txt"
        )
        faults += asked(home, index, [path for path, state, _ in files if state == "indexed"])
        return Outcome(files, seconds, peak, tuple(faults))


def environment(home: Path) -> dict[str, str]:
    """Return the environment: nothing of the user's, no embedding model, and no Chroma.

    For a long text that would be built, which takes minutes.
    """
    clean = {name: value for name, value in os.environ.items() if "ASKCORPUS" not in name}
    own = {"XDG_CONFIG_HOME": str(home / "c"), "XDG_DATA_HOME": str(home / "d")}
    return {**clean, **own, "ASKCORPUS_MODEL": "hashing", "ASKCORPUS_DENSE": "exact"}


def command(index: Path, *arguments: str) -> list[str]:
    """Return the command line of askcorpus."""
    return [sys.executable, "-m", "askcorpus", "--index", str(index), *arguments]


def indexed(home: Path, folder: Path, index: Path) -> tuple[int, str, str, int]:
    """Return exit code, output, errors and peak memory of `askcorpus index`."""
    with (home / "out").open("w+b") as out, (home / "err").open("w+b") as err:
        child = subprocess.Popen(
            command(index, "index", "--json", "--", str(folder)),
            stdout=out,
            stderr=err,
            env=environment(home),
        )
        peak = 0
        ends = time.monotonic() + MAX_SECONDS
        while child.poll() is None and time.monotonic() < ends:
            peak = max(peak, *map(high_water, family(child.pid)), 0)
            time.sleep(0.02)
        child.kill()
        code = child.wait()
        out.seek(0)
        err.seek(0)
        told = [stream.read().decode(errors="replace") for stream in (out, err)]
        return code, told[0], told[1], peak


def family(pid: int) -> list[int]:
    """Return a process and those below it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text(encoding="ascii").split())
            except OSError:
                continue
    return found


def high_water(pid: int) -> int:
    """Return the most memory that a process had, in bytes; 0 where it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    match = re.search(r"VmHWM:\s+(\d+)", status)
    return int(match[1]) * 1024 if match else 0


def asked(home: Path, index: Path, indexed_paths: Sequence[str]) -> list[str]:
    """Return what was wrong with the answers and outputs over an index."""
    faults: list[str] = []

    def output(*arguments: str) -> str:
        done = subprocess.run(
            command(index, *arguments), capture_output=True, env=environment(home), check=False
        )
        out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
        faults.extend(complaints(arguments[0], done.returncode, out, err))
        return out

    answer: Any = json.loads(output("query", "--json", QUESTION) or "{}")
    first = next(iter(answer.get("citations", ())), {"quote": ""})
    if answer.get("outcome") != "answered" or first["quote"].strip() != GOOD.strip():
        faults.append("the good document doesn't answer")
    output("query", "--explain", "Who is the mayor of Elmford?")
    output("status")
    for path in indexed_paths[:6]:
        output("show", "--", path)
    return list(dict.fromkeys(faults))


def complaints(what: str, code: int, out: str, err: str) -> list[str]:
    """Return what a user should never see."""
    found = []
    # The progress line of `index` moves the cursor on purpose.
    unsafe = UNSAFE.search(out if what == "index" else out + err)
    if unsafe:
        found.append(f"{what} prints U+{ord(unsafe.group()):04X}")
    if SECRETS.search(out):
        found.append(f"{what} tells what stands outside the folder")
    if "Traceback" in err:
        found.append(f"{what} shows a traceback: {err.strip().splitlines()[-1][:80]}")
    if code < 0:
        found.append(f"{what} died of signal {-code}")
    return found


if __name__ == "__main__":
    main()
