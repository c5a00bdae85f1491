"""Question sets for the benchmarks, as folders or as files; the data isn't in the project."""

from __future__ import annotations

import json
import lzma
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.sources import detokenised

SPLITS = Path(__file__).resolve().parents[1] / "splits.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its one reference answer and the place where it stands."""

    question: str
    answer: str
    path: str
    start: int


def articles(data: Path, split: str) -> list[dict[str, Any]]:
    """Return the articles of a split; leave with a message where the data is absent."""
    path = data / "reader" / "squad-train-v1.1.json.xz"
    if not path.is_file():
        sys.exit(f"Skipped: no {path}. Name the data folder with --data DIR.")
    titles = set(json.loads(SPLITS.read_text(encoding="utf-8"))[split])
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


def write_file(found: list[dict[str, Any]], path: Path) -> Path:
    """Write articles as a file in SQuAD's JSON, without the questions whose place was guessed."""
    kept = [
        {
            "title": article["title"],
            "paragraphs": [
                {
                    "context": paragraph["context"],
                    "qas": [qa for qa in paragraph["qas"] if not qa.get("start_guessed")],
                }
                for paragraph in article["paragraphs"]
            ],
        }
        for article in found
    ]
    path.write_text(json.dumps({"data": kept}), encoding="utf-8")
    return path


def write_qed(source: Path, path: Path) -> Path:
    """Write QED's questions that have short answers in SQuAD's JSON, spacing made natural."""
    data = []
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            context, moved = detokenised(row["paragraph_text"])
            # An annotator who marked several pieces gave no one answer.
            single = [each[0] for each in row["original_nq_answers"] if len(each) == 1]
            spans = [(moved[each["start"]], moved[each["end"]]) for each in single]
            answers = [{"text": context[a:b].strip(), "answer_start": a} for a, b in spans if a < b]
            if not answers or not row["question_text"].strip():
                continue
            asked = {"id": str(number), "question": row["question_text"], "answers": answers}
            data.append(
                {
                    "title": row["title_text"],
                    "paragraphs": [{"context": context, "qas": [asked]}],
                }
            )
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    return path
