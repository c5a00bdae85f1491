"""Retrieval on SQuAD articles: dense, lexical, reciprocal rank fusion and ours, same passages.

python -m eval.bench.retrieval --data DIR [--split dev|test] [--sample N] [--weights]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean, quantiles
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from askcorpus.embed import open_embedder
from askcorpus.retrieve import CANDIDATES, Weights, query_words, retrieve
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from training.articles import Asked, articles, sample, write_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.records import Passage

RRF_K = 60  # Cormack et al., 2009
DEPTHS = (1, 5, 10)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="dev", choices=["train", "dev", "test"])
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--weights", action="store_true", help="try other shares, dense/focus")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "articles"), Path(scratch, "index")
        asked = sample(write_folder(articles(args.data, args.split), folder), args.sample)
        settings = Settings()
        Corpus.build(folder, index=index, settings=settings).close()
        embedder = open_embedder(settings)
        vectors = embedder.embed([item.question for item in asked])
        with Ledger.open(index) as ledger:
            print(f"{args.split}: {len(asked)} questions, {ledger.counts.passages} passages\n")
            _table(asked, vectors, ledger, weights=args.weights)


def _table(asked: Sequence[Asked], vectors, ledger: Ledger, *, weights: bool) -> None:  # type: ignore[no-untyped-def]
    store = ExactStore(*ledger.vectors())
    ranks: dict[str, list[int | None]] = defaultdict(list)
    times = []
    shares = [(d / 20, f / 10) for f in (0, 2, 3, 4) for d in (9, 11, 13, 15)] if weights else []
    tried = [Weights(dense=dense, focus=focus) for dense, focus in shares]
    for item, vector in zip(asked, vectors, strict=True):
        words = query_words(item.question)
        dense = [passage for passage, _ in store.search(vector, CANDIDATES)]
        lexical = [passage for passage, _ in ledger.lexical(words, CANDIDATES)]
        for name, order in (("dense", dense), ("lexical", lexical), ("rrf", rrf(dense, lexical))):
            ranks[name].append(_rank(item, list(ledger.passages(order[:10]).values()), order))
        began = time.perf_counter()
        hits = retrieve(words, vector, ledger=ledger, store=store, k=10)
        times.append((time.perf_counter() - began) * 1000)
        ranks["ours"].append(_rank(item, [hit.passage for hit in hits]))
        for weight in tried:
            hits = retrieve(words, vector, ledger=ledger, store=store, k=10, weights=weight)
            name = f"{weight.dense}/{weight.focus}"
            ranks[name].append(_rank(item, [hit.passage for hit in hits]))
    print("".join(f"{name:<12}" for name in ("", *(f"recall@{k}" for k in DEPTHS), "mrr@10")))
    for name, found in ranks.items():
        recalls = [mean(rank is not None and rank <= k for rank in found) for k in DEPTHS]
        mrr = mean(1 / rank if rank else 0.0 for rank in found)
        print(f"{name:<12}" + "".join(f"{value:<12.3f}" for value in (*recalls, mrr)))
    cuts = quantiles(times, n=20)
    print(f"\nours, after embedding: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms")


def rrf(*orders: Sequence[int]) -> list[int]:
    """Return the ids by reciprocal rank fusion; ties break on the id."""
    scores: dict[int, float] = defaultdict(float)
    for order in orders:
        for rank, passage in enumerate(order, start=1):
            scores[passage] += 1 / (RRF_K + rank)
    return sorted(scores, key=lambda passage: (-scores[passage], passage))


def _rank(
    item: Asked, passages: Sequence[Passage], order: Sequence[int] | None = None
) -> int | None:
    """Return the rank of the first passage that holds the reference answer in its place."""
    if order is not None:
        place = {passage: at for at, passage in enumerate(order)}
        passages = sorted(passages, key=lambda passage: place[passage.id])
    end = item.start + len(item.answer)
    for rank, passage in enumerate(passages, start=1):
        if passage.path == item.path and passage.start <= item.start and end <= passage.end:
            return rank
    return None


if __name__ == "__main__":
    main()
