"""Measures a reader on held-out questions: `python -m training.evaluate MODEL --data DIR`.

MODEL is a folder that the training wrote, a run's checkpoint.pt, or a folder with an exported
reader.onnx. The SQuAD figures have one reference a question; published ones have several.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from askcorpus.evaluate.measures import exact_match, token_f1
from training import model
from training.bm25 import Bm25
from training.encode import Encoded, Found, Logits, best_span, encode, load_tokenizer, pad
from training.metrics import best_f1, f1_at, separation
from training.mixture import PAIRS
from training.negatives import holds
from training.sources import SPLITS, SQUAD, Item, split_titles, squad
from training.windows import passages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tokenizers import Tokenizer

PASSAGE_TOKENS = 150
MAX_TOKENS = 320
Asked = tuple[str, str, str]
"""Question, paragraph and its document's name."""
INPUTS = ("ids", "types", "attention")
OUTPUTS = ("start", "end")
BATCH = 16


class Scorer(Protocol):
    """Gives start and end logits for a batch."""

    def __call__(self, rows: Sequence[Encoded]) -> tuple[Logits, Logits]:
        """Return two (n, longest) arrays, the lowest float where no span may stand."""


def torch_scorer(
    path: Path, base: Path | None = None, *, device: str = "cpu", bf16: bool = False
) -> Scorer:
    """Return a scorer that runs the PyTorch weights; for `base` see `model.load`."""
    reader = model.load(path, base).to(device)

    def score(rows: Sequence[Encoded]) -> tuple[Logits, Logits]:
        with torch.inference_mode(), torch.autocast(device, torch.bfloat16, enabled=bf16):
            start, end = model.logits(reader, pad(rows), device=device)
        return start.cpu().numpy(), end.cpu().numpy()

    return score


def onnx_scorer(path: Path, *, threads: int = 2) -> Scorer:
    """Return a scorer that runs an exported file, one row at a time as the product does."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def score(rows: Sequence[Encoded]) -> tuple[Logits, Logits]:
        held = pad(rows)
        lowest = np.finfo(np.float32).min
        start, end = np.zeros((2, *held.ids.shape), np.float32)
        for i, row in enumerate(rows):
            n = len(row.ids)
            inputs = (held.ids, held.types, held.attention)
            feed = {name: each[i : i + 1, :n] for name, each in zip(INPUTS, inputs, strict=True)}
            start[i, :n], end[i, :n] = (each[0] for each in session.run(list(OUTPUTS), feed))
        return np.where(held.allowed, start, lowest), np.where(held.allowed, end, lowest)

    return score


def read_all(
    score: Scorer, tokenizer: Tokenizer, asked: Sequence[Asked], *, tokens: int
) -> list[Found]:
    """Return the best span of each (question, paragraph), by margin over its passages.

    Args:
        score: The model.
        tokenizer: Its tokenizer.
        asked: Question, paragraph and document's name; offsets in the result count the paragraph's.
        tokens: The most WordPieces of a passage; longer paragraphs are read in several.
    """
    rows: list[tuple[int, int, Encoded]] = []
    for number, (question, text, head) in enumerate(asked):
        for low, high in passages(tokenizer, text, tokens=tokens):
            encoded = encode(tokenizer, question, text[low:high], head=head, max_tokens=MAX_TOKENS)
            rows.append((number, low, encoded))
    rows.sort(key=lambda row: len(row[2].ids))
    best: dict[int, Found] = {}
    for at in range(0, len(rows), BATCH):
        part = rows[at : at + BATCH]
        start, end = score([encoded for *_, encoded in part])
        for i, (number, low, encoded) in enumerate(part):
            found = best_span(encoded, start[i], end[i])
            found = Found(found.start + low, found.end + low, found.score, found.no_answer)
            if number not in best or margin(found) > margin(best[number]):
                best[number] = found
    return [best[number] for number in range(len(asked))]


def margin(found: Found) -> float:
    """Return by how much the span's score exceeds that of "no answer"."""
    return found.score - found.no_answer


def confusable(items: Sequence[Item], heads: Mapping[str, str]) -> list[Asked]:
    """Return each question with the paragraph BM25 ranks first that doesn't hold its answer.

    Args:
        items: Answerable questions.
        heads: The paragraphs that are ranked, each with its document's name.
    """
    pool = sorted(heads)
    index = Bm25(pool)
    found = []
    for item in items:
        for i in index.search(item.question, 10):
            if not holds(pool[i], item.answer):
                found.append((item.question, pool[i], heads[pool[i]]))
                break
    return found


def measure(
    score: Scorer,
    tokenizer: Tokenizer,
    items: Sequence[Item],
    heads: Mapping[str, str],
    *,
    tokens: int = PASSAGE_TOKENS,
) -> dict[str, float]:
    """Return exact match and F1 in percent, and how well the margin finds "no answer".

    Args:
        score: The model.
        tokenizer: Its tokenizer.
        items: Answerable questions.
        heads: As for `confusable`: where unanswerable ones are found.
        tokens: The most WordPieces of a passage.
    """
    begun = time.perf_counter()
    found = read_all(score, tokenizer, [_asked(item) for item in items], tokens=tokens)
    seconds = time.perf_counter() - begun
    pairs = [(i.context[a.start : a.end], i.answer) for i, a in zip(items, found, strict=True)]
    unanswered = read_all(score, tokenizer, confusable(items, heads), tokens=tokens)
    kept = separation([margin(a) for a in found], [margin(a) for a in unanswered])
    return {
        "questions": len(items),
        "exact_match": _percent(exact_match, pairs),
        "f1": _percent(token_f1, pairs),
        "unanswerable": len(unanswered),
        **{name: round(value, 4) for name, value in kept.items()},
        "questions_per_s": round(len(items) / seconds, 1),
    }


def measure_pairs(
    score: Scorer, tokenizer: Tokenizer, items: Sequence[Item], *, tokens: int = PASSAGE_TOKENS
) -> dict[str, float]:
    """Return F1 over answerable and unanswerable questions, at 0 and at the best threshold."""
    found = read_all(score, tokenizer, [_asked(item) for item in items], tokens=tokens)
    margins = [margin(each) for each in found]
    f1s = [
        token_f1(item.context[each.start : each.end], item.answer) if item.answerable else None
        for item, each in zip(items, found, strict=True)
    ]
    own = [(m, f1) for m, f1 in zip(margins, f1s, strict=True) if f1 is not None]
    others = [m for m, f1 in zip(margins, f1s, strict=True) if f1 is None]
    best, at = best_f1(margins, f1s)
    return {
        "answerable": len(own),
        "unanswerable": len(others),
        "f1_where_answerable": round(100 * sum(f1 for _, f1 in own) / len(own), 2),
        "f1_at_0": round(100 * f1_at(margins, f1s, 0.0), 2),
        "best_f1": round(100 * best, 2),
        "best_threshold": round(at, 2),
        **{k: round(v, 4) for k, v in separation([m for m, _ in own], others).items()},
    }


def _asked(item: Item) -> Asked:
    return item.question, item.context, item.head


def _percent(metric: Callable[[str, str], float], pairs: Sequence[tuple[str, str]]) -> float:
    return round(100 * sum(metric(*pair) for pair in pairs) / len(pairs), 2)


def held_out(data: Path, splits: Path, part: str) -> list[Item]:
    """Return the questions of a part's articles whose answer is certain."""
    return list(squad(data / "reader" / SQUAD, titles=split_titles(splits, part)))


def held_out_pairs(data: Path, splits: Path, part: str) -> list[Item]:
    """Return the unanswerable questions of a part's articles and those they were made from."""
    return list(squad(data / "reader2" / PAIRS, titles=split_titles(splits, part)))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder with the question sets")
    parser.add_argument("--splits", type=Path, default=SPLITS)
    parser.add_argument("--part", default="dev", choices=("dev", "test"))
    parser.add_argument("--file", type=Path, help="another xz file in SQuAD's JSON")
    parser.add_argument("--pairs", action="store_true", help="with SQuAD 2.0's unanswerable ones")
    parser.add_argument("--deep", type=Path, metavar="BASE", help="folder of all-mpnet-base-v2")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=PASSAGE_TOKENS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--bf16", action="store_true", help="faster where the processor has it")
    asked = parser.parse_args(argv)
    torch.set_num_threads(asked.threads)
    if asked.pairs:
        items = held_out_pairs(asked.data, asked.splits, asked.part)
    elif asked.file:
        items = [i for i in squad(asked.file) if i.answerable]
    else:
        items = held_out(asked.data, asked.splits, asked.part)
    if not asked.deep:  # the small reader was trained without names
        items = [replace(item, article="") for item in items]
    sample = random.Random(asked.seed).sample(items, min(asked.sample, len(items)))
    if (asked.model / "reader.onnx").exists():
        score = onnx_scorer(asked.model / "reader.onnx", threads=asked.threads)
    else:
        score = torch_scorer(asked.model, asked.deep, device=asked.device, bf16=asked.bf16)
    tokenizer = load_tokenizer((asked.deep or model.base_folder()) / "tokenizer.json")
    if asked.pairs:
        result = measure_pairs(score, tokenizer, sample, tokens=asked.tokens)
    else:
        heads = {item.context: item.head for item in items}
        result = measure(score, tokenizer, sample, heads, tokens=asked.tokens)
    print(json.dumps({"model": asked.model.name, "seed": asked.seed, **result}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
