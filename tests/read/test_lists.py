from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.read.layout.lists import whole_list


@pytest.mark.parametrize(
    ("text", "item", "whole"),
    [
        ("They prayed to Jupiter, Juno and Minerva there.", "Jupiter", "Jupiter, Juno and Minerva"),
        ("They prayed to Jupiter, Juno and Minerva there.", "Juno", "Jupiter, Juno and Minerva"),
        ("They prayed to Jupiter, Juno and Minerva there.", "Minerva", "Jupiter, Juno and Minerva"),
        ("Egypt, the United States, and Saudi Arabia met.", "the United States", None),
        ("It was in 1529 and 1531.", "1529", "1529 and 1531"),
        ("It was in 1529 and in 1531.", "1531", "1529 and in 1531"),
        ("The writers A.C. Underwood and William R. Estep wrote.", "William R. Estep", None),
        ("Ohio, Iowa and Utah joined.", "Iowa and Utah", "Iowa and Utah"),
        ("He came from Bern, Switzerland.", "Bern", "Bern"),
        ("Mats and fans are sold.", "Mats", "Mats"),
        ("Leonardo da Vinci and Titian came.", "Titian", "Leonardo da Vinci and Titian"),
        ("Juno slept. Minerva and Mars woke.", "Juno", "Juno"),
        ("In Rome and Ostia, Nero and Otho ruled.", "Nero", "Nero"),
        ("She met the mayor and the bishop.", "the mayor", "the mayor"),
    ],
)
def test_an_item_grows_to_its_enumeration(text: str, item: str, whole: str | None) -> None:
    if whole is None:
        whole = {
            "the United States": "Egypt, the United States, and Saudi Arabia",
            "William R. Estep": "A.C. Underwood and William R. Estep",
        }[item]
    start = text.index(item)
    stop = text.index(".", start) if "slept" in text else len(text)
    low, high = whole_list(text, start, start + len(item), low=0, high=stop)
    assert text[low:high] == whole


@given(st.text(alphabet="AB a,.and&or1", max_size=60), st.data())
def test_a_range_only_grows_and_stays_in_its_sentence(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = whole_list(text, start, end, low=0, high=len(text))
    assert 0 <= low <= start <= end <= high <= len(text)


def test_a_passage_full_of_names_takes_no_long_time() -> None:
    text = "Anna, " * 400 + "Berta and Clara x"
    at = text.index("Berta")
    assert whole_list(text, at, at + 5, low=0, high=len(text)) == (0, len(text) - 2)
    text = "A" * 1000 + " " + "Ab Cd " * 400
    assert whole_list(text, 1001, 1003, low=0, high=len(text)) == (1001, 1003)
