"""`askcorpus history` as a user meets it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from askcorpus.history import Sessions, Turn
from askcorpus.question.query import Query

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.records import Answer

HARBOUR = "The mayor closed the harbour on Monday because of ice.\n"
QUESTION = "who closed the harbour?"


def called(*args: object) -> int:
    """Run the command in this process and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main([str(arg) for arg in args])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """Return a real index, built once, and what one question to it came to."""
    scratch = tmp_path_factory.mktemp("history")
    (scratch / "documents").mkdir()
    (scratch / "documents" / "port.txt").write_text(HARBOUR)
    index = scratch / "index"
    settings = Settings(model="hashing")
    with Corpus.build(scratch / "documents", index=index, settings=settings) as corpus:
        answer = corpus.ask(QUESTION)
    assert answer.citations
    return index, answer


@pytest.fixture
def number(asked: tuple[Path, Answer], monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the number of a kept conversation."""
    monkeypatch.setenv("ASKCORPUS_MODEL", "hashing")
    index, answer = asked
    with Sessions() as sessions:
        session = sessions.begin(index=index, root=answer.citations[0].root)
        session.add(Turn("who?", Query(QUESTION), answer))
        session.add(Turn("and \x1b[31mwhy?", Query("and \x1b[31mwhy?"), answer))
    return session.id


def test_the_history_is_listed(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("history") == 0
    line = capsys.readouterr().out
    assert line.split()[0] == str(number)
    assert "who?" in line
    assert "2 turns" in line
    assert "index" in line


def test_a_pasted_page_is_one_line_that_fits(
    asked: tuple[Path, Answer],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pasted = "who closed the harbour? " + "word\n" * 5000
    with Sessions() as sessions:
        session = sessions.begin(index="/a/deep/folder" * 9, root="/root")
        session.add(Turn(pasted, Query(pasted), asked[1]))
    for columns, width in (("", 120), ("80", 80)):
        monkeypatch.setenv("COLUMNS", columns)
        for search in ([], ["--search", "harbour"]):
            assert called("history", *search) == 0
            assert max(map(len, capsys.readouterr().out.splitlines())) == width
    assert called("history", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["title"] == pasted
    assert called("history", "delete", session.id, "--yes") == 0
    assert len(capsys.readouterr().err) < 80


def test_the_history_is_listed_as_json(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("history", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == number
    assert called("history", "--json", "--search", "mayor") == 0
    assert json.loads(capsys.readouterr().out)[0]["conversation"]["id"] == number


def test_an_empty_history_is_said_and_no_file_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("history") == 0
    assert capsys.readouterr() == ("", "The history is empty.\n")
    assert not Sessions().path.exists()


def test_a_search_shows_the_turn(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("history", "--search", "mayor ice") == 0
    assert "The mayor closed the harbour" in capsys.readouterr().out
    assert called("history", "--search", "zebra") == 1
    assert capsys.readouterr() == ("", "No conversation holds these words.\n")


def test_a_conversation_is_shown_without_its_index(
    asked: tuple[Path, Answer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sessions() as sessions:
        session = sessions.begin(index=tmp_path / "gone", root=tmp_path)
        session.add(Turn("and \x1b[31mwhy?", Query(QUESTION), asked[1]))
    assert called("history", "show", session.id) == 0
    out = capsys.readouterr().out
    assert f"understood as: {QUESTION}" in out
    assert "The mayor closed the harbour" in out
    assert "port.txt:1" in out
    assert "\x1b" not in out


def test_an_export_goes_to_stdout_or_to_a_file_by_its_name(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("history", "export", number) == 0
    assert capsys.readouterr().out.startswith("# who?")
    assert called("history", "export", number, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["id"] == number
    target = tmp_path / "out.html"
    assert called("history", "export", number, "-o", target) == 0
    assert target.read_text().startswith("<!DOCTYPE html>")
    assert capsys.readouterr().out == ""
    assert called("history", "export", number, "-o", target) == 2
    assert "is there already" in capsys.readouterr().err
    assert called("history", "export", number, "-o", target, "--force") == 0


def test_a_conversation_is_renamed(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("history", "rename", number, "Harbour", "case") == 0
    called("history")
    assert "Harbour case" in capsys.readouterr().out


def test_deleting_needs_a_word_of_consent(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("history", "delete", number) == 2
    assert "--yes" in capsys.readouterr().err
    assert called("history", "delete", number, "--yes") == 0
    assert called("history", "show", number) == 2


@pytest.mark.parametrize("args", [["show", "9"], ["export", "9"], ["rename", "9", "x"]])
def test_a_number_that_is_not_there_is_one_sentence_with_a_hint(
    args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("history", *args) == 2
    said = capsys.readouterr().err
    assert said == (
        "askcorpus: There is no conversation 9 in the history.\n  Run: askcorpus history\n"
    )


def test_a_damaged_history_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    path = Sessions().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"This is no database at all. " * 100)
    assert called("history") == 4
    assert "it is damaged" in capsys.readouterr().err


def test_a_question_on_the_command_line_is_not_kept(
    number: int, asked: tuple[Path, Answer]
) -> None:
    assert called("--index", asked[0], "query", QUESTION) == 0
    with Sessions() as sessions:
        assert [s.id for s in sessions.summaries()] == [number]


def test_a_damaged_conversation_can_be_deleted(number: int) -> None:
    with Sessions() as sessions:
        path = sessions.path
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE turns SET answer = '{x'")
    assert called("history", "show", number) == 4
    assert called("history", "delete", number, "--yes") == 0
    assert called("history", "show", number) == 2
