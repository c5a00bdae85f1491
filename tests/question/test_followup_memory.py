"""How far back a pronoun reaches, and what it never means."""

from __future__ import annotations

import pytest

from askcorpus.question.followup import Turn, understand

EDITOR = Turn("Who is the editor of the Herald?", "Jane Doe", "Jane Doe is its editor.")
LEASE = Turn("When was the lease signed?", "14 May 2019")


@pytest.mark.parametrize(
    ("between", "text"),
    [(2, "where was Jane Doe born?"), (3, "where was she born?")],
)
def test_a_pronoun_reaches_three_turns_back(between: int, text: str) -> None:
    assert understand("where was she born?", [EDITOR, *[LEASE] * between]).text == text


@pytest.mark.parametrize("typed", ["what is it about?", "what was it about?"])
def test_nobody_asks_what_a_name_is_about(typed: str) -> None:
    assert understand(typed, [Turn("Did Zenith pay?", "Zenith paid in March")]).text == typed
    bridge = Turn("What did Zenith build?", "a bridge")
    assert understand(typed, [bridge]).text == typed.replace("it", "the bridge")


def test_who_owns_it_may_be_about_a_name() -> None:
    turn = Turn("Did Zenith pay?", "Zenith paid in March")
    assert understand("who owns it?", [turn]).text == "who owns Zenith?"
