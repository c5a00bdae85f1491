"""Which fits of an index count: those whose numbers can be used."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import nan

import pytest

from askcorpus.answer.fit import Fit, read, written

FIT = Fit("r", "m", 20, scale=1.0, bias=0.0, related=0.1, answered=0.2, fair=0.3, strong=0.4)


def test_a_fit_comes_back_as_it_was_kept() -> None:
    assert read("") is None
    assert read(written(FIT)) == FIT


@pytest.mark.parametrize(
    ("name", "value"),
    [("scale", 0.0), ("scale", -1.0), ("questions", 0), ("bias", nan), ("strong", nan)],
)
def test_a_fit_that_would_turn_the_order_or_says_nothing_is_none(name: str, value: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        read(json.dumps({**asdict(FIT), name: value}))
