"""Follow-up questions, filters, earlier sittings, the export and the list of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import DataTable, Input

from askcorpus import Corpus, Settings
from askcorpus.question.understand import understand
from askcorpus.records import Answer
from askcorpus.tui.documents import DocumentsScreen
from tests.tui.conftest import BREAD, DENIED, Chat, drive, made_answer

if TYPE_CHECKING:
    from pathlib import Path

FOLLOW_UP = "when did they deny it?"


def test_a_follow_up_is_completed_and_says_so(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.shows(made_answer(seeds_index))
        turn = await chat.ask(FOLLOW_UP)
        assert turn.asked is not None
        assert turn.asked.text == "when did the government in Pyongyang deny the deal?"
        assert "→ when did the government in Pyongyang deny the deal?" in chat.text()

    drive(seeds_index, scenario)


def test_u_asks_again_word_for_word(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.shows(made_answer(seeds_index))
        await chat.ask(FOLLOW_UP)
        chat.screen.transcript.focus()
        await chat.press("u")
        await chat.settle()
        assert chat.turns[-1].asked is not None
        assert chat.turns[-1].asked.text == FOLLOW_UP
        assert chat.turns[-1].question == FOLLOW_UP

    drive(seeds_index, scenario)


def test_filters_in_a_question_narrow_it_down_and_are_shown(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await chat.ask(f"{DENIED} file:004*")
        assert turn.answer is not None
        assert {hit.passage.path[:4] for hit in turn.answer.passages} == {"004_"}
        assert "only in 004*" in chat.text()

    drive(seeds_index, scenario)


def test_a_date_that_is_none_is_told_in_the_turn(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await chat.ask(f"{DENIED} after:2014-13")
        assert turn.state == "failed"
        assert "✗ '2014-13' is not a date." in chat.text()

    drive(seeds_index, scenario)


def test_a_plain_question_is_left_alone() -> None:
    asked = understand(DENIED, [Answer("who signed it?", "none")])
    assert not asked.is_completed
    assert asked.text == DENIED


def test_a_conversation_is_kept_and_resumed_with_its_answers(seeds_index: Path) -> None:
    async def sitting(chat: Chat) -> None:
        await chat.ask(DENIED)
        await chat.ask(BREAD)

    async def later(chat: Chat) -> None:
        await chat.press("ctrl+s")
        await chat.settle()
        assert "who denied the deal?" in chat.text()
        await chat.press("enter")
        await chat.settle()
        assert [turn.question for turn in chat.turns] == [DENIED, BREAD]
        chat.screen.transcript.focus()
        await chat.press("g", "y")
        assert chat.app.clipboard == "the government in Pyongyang"
        await chat.ask("who bakes bread?")
        assert len(await chat.screen.record.conversations()) == 1

    drive(seeds_index, sitting)
    drive(seeds_index, later)


def test_a_new_conversation_is_kept_apart(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.ask(DENIED)
        await chat.press("ctrl+n")
        await chat.settle()
        await chat.ask(BREAD)
        kept = await chat.screen.record.conversations()
        assert [(each.title, each.turns) for each in kept] == [(BREAD, 1), (DENIED, 1)]

    drive(seeds_index, scenario)


def test_a_cancelled_question_is_not_kept(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.hold()
        chat.screen.query_one("#question").put(DENIED)  # type: ignore[attr-defined]
        await chat.press("enter", "escape")
        chat.release()
        await chat.settle()
        assert chat.turns[0].state == "cancelled"
        assert await chat.screen.record.conversations() == []

    drive(seeds_index, scenario)


def test_the_conversation_is_exported_in_the_format_of_the_name(
    seeds_index: Path, tmp_path: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.ask(DENIED)
        chat.screen.transcript.focus()
        for name, begins in [("a.md", "# who denied"), ("a.html", "<!"), ("a.json", "{")]:
            await chat.press("E")
            chat.app.screen.query_one(Input).value = str(tmp_path / name)
            await chat.press("enter")
            await chat.settle()
            written = (tmp_path / name).read_text(encoding="utf-8")
            assert written.startswith(begins)
            assert "the government in Pyongyang" in written

    drive(seeds_index, scenario)


def test_an_export_never_replaces_a_file(seeds_index: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.md").write_text("mine")

    async def scenario(chat: Chat) -> None:
        await chat.ask(DENIED)
        chat.screen.transcript.focus()
        await chat.press("E")
        chat.app.screen.query_one(Input).value = str(tmp_path / "kept.md")
        await chat.press("enter")
        await chat.settle()
        assert (tmp_path / "kept.md").read_text() == "mine"
        assert "is there already" in " ".join(chat.text().split())

    drive(seeds_index, scenario)


def test_the_documents_are_listed_with_what_was_left_out_and_why(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "port [bold].txt").write_text("July 27, 2014\n\nThe mayor closed the harbour.\n")
    (folder / "empty.txt").write_text("")
    Corpus.build(folder, index=tmp_path / "index", settings=Settings()).close()

    async def scenario(chat: Chat) -> None:
        await chat.press("ctrl+o")
        await chat.settle()
        shown = chat.text()
        assert "1 in the index · 1 left out" in shown
        assert "port [bold].txt" in shown
        assert "2014-07-27" in shown
        assert "– left out: " in shown

    drive(tmp_path / "index", scenario)


def test_a_document_is_read_from_the_list(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.press("ctrl+o")
        await chat.settle()
        assert isinstance(chat.app.screen, DocumentsScreen)
        assert chat.app.screen.query_one(DataTable).row_count == 5
        await chat.press("j", "enter")
        await chat.settle()
        assert chat.screen.source.document is not None
        assert chat.screen.source.document.path.startswith("001_")
        assert chat.screen.focused is chat.screen.source

    drive(seeds_index, scenario)
