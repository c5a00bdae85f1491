"""Reads the public question sets into one record; what only measures never trains."""

from __future__ import annotations

import json
import lzma
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SQUAD = "squad-train-v1.1.json.xz"
SQUAD2 = "squad-train-v2.0-10articles.json.xz"
QED = "qed-train.jsonl.xz"
TYDI = "tydiqa-en-train.json.xz"
TRAINING_FILES = (SQUAD, SQUAD2, QED, TYDI)
SPLITS = Path(__file__).parents[1] / "eval" / "splits.json"
"""Which articles train, and which only measure."""
MAX_ANSWER_CHARS = 160


@dataclass(frozen=True, slots=True)
class Item:
    """A question on a paragraph; `context[start:end]` answers it, or nothing does."""

    question: str
    context: str
    start: int
    end: int
    article: str
    answerable: bool = True

    @property
    def answer(self) -> str:
        """The answer's text; empty where there is none."""
        return self.context[self.start : self.end]


def squad(path: Path, *, titles: frozenset[str] | None = None) -> Iterator[Item]:
    """Yield the questions of a file in SQuAD's JSON whose answer is certain, and the unanswerable.

    Args:
        path: A SQuAD 1.1, 2.0 or TyDi GoldP file, compressed with xz.
        titles: The articles to read; None for all.
    """
    for title, paragraph in _paragraphs(path, titles):
        for asked in paragraph["qas"]:
            item = _squad_item(title, paragraph["context"], asked)
            if item is not None:
                yield item


def paragraphs(path: Path, *, titles: frozenset[str]) -> list[str]:
    """Return the paragraphs of these articles, in the file's order."""
    return [paragraph["context"] for _, paragraph in _paragraphs(path, titles)]


def split_titles(splits: Path, part: str) -> frozenset[str]:
    """Return the titles of the SQuAD articles in a part: `train`, `dev` or `test`."""
    return frozenset(json.loads(splits.read_text(encoding="utf-8"))[part])


def _paragraphs(path: Path, titles: frozenset[str] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        data: list[dict[str, Any]] = json.load(file)["data"]
    for article in data:
        if titles is None or article["title"] in titles:
            for paragraph in article["paragraphs"]:
                yield article["title"], paragraph


def _squad_item(title: str, context: str, asked: dict[str, Any]) -> Item | None:
    question = " ".join(asked["question"].split())
    if not asked["answers"]:
        return Item(question, context, 0, 0, title, answerable=False)
    answer = asked["answers"][0]
    start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
    if asked.get("start_guessed") or context[start:end] != answer["text"]:
        return None
    return Item(question, context, start, end, title)


def qed(path: Path) -> Iterator[Item]:
    """Yield QED's questions with exactly one short answer span, spacing made natural."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            spans = row["answer_spans"]
            if len(spans) != 1 or not 0 < spans[0][1] - spans[0][0] <= MAX_ANSWER_CHARS:
                continue
            context, moved = detokenised(row["paragraph_text"])
            start, end = moved[spans[0][0]], moved[spans[0][1]]
            start += len(context[start:end]) - len(context[start:end].lstrip())
            end = start + len(context[start:end].rstrip())
            if start < end:
                yield Item(row["question_text"], context, start, end, row["title_text"])


_DROPPED = re.compile(
    r" (?=[,.;:?!)\]%](?: |$))"  # before closing punctuation
    r"| (?='(?:s|m|d|ll|re|ve)?(?: |$))| (?=n't(?: |$))"  # before a clitic
    r"|(?<=[(\[$]) "  # after an opening bracket
    r"|(?<=`)` ?| ?'(?=')"  # of `` and '', one mark and the space inside the quotation
)


def detokenised(text: str) -> tuple[str, list[int]]:
    """Return the text with natural spacing, and for each old offset, end included, the new one."""
    dropped = {i for match in _DROPPED.finditer(text) for i in range(*match.span())}
    kept: list[str] = []
    moved: list[int] = []
    for i, char in enumerate(text):
        moved.append(len(kept))
        if i not in dropped:
            doubled = char == "`" or text[i - 1 : i + 1] == "''"
            kept.append('"' if doubled else char)
    moved.append(len(kept))
    return "".join(kept), moved


def training_items(folder: Path, splits: Path) -> list[Item]:
    """Return everything that may train: SQuAD's train articles, SQuAD 2.0's ten, QED, TyDi.

    Args:
        folder: Holds the `TRAINING_FILES`.
        splits: The JSON file that names the train, dev and test articles.
    """
    titles = split_titles(splits, "train")
    items = list(squad(folder / SQUAD, titles=titles))
    # The answerable ones of these ten articles are SQuAD 1.1's own.
    items += [i for i in squad(folder / SQUAD2, titles=titles) if not i.answerable]
    items += qed(folder / QED)
    items += squad(folder / TYDI)
    return items
