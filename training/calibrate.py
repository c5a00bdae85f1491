"""Fits what makes margins probabilities: `python -m training.calibrate READER --data DIR`.

READER is a folder that training/export.py wrote; the constants go into its reader.json. Questions
about SQuAD's dev articles are asked over all of those articles:

    answerable   as they are
    without      the paragraph that answers is left out
    far          the whole article is left out
    swapped      a name or number is exchanged for another of the same article

so that the reader also meets what it must not answer. What comes out is a logistic regression
over the candidates' numbers (askcorpus/read/judge.py). The figures printed are honest: each half
of the articles is judged by constants fitted on the other half.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from askcorpus import Corpus, Settings
from askcorpus.embed import open_embedder
from askcorpus.evaluate.measures import best_threshold, exact_match, refused, risk_area, token_f1
from askcorpus.read.judge import NAMES
from askcorpus.read.span import DEPTH, SpanReader
from askcorpus.retrieve import query_words, retrieve
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from training.articles import Asked, articles, sample, write_folder
from training.evaluate import held_out
from training.metrics import by_tenths, separation
from training.negatives import examples
from training.sentence import fit
from training.sources import SPLITS

if TYPE_CHECKING:
    import numpy.typing as npt

    from askcorpus.ports import Embedder

    Matrix = npt.NDArray[np.float64]

LEAST_F1 = 0.5
"""From this token F1 with the reference on, a candidate counts as the answer."""

Kind = Literal["answerable", "without", "far", "swapped"]
KINDS: tuple[Kind, ...] = ("without", "far", "swapped")


@dataclass(frozen=True, slots=True)
class Task:
    """A question to ask, and of which paragraph its answer may come."""

    question: str
    kind: Kind
    path: str
    """Of the paragraph that the question was written for."""
    reference: str

    @property
    def article(self) -> str:
        """The folder of the paragraph's file."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Asking:
    """One task's candidates, and retrieval's first passage."""

    task: Task
    first: str
    """The path of retrieval's first passage."""
    rows: Matrix
    """(candidates, len(NAMES))."""
    texts: list[str]
    paths: list[str]
    probabilities: list[float]
    """By the constants that the reader came with; falling."""

    @property
    def labels(self) -> npt.NDArray[np.bool_]:
        """Whether each candidate answers.

        An answer in another passage counts where its words are the reference's.
        """
        if self.task.kind in ("far", "swapped"):
            return np.zeros(len(self.texts), np.bool_)
        held = zip(self.texts, self.paths, strict=True)
        return np.array([self._answers(*each) for each in held], np.bool_)

    def _answers(self, text: str, path: str) -> bool:
        if path == self.task.path:
            return token_f1(text, self.task.reference) >= LEAST_F1
        return self.task.kind == "answerable" and exact_match(text, self.task.reference) == 1.0


def main() -> int:
    """Fit, write the constants into READER/reader.json, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m training.calibrate", description=__doc__)
    parser.add_argument("reader", type=Path, help="a folder with reader.onnx and reader.json")
    parser.add_argument("--data", type=Path, required=True, help="the folder above reader/")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", type=Path, help="keeps the index for the next run")
    parser.add_argument("--save", type=Path, help="keeps the candidates' numbers, as a pickle")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = asked.scratch or Path(temporary)
        every = write_folder(articles(asked.data, "dev"), scratch / "dev")
        settings = Settings(threads=asked.threads)
        Corpus.build(scratch / "dev", index=scratch / "index", settings=settings).close()
        embedder = open_embedder(settings)
        reader = SpanReader.open(asked.reader, threads=asked.threads)
        with Ledger.open(scratch / "index") as ledger:
            found = ask_all(tasks(every, asked.data, asked.sample), ledger, embedder, reader)
    if asked.save:
        asked.save.write_bytes(pickle.dumps(found))
    weights, bias = fitted(found)
    manifest = json.loads((asked.reader / "reader.json").read_text(encoding="utf-8"))
    rounded = {name: round(w, 4) for name, w in zip(NAMES, weights.tolist(), strict=True)}
    manifest["calibration"] = {"bias": round(bias, 4), "weights": rounded}
    text = json.dumps(manifest, indent=1) + "\n"
    (asked.reader / "reader.json").write_text(text, encoding="utf-8")
    print(json.dumps({"calibration": manifest["calibration"], **crossed(found)}, indent=1))
    return 0


def tasks(every: list[Asked], data: Path, size: int, *, part: str = "dev") -> list[Task]:
    """Return the sample's questions with and without their paragraph; half as many far, swapped."""
    chosen = sample(every, size)
    found = [Task(item.question, "answerable", item.path, item.answer) for item in chosen]
    found += [replace(task, kind="without") for task in found]
    found += [replace(task, kind="far") for task in found[: size // 2]]
    items = held_out(data / "reader", SPLITS, part)
    folders = {item.context: item.article.replace("/", "_") for item in items}
    changed = [row for row in examples(items, seed=0) if row.kind == "swapped"]
    return found + [
        Task(row.question, "swapped", folders[row.context] + "/", "")
        for row in changed[: size // 2]
    ]


def ask_all(
    asked: list[Task], ledger: Ledger, embedder: Embedder, reader: SpanReader
) -> list[Asking]:
    """Return what the reader proposes for each task; those where it is nothing too."""
    store = ExactStore(*ledger.vectors())
    every, _ = ledger.vectors()
    paths = {n: passage.path for n, passage in ledger.passages(every.tolist()).items()}
    found = []
    for task in asked:
        barred = {"without": task.path, "far": f"{task.article}/"}.get(task.kind)
        allowed = [n for n in every.tolist() if not (barred and paths[n].startswith(barred))]
        hits = retrieve(
            query_words(task.question),
            embedder.embed([task.question])[0],
            ledger=ledger,
            store=store,
            k=DEPTH,
            allowed=np.array(allowed, np.int64) if barred else None,
        )
        judged = reader.judged(task.question, hits)
        rows = np.array([[numbers[name] for name in NAMES] for _, numbers, _ in judged])
        found.append(
            Asking(
                task=task,
                first=hits[0].passage.path if hits else "",
                rows=rows.reshape(-1, len(NAMES)),
                texts=[c.hit.passage.text[c.start : c.end] for c, *_ in judged],
                paths=[c.hit.passage.path for c, *_ in judged],
                probabilities=[probability for *_, probability in judged],
            )
        )
    return found


def fitted(askings: list[Asking]) -> tuple[Matrix, float]:
    """Return the weights of `NAMES` and the bias."""
    rows = np.concatenate([asking.rows for asking in askings])
    return fit(rows, np.concatenate([asking.labels for asking in askings]))


def crossed(askings: list[Asking]) -> dict[str, Any]:
    """Return how the most probable spans come out, each half judged by the other half's fit."""
    halves: tuple[list[Asking], list[Asking]] = ([], [])
    for asking in askings:
        halves[zlib.crc32(asking.task.article.encode()) % 2].append(asking)
    best: list[tuple[Asking, int, float]] = []
    for own, other in (halves, halves[::-1]):
        weights, bias = fitted(other)
        for asking in own:
            logits = asking.rows @ weights + bias
            at = int(np.argmax(logits)) if len(logits) else -1
            best.append((asking, at, float(logits[at]) if at >= 0 else -50.0))
    return figures(best)


def figures(best: list[tuple[Asking, int, float]]) -> dict[str, Any]:
    """Return the figures of the best spans: (asking, the span's number or -1, logit)."""
    asked = [row for row in best if row[0].task.kind == "answerable"]
    said = [(a.texts[at] if at >= 0 else "", a.task.reference) for a, at, _ in asked]
    logits = [logit for *_, logit in asked]
    silent = {k: [row[2] for row in best if row[0].task.kind == k] for k in KINDS}
    right = [at >= 0 and bool(a.labels[at]) for a, at, _ in best]
    cited = [at >= 0 and a.paths[at] == a.task.path for a, at, _ in asked]
    scores = [token_f1(*pair) for pair in said]
    found: dict[str, float] = {
        "exact_match": 100 * mean(exact_match(*pair) for pair in said),
        "f1": 100 * mean(scores),
        "recall@1 before reading": mean(a.first == a.task.path for a, *_ in asked),
        "recall@1 after reading": mean(cited),
        **{f"auc, {kind}": separation(logits, silent[kind])["auc"] for kind in KINDS},
        "best f1": 100 * best_threshold(scores, logits, silent["without"])[0],
        "area under risk and coverage": risk_area([row[2] for row in best], right),
        **{
            f"abstention recall at precision {least}": refused(
                logits, silent["without"], precision=least
            )
            for least in (0.95, 0.8)
        },
    }
    return {
        "questions": len(asked),
        **{name: round(value, 4) for name, value in found.items()},
        "right by probability": by_tenths([row[2] for row in best], right),
    }


if __name__ == "__main__":
    sys.exit(main())
