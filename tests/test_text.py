from __future__ import annotations

from askcorpus.text import line_starts, one_line, printable


def test_printable_shows_control_sequences_instead_of_obeying_them() -> None:
    hostile = "a\x1b[31mred\x07\u202eevil\r\nnext\x9b1m"
    safe = printable(hostile)
    assert safe == "a\ufffd[31mred\ufffd\ufffdevil\nnext\ufffd1m"
    assert one_line("a\r\n  b\tc") == "a b c"


def test_what_a_terminal_draws_as_nothing_is_shown() -> None:
    assert printable("a\U000e0041b\u3164c\uffa0d\u115fe") == "a\ufffdb\ufffdc\ufffdd\ufffde"


def test_every_kind_of_line_break_counts_once() -> None:
    assert line_starts("a\r\nb\rc\nd") == [0, 3, 5, 7]
