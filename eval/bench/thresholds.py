"""What each threshold would give, from saved results of the dev half.

askcorpus eval eval/gold/seeds.jsonl --split dev --json > dev.json
python -m eval.bench.thresholds dev.json

For each probability: the share of answerable questions that would be met with silence, of
unanswerable ones that would be, and of the answers given whose first quote supports them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from askcorpus.evaluate import Row, load


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    rows = load(parser.parse_args().results).rows
    print(f"area under the curve, answerable against not: {area(rows):.3f}\n")
    print("threshold   silent, answerable   silent, not   right when answered   answered")
    for threshold in (0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9):
        told = [row for row in rows if row.score >= threshold]
        right = sum(row.measures.get("first_citation", 0.0) for row in told)
        print(
            f"{threshold:<11} {_silent(rows, threshold, answerable=True):<20.3f} "
            f"{_silent(rows, threshold, answerable=False):<13.3f} "
            f"{right / len(told) if told else 0.0:<21.3f} {len(told)}"
        )


def area(rows: tuple[Row, ...]) -> float:
    """Return how often an answerable question scores above an unanswerable one."""
    yes = [row.score for row in rows if row.answerable]
    no = [row.score for row in rows if not row.answerable]
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))


def _silent(rows: tuple[Row, ...], threshold: float, *, answerable: bool) -> float:
    own = [row for row in rows if row.answerable == answerable]
    return sum(row.score < threshold for row in own) / len(own)


if __name__ == "__main__":
    main()
