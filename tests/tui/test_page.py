"""A document's text in rows: nothing is lost, nothing is too wide, marks lie where they should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from askcorpus.tui.page import Mark, Marks, find, lay_out, offset_at, pieces

TEXTS = st.text(alphabet=st.sampled_from(list("ab \t\r\n日é\u202e")), max_size=200)


@given(TEXTS, st.integers(8, 30))
def test_rows_and_line_breaks_are_the_whole_text(text: str, width: int) -> None:
    page = lay_out(text, width)
    shown = "".join(text[s:e] for s, e in zip(page.starts, page.ends, strict=True))
    assert shown == text.replace("\r", "").replace("\n", "")


@given(TEXTS, st.integers(8, 30))
def test_a_row_is_no_wider_than_the_page_but_for_spaces_at_its_end(text: str, width: int) -> None:
    page = lay_out(text, width)
    for row in range(len(page.starts)):
        shown = "".join(piece for piece, _ in pieces(page, row, Marks()))
        assert cell_len(shown.rstrip(" ")) <= width


def test_lines_are_numbered_as_the_file_counts_them() -> None:
    page = lay_out("one\r\ntwo\rthree\n\nfive is a longer one", 12)
    assert page.lines == (1, 2, 3, 4, 5, 5)
    assert [page.begins_line(row) for row in range(6)] == [True, True, True, True, True, False]


def test_rows_break_at_spaces() -> None:
    page = lay_out("the quick brown fox", 10)
    assert [page.text[s:e] for s, e in zip(page.starts, page.ends, strict=True)] == [
        "the quick ",
        "brown fox",
    ]


def test_the_row_of_an_offset_holds_it() -> None:
    text = "alpha beta gamma\n\ndelta"
    page = lay_out(text, 8)
    for offset in range(len(text)):
        row = page.row(offset)
        assert page.starts[row] <= offset
        assert row + 1 == len(page.starts) or offset < page.starts[row + 1]


def test_marks_cut_a_row_into_pieces_and_may_overlap() -> None:
    page = lay_out("abcdefgh", 20)
    marks = Marks()
    marks.put("quote", [Mark(1, 6, "quote")])
    marks.put("answer", [Mark(3, 8, "answer")])
    assert list(pieces(page, 0, marks)) == [
        ("a", ()),
        ("bc", ("quote",)),
        ("def", ("quote", "answer")),
        ("gh", ("answer",)),
    ]


def test_what_could_move_the_cursor_is_shown_as_a_sign() -> None:
    page = lay_out("a\x1b[2J\u202eb", 20)
    assert [piece for piece, _ in pieces(page, 0, Marks())] == ["a\ufffd[2J\ufffdb"]


@pytest.mark.parametrize(("column", "offset"), [(0, 0), (1, 1), (5, 2), (6, 3), (99, 3)])
def test_a_column_behind_a_tab_is_the_right_character(column: int, offset: int) -> None:
    assert offset_at(lay_out("a\tb", 20), 0, column) == offset


def test_words_are_found_whatever_their_case_and_across_lines() -> None:
    assert find("North\nKorea, NORTH  korea", "north korea") == [
        Mark(0, 11, "found"),
        Mark(13, 25, "found"),
    ]


def test_what_is_sought_is_words_not_a_pattern() -> None:
    assert find("a.b axb", "a.b") == [Mark(0, 3, "found")]
    assert find("abc", "  ") == []
