"""SQuAD's articles as a folder of files, and the questions about them."""

from __future__ import annotations

import json
import lzma
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.sources import SPLITS, SQUAD, split_titles

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its one reference answer and the place where it stands."""

    question: str
    answer: str
    path: str
    start: int


def articles(data: Path, split: str) -> list[dict[str, Any]]:
    """Return the articles of a split; leave with a message where the data is absent."""
    path = data / "reader" / SQUAD
    if not path.is_file():
        sys.exit(f"Skipped: no {path}. Name the data folder with --data DIR.")
    titles = split_titles(SPLITS, split)
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        return [article for article in json.load(stream)["data"] if article["title"] in titles]


def write_folder(found: list[dict[str, Any]], folder: Path) -> list[Asked]:
    """Write each paragraph as a file; return the questions, but those with a guessed place."""
    asked = []
    for article in found:
        name = article["title"].replace("/", "_")
        for number, paragraph in enumerate(article["paragraphs"]):
            path = f"{name}/{number:03}.txt"
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(paragraph["context"], encoding="utf-8", newline="")
            for qa in paragraph["qas"]:
                if qa.get("start_guessed") or not qa["question"].strip():
                    continue
                answer = qa["answers"][0]
                asked.append(Asked(qa["question"], answer["text"], path, answer["answer_start"]))
    return asked


def sample(asked: list[Asked], size: int, seed: int = 0) -> list[Asked]:
    """Return a seeded sample, in a fixed order; all where there are fewer."""
    return random.Random(seed).sample(asked, min(size, len(asked)))
