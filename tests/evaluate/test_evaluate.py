from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from askcorpus import Settings
from askcorpus.errors import IndexMissingError, UsageError
from askcorpus.evaluate import (
    Results,
    Row,
    compare,
    load,
    read_gold,
    run,
)

if TYPE_CHECKING:
    from pathlib import Path

GOLD = [
    {
        "id": "a",
        "question": "Who denied the deal?",
        "answers": ["The government of North Korea", "the government in Pyongyang", "North Korea"],
        "support": [{"path": "003_9fc9a04fbe07ce2f.txt", "start": 128, "end": 157}],
        "split": "dev",
    },
    {"id": "b", "question": "Who baked the bread?", "answers": [], "split": "test"},
]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(json.dumps(item) + "\n" for item in GOLD), encoding="utf-8")
    return file


def test_a_run_measures_every_question(gold: Path, seeds_index: Path) -> None:
    results = run(gold, Settings(index=str(seeds_index)))
    by_id = {row.id: row for row in results.rows}
    assert by_id["a"].measures["recall@5"] == 1.0
    assert by_id["a"].measures["wrongly_silent"] == 0.0
    assert set(by_id["b"].measures) == {"abstention_recall"}
    assert "recall@1" in results.table()
    assert len(run(gold, Settings(index=str(seeds_index)), split="dev").rows) == 1


def test_saved_results_load_again(gold: Path, seeds_index: Path, tmp_path: Path) -> None:
    results = run(gold, Settings(index=str(seeds_index)))
    saved = tmp_path / "results.json"
    saved.write_text(json.dumps(results.to_dict()), encoding="utf-8")
    assert load(saved) == results
    assert compare(load(saved), results).regressions == []


def rows(values: list[float], name: str = "f1") -> Results:
    made = [
        Row(
            str(n),
            answerable=True,
            outcome="answered",
            answer="x",
            band="fair",
            quotes=1,
            right_quotes=1,
            score=0.5,
            seconds=0.1,
            measures={name: value},
        )
        for n, value in enumerate(values)
    ]
    return Results("gold", "model", tuple(made))


def test_a_clear_loss_is_a_regression_and_noise_is_not() -> None:
    good, bad = rows([1.0] * 40), rows([1.0] * 20 + [0.0] * 20)
    assert compare(good, bad).regressions == ["f1"]
    assert compare(bad, good).regressions == []
    assert compare(good, rows([1.0] * 39 + [0.0])).regressions == []
    silent = (rows([0.0] * 40, "wrongly_silent"), rows([1.0] * 40, "wrongly_silent"))
    assert compare(*silent).regressions == ["wrongly_silent"]
    with pytest.raises(UsageError, match="share no question"):
        compare(good, replace(good, rows=()))


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "x"}',
        "not json",
        '{"answers": []}',
        "[]",
        '"text"',
        '{"question": "x", "answers": "y"}',
    ],
)
def test_a_bad_line_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(GOLD[0]) + "\n" + text + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="Line 2"):
        read_gold(file)


def test_missing_gold_or_index_is_said(gold: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        read_gold(tmp_path / "nowhere.jsonl")
    with pytest.raises(UsageError, match="No questions"):
        read_gold(gold, split="other")
    with pytest.raises(IndexMissingError):
        run(gold, Settings(index=str(tmp_path / "none")))
    with pytest.raises(UsageError, match="doesn't hold results"):
        load(gold)
