"""A chat whose index changes under it: what follows, and what stays where it is."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import DataTable, Input

from askcorpus import Corpus, Settings
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from askcorpus.tui.bar import QuestionBar
from askcorpus.tui.documents import DocumentsScreen
from askcorpus.tui.welcome import Welcome
from tests import watched
from tests.tui.conftest import Chat, drive
from tests.watched import SHIPS

if TYPE_CHECKING:
    from pathlib import Path

PORT = "The mayor closed the harbour on Monday because of ice.\n"
MILL = "The mill at Holmen burned down in 1911.\n"
DEADLINE_S = 20.0


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with documents and their index, which tests copy."""
    documents = {"port.txt": PORT}
    return watched.make(
        tmp_path_factory.mktemp("following"), model=Settings().model, documents=documents
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def index(made: Path, folder: Path, tmp_path: Path) -> Path:
    watched.copy(made, folder, tmp_path / "index")
    return tmp_path / "index"


def sync(index: Path) -> None:
    """Bring the index in step, as another process would."""
    Corpus.build(settings=Settings(index=str(index))).close()


async def looked(chat: Chat) -> None:
    """Let the chat look at its index now, instead of in two seconds."""
    await chat.settle()  # a look that began before doesn't see what has happened since
    chat.screen._rest_until = 0.0
    chat.screen.look()
    await chat.settle()


async def reading_port(chat: Chat) -> None:
    turn = await chat.ask("who closed the harbour?")
    assert turn.state == "answered"
    await chat.screen.open_citation(turn, 1)
    await chat.painted()


def test_the_state_line_follows_without_a_key(index: Path, folder: Path) -> None:
    async def scenario(chat: Chat) -> None:
        assert "61 documents, 61 passages from" in chat.text()
        (folder / "mill.txt").write_text(MILL)
        await asyncio.to_thread(sync, index)
        ends = time.monotonic() + DEADLINE_S
        line, invitation = "ready: 62 documents, 62 passages", "62 documents, 62 passages from"
        while not (line in chat.text() and invitation in chat.text()):
            assert time.monotonic() < ends
            await chat.pilot.pause(0.1)

    drive(index, scenario)


def test_what_is_typed_and_the_focus_stay(index: Path, folder: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.type("who clo")
        (folder / "mill.txt").write_text(MILL)
        await asyncio.to_thread(sync, index)
        await looked(chat)
        assert "ready: 62 documents" in chat.text()
        bar = chat.screen.query_one(QuestionBar)
        assert (bar.text, chat.screen.focused) == ("who clo", bar)

    drive(index, scenario)


def test_it_does_not_look_while_a_question_is_asked(index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.hold()
        chat.screen.query_one(QuestionBar).put("who closed the harbour?")
        await chat.press("enter")
        chat.screen.look()
        assert chat.screen._looking is None
        chat.release()
        await chat.settle()
        assert chat.turns[-1].state == "answered"

    drive(index, scenario)


def test_the_list_of_documents_follows_with_the_cursor_on_its_file(
    index: Path, folder: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.press("ctrl+o")
        await chat.settle()
        table = chat.app.screen.query_one(DataTable)
        table.move_cursor(row=SHIPS)
        (folder / "mill.txt").write_text(MILL)  # before port.txt
        await asyncio.to_thread(sync, index)
        await looked(chat)
        assert isinstance(chat.app.screen, DocumentsScreen)
        assert "62 in the index" in chat.text()
        assert table.get_row_at(table.cursor_row)[0].plain == "port.txt"

    drive(index, scenario)


def test_a_note_that_the_file_has_changed_goes_when_the_index_has_caught_up(
    index: Path, folder: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        (folder / "port.txt").write_text(PORT + "It opened again in May.\n")
        turn = await chat.ask("who closed the harbour?")
        assert "has changed since it was indexed" in chat.text()
        await asyncio.to_thread(sync, index)
        await looked(chat)
        assert turn.answer is not None
        assert turn.answer.notes == ()
        assert "has changed" not in chat.text()

    drive(index, scenario)


def test_a_quote_that_is_not_there_any_more_is_said_to_be_old(index: Path, folder: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await reading_port(chat)
        (folder / "port.txt").write_text("In winter there is ice.\n" + PORT)
        await asyncio.to_thread(sync, index)
        await looked(chat)
        answer = chat.turns[-1].answer
        assert answer is not None
        assert answer.notes == ("port.txt was indexed anew since this answer: ask again.",)
        assert "In winter there is ice." in chat.text()

    drive(index, scenario)


def test_the_open_source_follows_and_stays_where_it_is(index: Path, folder: Path) -> None:
    long = PORT + "".join(f"Line {number} of the log.\n" for number in range(60))
    (folder / "port.txt").write_text(long)
    sync(index)

    async def scenario(chat: Chat) -> None:
        await reading_port(chat)
        source = chat.screen.source
        source.scroll_to(y=30, animate=False, force=True)
        await chat.painted()
        (folder / "port.txt").write_text(long + "It opened again in May.\n")
        await asyncio.to_thread(sync, index)
        await looked(chat)
        assert source.document is not None
        assert source.document.text.endswith("May.\n")
        assert source.scroll_offset.y == 30
        assert chat.screen.focused is source

    drive(index, scenario, size=(120, 24))


def test_a_source_that_left_the_index_is_said_to_have_left(index: Path, folder: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await reading_port(chat)
        (folder / "port.txt").unlink()
        await asyncio.to_thread(sync, index)
        await looked(chat)
        assert "port.txt is no longer in the index." in chat.text()
        assert "port.txt · no longer in the index" in chat.text()
        assert "The mayor closed the harbour" in chat.text()

    drive(index, scenario)


def test_a_deleted_index_is_said_and_one_made_anew_is_taken_up(
    index: Path, folder: Path, made: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        await reading_port(chat)
        shutil.rmtree(index)
        await looked(chat)
        assert "No index at" in chat.text()
        assert (await chat.ask("who closed the harbour?")).state == "failed"
        watched.copy(made, folder.with_name("anew"), index)
        (folder.with_name("anew") / "mill.txt").write_text(MILL)
        await asyncio.to_thread(sync, index)
        await looked(chat)
        await chat.settle()
        assert "ready: 62 documents, 62 passages" in chat.text()
        turn = await chat.ask("when did the mill at Holmen burn down?")
        assert turn.state == "answered"

    drive(index, scenario)


def test_an_index_made_anew_between_two_looks_is_taken_up(
    index: Path, folder: Path, made: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        shutil.rmtree(index)
        watched.copy(made, folder.with_name("anew"), index)
        (folder.with_name("anew") / "mill.txt").write_text(MILL)
        await asyncio.to_thread(sync, index)
        turn = await chat.ask("when did the mill at Holmen burn down?")
        assert turn.answer is not None
        assert turn.answer.outcome == "answered"

    drive(index, scenario)


def test_half_an_index_is_never_called_ready(index: Path) -> None:
    with Ledger.create(index) as ledger:
        ledger.keep(replace(ledger.manifest, complete=False))

    async def scenario(chat: Chat) -> None:
        assert "so far: 61 documents, 61 passages · interrupted: f5 goes on" in chat.text()
        assert "That isn't all, interrupted: f5 goes on." in chat.text()
        assert "ready" not in chat.text()
        await chat.ask("how do I bake bread?")
        assert "No passage that was read so far" in chat.text()
        assert "only 61 documents, 61 passages were read. f5 brings" in chat.text()
        await chat.press("ctrl+o")
        await chat.settle()
        assert "61 in the index · 0 left out · interrupted: f5 goes on" in chat.text()
        await chat.press("escape")
        with hold(index):
            await looked(chat)
            assert "passages · indexing is under way" in chat.text()

    drive(index, scenario)


def test_an_empty_conversation_says_that_its_index_was_deleted(index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        assert "61 documents, 61 passages from" in chat.text()
        shutil.rmtree(index)
        await looked(chat)
        assert "61 documents" not in chat.text()
        assert "✗ No index at" in chat.text()

    drive(index, scenario)


def test_an_index_that_comes_from_elsewhere_ends_the_welcome(
    made: Path, folder: Path, tmp_path: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        welcome = chat.app.screen
        assert isinstance(welcome, Welcome)
        chat.app.screen.query_one("#folder", Input).value = "~/doc"
        watched.copy(made, folder, tmp_path / "index")
        await looked(chat)
        await chat.settle()
        assert chat.app.screen is not welcome
        assert "ready: 61 documents, 61 passages" in chat.text()

    drive(tmp_path / "index", scenario)
