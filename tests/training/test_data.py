from __future__ import annotations

import json
import lzma
import random
from typing import TYPE_CHECKING

import pytest

from training import checkpoint
from training.augment import augmented
from training.batches import Plan
from training.metrics import by_tenths, separation
from training.negatives import holds
from training.reader import Settings, rate
from training.sources import detokenised, squad

if TYPE_CHECKING:
    from pathlib import Path


def test_holds_compares_whole_words() -> None:
    assert holds("It was May, the 12th.", "may the")
    assert not holds("It was 1912.", "12")


def test_rate_rises_and_falls_to_nothing() -> None:
    shares = (0.0, 0.025, 0.05, 0.525, 1.0)
    rates = [rate(Settings(Plan()), share) for share in shares]
    assert rates == pytest.approx([4e-6, 1e-4, 2e-4, 1e-4, 0.0])


def test_questions_without_a_certain_answer_are_left_out(tmp_path: Path) -> None:
    def asked(number: int, **more: object) -> dict[str, object]:
        return {"question": f"q{number}", "answers": [{"text": "b", "answer_start": 2}], **more}

    questions = [asked(1), asked(2, start_guessed=True), {"question": "q3", "answers": []}]
    paragraph = {"context": "a b c", "qas": questions}
    data = {"data": [{"title": "T", "paragraphs": [paragraph]}]}
    path = tmp_path / "set.json.xz"
    path.write_bytes(lzma.compress(json.dumps(data).encode()))
    assert [(i.question, i.answer, i.answerable) for i in squad(path)] == [
        ("q1", "b", True),
        ("q3", "", False),
    ]
    assert not list(squad(path, titles=frozenset({"U"})))


def test_detokenised_text_keeps_its_spans() -> None:
    text = "He said `` no deal '' , did n't he ? ( In 1999 )"
    natural, moved = detokenised(text)
    assert natural == 'He said "no deal", didn\'t he? (In 1999)'
    start = text.index("no deal")
    assert natural[moved[start] : moved[start + len("no deal")]] == "no deal"


def test_augmented_questions_are_near_the_original() -> None:
    question = "Who is the mayor of Springfield?"
    made = {augmented(question, random.Random(seed)) for seed in range(300)}
    assert question in made
    assert "Who is the mayor of Springfield" in made
    assert max(abs(len(m) - len(question)) for m in made) <= 8


def test_margins_are_told_apart_and_probabilities_counted() -> None:
    assert by_tenths([-9.0, 9.0, 9.0], [False, True, False]) == {"0.0": (1, 0.0), "0.9": (2, 0.5)}
    assert separation([2.0, 3.0], [1.0, 2.5])["auc"] == pytest.approx(0.75)


def test_run_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASKCORPUS_TRAINING_DIR", str(tmp_path))
    assert checkpoint.default_folder() == tmp_path
