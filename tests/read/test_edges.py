"""How far away the partner of a bracket or a quote may be for a span to grow to it."""

from __future__ import annotations

import pytest

from askcorpus.read.edges import tidy


@pytest.mark.parametrize(
    ("opening", "closing"), [("(", ")"), ("“", "”"), ("[", "]"), ("«", "»"), ('"', '"')]
)
@pytest.mark.parametrize(("away", "grows"), [(36, True), (44, False)])
def test_a_span_grows_to_a_partner_some_forty_characters_away(
    opening: str, closing: str, away: int, *, grows: bool
) -> None:
    text = f"It said {opening}the {'o' * (away - 1)}{closing} again"
    start, end = text.index("said"), text.index("the") + 3
    found = text[slice(*tidy(text, start, end) or ())]
    whole = f"said {opening}the {'o' * (away - 1)}{closing}"
    assert (found == whole) is grows
    assert grows or closing not in found


@pytest.mark.parametrize(("away", "grows"), [(36, True), (44, False)])
def test_it_grows_backwards_as_far(away: int, *, grows: bool) -> None:
    text = f"It said (the {'o' * (away - 4)} end) again"
    start, end = text.index("end"), text.index("again") + 5
    assert (text[slice(*tidy(text, start, end) or ())].startswith("(the")) is grows
