"""What understanding follow-up questions gains, over the seeds.

python -m eval.bench.followups --index DIR [--split dev|test] [--show]

Asks each pair's first question, then its second one as typed and as understood. Beside them
stand the accepted full form (what perfect understanding would give) and the stand-alone
questions, of which none may change.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from askcorpus import Corpus
from askcorpus.evaluate import Gold, _supports
from askcorpus.evaluate.measures import exact_match, interval, normalise, token_f1
from askcorpus.question.followup import Turn, understand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.records import Answer

GOLD = Path(__file__).resolve().parents[1] / "gold"
MEASURES = ("exact match", "F1", "first citation supports", "answered, and it supports")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--split", choices=["dev", "test"])
    parser.add_argument("--show", action="store_true", help="print every pair")
    args = parser.parse_args()
    pairs = list(read(GOLD / "followups.jsonl", args.split))
    with Corpus.open(args.index) as corpus:
        corpus.warm()
        rows = [measured(pair, corpus, show=args.show) for pair in pairs]
        alone = list(rewritten(read(GOLD / "standalone.jsonl", args.split), corpus))
    print(f"{len(pairs)} follow-up questions, {args.split or 'both halves'}\n")
    print(f"{'':<28}as typed  understood  in full  gain in points [95%]")
    for at, name in enumerate(MEASURES):
        typed, ours, full = ([row[way][at] for row in rows] for way in range(3))
        low, high = interval([b - a for a, b in zip(typed, ours, strict=True)])
        print(
            f"{name:<28}{mean(typed):<10.3f}{mean(ours):<12.3f}{mean(full):<9.3f}"
            f"{100 * (mean(ours) - mean(typed)):+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
        )
    forms = [row[3] for row in rows]
    print(f"\nunderstood in an accepted form: {sum(forms)} of {len(forms)}")
    print(f"stand-alone questions rewritten: {sum(map(bool, alone))} of {len(alone)}")
    for line in filter(None, alone):
        print(f"  {line}")


def read(path: Path, split: str | None) -> Iterator[dict[str, Any]]:
    """Yield the lines of a gold file that belong to the split."""
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if split in (None, item["split"]):
            yield item


def measured(pair: dict[str, Any], corpus: Corpus, *, show: bool) -> tuple[Any, ...]:
    """Return the measures as typed, as understood and in full, and whether the form is accepted."""
    first = corpus.ask(pair["first"])
    understood = understand(pair["second"], [Turn.of(first)])
    accepted = normalise(understood.text) in map(normalise, pair["understood"])
    asked = (pair["second"], understood.text, pair["understood"][0])
    answers = [corpus.ask(question) for question in asked]
    scores = [_scores(answer, pair) for answer in answers]
    if show:
        marks = "".join("+" if score[2] else "-" for score in scores)
        print(f"{pair['id']} {'=' if accepted else ' '} {marks} {pair['first']} [{first.answer}]")
        print(f"         {pair['second']} → {understood.text}")
    return (*scores, accepted)


def _scores(answer: Answer, pair: dict[str, Any]) -> Sequence[float]:
    gold = Gold(
        id=pair["id"],
        question=answer.question,
        answers=tuple(pair["answers"]),
        support=tuple((s["path"], s["start"], s["end"]) for s in pair["support"]),
        answerable=True,
    )
    said = answer.answer or ""
    cited = answer.citations[:1]
    right = any(_supports(gold, c.path, c.start, c.end, c.quote) for c in cited)
    return (
        max(exact_match(said, accepted) for accepted in gold.answers),
        max(token_f1(said, accepted) for accepted in gold.answers),
        float(right),
        float(right and answer.outcome == "answered"),
    )


def rewritten(items: Iterator[dict[str, Any]], corpus: Corpus) -> Iterator[str]:
    """Yield, for each stand-alone question, what it was wrongly turned into, or ""."""
    for item in items:
        turns = [Turn.of(corpus.ask(item["first"]))] if item["first"] else []
        understood = understand(item["question"], turns)
        yield f"{item['id']} {item['question']} → {understood.text}" if understood.changed else ""


if __name__ == "__main__":
    main()
