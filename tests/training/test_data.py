from __future__ import annotations

import json
import lzma
import random
from typing import TYPE_CHECKING

import pytest
import torch

from training import checkpoint, fourbit
from training.augment import augmented
from training.average import averaged
from training.batches import Plan
from training.distract import distracted
from training.metrics import by_tenths, separation
from training.mixture import tables
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
    rates = [rate(Settings(Plan(), rows=1), share) for share in shares]
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
    made = [augmented(question, random.Random(seed)) for seed in range(300)]
    assert question in made
    assert "Who is the mayor of Springfield" in made
    near = [m for m in made if abs(len(m) - len(question)) <= 8]
    courteous = [m for m in made if m not in near]
    assert len(near) > 5 * len(courteous) > 50
    assert all("mayor" in m.lower() or "Springfield" in m for m in courteous)


def test_lines_put_into_a_passage_leave_the_answer_where_it_stands() -> None:
    passage = "It began in May. The mayor (Ann Lee) paid 12 dollars. Bob left.\nIn Paris it rained."
    start = passage.index("Ann Lee")
    made = set()
    for seed in range(200):
        rng = random.Random(seed)
        text, (low, high) = distracted(passage, (start, start + 7), rng)
        assert text[low:high] == "Ann Lee"
        lines = text.splitlines()
        assert "".join(passage.split()) != "".join(text.split())
        assert all(any(s in line for line in lines) for s in ("began in May.", "Bob left."))
        made.add(text)
    assert len(made) > 150


def test_a_table_is_asked_in_the_rows_that_the_product_writes(tmp_path: Path) -> None:
    context = " | Name | City\n1 | Alice | Rome\n2 | Robert | Oslo"
    asked = {"question": "Where does Robert live?"}
    start = context.index("Oslo")
    cell = {"answers": [{"text": "Oslo", "answer_start": start}]}
    total = {"answers": [{"text": "2", "answer_start": context.index("2")}]}
    questions = [{**asked, **cell}, {"question": "How many?", **total}]
    path = tmp_path / "tables.json.xz"
    data = {"data": [{"title": "t", "paragraphs": [{"context": context, "qas": questions}]}]}
    path.write_bytes(lzma.compress(json.dumps(data).encode()))
    [item] = tables(path)
    assert item.context == "1; Name: Alice; City: Rome\n2; Name: Robert; City: Oslo"
    assert item.answer == "Oslo"
    assert item.context[: item.start].endswith("Robert; City: ")


def test_four_bits_keep_what_a_layer_does(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    weights = {
        "encoder.dense.weight": torch.randn(64, 96, generator=generator),
        "encoder.dense.bias": torch.randn(64, generator=generator),
        "embeddings.word_embeddings.weight": torch.randn(50, 96, generator=generator),
    }
    fourbit.save(weights, tmp_path / "reader.safetensors")
    back = fourbit.load(tmp_path / "reader.safetensors")
    assert set(back) == {"encoder.dense.weight", "encoder.dense.bias"}
    before = weights["encoder.dense.weight"]
    step = (before.reshape(64, 3, 32).amax(-1) - before.reshape(64, 3, 32).amin(-1)) / 15
    off = (back["encoder.dense.weight"] - before).abs().reshape(64, 3, 32).amax(-1)
    assert bool((off <= step * 1.02).all())
    fourbit.save(back, tmp_path / "again.safetensors")
    again = fourbit.load(tmp_path / "again.safetensors")["encoder.dense.weight"]
    assert torch.allclose(again, back["encoder.dense.weight"], atol=0.03)


def test_the_average_of_readers_is_weighted() -> None:
    one = {"a": torch.tensor([1.0, 2.0]), "n": torch.tensor([3])}
    two = {"a": torch.tensor([3.0, 6.0]), "n": torch.tensor([3])}
    mean = averaged([(one, 1.0), (two, 3.0)])
    assert mean.keys() == {"a"}
    assert mean["a"].tolist() == [2.5, 5.0]
    assert averaged([(one, 0.6)])["a"].tolist() == [1.0, 2.0]


def test_margins_are_told_apart_and_probabilities_counted() -> None:
    assert by_tenths([-9.0, 9.0, 9.0], [False, True, False]) == {"0.0": (1, 0.0), "0.9": (2, 0.5)}
    assert separation([2.0, 3.0], [1.0, 2.5])["auc"] == pytest.approx(0.75)


def test_run_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASKCORPUS_TRAINING_DIR", str(tmp_path))
    assert checkpoint.default_folder() == tmp_path
