"""Indexing and warm retrieval over thousands of news articles.

python -m eval.bench.news --data DIR [--articles N] [--index DIR]

Prints where indexing spends its time, its peak memory, and how long retrieval takes for article
titles as questions. With --index, an index that is there already is measured again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from askcorpus import Corpus, Settings
from eval.bench.machine import describe

if TYPE_CHECKING:
    from askcorpus.records import IndexReport

QUESTIONS = 200
TARGET_MS = {"p50": 70, "p95": 180}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--index", type=Path, help="keep the index here")
    args = parser.parse_args()
    articles = read(args.data)[: args.articles]
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "articles")
        folder.mkdir()
        for number, article in enumerate(articles):
            text = article["content_original"].encode("utf-8", "replace").decode()
            (folder / f"{number:05}.txt").write_text(text, encoding="utf-8", newline="")
        index = args.index or Path(scratch, "index")
        rebuild = not (index / "ledger.sqlite3").exists()
        settings = Settings()
        if rebuild:
            print(indexing(Corpus.sync(folder, index=index, settings=settings)))
        titles = sorted({article["title"] for article in articles if article.get("title")})
        asked = random.Random(0).sample(titles, min(QUESTIONS, len(titles)))
        with Corpus.open(index, settings=settings) as corpus:
            print(warm(corpus, asked))


def read(data: Path) -> list[dict[str, Any]]:
    """Return the articles; leave with a message where the data is absent."""
    parts = sorted((data / "news").glob("part-*.jsonl.gz"))
    if not parts:
        sys.exit(f"Skipped: no news in {data}. Name the data folder with --data DIR.")
    found = []
    for part in parts:
        with gzip.open(part, "rt", encoding="utf-8") as stream:
            found += [json.loads(line) for line in stream]
    return [article for article in found if (article.get("content_original") or "").strip()]


def indexing(report: IndexReport) -> str:
    """Return where the time went and the most memory that was held."""
    total = report.seconds["total"]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    lines = [
        f"{report.documents} documents, {report.passages} passages, {report.embedded} embedded",
        f"{total:.0f} s, {report.embedded / report.seconds['embed']:.0f} passages/s embedded",
    ]
    stages = ("embed", "chroma", "ingest", "chunk", "store")
    lines += [f"  {stage:<8} {report.seconds[stage] / total:6.1%}" for stage in stages]
    lines.append(f"peak memory {own:.0f} MB, largest child {children:.0f} MB")
    return "\n".join(lines) + "\n"


def warm(corpus: Corpus, asked: list[str]) -> str:
    """Return percentiles of the stages' times over the questions, after one of them."""
    corpus.ask(asked[0])
    times: dict[str, list[float]] = {}
    for question in asked:
        began = time.perf_counter()
        answer = corpus.ask(question)
        elapsed = time.perf_counter() - began
        stages = {
            **answer.seconds,
            "retrieval": answer.seconds["embed"] + answer.seconds["retrieve"],
        }
        for name, seconds in {**stages, "whole answer": elapsed}.items():
            times.setdefault(name, []).append(seconds * 1000)
    lines = [f"{len(asked)} titles asked, load {os.getloadavg()[0]:.1f}"]
    for name in ("embed", "retrieve", "retrieval", "read", "whole answer"):
        cuts = quantiles(times[name], n=20)
        lines.append(f"  {name:<13} p50 {cuts[9]:6.1f} ms   p95 {cuts[18]:6.1f} ms")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
