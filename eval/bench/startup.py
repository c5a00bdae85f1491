"""Cold starts of the whole process, as ratios of `python -c "import chromadb"`.

python -m eval.bench.startup [--rounds N]

The commands take turns, so that a noisy moment meets all of them; the medians are compared.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from askcorpus import Corpus, Settings
from eval.bench.machine import describe

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TARGETS = {"query": 1.0, "--help": 0.25, "--version": 0.25}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    args = parser.parse_args()
    command = Path(sys.executable).parent / "askcorpus"
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch, "index")
        Corpus.build(SEEDS, index=index, settings=Settings()).close()
        commands = {
            "import chromadb": [sys.executable, "-c", "import chromadb"],
            "query": [str(command), "--index", str(index), "query", "who denied the deal?"],
            "--help": [str(command), "--help"],
            "--version": [str(command), "--version"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(args.rounds + 1):
            for name, words in commands.items():
                began = time.perf_counter()
                subprocess.run(words, capture_output=True, check=False)
                times[name].append(time.perf_counter() - began)
    print(describe())
    base = median(times["import chromadb"][1:])
    for name, seconds in times.items():
        ratio = median(seconds[1:]) / base
        target = f"  at most {TARGETS[name]}" if name in TARGETS else ""
        print(f"{name:<16} {median(seconds[1:]):.3f} s   {ratio:.2f} ×{target}")


if __name__ == "__main__":
    main()
