"""Every question of the gold sets asked of the product, one line an answer, to be compared.

python -m eval.bench.answers --out FILE [--against FILE] [--folders DIR --questions FILE]

The gold over the seeds, the follow-ups as typed, as understood and in full, the stand-alone
questions after what was asked before them, and the adversarial documents, each question of its
own. A folder of folders of documents may come with its questions. With `--against`, the answers
are compared with those of an earlier run, and any difference ends the program with 1. Times and
remarks are not compared: they may change where no answer does.

Beyond `Corpus` and `Settings` it leans on nothing of the package but `understood`, so that it
runs on other revisions as well.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askcorpus import Corpus, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askcorpus import Answer

EVAL = Path(__file__).resolve().parents[1]
SEEDS = EVAL.parent / "seeds"
ADVERSARIAL = EVAL / "adversarial.jsonl"
Row = dict[str, Any]
Rows = dict[str, Row]


def main() -> None:
    """Ask, write the answers down, and compare them where there is something to compare with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--against", type=Path, help="what an earlier run wrote")
    parser.add_argument("--folders", type=Path, help="a folder of folders of documents")
    parser.add_argument("--questions", type=Path, help="theirs: id, folder and q in each line")
    args = parser.parse_args()
    if (args.folders is None) != (args.questions is None):
        parser.error("--folders and --questions go together")
    rows = [*seeds(), *adversarial()]
    rows += folders(args.folders, args.questions) if args.folders else []
    args.out.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} answers")
    if args.against:
        before = {row["id"]: row for row in lines(args.against)}
        sys.exit(bool(report(before, {row["id"]: row for row in rows})))


def lines(path: Path) -> list[Row]:
    """Return the objects of a file that holds one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def understood(question: str, first: Answer) -> str:
    """Return a question as the chat understands it after another one's answer."""
    from askcorpus.question.understand import understand

    return understand(question, [first]).text


def seeds() -> Iterator[Row]:
    """Yield the answers to the gold sets over the seeds."""
    with tempfile.TemporaryDirectory() as index, built(SEEDS, Path(index)) as corpus:
        for item in lines(EVAL / "gold" / "seeds.jsonl"):
            yield asked(corpus, item["id"], item["question"])
        for item in lines(EVAL / "gold" / "followups.jsonl"):
            first = corpus.ask(item["first"])
            yield written(f"{item['id']}, first", first)
            meant = understood(item["second"], first)
            yield asked(corpus, f"{item['id']}, as typed", item["second"])
            yield asked(corpus, f"{item['id']}, as understood", meant)
            yield asked(corpus, f"{item['id']}, in full", item["understood"][0])
        for item in lines(EVAL / "gold" / "standalone.jsonl"):
            text = item["question"]
            if item["first"]:
                text = understood(text, corpus.ask(item["first"]))
            yield asked(corpus, item["id"], text)


def adversarial() -> Iterator[Row]:
    """Yield the answers to the adversarial questions, each from its own document."""
    documents = lines(ADVERSARIAL)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "documents")
        folder.mkdir()
        for held in documents:
            (folder / held["path"]).write_text(held["text"], encoding="utf-8", newline="")
        with built(folder, Path(scratch, "index")) as corpus:
            for held in documents:
                for item in held["questions"]:
                    yield asked(corpus, item["id"], item["question"], files=held["path"])


def folders(place: Path, questions: Path) -> Iterator[Row]:
    """Yield the answers to questions over folders of documents, each an index of its own."""
    items = lines(questions)
    for name in sorted({item["folder"] for item in items}):
        with tempfile.TemporaryDirectory() as index, built(place / name, Path(index)) as corpus:
            for item in items:
                if item["folder"] == name:
                    yield asked(corpus, item["id"], item["q"])


def built(folder: Path, index: Path) -> Corpus:
    """Return an index of a folder, opened again after it was made."""
    Corpus.build(folder, index=index, settings=Settings()).close()
    return Corpus.open(index, settings=Settings())


def asked(corpus: Corpus, name: str, question: str, *, files: str = "") -> Row:
    """Return what a question comes to, as a line of the file."""
    return written(name, corpus.ask(question, files=files or ()))


def written(name: str, answer: Answer) -> Row:
    """Return an answer as a line of the file; numbers are rounded to six places."""
    probability = answer.scores.get("probability")
    return {
        "id": name,
        "question": answer.question,
        "outcome": answer.outcome,
        "answer": answer.answer,
        "band": answer.band,
        "probability": None if probability is None else round(float(probability), 6),
        "spans": [[s.n, s.start, s.end] for s in answer.spans],
        "citations": [[c.path, c.start, c.end] for c in answer.citations],
        "also": [[a.answer, a.n] for a in answer.also],
        "passages": [
            [h.passage.path, h.passage.start, h.passage.end, round(float(h.score), 6)]
            for h in answer.passages
        ],
    }


def report(before: Rows, after: Rows) -> int:
    """Print how many answers are identical and each that isn't; return how many aren't."""
    names = [*after, *(name for name in before if name not in after)]
    differing = [name for name in names if before.get(name) != after.get(name)]
    print(f"identical: {len(names) - len(differing)} of {len(names)}")
    for name in differing:
        was, now = before.get(name, {}), after.get(name, {})
        print(f"\n{name}: {(now or was)['question']}")
        if not was or not now:
            print(f"  only {'after' if now else 'before'}")
            continue
        for key in [*was, *(key for key in now if key not in was)]:
            if was.get(key) != now.get(key):
                print(f"  {key}\n    before {was.get(key)}\n    after  {now.get(key)}")
    return len(differing)


if __name__ == "__main__":
    main()
