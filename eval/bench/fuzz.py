"""Tries the properties of tests/fuzzing.py at length, and prints how many inputs each seam stood.

python -m eval.bench.fuzz [--seconds N | --examples N] [--only NAME] [--seed N]

Each seam is tried in a process of its own, one after the other, for its share of the time: a
library that crashes ends that process only. Ends with 1 where a property failed.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from askcorpus import Corpus, Settings
from askcorpus.store.ledger import Ledger
from eval.bench.machine import describe
from tests import fuzzing

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
ROUND = 200
MEMORY = 4_000_000_000
"""Bytes of address space of a seam's process; parsing in earnest has half of that."""


def main() -> None:
    """Print a line for each seam."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--examples", type=int, help="for each seam, instead of a time")
    parser.add_argument("--only", metavar="NAME", default="", help="seams whose name holds this")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--seam", help=argparse.SUPPRESS)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.seam:
        print(json.dumps(tried(args.index, args.seam, args.seconds, args.examples, args.seed)))
        return
    print(f"{describe()}, seed {args.seed}\n\n| seam | inputs | s | holds |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch, "index")
        Corpus.build(SEEDS, index=index, settings=Settings(model="hashing")).close()
        with Ledger.open(index) as ledger:
            names = [name for name in fuzzing.seams(ledger) if args.only in name]
        share = 10**9 if args.examples else args.seconds / len(names)
        total, failed = 0, []
        for name in names:
            inputs, fault = told(name, index, share, args.examples, args.seed)
            total += inputs
            failed += [f"{name}:\n{fault}"] if fault else []
    print(f"\n{total:,} inputs")
    print("\n\n".join(failed))
    sys.exit(bool(failed))


def told(
    name: str, index: Path, seconds: float, examples: int | None, start: int
) -> tuple[int, str]:
    """Print a seam's line; return the number of its inputs, and what failed."""
    options = ["--seam", name, "--index", str(index), "--seconds", str(seconds)]
    options += ["--seed", str(start), *(["--examples", str(examples)] if examples else [])]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "eval.bench.fuzz", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
    fault = found.get("fault", f"ended with {done.returncode}\n{done.stderr[-3000:]}")
    inputs = found.get("inputs", 0)
    took = time.perf_counter() - began
    print(f"| {name} | {inputs:,} | {took:.0f} | {'NO' if fault else 'yes'} |", flush=True)
    return inputs, fault


def tried(
    index: Path, name: str, seconds: float, examples: int | None, start: int
) -> dict[str, object]:
    """Return how many inputs a seam was given, and what failed, if anything did."""
    inputs, fault = 0, ""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    ends = time.monotonic() + seconds
    with Ledger.open(index) as ledger:
        holds, known = fuzzing.seams(ledger)[name]

        def counted(**given_inputs: object) -> None:
            nonlocal inputs
            inputs += 1
            holds(**given_inputs)

        while not fault and time.monotonic() < ends and inputs < (examples or 10**12):
            fast = settings(
                max_examples=min(ROUND, (examples or ROUND) - inputs if examples else ROUND),
                database=None,
                deadline=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )
            start += 1
            try:
                seed(start)(fast(given(**known)(counted)))()
            except BaseException as exc:  # noqa: BLE001 (told, whatever it is)
                notes = "\n".join(getattr(exc, "__notes__", ()))
                fault = f"{type(exc).__name__}: {exc}\n{notes}"
    return {"inputs": inputs, "fault": fault}


if __name__ == "__main__":
    main()
