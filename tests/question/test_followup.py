"""Follow-up questions are filled in from the conversation; stand-alone ones are left alone."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askcorpus import Corpus, Settings
from askcorpus.evaluate.measures import normalise
from askcorpus.question.followup import Change, Turn, understand
from askcorpus.records import Answer
from tests.conftest import ROOT, SEEDS

if TYPE_CHECKING:
    from pathlib import Path

GOLD = ROOT / "eval" / "gold"
DENIED = Turn(
    "Who denied the deal?",
    "the government in Pyongyang",
    "But the government in Pyongyang flatly denied that such a deal is in the works.",
)
EDITOR = Turn("Who is the editor of the Herald?", "Jane Doe", "Jane Doe is its editor.")
FINE = Turn("Did Zenith pay the fine?", "Zenith paid the fine in March")
LEASE = Turn("When was the lease signed?", "14 May 2019")
PHONED = Turn("Who phoned Netanyahu on Sunday?", "President Obama", "President Obama spoke.")
RIVALS = Turn("Why is Iran less inclined to fund Hamas?")
DIED = Turn("How many people died in the fire?", "12")
CITY = Turn("How much did the city pay for the bridge?", "$12 million")
COMPANY = Turn("Where is the company based?", "Toronto")
ISLAM = Turn("What branch of Islam does Hamas belong to?", "Sunni")
NOTHING = Turn("hello")


@pytest.mark.parametrize(
    ("turn", "typed", "text"),
    [
        # Pronouns: the answer, the things of the question, people, several.
        (DENIED, "when did they deny it?", "when did the government in Pyongyang deny the deal?"),
        (EDITOR, "when was she appointed?", "when was Jane Doe appointed?"),
        (EDITOR, "what's her salary?", "what's Jane Doe's salary?"),
        (EDITOR, "who does it belong to?", "who does the Herald belong to?"),
        (PHONED, "and what did he want?", "what did Obama want?"),
        (LEASE, "who signed it?", "who signed the lease?"),
        (LEASE, "is it binding?", "is the lease binding?"),
        (RIVALS, "why was their relationship strained?", "why was Iran and Hamas's relationship "),
        (DIED, "what were their names?", "what were the people's names?"),
        (DIED, "how did it start?", "how did the fire start?"),
        (CITY, "who built it?", "who built the bridge?"),
        (CITY, "when did they pay?", "when did the city pay?"),
        (COMPANY, "how many people work there?", "how many people work in Toronto?"),
        # Fragments: other question words, other names, who says so.
        (FINE, "when?", "when did Zenith pay the fine?"),
        (FINE, "Why not?", "why didn't Zenith pay the fine?"),
        (FINE, "and Acme?", "Did Acme pay the fine?"),
        (FINE, "what about the tax?", "Did Zenith pay the tax?"),
        (FINE, "says who", "who says whether Zenith did pay the fine"),
        (DENIED, "Who else?", "who else denied the deal?"),
        (DENIED, "when was that?", "when did the government in Pyongyang deny the deal?"),
        (DIED, "where?", "where did people die in the fire?"),
        (CITY, "to whom?", "to whom did the city pay $12 million for the bridge?"),
        (CITY, "and for the tunnel?", "How much did the city pay for the tunnel?"),
        (ISLAM, "and Iran?", "What branch of Islam does Iran belong to?"),
    ],
)
def test_a_follow_up_question_is_filled_in(turn: Turn, typed: str, text: str) -> None:
    understood = understand(typed, [turn])
    assert understood.changed
    assert understood.text.startswith(text)


@pytest.mark.parametrize(
    "typed",
    [
        "is it true that Zenith paid?",
        "what time is it in Pyongyang?",
        "how long does it take to fly to Bangkok?",
        "who did Obama say he met?",
        "what do Hamas fighters use their tunnels for?",
        "In its statement, what did North Korea deny?",
        "How much of its arsenal had Hamas used?",
        "the contract: who signed it?",
        "Who said “it is theirs”?",
        "Who runs IT for the army?",
        "No one denied the report, did they?",
        "are there tunnels?",
        "And who is Khaled Meshaal?",
        "what about the truce did Hamas announce?",
        "Where in North Korea are the missiles made?",
        "why would one buy weapons?",
    ],
)
@pytest.mark.parametrize("turn", [DENIED, FINE, EDITOR])
def test_a_question_that_stands_alone_is_left_as_typed(turn: Turn, typed: str) -> None:
    assert understand(typed, [turn]).text == typed
    assert not understand(typed, [turn]).changed


@pytest.mark.parametrize(
    ("turn", "typed"),
    [
        (Turn("How many missiles reached Tel Aviv?", "six"), "what did she say?"),
        (Turn("How much is the deal worth?", "$5"), "who is he?"),
        (Turn("Who is the king?", "King Charles", "King Charles reigns."), "when did she say so?"),
        (NOTHING, "why?"),
        (NOTHING, "and Iran?"),
    ],
)
def test_where_nothing_fits_the_question_is_left_as_typed(turn: Turn, typed: str) -> None:
    assert not understand(typed, [turn]).changed


def test_the_latest_turn_that_fits_is_meant() -> None:
    assert understand("who signed it?", [LEASE, CITY]).text == "who signed the bridge?"
    assert understand("where was she born?", [EDITOR, LEASE]).text == "where was Jane Doe born?"
    assert not understand("where was she born?", [EDITOR, LEASE, LEASE, LEASE]).changed


def test_a_conversation_goes_on_from_what_was_understood() -> None:
    first = understand("when did they deny it?", [DENIED])
    second = understand("why?", [DENIED, Turn(first.text, "July 26")])
    assert second.text == "why did the government in Pyongyang deny the deal?"


def test_what_was_replaced_is_told_by_pairs() -> None:
    understood = understand("when did they deny it?", [DENIED])
    assert understood.why == (
        Change("they", "the government in Pyongyang"),
        Change("it", "the deal"),
    )


def test_a_turn_is_made_of_an_answer() -> None:
    answer = Answer("Who denied it?", "answered", "Pyongyang", "Pyongyang denied it.")
    assert Turn.of(answer) == Turn("Who denied it?", "Pyongyang", "Pyongyang denied it.")
    assert Turn.of(Answer("Who?", "none")) == Turn("Who?")


def test_two_pronouns_never_mean_the_same() -> None:
    assert understand("what did it tell them?", [FINE]).text == "what did Zenith tell them?"


def test_what_a_document_brings_in_is_safe_to_show() -> None:
    turn = Turn("What did the editor ask for?", "rockets \x1b[2J\u202e and gear")
    understood = understand("when?", [turn])
    assert understood.text.startswith("when did the editor ask for rockets \ufffd[2J\ufffd and")


@settings(max_examples=300, deadline=None)
@given(
    question=st.text()
    | st.lists(
        st.sampled_from("when who why it they their and did the is that there he of ? , '".split())
        | st.text(max_size=5)
    ).map(" ".join),
    turns=st.lists(st.builds(Turn, st.text(), st.text(), st.text()), max_size=4),
)
def test_nothing_typed_or_answered_breaks_it(question: str, turns: list[Turn]) -> None:
    understood = understand(question, turns)
    assert understood.changed or understood.text == question
    assert understood.changed == bool(understood.why)


# The gold.


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text("utf-8").splitlines()]


def test_every_follow_up_has_answers_that_stand_where_it_says() -> None:
    texts = {path.name: path.read_bytes().decode("utf-8") for path in SEEDS.glob("*.txt")}
    for item in lines("followups.jsonl"):
        found = {texts[s["path"]][s["start"] : s["end"]] for s in item["support"]}
        assert found == {s["text"] for s in item["support"]}, item["id"]
        assert set(map(normalise, found)) == set(map(normalise, item["answers"])), item["id"]
        assert item["understood"], item["id"]


def test_the_split_is_the_hash_of_both_questions() -> None:
    for item in [*lines("followups.jsonl"), *lines("standalone.jsonl")]:
        both = f"{item['first']}\n{item.get('second', item.get('question'))}"
        digest = int(hashlib.sha256(both.encode()).hexdigest(), 16)
        assert item["split"] == ("dev" if digest % 2 == 0 else "test"), item["id"]


@pytest.mark.parametrize(("name", "least"), [("followups.jsonl", 40), ("standalone.jsonl", 60)])
def test_the_gold_is_as_large_as_promised_and_each_id_unique(name: str, least: int) -> None:
    ids = Counter(item["id"] for item in lines(name))
    assert len(ids) >= least
    assert set(ids.values()) == {1}


def test_no_stand_alone_question_of_the_gold_is_rewritten(seeds_index: Path) -> None:
    items = lines("standalone.jsonl")
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        firsts = {item["first"] for item in items} - {""}
        turns = {first: [Turn.of(corpus.ask(first))] for first in firsts} | {"": []}
    changed = [understand(item["question"], turns[item["first"]]) for item in items]
    assert [understood.text for understood in changed if understood.changed] == []


def test_most_follow_ups_of_the_gold_come_to_an_accepted_form(seeds_index: Path) -> None:
    items = lines("followups.jsonl")
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        turns = {first: Turn.of(corpus.ask(first)) for first in {i["first"] for i in items}}
    right = sum(
        normalise(understand(item["second"], [turns[item["first"]]]).text)
        in map(normalise, item["understood"])
        for item in items
    )
    assert right / len(items) > 0.75
