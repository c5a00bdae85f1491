"""What the deep reader learns from: every set in its share, and the negatives made from them.

The pairs of SQuAD 2.0 come first: 17,474 questions that people wrote to be unanswerable, each
with the answerable one that it was made from. Other sets bring what Wikipedia's questions lack:
reasons and whole sentences (FairytaleQA), dates (TimeQA), science (COVID-QA), who did what to
whom (QAMR), cells of tables (WikiTableQuestions).
"""

from __future__ import annotations

import json
import lzma
import random
from typing import TYPE_CHECKING, Any

from training.negatives import Example, examples, plain
from training.sources import QED, TYDI, Item, qed, split_titles, squad, training_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PAIRS = "squad2_unans_pairs/train.json.xz"
TABLES = "wikitablequestions/train.json.xz"
# Files below reader2, and the most questions that are drawn from them together. QAMR asks 30
# questions of a sentence, and TimeQA the same facts twice: more of them would be the same again.
SETS = (
    (("fairytaleqa/train.json.xz",), 1500),
    (("timeqa_human/train-easy.json.xz", "timeqa_human/train-hard.json.xz"), 1800),
    (("covidqa/train.json.xz",), 600),
    (("qamr/train-a.json.xz", "qamr/train-b.json.xz"), 2500),
)
TABLE_ROWS = 2000
SQUAD_ROWS = 13000
SEARCH_ROWS = 4000
"""Of QED and TyDi, whose questions were asked before anybody looked for an answer."""
NEGATIVES = {
    "near-same": 2600,
    "near-other": 1500,
    "cut": 800,
    "swapped": 1500,
    "mismatch": 300,
    "opposite": 600,
}
LONGEST_ANSWER_CHARS = 220


def mixture(data: Path, splits: Path, *, seed: int) -> list[Example]:
    """Return the rows of one cycle; another seed draws others.

    Args:
        data: Holds the folders `reader` and `reader2`.
        splits: The JSON file that names the articles that may train.
        seed: Of every draw.
    """
    rng = random.Random(seed)
    more = data / "reader2"
    titles = split_titles(splits, "train")
    pairs = list(squad(more / PAIRS, titles=titles))
    rows = [plain(item) for item in pairs]
    for files, most in SETS:
        items = [i for file in files for i in squad(more / file)]
        held = [i for i in items if i.end - i.start <= LONGEST_ANSWER_CHARS]
        rows += [plain(item) for item in _drawn(held, most, rng)]
    rows += [plain(item) for item in _drawn(list(tables(more / TABLES)), TABLE_ROWS, rng)]
    asked = {item.question.lower() for item in pairs}
    return rows + _classic(data / "reader", splits, asked, rng, seed=seed)


def _classic(
    data: Path, splits: Path, asked: set[str], rng: random.Random, *, seed: int
) -> list[Example]:
    """Return rows of the small reader's sets, but those whose question was asked already."""
    items = training_items(data, splits)
    searched = {i.context for i in (*qed(data / QED), *squad(data / TYDI))}
    kinds: dict[str, list[Example]] = {}
    for row in examples(items, seed=seed):
        if row.kind in NEGATIVES or row.question.lower() not in asked:
            kinds.setdefault(row.kind, []).append(row)
    answers = kinds["answer"]
    return [
        *_drawn([r for r in answers if r.context not in searched], SQUAD_ROWS, rng),
        *_drawn([r for r in answers if r.context in searched], SEARCH_ROWS, rng),
        *kinds.get("squad2", []),
        *(row for kind, most in NEGATIVES.items() for row in _drawn(kinds[kind], most, rng)),
    ]


def _drawn(held: Sequence[Any], most: int, rng: random.Random) -> list[Any]:
    return rng.sample(held, min(most, len(held)))


def tables(path: Path) -> Iterator[Item]:
    """Yield look-ups in tables, each row written "Header: value; …" as the product writes rows.

    Only questions that name another cell of the answer's row: the others count, compare or add.
    """
    with lzma.open(path, "rt", encoding="utf-8") as file:
        data: list[dict[str, Any]] = json.load(file)["data"]
    for article in data:
        for paragraph in article["paragraphs"]:
            rows = [line.split(" | ") for line in paragraph["context"].split("\n")]
            for asked in paragraph["qas"]:
                item = _look_up(rows, asked)
                if item is not None:
                    yield item


def _look_up(rows: list[list[str]], asked: dict[str, Any]) -> Item | None:
    answer, question = asked["answers"][0], asked["question"]
    where = _cell_at(rows, answer["answer_start"])
    if where is None or rows[where[0]][where[1]] != answer["text"]:
        return None
    n, column = where
    others = [cell for k, cell in enumerate(rows[n]) if k != column and len(cell) > 3]
    if n == 0 or not any(cell.lower() in question.lower() for cell in others):
        return None
    text, start = _written(rows, where)
    if start is None:
        return None
    return Item(question, text, start, start + len(answer["text"]), article="")


def _cell_at(rows: list[list[str]], offset: int) -> tuple[int, int] | None:
    """Return row and column of the cell that begins at an offset of the set's own form."""
    at = 0
    for n, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if at == offset:
                return n, column
            at += len(cell) + (3 if column < len(cells) - 1 else 1)
    return None


def _written(rows: list[list[str]], where: tuple[int, int]) -> tuple[str, int | None]:
    """Return the rows as the product writes them, and where that cell begins."""
    header, lines, at, start = rows[0], [], 0, None
    for n, cells in enumerate(rows[1:], 1):
        if len(cells) != len(header):
            continue
        parts: list[str] = []
        for column, (name, cell) in enumerate(zip(header, cells, strict=True)):
            if cell.strip():
                label = f"{name}: " if name.strip() else ""
                if (n, column) == where:
                    start = at + sum(len(part) + 2 for part in parts) + len(label)
                parts.append(label + cell)
        lines.append("; ".join(parts))
        at += len(lines[-1]) + 1
    return "\n".join(lines), start
