"""How far Chroma's top 10 agree with exact search, and what each takes.

python -m eval.bench.overlap --data DIR [--articles N] [--index DIR]

Real vectors: SQuAD train articles as files, their questions as queries; 60 articles make about
4,000 passages.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from askcorpus.embed import open_embedder
from askcorpus.store.chroma import ChromaStore
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from eval.bench.machine import describe
from training.articles import articles, sample, write_folder

if TYPE_CHECKING:
    from askcorpus.ports import Store

K = 10


def main() -> None:
    """Print the overlap and the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=80)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--index", type=Path, help="keep the index here")
    args = parser.parse_args()
    chosen = articles(args.data, "train")
    random.Random(1).shuffle(chosen)
    settings = Settings()
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "articles"), args.index or Path(scratch, "index")
        asked = sample(write_folder(chosen[: args.articles], folder), args.sample)
        Corpus.build(folder, index=index, settings=settings, rebuild=True).close()
        embedder = open_embedder(settings)
        vectors = embedder.embed([item.question for item in asked])
        with Ledger.open(index) as ledger:
            stores: dict[str, Store] = {
                "exact": ExactStore(*ledger.vectors()),
                "chroma": ChromaStore.open(ledger),
            }
            found: dict[str, list[list[int]]] = {name: [] for name in stores}
            times: dict[str, list[float]] = {name: [] for name in stores}
            for vector in vectors:
                for name, store in stores.items():
                    began = time.perf_counter()
                    found[name].append([passage for passage, _ in store.search(vector, K)])
                    times[name].append((time.perf_counter() - began) * 1000)
            print(describe())
            print(f"{ledger.size} passages, {len(asked)} questions")
    shared = [len(set(a) & set(b)) / len(a) for a, b in zip(*found.values(), strict=True)]
    same = mean(a == b for a, b in zip(*found.values(), strict=True))
    print(f"overlap of the top {K}: {mean(shared):.4f}; the same list for {same:.1%}")
    for name, taken in times.items():
        print(f"{name:<7} p50 {median(taken):.1f} ms")


if __name__ == "__main__":
    main()
