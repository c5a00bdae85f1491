from __future__ import annotations

import gzip
import json
import lzma
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from askcorpus import Settings
from askcorpus.errors import UsageError
from askcorpus.evaluate.squad import OwnResults, Read, over_all, own, read_squad

BRIDGE = (
    "The bridge over the Aare was built in 1844 by the engineer Karl Müller. A ferry is gone.\r\n"
    "In 1912 the town council paid for its iron arches."
)
ORCHARD = "Martha Keller planted the orchard in Thun. It bears four hundred apple trees."


def question(text: str, *answers: str, context: str = BRIDGE, **more: Any) -> dict[str, Any]:
    held = [{"text": a, "answer_start": context.find(a)} for a in answers]
    return {"id": text, "question": text, "answers": held, **more}


ASKED = [
    question("Who built the bridge over the Aare?", "Karl Müller", "the engineer Karl Müller"),
    question("When was the bridge over the Aare built?", "1844"),
]
PLANTED = question("Who planted the orchard in Thun?", "Martha Keller", context=ORCHARD)
NOBODY = question("Who designed the opera house of Lima?", is_impossible=True)


def write(path: Path, *first: dict[str, Any], title: str = "../../etc/passwd\x00 ") -> Path:
    paragraphs = [
        {"context": BRIDGE, "qas": list(first)},
        {"context": ORCHARD, "qas": [PLANTED]},
    ]
    path.write_text(json.dumps({"data": [{"title": title, "paragraphs": paragraphs}]}))
    return path


def test_titles_never_leave_the_folder_and_places_are_exact(tmp_path: Path) -> None:
    held = read_squad(write(tmp_path / "a.json", *ASKED))
    assert len(held.questions) == 3
    for where in held.paragraphs:
        assert ".." not in Path(where).parts
        assert not Path(where).is_absolute()
        assert "\x00" not in where
    for item in held.questions:
        assert {held.paragraphs[w][a:b] for w, a, b in item.support} == set(item.answers)


def test_a_wrong_place_is_no_support(tmp_path: Path) -> None:
    wrong = question("Who built it?", "Karl Müller")
    wrong["answers"][0]["answer_start"] += 1
    item = read_squad(write(tmp_path / "a.json", wrong)).questions[0]
    assert item.answerable
    assert item.support == ()


@pytest.mark.parametrize(("suffix", "opener"), [(".gz", gzip.open), (".xz", lzma.open)])
def test_compressed_files_are_read(tmp_path: Path, suffix: str, opener: Any) -> None:
    plain = write(tmp_path / "a.json", *ASKED)
    packed = tmp_path / f"a.json{suffix}"
    with opener(packed, "wb") as file:
        file.write(plain.read_bytes())
    assert replace(read_squad(packed), name="") == replace(read_squad(plain), name="")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"data": 5}',
        '{"data": []}',
        '{"data": [{"title": "x", "paragraphs": [{"context": "y"}]}]}',
        '{"data": [{"title": "x", "paragraphs": [{"context": "y", "qas": [{"id": 1}]}]}]}',
    ],
)
def test_what_is_not_squad_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(UsageError, match=r"bad\.json"):
        read_squad(tmp_path / "bad.json")


def test_a_missing_or_broken_archive_is_said(tmp_path: Path) -> None:
    (tmp_path / "bad.xz").write_bytes(b"not xz")
    for name in ("bad.xz", "absent.json"):
        with pytest.raises(UsageError, match=name):
            read_squad(tmp_path / name)


def test_each_question_is_read_on_its_own_paragraph(tmp_path: Path) -> None:
    results = own(write(tmp_path / "a.json", *ASKED), Settings())
    assert {row.id: row.exact_match for row in results.rows} == {
        "Who built the bridge over the Aare?": 1.0,
        "When was the bridge over the Aare built?": 1.0,
        "Who planted the orchard in Thun?": 1.0,
    }
    assert results.measures()["exact_match"] == 100.0
    assert "best_f1" not in results.measures()
    assert "exact_match" in results.table()


def test_only_the_own_paragraph_is_read(tmp_path: Path) -> None:
    misplaced = question("Who planted the orchard in Thun?", "Karl Müller")
    row = own(write(tmp_path / "a.json", misplaced), Settings()).rows[0]
    assert "Keller" not in row.answer


def test_unanswerable_questions_score_by_silence(tmp_path: Path) -> None:
    results = own(write(tmp_path / "a.json", *ASKED, NOBODY), Settings())
    measures = results.measures()
    assert measures["no_answer_exact"] == 100.0
    assert measures["best_f1"] == 100.0
    assert measures["auc"] == 1.0
    assert results.to_dict()["answerable"] == 3


def read(*, answerable: bool, f1: float, probability: float, answered: bool) -> Read:
    exact = float(f1 == 1.0)
    return Read("x", answerable, "said", probability, answered, exact, f1, 0.01)


def test_version_two_weighs_what_the_product_decides_and_the_best_threshold() -> None:
    rows = (
        read(answerable=True, f1=1.0, probability=0.9, answered=True),
        read(answerable=True, f1=0.5, probability=0.2, answered=False),
        read(answerable=False, f1=0.0, probability=0.4, answered=True),
        read(answerable=False, f1=0.0, probability=0.1, answered=False),
    )
    measures = OwnResults("x", "span", rows).measures()
    assert measures["f1"] == pytest.approx(75)  # always answered
    assert measures["overall_f1"] == pytest.approx(50)  # 1 + 0 + 0 + 1
    assert measures["has_answer_f1"] == pytest.approx(50)
    assert measures["best_f1"] == pytest.approx(75)  # from .9 on: 1 + 0 + 1 + 1
    assert measures["threshold"] == pytest.approx(0.9)


def test_without_any_good_answer_the_best_threshold_is_none_in_json() -> None:
    rows = (read(answerable=False, f1=0.0, probability=0.4, answered=True),)
    results = OwnResults("x", "span", rows)
    assert results.measures()["threshold"] == float("inf")
    assert (
        json.loads(json.dumps(results.to_dict(), allow_nan=False))["measures"]["threshold"] is None
    )


def test_the_whole_pipeline_is_asked_over_all_paragraphs(tmp_path: Path) -> None:
    results = over_all(write(tmp_path / "a.json", *ASKED, NOBODY), Settings())
    measures = results.measures()
    assert measures["recall@1"] == 1.0
    assert measures["exact_match"] == 1.0
    assert measures["abstention_recall"] == 1.0
    assert results.latency_ms()["p50"] > 0


def test_a_sample_is_the_same_each_time(tmp_path: Path) -> None:
    file = write(tmp_path / "a.json", *ASKED)
    first, again = (own(file, Settings(), size=2).rows for _ in range(2))
    assert [row.id for row in first] == [row.id for row in again]
    assert len(first) == 2
