"""Ways to a wrong answer that sounds sure, before and after the rules against them.

python -m eval.bench.adversarial [--split dev|test] [--show] [--data DIR] [--sample N]

eval/adversarial.jsonl holds short documents, each with questions about its own text: a name that
stands only beside "not", two subjects with the same attribute, rows, headings, the same surname.
"Before" is the reader without its rules about rows, answered without the guards. With the gold
over the seeds and, where DIR has them, SQuAD's articles, each a document, beside them: what the
rules cost where nobody laid a trap.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askcorpus import Corpus, Settings
from askcorpus.answer import compose
from askcorpus.answer.guards import GUARDS, strange_document
from askcorpus.evaluate import read_gold
from askcorpus.evaluate.measures import normalise
from askcorpus.read.span import SpanReader
from eval.bench.machine import describe
from training.articles import articles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.answer.guards import Guard
    from askcorpus.question.query import Query
    from askcorpus.read.layout.rows import Layout
    from askcorpus.records import Answer, Hit, Span

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "eval" / "adversarial.jsonl"
WITH_UNANSWERABLE = Path("reader", "squad-train-v2.0-10articles.json.xz")
BANDS = ("strong", "fair", "weak")
VERDICTS = (*(f"right, {b}" for b in BANDS), "silent", *(f"wrong, {b}" for b in BANDS))


class Proseless(SpanReader):
    """The shipped reader as it was: rows are read like prose."""

    def layouts(self, asked: Query, hits: Sequence[Hit]) -> list[Layout | None]:
        """Return no layout for any hit."""
        del asked
        return [None] * len(hits)


class Before:
    """Stands in for the shipped reader, by its name in the settings."""

    def __init__(self) -> None:
        self._reader = Proseless.open(threads=2)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return the reader's spans."""
        return self._reader.read(question, hits)


WAYS: dict[str, tuple[str, tuple[Guard, ...]]] = {
    "before": ("eval.bench.adversarial:Before", (strange_document,)),
    "after": ("span", GUARDS),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A question over one document, or over all of them where the path is empty."""

    question: str
    path: str
    answerable: bool
    answers: tuple[str, ...] = ()
    """Right where the answer holds one of these, and no trap unless it is the whole quote."""
    traps: tuple[str, ...] = ()
    support: tuple[tuple[str, int, int], ...] = ()
    """Where there are such places, the answer's has to share characters with one."""

    def verdict(self, answer: Answer) -> str:
        """Return how an answer comes out: "silent", or "right" or "wrong" with its band."""
        if answer.outcome != "answered":
            return "silent"
        return f"{'right' if self._is_right(answer) else 'wrong'}, {answer.band}"

    def _is_right(self, answer: Answer) -> bool:
        if self.support:
            first = answer.spans[0]
            path = answer.citations[first.n - 1].path
            return any(
                path == where and first.start < high and low < first.end
                for where, low, high in self.support
            )
        said = f" {normalise(answer.answer or '')} "
        holds = any(f" {normalise(each)} " in said for each in self.answers)
        trapped = any(f" {normalise(each)} " in said for each in self.traps)
        return holds and (not trapped or answer.answer == answer.sentence)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--show", action="store_true", help="print each answer that changes")
    parser.add_argument("--data", type=Path, help="the folder above reader/")
    parser.add_argument("--sample", type=int, default=700)
    args = parser.parse_args()
    print(describe(), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sets = [("adversarial", *adversarial(folder / "adversarial", args.split))]
        gold = read_gold(ROOT / "eval" / "gold" / "seeds.jsonl", split=args.split)
        seeds = [Item(g.question, "", g.answerable, support=g.support) for g in gold]
        sets.append(("gold over the seeds", ROOT / "seeds", seeds))
        if args.data:
            held = articles(args.data, args.split)
            sets.append(("SQuAD", *squad(held, folder / "squad", args.sample)))
            with lzma.open(args.data / WITH_UNANSWERABLE, "rt", encoding="utf-8") as stream:
                held = json.load(stream)["data"]
            sets.append(("SQuAD 2.0", *squad(held, folder / "squad2", args.sample)))
        for name, documents, items in sets:
            print(f"\n{name}, {args.split}\n{compared(documents, items, show=args.show)}")


def adversarial(folder: Path, split: str) -> tuple[Path, list[Item]]:
    """Write the documents and return their folder and the questions of a split."""
    folder.mkdir()
    items = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        held = json.loads(line)
        (folder / held["path"]).write_text(held["text"], encoding="utf-8", newline="")
        items += [
            Item(
                asked["question"],
                held["path"],
                asked["answerable"],
                tuple(asked["answers"]),
                tuple(asked["traps"]),
            )
            for asked in held["questions"]
            if asked["split"] == split
        ]
    return folder, items


def squad(held: list[dict[str, Any]], folder: Path, size: int) -> tuple[Path, list[Item]]:
    """Write each article as a document; return the folder and a sample of the questions.

    All questions without an answer are taken, and half as many again at most of the others.
    """
    folder.mkdir()
    asked: list[Item] = []
    for article in held:
        path = f"{article['title'].replace('/', '_')}.txt"
        text = f"{article['title'].replace('_', ' ')}\n\n"
        for paragraph in article["paragraphs"]:
            asked += _questions(path, len(text), paragraph["qas"])
            text += f"{paragraph['context']}\n\n"
        (folder / path).write_text(text, encoding="utf-8", newline="")
    silent = [item for item in asked if not item.answerable]
    others = [item for item in asked if item.answerable]
    chosen = random.Random(0).sample(others, min(len(others), size - min(len(silent), size // 2)))
    return folder, [*silent[: size // 2], *chosen]


def _questions(path: str, base: int, held: list[dict[str, Any]]) -> Iterator[Item]:
    for qa in held:
        answers = [] if qa.get("is_impossible") else qa["answers"]
        places = [(base + a["answer_start"], a["text"]) for a in answers]
        support = tuple((path, at, at + len(text)) for at, text in places)
        if qa["question"].strip() and not qa.get("start_guessed"):
            yield Item(qa["question"], path, bool(support), support=support)


def compared(documents: Path, items: Sequence[Item], *, show: bool = False) -> str:
    """Return a table of how the questions over a folder come out, before and after."""
    found: dict[str, list[tuple[str, Answer]]] = {}
    with tempfile.TemporaryDirectory() as index:
        settings = Settings(index=index, threads=2)
        Corpus.build(documents, index=index, settings=settings).close()
        for way, (reader, guards) in WAYS.items():
            with Corpus.open(settings=replace(settings, reader=reader)) as corpus:
                found[way] = [(i.verdict(a), a) for i in items for a in [_ask(corpus, i, guards)]]
    if show:
        for item, was, now in zip(items, found["before"], found["after"], strict=True):
            if was[0] != now[0] or was[1].answer != now[1].answer:
                print(
                    f"{item.question}\n  {was[0]}: {was[1].answer!r} → {now[0]}: {now[1].answer!r}"
                )
    return _table(items, {way: [verdict for verdict, _ in rows] for way, rows in found.items()})


def _ask(corpus: Corpus, item: Item, guards: Sequence[Guard]) -> Answer:
    return compose(
        item.question,
        corpus.read(item.question, files=item.path or ()),
        root="",
        document=corpus.document,
        thresholds=corpus.fit.thresholds,
        guards=guards,
    )


def _table(items: Sequence[Item], found: dict[str, list[str]]) -> str:
    lines = [f"{'':<32}{'before':>8}{'after':>8}"]
    for answerable, name in ((True, "with an answer"), (False, "without one")):
        counts = {
            way: Counter(v for v, i in zip(rows, items, strict=True) if i.answerable == answerable)
            for way, rows in found.items()
        }
        asked = sum(counts["before"].values())
        lines += [f"{asked} questions {name}"] if asked else []
        for verdict in VERDICTS if asked else ():
            said = verdict.replace("right", "right" if answerable else "its denial quoted")
            row = "".join(f"{counts[way][verdict]:>8}" for way in WAYS)
            lines.append(f"  {said:<30}{row}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
