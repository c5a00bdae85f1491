from __future__ import annotations

import json
from pathlib import Path

import pytest

from askcorpus.records import (
    Alternative,
    Answer,
    Boilerplate,
    Citation,
    Document,
    FileReport,
    IndexReport,
    SpanRef,
)
from askcorpus.render import (
    Style,
    address,
    answer_text,
    boilerplate_text,
    counted,
    document_text,
    json_text,
    note,
    report_text,
)

QUOTE = "The mayor\r\nclosed the port."
CITED = Citation(
    1, "/root dir", "a b.txt", 10, 37, QUOTE, "Port\x1b[31m news", "2014-07-27", 3, None
)
ANSWER = Answer(
    "who?",
    "answered",
    answer="The mayor",
    sentence=QUOTE,
    band="strong",
    spans=(SpanRef(1, 10, 19),),
    citations=(CITED,),
    also=(Alternative("A gale", 1),),
    seconds={"total": 0.123},
)


def test_plain_text_has_no_escape_sequence_whatever_the_document_holds() -> None:
    text = answer_text(ANSWER, Style())
    assert "\x1b" not in text
    assert "> The mayor closed the port. [1]" in text
    assert "[1] a b.txt:3  Port\ufffd[31m news · 2014-07-27" in text
    assert "also: A gale [1]" in text
    assert "strong · 0.12 s" in text


def test_the_answers_words_are_bold_in_the_quote_and_the_path_is_a_link() -> None:
    text = answer_text(ANSWER, Style(colour=True, links=True))
    assert "> \x1b[1mThe mayor\x1b[22m closed the port. [1]" in text
    assert "\x1b]8;;file:///root%20dir/a%20b.txt\x1b\\a b.txt:3\x1b]8;;\x1b\\" in text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("related", "No passage answers this"), ("none", "No passage here is about this")],
)
def test_silence_claims_no_absence(outcome: str, words: str) -> None:
    cited = (CITED,) if outcome == "related" else ()
    text = answer_text(Answer("who?", outcome, citations=cited), Style())  # type: ignore[arg-type]
    assert text.startswith(words)
    assert ("closed the port" in text) == (outcome == "related")


def test_silence_over_half_an_index_speaks_of_what_was_read_alone() -> None:
    for kind, outcome in (("interrupted", "none"), ("indexing", "related")):
        remark = note(kind, holds="1 document", run="askcorpus sync")  # type: ignore[arg-type]
        silent = Answer("who?", outcome, notes=(remark,))  # type: ignore[arg-type]
        assert answer_text(silent, Style()).startswith("No passage that was read so far")


@pytest.mark.parametrize(("number", "said"), [(0, "0 lines"), (1, "1 line"), (1200, "1,200 lines")])
def test_one_of_something_is_in_the_singular(number: int, said: str) -> None:
    assert counted(number, "line") == said


def test_an_address_without_lines_is_the_heading() -> None:
    from dataclasses import replace

    assert address(replace(CITED, line=None, locator="Ports › Hull")) == "a b.txt (Ports › Hull)"
    assert address(replace(CITED, line=None)) == "a b.txt"


def test_a_document_is_numbered_and_shown_around_a_line() -> None:
    lines = "".join(f"line {n}\n" for n in range(1, 41))
    document = Document("a.txt", lines, "Title", "", 0, 0)
    shown = document_text(document, Style(colour=True), around=30)
    assert "\x1b[1m30  line 30\x1b[22m" in shown
    assert "19  line" not in shown
    assert "20  line 20" in shown
    assert document_text(document, Style()).count("line ") == 40


def test_boilerplate_is_listed_with_its_reason() -> None:
    document = Document(
        "a", "Share this", "", "", 0, 0, boilerplate=(Boilerplate(0, 10, "social"),)
    )
    assert boilerplate_text(document) == "0–10  social: Share this\n"
    assert "Nothing" in boilerplate_text(Document("a", "x", "", "", 0, 0))


def test_every_file_that_was_left_out_is_named() -> None:
    files = (
        FileReport("ok.txt", "indexed", passages=2),
        FileReport("bad\n.txt", "failed", reason="permission denied"),
        FileReport("x.png", "skipped", reason="no reader"),
    )
    text = report_text(IndexReport(str(Path.cwd()), (), files, 1, 2, 2, {"total": 1.0}))
    assert "bad .txt: failed: permission denied" in text
    assert "x.png: skipped: no reader" in text
    assert "1 document, 2 passages in the index (1 failed, 1 indexed, 1 skipped" in text


def test_json_keeps_a_character_beyond_the_first_65536() -> None:
    text = json_text({"a": "\U000e0041"})
    assert json.loads(text) == {"a": "\U000e0041"}
    assert text.isascii()


def test_json_is_readable_and_moves_no_cursor() -> None:
    data = {"name": "Café \x9b31m\u202e\x7f\u200b\ud800", "n": [1, None]}
    text = json_text(data)
    assert text == '{"name": "Café \\u009b31m\\u202e\\u007f\\u200b\\ud800", "n": [1, null]}\n'
    assert json.loads(text) == data
