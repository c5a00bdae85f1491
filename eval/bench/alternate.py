"""Two revisions side by side: what a question and a cold start cost in each, in turns.

python -m eval.bench.alternate --before TREE [--rounds N] [--folder DIR]

TREE is a checkout of the other revision; both run in this environment. They take turns, each turn
a process of its own, so that a noisy moment meets both; medians are compared, of wall time and of
processor time. Only what both revisions have is used: the command line, `Corpus.build`, `open`
and `ask`, and `Answer.seconds`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "who denied the deal?"
MOST = 1.05
Figures = dict[str, float]


def main() -> None:
    """Print the table; exit 1 where something costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="a checkout of the other revision")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=ROOT / "seeds")
    parser.add_argument("--turn", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.turn:
        print(json.dumps(_turn(args.turn)))
        return
    trees = {"before": args.before.resolve(), "after": ROOT}
    found: dict[str, list[Figures]] = {name: [] for name in trees}
    with tempfile.TemporaryDirectory() as scratch:
        indexes = {name: Path(scratch, name) for name in trees}
        for name, tree in trees.items():
            _run(tree, "-m", "askcorpus", "--index", str(indexes[name]), "index", str(args.folder))
        for number in range(args.rounds + 1):
            # Who comes first changes, and the first round only warms the disk.
            for name in sorted(trees, reverse=bool(number % 2)):
                figures = _cold(trees[name], indexes[name]) | _warm(trees[name], indexes[name])
                if number:
                    found[name].append(figures)
    sys.exit(not _report(found))


def _report(found: dict[str, list[Figures]]) -> bool:
    """Print medians and ratios; return whether each ratio of processor time is low enough."""
    print(f"{'':<26}{'before':>10}{'after':>10}{'ratio':>8}")
    good = True
    for name in found["before"][0]:
        before, after = (median(row[name] for row in found[way]) for way in ("before", "after"))
        ratio = after / before
        good = good and (ratio <= MOST or not name.endswith("cpu"))
        print(f"{name:<26}{before:>10.1f}{after:>10.1f}{ratio:>8.3f}")
    return good


def _run(tree: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, *words],
        env=environment,
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{tree}: {done.stderr}")
    return done.stdout


def _cold(tree: Path, index: Path) -> Figures:
    """Return what one question costs as a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    _run(tree, "-m", "askcorpus", "--index", str(index), "query", QUESTION)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"cold query, ms": wall * 1000, "cold query, ms cpu": spent * 1000}


def _warm(tree: Path, index: Path) -> Figures:
    figures: Figures = json.loads(_run(tree, __file__, "--turn", str(index)))
    return figures


def _turn(index: Path) -> Figures:
    """Return what questions cost in a process that is warm, by stage."""
    from askcorpus import Corpus, Settings

    gold = (ROOT / "eval" / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in gold[::5]]
    with Corpus.open(index, settings=Settings()) as corpus:
        corpus.warm()
        for question in questions[:4]:
            corpus.ask(question)
        began, spent = time.perf_counter(), time.process_time()
        answers = [corpus.ask(question) for question in questions]
        wall, cpu = time.perf_counter() - began, time.process_time() - spent
    stages = ("embed", "retrieve", "read")
    found = {f"{s}, ms": 1000 * median(a.seconds[s] for a in answers) for s in stages}
    each = {"question, ms": wall, "question, ms cpu": cpu}
    return found | {name: 1000 * total / len(questions) for name, total in each.items()}


if __name__ == "__main__":
    main()
