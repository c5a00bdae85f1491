"""The hand-written question set over the seed articles keeps its promises."""

import hashlib
import json
import string
from collections import Counter
from pathlib import Path
from typing import Literal, TypedDict

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
GOLD = ROOT / "eval" / "gold" / "seeds.jsonl"
KINDS = {"who", "what", "when", "where", "how_many", "why", "how", "yes_no", "which"}
TAGS = {"multi", "misspelt", "capitals", "paraphrase", "lower", "near"}


class Support(TypedDict):
    path: str
    start: int
    end: int
    text: str


class Item(TypedDict):
    id: str
    question: str
    answerable: bool
    answers: list[str]
    support: list[Support]
    kind: str
    tags: list[str]
    split: Literal["dev", "test"]


def load() -> list[Item]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


def document(name: str) -> str:
    with (SEEDS / name).open(encoding="utf-8", newline="") as stream:
        return stream.read()


def normalise(text: str) -> str:
    """SQuAD's normalisation, with the curly marks of the articles as punctuation too."""
    marks = set(string.punctuation) | set("“”‘’–—")
    plain = "".join(char for char in text.lower() if char not in marks)
    return " ".join(word for word in plain.split() if word not in {"a", "an", "the"})


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return load()


def tagged(items: list[Item], tag: str, *, answerable: bool) -> int:
    return sum(tag in item["tags"] for item in items if item["answerable"] is answerable)


def test_every_support_is_a_slice_of_its_document(items: list[Item]) -> None:
    documents = {path.name: document(path.name) for path in SEEDS.glob("*.txt")}
    for item in items:
        for span in item["support"]:
            found = documents[span["path"]][span["start"] : span["end"]]
            assert found == span["text"] != "", item["id"]


def test_every_answer_stands_in_a_support_and_every_support_is_an_answer(
    items: list[Item],
) -> None:
    for item in items:
        texts = {normalise(span["text"]) for span in item["support"]}
        assert texts == {normalise(answer) for answer in item["answers"]}, item["id"]


def test_no_support_lies_in_boilerplate(items: list[Item]) -> None:
    cuts = [
        ("000_55ecc48a7e1667d7.txt", "Share this article"),
        ("001_11accf476524a970.txt", "Please let us know"),
        ("003_9fc9a04fbe07ce2f.txt", "The JBS Weekly Member Update"),
    ]
    ends = {name: document(name).index(marker) for name, marker in cuts}
    for item in items:
        for span in item["support"]:
            assert span["end"] <= ends.get(span["path"], span["end"]), item["id"]


def test_only_answerable_questions_have_answers(items: list[Item]) -> None:
    for item in items:
        assert bool(item["answers"]) is bool(item["support"]) is item["answerable"], item["id"]


def test_the_split_is_the_hash_of_the_question(items: list[Item]) -> None:
    for item in items:
        digest = int(hashlib.sha256(item["question"].encode()).hexdigest(), 16)
        assert item["split"] == ("dev" if digest % 2 == 0 else "test"), item["id"]


def test_ids_and_questions_are_unique(items: list[Item]) -> None:
    assert max(Counter(item["id"] for item in items).values()) == 1
    assert max(Counter(normalise(item["question"]) for item in items).values()) == 1


def test_kinds_and_tags_are_known_and_tags_are_true(items: list[Item]) -> None:
    """`multi`, `capitals` and `lower` say what can be computed; `near` is never answerable."""
    for item in items:
        tags, question = set(item["tags"]), item["question"]
        assert item["kind"] in KINDS
        assert tags <= TAGS
        assert ("multi" in tags) is (len({span["path"] for span in item["support"]}) > 1)
        assert ("capitals" in tags) is question.isupper()
        assert ("lower" in tags) is question.islower()
        assert not ("near" in tags and item["answerable"])


def test_the_set_is_as_large_and_as_varied_as_promised(items: list[Item]) -> None:
    unanswerable = sum(not item["answerable"] for item in items)
    assert len(items) >= 180
    assert unanswerable >= 70
    assert tagged(items, "near", answerable=False) > unanswerable / 2
    assert tagged(items, "multi", answerable=True) >= 20
    assert tagged(items, "misspelt", answerable=True) >= 10
    assert tagged(items, "misspelt", answerable=False) >= 2
    assert tagged(items, "capitals", answerable=True) >= 8
    assert tagged(items, "paraphrase", answerable=True) >= 20
    assert {item["kind"] for item in items} == KINDS


def test_the_denial_is_credited_to_the_north_korean_government(items: list[Item]) -> None:
    [denial] = [item for item in items if item["question"] == "Who denied the deal?"]
    assert {"The government of North Korea", "the government in Pyongyang", "North Korea"} <= set(
        denial["answers"]
    )
