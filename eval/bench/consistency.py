"""Eight readers ask while the index is brought in step ten times; what do they get to see?

python -m eval.bench.consistency [--readers N] [--syncs N] [--documents N] [--model NAME]

Before each sync every document is rewritten for the next round. Documents are committed in the
order of their names, so a committed state is: the first j documents of round r, the others of
round r - 1. Everything that one answer shows (quotes, passages) must come from one such state, and
every quote must be the slice that it claims to be. Half of the readers keep an index open, as the
chat does; half open it for every question, as `askcorpus query` does.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from eval.bench.machine import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from askcorpus.records import Answer, Citation, Passage

_FACT = re.compile(r"In round (\d+) depot (\d+) held \d+ barrels")
_TOWNS = "Hull Leeds York Derby Bath Truro Ripon Wells Ely Durham".split()


def main() -> None:
    """Print what the readers saw; leave with 1 where anything of it was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--syncs", type=int, default=10)
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--model", default="hashing")
    parser.add_argument("--read", metavar="INDEX", help="be one of the readers")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    settings = Settings(model=args.model)
    if args.read:
        watch(Path(args.read), settings, args.documents, args.seed)
        return
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "documents"), Path(scratch, "index")
        write(folder, args.documents, 0)
        Corpus.build(folder, index=index, settings=settings).close()
        shared = ["--read", str(index), "--documents", str(args.documents), "--model", args.model]
        readers = [
            subprocess.Popen(
                [sys.executable, "-m", "eval.bench.consistency", *shared, "--seed", str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(args.readers)
        ]
        for reader in readers:  # each says when it is ready
            assert reader.stdout
            reader.stdout.readline()
        for number in range(1, args.syncs + 1):
            write(folder, args.documents, number)
            began = time.perf_counter()
            Corpus.build(index=index, settings=settings).close()
            print(f"sync {number}: {time.perf_counter() - began:.1f} s")
        seen: Counter[str] = Counter()
        for reader in readers:
            said, _ = reader.communicate("stop\n")
            if reader.returncode:
                seen["wrong: a reader failed"] += 1
            seen.update(json.loads(said or "{}"))
    for name, count in sorted(seen.items()):
        print(f"{count:>7}  {name}")
    sys.exit(any(name.startswith("wrong") for name in seen))


def write(folder: Path, documents: int, number: int) -> None:
    """Write every document as of a round, each of a different length in each round."""
    folder.mkdir(exist_ok=True)
    rng = random.Random(number)
    for at in range(documents):
        (folder / f"{at:04}.txt").write_text(text(at, number, rng), encoding="utf-8")


def text(at: int, number: int, rng: random.Random) -> str:
    """Return a document of a round; every paragraph says which, and is a passage or so."""
    filler = [f"The road to {town} was closed by snow again." for town in _TOWNS]
    paragraphs = [
        f"In round {number} depot {at} held {rng.randrange(1000)} barrels of salt. "
        + " ".join(rng.sample(filler, rng.randrange(3, 10)))
        for _ in range(rng.randrange(1, 5))
    ]
    return "\n\n".join(paragraphs) + "\n"


def watch(index: Path, settings: Settings, documents: int, seed: int) -> None:
    """Ask until a line comes on stdin, then print what was seen."""
    import select

    rng, seen = random.Random(seed), Counter[str]()
    kept = Corpus.open(index, settings=settings) if seed % 2 else None
    if kept:
        kept.warm()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        at = rng.randrange(documents)
        question = f"How many barrels of salt did depot {at} hold?"
        if kept:
            answer = kept.ask(question, k=20)
        else:
            with Corpus.open(index, settings=settings) as corpus:
                answer = corpus.ask(question, k=20)
        seen["answers"] += 1
        seen["answers with a quote"] += bool(answer.citations)
        versions = dict(shown(answer))
        mixed = len(set(versions.values())) > 1
        seen["answers that show two rounds, as a state between two syncs does"] += mixed
        seen.update(wrongs(answer, versions))
    if kept:
        kept.close()
    print(json.dumps(seen))


def shown(answer: Answer) -> Iterator[tuple[int, int]]:
    """Yield the number and the round of each document that an answer shows words of."""
    for hit in answer.passages:
        for found in _FACT.finditer(hit.passage.text):
            yield int(found[2]), int(found[1])


def wrongs(answer: Answer, versions: Mapping[int, int]) -> Iterator[str]:
    """Yield what no single committed state can have given."""
    newest = max(versions.values(), default=0)
    if any(number < newest - 1 for number in versions.values()):
        yield "wrong: rounds that were never in the index together"
    behind = [at for at, number in versions.items() if number < newest]
    ahead = [at for at, number in versions.items() if number == newest]
    if behind and ahead and max(ahead) > min(behind):
        yield "wrong: documents of a state that was never committed"
    for at, number in shown(answer):
        if versions[at] != number:
            yield "wrong: one document in two versions"
    for citation in answer.citations:
        if not any(holds(hit.passage, citation) for hit in answer.passages):
            yield "wrong: a quote that isn't the slice that it claims to be"
    for note in answer.notes:
        if "changed since" not in note and "interrupted" not in note:
            yield f"note: {note[:60]}"


def holds(passage: Passage, citation: Citation) -> bool:
    """Return whether a passage holds the quote at the place that it claims."""
    low, high = citation.start - passage.start, citation.end - passage.start
    return passage.path == citation.path and passage.text[max(low, 0) : high] == citation.quote


if __name__ == "__main__":
    main()
