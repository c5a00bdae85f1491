"""Fits the weights of the sentence reader on questions about SQuAD train articles.

python -m training.sentence --data DIR [--articles N] [--sample N]

Every question is asked twice over an index of the articles' paragraphs: as it is, and with the
paragraph that answers it left out, so that the reader also meets what it must not answer. A
logistic regression over the candidates' features is printed as the constants that
askcorpus/read/sentence.py holds.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from askcorpus import Corpus, Settings
from askcorpus.embed import open_embedder
from askcorpus.read.features import NAMES
from askcorpus.read.sentence import DEPTH, SentenceReader
from askcorpus.retrieve import query_words, retrieve
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from training.articles import Asked, articles, sample, write_folder

if TYPE_CHECKING:
    import numpy.typing as npt

    from askcorpus.ports import Embedder

    Matrix = npt.NDArray[np.float64]

PENALTY = 1.0


def main() -> None:
    """Print the fitted constants and how often the most probable sentence answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--sample", type=int, default=800)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="keep the features as .npz")
    args = parser.parse_args()
    chosen = articles(args.data, "train")
    random.Random(args.seed).shuffle(chosen)
    settings = Settings()
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "articles"), Path(scratch, "index")
        asked = sample(write_folder(chosen[: args.articles], folder), args.sample, args.seed)
        Corpus.build(folder, index=index, settings=settings).close()
        embedder = open_embedder(settings)
        with Ledger.open(index) as ledger:
            rows, labels, groups = candidates(asked, ledger, embedder)
    if args.save:
        np.savez_compressed(args.save, rows=rows, labels=labels, groups=groups)
    weights, bias = fit(rows, labels)
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(f"BIAS = {bias:.2f}")
    scores = rows @ weights
    best = [np.flatnonzero(groups == g)[np.argmax(scores[groups == g])] for g in np.unique(groups)]
    print(f"most probable sentence answers: {np.mean([labels[at] for at in best]):.3f}")


def candidates(
    asked: list[Asked], ledger: Ledger, embedder: Embedder
) -> tuple[Matrix, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return the features, whether each sentence holds the answer, and the asking's number."""
    store = ExactStore(*ledger.vectors())
    reader = SentenceReader(embedder, ledger, passages=ledger.size)
    every, _ = ledger.vectors()
    paths = {n: passage.path for n, passage in ledger.passages(every.tolist()).items()}
    rows, labels, groups = [], [], []
    for number, item in enumerate(asked):
        own = [n for n, path in paths.items() if path == item.path]
        vector = embedder.embed([item.question])[0]
        for half, allowed in enumerate((None, np.setdiff1d(every, own))):
            hits = retrieve(
                query_words(item.question),
                vector,
                ledger=ledger,
                store=store,
                k=DEPTH,
                allowed=allowed,
            )
            for hit, places, found in reader.candidates(item.question, hits):
                for (low, high), row in zip(places, found, strict=True):
                    start = hit.passage.start
                    held = start + low <= item.start < start + high
                    rows.append(row)
                    labels.append(held and hit.passage.path == item.path)
                    groups.append(2 * number + half)
    return np.array(rows), np.array(labels), np.array(groups)


def fit(rows: Matrix, labels: npt.NDArray[np.bool_]) -> tuple[Matrix, float]:
    """Return the weights and the bias of a logistic regression, by Newton's method."""
    design = np.column_stack([rows, np.ones(len(rows))])
    weights = np.zeros(design.shape[1])
    ridge = np.eye(design.shape[1]) * PENALTY
    ridge[-1, -1] = 0.0
    for _ in range(30):
        share = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (share - labels) + ridge @ weights
        curvature = (design * (share * (1 - share))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights[:-1], float(weights[-1])


if __name__ == "__main__":
    main()
