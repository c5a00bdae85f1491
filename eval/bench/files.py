"""What becomes of every file in a folder: state, reason, passages, time and its first words.

python -m eval.bench.files --data DIR [--chars N] [--only SUFFIX]
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path, PurePosixPath

from askcorpus import Settings
from askcorpus.chunk import chunk
from askcorpus.ingest import FileEntry, read, walk
from askcorpus.records import Skipped
from askcorpus.text import one_line


def main() -> None:
    """Print the table and its sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--chars", type=int, default=80, help="of each text to show")
    parser.add_argument("--only", default="", help="a suffix, such as .pdf")
    args = parser.parse_args()
    states: Counter[tuple[str, str]] = Counter()
    total = 0.0
    print(f"{'state':8} {'passages':>8} {'chars':>8} {'s':>6}  file: reason or first words")
    for entry in walk(args.data):
        suffix = PurePosixPath(entry.path).suffix.lower()
        if args.only and suffix != args.only:
            continue
        began = time.perf_counter()
        found = read(entry) if isinstance(entry, FileEntry) else entry
        took = time.perf_counter() - began
        total += took
        if isinstance(found, Skipped):
            state, counts, words = "failed" if found.failed else "skipped", ("", ""), found.reason
        else:
            settings = Settings()
            passages = chunk(
                found,
                max_tokens=settings.chunk_tokens,
                overlap=settings.overlap_sentences,
            )
            state, counts = "indexed", (str(len(passages)), str(len(found.text)))
            words = found.text[: args.chars]
        states[suffix, state] += 1
        row = f"{state:8} {counts[0]:>8} {counts[1]:>8} {took:6.2f}"
        print(f"{row}  {one_line(entry.path)}: {one_line(words)}")
    print(f"\n{sum(states.values())} files, {total:.1f} s")
    for (suffix, state), count in sorted(states.items()):
        print(f"{suffix or 'none':10} {state:8} {count}")


if __name__ == "__main__":
    main()
