from __future__ import annotations

import pytest

from askcorpus.text import line_starts, middle_cut, one_line, printable, shortened


def test_printable_shows_control_sequences_instead_of_obeying_them() -> None:
    hostile = "a\x1b[31mred\x07\u202eevil\r\nnext\x9b1m"
    safe = printable(hostile)
    assert safe == "a\ufffd[31mred\ufffd\ufffdevil\nnext\ufffd1m"
    assert one_line("a\r\n  b\tc") == "a b c"


def test_what_a_terminal_draws_as_nothing_is_shown() -> None:
    assert printable("a\U000e0041b\u3164c\uffa0d\u115fe") == "a\ufffdb\ufffdc\ufffdd\ufffde"


@pytest.mark.parametrize("joined", ["👩\u200d👧", "🏳️\u200d🌈", "👩🏽\u200d⚕️", "🙂\u200d↔️"])
def test_joined_emoji_stay_joined(joined: str) -> None:
    assert printable(f"by {joined}") == f"by {joined}"


@pytest.mark.parametrize(
    "hiding", ["a\u200db", "👩\u200d", "\u200d👩", "👩\u200d\u200d👩", "👩\u200dx"]
)
def test_a_joiner_elsewhere_is_shown(hiding: str) -> None:
    assert "\u200d" not in printable(hiding)


def test_what_is_too_long_loses_its_end_or_its_middle() -> None:
    assert (shortened("harbour", 7), shortened("harbour", 4)) == ("harbour", "har…")
    assert (middle_cut("harbour", 7), middle_cut("harbour", 4)) == ("harbour", "h…ur")


def test_every_kind_of_line_break_counts_once() -> None:
    assert line_starts("a\r\nb\rc\nd") == [0, 3, 5, 7]
