"""Question sets as files in SQuAD's JSON; the data isn't in the project."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING, Any

from training.sources import detokenised

if TYPE_CHECKING:
    from pathlib import Path


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
