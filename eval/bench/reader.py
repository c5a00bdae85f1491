"""Everything that says how well the reader reads, in one table.

python -m eval.bench.reader --data DIR [--sample N] [--threads N]

What isn't in DIR is skipped with a message. Answers are compared with one reference a question
(QED: the best of its annotators' spans); published figures of SQuAD have several.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from math import log
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings, evaluate
from askcorpus.embed import open_embedder
from askcorpus.evaluate.squad import over_all, own
from askcorpus.read.span import DEPTH, SpanReader
from askcorpus.records import Hit, Passage
from askcorpus.store.ledger import Ledger
from eval.bench import embedding
from eval.bench.machine import describe
from eval.bench.squad import write_file, write_qed
from training.articles import articles, write_folder
from training.calibrate import Asking, ask_all, figures, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.ports import Embedder

ROOT = Path(__file__).resolve().parents[2]
SEEDS_GOLD = ROOT / "eval" / "gold" / "seeds.jsonl"
TURNS, WARM = 34, 4
COST = 1.2
"""The most that reading eight passages may take, as a share of embedding them."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder above reader/")
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    settings = Settings(threads=args.threads)
    print(describe(), flush=True)
    _gold(settings)
    _cost(settings)
    if not (args.data / "reader").is_dir():
        print(f"Skipped the rest: no {args.data / 'reader'}. Name the data with --data DIR.")
        return
    with tempfile.TemporaryDirectory() as scratch:
        _own_paragraphs(args.data / "reader", Path(scratch), settings, args.sample)
        _whole_collection(args.data, Path(scratch), settings, args.sample)


def _row(name: str, value: str, target: str = "") -> None:
    print(f"{name:<58} {value}{f'   ({target})' if target else ''}", flush=True)


def _gold(settings: Settings) -> None:
    """Print how the gold questions over the seeds come out, test half."""
    with (
        tempfile.TemporaryDirectory() as index,
        Corpus.build(ROOT / "seeds", index=index, settings=settings) as corpus,
    ):
        gold = evaluate.read_gold(SEEDS_GOLD, split="test")
        results = evaluate.ask_all(gold, corpus, label=SEEDS_GOLD.name)
    print(f"\ngold over the seeds, test half (target: exact match .65, F1 .80)\n{results.table()}")


def _own_paragraphs(data: Path, scratch: Path, settings: Settings, size: int) -> None:
    """Print exact match and F1 of each set, every question on its own paragraph."""
    squad = write_file(articles(data.parent, "test"), scratch / "squad-test.json")
    sets = [("SQuAD, test articles", squad, "62 / 75")]
    tydi, qed = data / "tydiqa-en-dev.json.xz", data / "qed-dev.jsonl.xz"
    if tydi.is_file():
        sets.append(("TyDi QA, English dev", tydi, ""))
    if qed.is_file():
        sets.append(("QED, dev", write_qed(qed, scratch / "qed.json"), ""))
    for name, path, target in sets:
        results = own(path, settings, size=size)
        found = results.measures()
        value = f"{found['exact_match']:.1f} / {found['f1']:.1f}, {len(results.rows)} questions"
        _row(f"{name}, own paragraph: EM / F1", value, target)


def _whole_collection(data: Path, scratch: Path, settings: Settings, size: int) -> None:
    """Print what comes of questions over all of the test articles, with and without answers."""
    shown = over_all(scratch / "squad-test.json", settings, size=size)
    found = shown.measures()
    value = f"{100 * found['exact_match']:.1f} / {100 * found['f1']:.1f}"
    _row("open, as the product answers (silence is wrong): EM / F1", value, "50 / 60")
    for name in ("recall@1", "recall@5", "recall@10", "first_citation", "wrongly_silent"):
        _row(f"open: {name}", f"{found[name]:.3f}")
    _row("open: latency", "p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**shown.latency_ms()))
    every = write_folder(articles(data, "test"), scratch / "test")
    with Corpus.build(scratch / "test", index=scratch / "index", settings=settings):
        pass
    reader = SpanReader.open(threads=settings.worker_threads)
    asked = tasks(every, data, size, part="test")
    with Ledger.open(scratch / "index") as ledger:
        askings = ask_all(asked, ledger, open_embedder(settings), reader)
    for name, number in figures([_best(asking) for asking in askings]).items():
        _row(f"open, always answered: {name}", str(number))


def _best(asking: Asking) -> tuple[Asking, int, float]:
    """Return the asking's most probable span, as the shipped constants weigh it."""
    if not asking.probabilities:
        return asking, -1, -50.0
    share = min(max(asking.probabilities[0], 1e-12), 1 - 1e-12)
    return asking, 0, log(share / (1 - share))


def _cost(settings: Settings) -> None:
    """Print what reading eight passages takes, as a share of embedding them, in turns."""
    embedder = open_embedder(settings)
    texts = embedding.passages(embedder, DEPTH * 4)
    reader = SpanReader.open(threads=settings.worker_threads)
    questions = evaluate.sample(evaluate.read_gold(SEEDS_GOLD, split="dev"), TURNS)
    shares = []
    for turn, asked in enumerate(questions):
        part = random.Random(turn).sample(texts, DEPTH)
        hits = [Hit(Passage("x", 0, len(t), t, 1, id=n), 0.5, n + 1) for n, t in enumerate(part)]
        embed_s = _seconds(embedder, part)
        began = time.perf_counter()
        reader.read(asked.question, hits)
        shares.append((time.perf_counter() - began) / embed_s)
    name = f"reading {DEPTH} passages / embedding them, {settings.worker_threads} threads"
    _row(name, f"{median(shares[WARM:]):.2f} ×", f"at most {COST} ×")


def _seconds(embedder: Embedder, texts: Sequence[str]) -> float:
    began = time.perf_counter()
    embedder.embed(texts)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
