from __future__ import annotations

import re

import pytest

from askcorpus.language.dates import MONTH, MONTHS, month_number


@pytest.mark.parametrize(
    ("name", "number"), [("January", 1), ("sept", 9), ("Dec.", 12), ("MAY", 5), ("07", None)]
)
def test_a_month_has_a_number(name: str, number: int | None) -> None:
    assert month_number(name) == number


@pytest.mark.parametrize("name", [*MONTHS, "Feb.", "Sept", "oct"])
def test_the_pattern_knows_each_month_whole_and_short(name: str) -> None:
    assert re.fullmatch(MONTH, name, re.IGNORECASE)
