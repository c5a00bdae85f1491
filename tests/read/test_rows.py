from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.question.query import Query
from askcorpus.read.layout.rows import Layout, layouts

SHEET = (
    "Item | Quantity | Price | Supplier\n\n"
    "Item: Desk lamp; Quantity: 4; Price: $31.50; Supplier: Lumen Works\n\n"
    "Item: Portable SSD; Quantity: 2; Price: $89.99; Supplier: Datahaus"
)
RECEIPT = (
    "CITY ELECTRONICS\n\nUSB cable 2 m      12.90\nPortable SSD       94.50\n\n"
    "TOTAL      107.40\n\nPaid by card. Returns within 14 days."
)
BUSES = (
    "Stop             First bus    Last bus\n"
    "Museum Park      05:47        23:17\n"
    "Hospital North   05:58        23:28\n"
)
PRICES = "| Boat | Per hour | Per day |\n|---|---|---|\n| Canoe | 6 | 30 |\n| Dinghy | 15 | 85 |"
SCORES = (
    "| | recall@1 | recall@5 |\n|---|---|---|\n| vectors | .662 | .884 |\n| BM25 | .731 | .889 |"
)
LIST = "The members are:\n\n- Ann Lee, union\n- Raj Patel, works council\n- Leo Hart, expert\n"
PROSE = "The mayor signed on 3 May.  She left\nafter an hour, and the 12 guests\nstayed until nine."


def layout(question: str, text: str, *elsewhere: str) -> Layout | None:
    return layouts(Query(question), [("a", text), *(("a", other) for other in elsewhere)])[0]


def values(question: str, text: str, *elsewhere: str) -> list[str]:
    """Return the parts of rows that may be an answer."""
    found = layout(question, text, *elsewhere)
    assert found is not None
    return [text[slot.start : slot.end] for slot in found.slots if slot.in_row]


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("How much was the portable SSD?", RECEIPT, ["Portable SSD", "94.50"]),
        ("What was the total?", RECEIPT, ["TOTAL", "107.40"]),
        ("Who supplied the desk lamp?", SHEET, ["Desk lamp", "4", "$31.50", "Lumen Works"]),
        ("Where is Raj Patel from?", LIST, ["Raj Patel, works council"]),
    ],
)
def test_an_answer_stands_in_the_row_that_is_asked_about(
    question: str, text: str, held: list[str]
) -> None:
    assert values(question, text) == held


def test_every_row_may_answer_where_none_holds_a_word_of_the_question() -> None:
    assert len(values("How expensive was it?", RECEIPT)) == 6


def test_a_row_in_another_passage_counts() -> None:
    assert values("How much was the webcam?", RECEIPT, "Webcam   27.40\nMouse pad   8.10") == []


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("When does the last bus leave Museum Park?", BUSES, ["23:17"]),
        ("How much is a canoe per day?", PRICES, ["30"]),
        ("What was the price of the desk lamp?", SHEET, ["$31.50"]),
        ("What was recall@5 of BM25?", SCORES, [".889"]),
    ],
)
def test_the_column_that_the_question_names_is_the_one(
    question: str, text: str, held: list[str]
) -> None:
    assert values(question, text) == held


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("How many portable SSD?", ["Portable SSD", "2", "Datahaus"]),
        ("How much was the portable SSD?", ["Portable SSD", "$89.99", "Datahaus"]),
    ],
)
def test_how_many_asks_for_a_count_and_how_much_does_not(question: str, held: list[str]) -> None:
    assert values(question, SHEET) == held


def test_a_header_is_no_answer() -> None:
    assert not {"Stop", "First bus", "Boat"} & {*values("what?", BUSES), *values("what?", PRICES)}


def test_values_that_could_all_be_meant_are_counted() -> None:
    found = layout("How much was the dinghy?", PRICES)
    assert found
    assert {slot.choices for slot in found.slots if slot.in_row} == {2}


def test_a_header_takes_no_row_s_place() -> None:
    assert values("When does the last bus leave?", BUSES) == ["23:17", "23:28"]


def test_a_table_of_rules_is_none() -> None:
    assert layout("what?", "|---|---|\n|---|---|") is None


def test_prose_has_no_rows() -> None:
    assert layout("When did the mayor sign?", PROSE) is None


def test_a_list_counts_from_one_without_its_numbers() -> None:
    text = "1  Filter mats, 12 pieces\n2  Fan motor, 1 piece\n3  Travel, flat rate 45"
    assert values("what was the fan motor?", text) == ["Fan motor, 1 piece"]


def test_a_row_is_quoted_whole_and_alone() -> None:
    found = layout("How much was the portable SSD?", RECEIPT)
    assert found
    quotes = [RECEIPT[low:high] for low, high in found.quotes]
    assert "Portable SSD       94.50" in quotes
    assert quotes[-2:] == ["Paid by card.", "Returns within 14 days."]


LINES = st.text(alphabet="aB1 \t|:;.-\n\r", max_size=120)


@given(LINES, LINES)
def test_slots_and_quotes_are_ranges_in_order(text: str, other: str) -> None:
    passages = [("p", text), ("p", other)]
    for (_, each), found in zip(passages, layouts(Query("aB 1?"), passages), strict=True):
        if found is None:
            continue
        for ranges in (found.within, found.quotes):
            edges = [edge for pair in ranges for edge in pair]
            assert edges == sorted(edges)
            assert not edges or 0 <= edges[0] <= edges[-1] <= len(each)


@pytest.mark.parametrize("unit", [" ", "| ", "a: ; ", "1,", "a   ", "-", "\t"])
def test_long_lines_take_no_time(unit: str) -> None:
    began = time.perf_counter()
    layout("What is it?", f"a: b; c: d; {unit * 5_000}x\n" * 2)
    assert time.perf_counter() - began < 2
