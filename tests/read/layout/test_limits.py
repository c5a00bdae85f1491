"""Where the bounds of rows, tables and enumerations lie, each told by what is made of a text."""

from __future__ import annotations

import pytest

from askcorpus.question.query import Query
from askcorpus.read.layout.lists import whole_list
from askcorpus.read.layout.rows import layouts
from askcorpus.read.layout.tables import tables


@pytest.mark.parametrize(("chars", "whole"), [(58, True), (62, False)])
def test_a_cell_of_some_sixty_characters_is_a_value_as_a_whole(chars: int, *, whole: bool) -> None:
    note = "word " * 20
    text = f"Item: Lamp; Note: {note[: chars - 1]}x\n\nItem: Desk; Note: none"
    (found,) = layouts(Query("What is the note on the lamp?"), [("a", text)])
    assert found
    (slot,) = (slot for slot in found.slots if slot.in_row)
    assert slot.end - slot.start == chars
    assert slot.is_value is whole


@pytest.mark.parametrize(("items", "is_list"), [(2, False), (3, True)])
def test_three_items_are_a_list(items: int, *, is_list: bool) -> None:
    text = "The members are:\n\n" + "".join(f"- Member {n} of the board\n" for n in range(items))
    assert bool(tables(text)) is is_list


@pytest.mark.parametrize(("chars", "is_row"), [(118, True), (122, False)])
def test_a_line_of_over_a_hundred_and_twenty_characters_is_prose(
    chars: int, *, is_row: bool
) -> None:
    line = "Portable lamp      94.50".replace("lamp", "lamp" + "p" * (chars - 24))
    assert len(line) == chars
    assert bool(tables(f"{line}\n{line}")) is is_row


@pytest.mark.parametrize(("words", "grows"), [(7, True), (8, False)])
def test_a_name_in_an_enumeration_has_at_most_seven_words(words: int, *, grows: bool) -> None:
    name = " ".join(f"Nam{chr(97 + n)}" for n in range(words))
    text = f"It was {name} and Rome."
    start = text.index("Rome")
    low, high = whole_list(text, start, start + 4, low=0, high=len(text))
    assert (text[low:high] == f"{name} and Rome") is grows


def test_the_sums_of_a_row_share_what_a_number_is_asked_for() -> None:
    text = "| Boat | Per hour | Per day |\n|---|---|---|\n| Canoe | 6 | 30 |\n| Dinghy | 15 | 85 |"
    for question, choices in (("How much was the dinghy?", 2), ("How much is it per day?", 1)):
        (found,) = layouts(Query(question), [("a", text)])
        assert found
        assert {slot.choices for slot in found.slots if slot.in_row} == {choices}
