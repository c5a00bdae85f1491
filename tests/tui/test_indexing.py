"""The first run and indexing from inside the chat, in a real child process."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from askcorpus import Corpus, Settings
from askcorpus.errors import AskcorpusError
from askcorpus.tui.job import IndexingJob, Progress
from askcorpus.tui.welcome import Welcome
from tests.tui.conftest import Chat, drive

if TYPE_CHECKING:
    from pathlib import Path

PORT = "The mayor closed the harbour on Monday because of ice.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "documents"
    place.mkdir()
    (place / "port.txt").write_text(PORT)
    return place


def test_the_first_run_indexes_the_typed_folder_and_then_answers(
    folder: Path, tmp_path: Path
) -> None:
    async def scenario(chat: Chat) -> None:
        assert isinstance(chat.app.screen, Welcome)
        assert "No index at" in chat.text()
        chat.app.screen.query_one("#folder", Input).value = str(folder)
        await chat.press("enter")
        await chat.settle()
        await chat.settle()
        assert "ready: 1 document, 1 passage" in chat.text()
        turn = await chat.ask("who closed the harbour?")
        assert turn.answer is not None
        assert turn.answer.outcome == "answered"

    drive(tmp_path / "index", scenario)


def test_a_first_run_that_was_stopped_says_so_and_goes_to_the_chat_when_asked(
    folder: Path, tmp_path: Path
) -> None:
    for number in range(400):
        (folder / f"{number}.txt").write_text(f"Inspector {number} closed mine {number}.\n" * 9)

    async def scenario(chat: Chat) -> None:
        welcome = chat.app.screen
        welcome.query_one("#folder", Input).value = str(folder)
        await chat.press("enter")
        while " of 401 files" not in chat.text():
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        await chat.press("escape")
        await chat.settle()
        chat.screen.look()
        await chat.settle()
        assert chat.app.screen is welcome
        assert "Stopped. What was indexed is kept" in chat.text()
        await chat.press("escape")
        await chat.settle()
        assert chat.app.screen is chat.screen
        assert "passages · interrupted: f5 goes on" in chat.text()

    drive(tmp_path / "index", scenario)


def test_a_folder_that_is_not_there_is_said_on_the_first_run(tmp_path: Path) -> None:
    async def scenario(chat: Chat) -> None:
        chat.app.screen.query_one("#folder", Input).value = str(tmp_path / "nowhere")
        await chat.press("enter")
        await chat.settle()
        assert isinstance(chat.app.screen, Welcome)
        assert "✗" in chat.text()
        assert "nowhere" in chat.text()

    drive(tmp_path / "index", scenario)


def test_the_index_follows_its_folder_while_the_chat_goes_on(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=Settings()).close()
    (folder / "mill.txt").write_text("The mill at Holmen burned down in 1911.\n")

    async def scenario(chat: Chat) -> None:
        await chat.press("f5")
        turn = await chat.ask("when did the mill at Holmen burn down?")
        assert turn.state == "answered"
        await chat.settle()
        assert "ready: 2 documents, 2 passages" in chat.text()

    drive(index, scenario)


def test_a_stopped_job_ends_its_process(folder: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        job = IndexingJob(folder, Settings(index=str(tmp_path / "index")))
        seen = []
        async for progress in job.run():
            seen.append(progress)
            job.stop()
        assert job.stopped
        assert not seen[-1].finished
        assert job.code is not None

    asyncio.run(scenario())


def test_an_error_in_the_child_is_the_users_error(tmp_path: Path) -> None:
    async def scenario() -> None:
        job = IndexingJob(tmp_path / "nowhere", Settings(index=str(tmp_path / "index")))
        with pytest.raises(AskcorpusError, match="nowhere") as caught:
            async for _ in job.run():
                pass
        assert caught.value.hint

    asyncio.run(scenario())


def test_progress_says_the_rate_and_what_is_left() -> None:
    assert str(Progress(done=30, total=120, seconds=10.0)) == (
        "indexing 30 of 120 files · 3.0 a second · 0:30 left"
    )


def test_progress_promises_nothing_in_the_first_second() -> None:
    assert str(Progress(done=1, total=120, seconds=0.5)) == "indexing 1 of 120 files"


def test_settings_reach_the_child_whole() -> None:
    settings = Settings(k=7, chunk_tokens=100)
    assert Settings(**asdict(settings)) == settings
