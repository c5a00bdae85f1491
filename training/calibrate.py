"""Fits what makes margins probabilities: `python -m training.calibrate READER --data DIR`.

READER is a folder that training/export.py wrote; the constants go into its reader.json. Questions
about SQuAD's dev articles are asked twice over all of those articles: as they are, and with the
paragraph that answers left out, so that the reader also meets what it must not answer. What comes
out is a logistic regression over the candidates' numbers (askcorpus/read/judge.py). The figures
printed are honest: each half of the articles is judged by constants fitted on the other half.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from askcorpus import Corpus, Settings
from askcorpus.config import cache_dir
from askcorpus.embed import open_embedder
from askcorpus.read.judge import NAMES
from askcorpus.read.span import DEPTH, SpanReader
from askcorpus.retrieve import query_words, retrieve
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from eval.bench.squad import Asked, articles, sample, write_folder
from training.metrics import exact_match, f1, separation
from training.sentence import fit

if TYPE_CHECKING:
    import numpy.typing as npt

    from askcorpus.ports import Embedder
    from askcorpus.records import Hit

    Matrix = npt.NDArray[np.float64]

LEAST_F1 = 0.5
"""From this token F1 with the reference on, a candidate counts as the answer."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question over the index, with or without the paragraph that answers it."""

    item: Asked
    answerable: bool
    first: bool
    """Whether retrieval's first passage is of the paragraph that answers."""
    rows: Matrix
    """(candidates, len(NAMES))."""
    texts: list[str]
    gold: list[bool]
    """Whether each candidate stands in the paragraph that answers."""

    @property
    def labels(self) -> npt.NDArray[np.bool_]:
        """Whether each candidate answers.

        An answer in another passage counts where its words are the reference's.
        """
        held = zip(self.texts, self.gold, strict=True)
        return np.array(
            [
                f1(text, self.item.answer) >= LEAST_F1
                if gold
                else self.answerable and exact_match(text, self.item.answer) == 1.0
                for text, gold in held
            ],
            dtype=np.bool_,
        )


def main() -> int:
    """Fit, write the constants into READER/reader.json, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m training.calibrate", description=__doc__)
    parser.add_argument("reader", type=Path, help="a folder with reader.onnx and reader.json")
    parser.add_argument("--data", type=Path, required=True, help="the folder above reader/")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", type=Path, help="keeps the index for the next run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = asked.scratch or Path(temporary)
        items = sample(write_folder(articles(asked.data, "dev"), scratch / "dev"), asked.sample)
        settings = Settings(threads=asked.threads)
        Corpus.build(scratch / "dev", index=scratch / "index", settings=settings).close()
        embedder = open_embedder(
            settings.model,
            precision=settings.precision,
            threads=asked.threads,
            cache=cache_dir(),
        )
        reader = SpanReader.open(asked.reader, threads=asked.threads)
        with Ledger.open(scratch / "index") as ledger:
            askings = ask_all(items, ledger, embedder, reader)
    weights, bias = _fitted(askings)
    manifest = json.loads((asked.reader / "reader.json").read_text(encoding="utf-8"))
    rounded = {name: round(w, 4) for name, w in zip(NAMES, weights.tolist(), strict=True)}
    manifest["calibration"] = {"bias": round(bias, 4), "weights": rounded}
    (asked.reader / "reader.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    print(json.dumps({"calibration": manifest["calibration"], **crossed(askings)}, indent=1))
    return 0


def ask_all(
    items: list[Asked], ledger: Ledger, embedder: Embedder, reader: SpanReader
) -> list[Asking]:
    """Return each question's two askings; those that retrieval or reading leaves empty too."""
    store = ExactStore(*ledger.vectors())
    every, _ = ledger.vectors()
    of_path = defaultdict(list)
    for number, passage in ledger.passages(every.tolist()).items():
        of_path[passage.path].append(number)
    askings = []
    for item in items:
        vector = embedder.embed([item.question])[0]
        for allowed in (None, np.setdiff1d(every, of_path[item.path])):
            hits = retrieve(
                query_words(item.question),
                vector,
                ledger=ledger,
                store=store,
                k=DEPTH,
                allowed=allowed,
            )
            askings.append(_asking(item, hits, reader, answerable=allowed is None))
    return askings


def _asking(item: Asked, hits: list[Hit], reader: SpanReader, *, answerable: bool) -> Asking:
    found = [(candidate, numbers) for candidate, numbers, _ in reader.judged(item.question, hits)]
    return Asking(
        item=item,
        answerable=answerable,
        first=bool(hits) and hits[0].passage.path == item.path,
        rows=np.array([[row[name] for name in NAMES] for _, row in found]).reshape(-1, len(NAMES)),
        texts=[c.hit.passage.text[c.start : c.end] for c, _ in found],
        gold=[c.hit.passage.path == item.path for c, _ in found],
    )


def _fitted(askings: list[Asking]) -> tuple[Matrix, float]:
    rows = np.concatenate([asking.rows for asking in askings])
    return fit(rows, np.concatenate([asking.labels for asking in askings]))


def crossed(askings: list[Asking]) -> dict[str, float]:
    """Return how the most probable spans come out, each half judged by the other half's fit."""
    halves: tuple[list[Asking], list[Asking]] = ([], [])
    for asking in askings:
        article = asking.item.path.partition("/")[0]
        halves[zlib.crc32(article.encode()) % 2].append(asking)
    best: list[tuple[Asking, int, float]] = []
    for own, other in (halves, halves[::-1]):
        weights, bias = _fitted(other)
        for asking in own:
            logits = asking.rows @ weights + bias
            at = int(np.argmax(logits)) if len(logits) else -1
            best.append((asking, at, float(logits[at]) if at >= 0 else -np.inf))
    return _figures(best)


def _figures(best: list[tuple[Asking, int, float]]) -> dict[str, float]:
    asked = [(a, at, logit) for a, at, logit in best if a.answerable]
    said = [(a.texts[at] if at >= 0 else "", a.item.answer) for a, at, _ in asked]
    right = np.array([at >= 0 and bool(a.labels[at]) for a, at, _ in asked])
    silent = [logit for a, _, logit in best if not a.answerable]
    apart = separation([logit for *_, logit in asked], silent)
    figures: dict[str, float | np.floating] = {
        "exact_match": 100 * np.mean([exact_match(*pair) for pair in said]),
        "f1": 100 * np.mean([f1(*pair) for pair in said]),
        "recall@1 before reading": float(np.mean([a.first for a, *_ in asked])),
        "recall@1 after reading": float(np.mean([at >= 0 and a.gold[at] for a, at, _ in asked])),
        "auc": apart["auc"],
        "abstained_at_90": apart["abstained_at_90"],
        "auc, right answers only": separation(
            [row[2] for row, good in zip(asked, right, strict=True) if good], silent
        )["auc"],
        "area under risk and coverage": _risk([logit for *_, logit in asked], right, silent),
        **_abstention([logit for *_, logit in asked], silent),
    }
    rounded = {name: round(float(value), 4) for name, value in figures.items()}
    return {"questions": len(asked), **rounded}


def _abstention(asked: list[float], silent: list[float]) -> dict[str, float]:
    """Return the largest share of unanswerable questions refused at 95% precision, and 80%."""
    found = {}
    for least in (0.95, 0.8):
        shares = [0.0]
        for limit in sorted(silent):
            kept = sum(logit <= limit for logit in silent)
            wrong = sum(logit <= limit for logit in asked)
            if kept >= least * (kept + wrong):
                shares.append(kept / len(silent))
        found[f"abstention recall at precision {least}"] = max(shares)
    return found


def _risk(asked: list[float], right: npt.NDArray[np.bool_], silent: list[float]) -> float:
    """Return the mean share of wrong answers over all coverages, most probable first."""
    logits = np.array([*asked, *silent])
    wrong = np.concatenate([~right, np.ones(len(silent), np.bool_)])
    order = np.argsort(-logits, kind="stable")
    return float(np.mean(np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)))


if __name__ == "__main__":
    sys.exit(main())
