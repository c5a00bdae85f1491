"""Embedding throughput beside sentence-transformers' own encode: same passages, same threads.

python -m eval.bench.embedding [--passages N] [--threads N] [--rounds N] [--opening]

The contestants take turns on slices of 32 passages, so that a busy machine disturbs all of them
alike; ratios are medians over the turns. CPU time is shown too: it suffers less from neighbours.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from askcorpus.config import cache_dir
from askcorpus.embed import open_model
from askcorpus.embed.encoders import quiet
from askcorpus.embed.export import load_model
from askcorpus.language.sentences import sentences
from training.model import base_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from askcorpus.ports import Embedder

MODEL = "all-MiniLM-L6-v2"
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SLICE = 32
TOKENS = range(140, 161)
BASELINE = "sentence-transformers"


class Turn(NamedTuple):
    """What one slice took."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=256, help="a multiple of 32 is used")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--opening", action="store_true", help="time a first question instead")
    args = parser.parse_args()
    if args.opening:
        return _opening(args.rounds)
    open_one = partial(open_model, threads=args.threads, cache=cache_dir(), notify=print)
    embedders = {
        "fp32": open_one(str(base_folder()), precision="fp32"),
        "int8": open_one(MODEL, precision="int8"),
    }
    found = passages(embedders["fp32"], max(SLICE, args.passages // SLICE * SLICE))
    contestants = {
        BASELINE: _baseline(args.threads),
        **{f"askcorpus {name}": each.embed for name, each in embedders.items()},
    }
    turns = _race(contestants, found, args.rounds)
    lengths = embedders["fp32"].count(found)
    print(
        f"{len(found)} passages, {min(lengths)} to {max(lengths)} tokens, {args.threads} threads, "
        f"{len(turns[BASELINE])} turns of {SLICE}\n"
    )
    _table(turns)
    return None


def passages(embedder: Embedder, number: int) -> list[str]:
    """Return passages of 140 to 160 tokens, made of the seeds' sentences in random order."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    pool = [" ".join(text[a:b].split()) for text in texts for a, b in sentences(text)]
    tokens = dict(zip(pool, embedder.count(pool), strict=True))
    draw = random.Random(0)
    made: list[str] = []
    while len(made) < number:
        chosen: list[str] = []
        length = 2
        for sentence in draw.sample(pool, len(pool)):
            if length in TOKENS:
                break
            if length + tokens[sentence] - 2 < TOKENS.stop:
                chosen.append(sentence)
                length += tokens[sentence] - 2
        if length in TOKENS:
            made.append(" ".join(chosen))
    return made


def _baseline(threads: int) -> Callable[[Sequence[str]], object]:
    with quiet():
        import torch

        torch.set_num_threads(threads)
        model = load_model(base_folder())
    return partial(model.encode, batch_size=SLICE, show_progress_bar=False)


def _race(
    contestants: dict[str, Callable[[Sequence[str]], object]], found: list[str], rounds: int
) -> dict[str, list[Turn]]:
    """Return the turns of each; a first slice, which warms up, doesn't count."""
    turns: dict[str, list[Turn]] = {name: [] for name in contestants}
    slices = [found[i : i + SLICE] for i in range(0, len(found), SLICE)]
    for number, part in enumerate([slices[0], *slices * rounds]):
        for name, embed in contestants.items():
            wall, cpu = time.perf_counter(), time.process_time()
            embed(part)
            turn = Turn(time.perf_counter() - wall, time.process_time() - cpu)
            if number:
                turns[name].append(turn)
    return turns


def _table(turns: dict[str, list[Turn]]) -> None:
    print("|                       | passages/s | CPU ms each | ratio, wall | ratio, CPU |")
    print("|-----------------------|-----------:|------------:|------------:|-----------:|")
    for name, own in turns.items():
        pairs = list(zip(turns[BASELINE], own, strict=True))
        print(
            f"| {name:21} | {SLICE / median(turn.wall_s for turn in own):10.1f} "
            f"| {median(turn.cpu_s for turn in own) / SLICE * 1000:11.1f} "
            f"| {median(base.wall_s / turn.wall_s for base, turn in pairs):11.2f} "
            f"| {median(base.cpu_s / turn.cpu_s for base, turn in pairs):10.2f} |"
        )


_FIRST = """
import time
begun, cpu = time.perf_counter(), time.process_time()
import sys
from pathlib import Path
from askcorpus.embed import open_model
steps = [("imports of ours and numpy", time.perf_counter(), time.process_time())]
import onnxruntime, tokenizers
steps.append(("imports of onnxruntime, tokenizers", time.perf_counter(), time.process_time()))
embedder = open_model(sys.argv[1], precision="int8", threads=2, cache=Path(sys.argv[2]))
steps.append(("opening the model", time.perf_counter(), time.process_time()))
embedder.embed(["who denied the deal?"])
steps.append(("first question", time.perf_counter(), time.process_time()))
for name, wall, used in steps:
    print(name, wall - begun, used - cpu, sep="\\t")
    begun, cpu = wall, used
"""


def _opening(rounds: int) -> None:
    """Print what a first question costs in a new process, step by step."""
    steps: dict[str, list[Turn]] = {}
    for _ in range(max(5, rounds)):
        command = [sys.executable, "-c", _FIRST, MODEL, str(cache_dir())]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for line in out.splitlines():
            name, wall, cpu = line.split("\t")
            steps.setdefault(name, []).append(Turn(float(wall), float(cpu)))
    print("|                                    | wall s | CPU s |")
    print("|------------------------------------|-------:|------:|")
    for name, own in steps.items():
        wall, cpu = (median(each) for each in zip(*own, strict=True))
        print(f"| {name:34} | {wall:6.3f} | {cpu:5.3f} |")


if __name__ == "__main__":
    main()
