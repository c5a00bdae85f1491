"""Each state of the screen, small and large, dark and light, against a picture that was looked at.

After a change that is meant: UPDATE_PICTURES=1 pytest tests/tui/test_pictures.py, then read the
diff of tests/tui/pictures/.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from askcorpus.question.understand import understand
from askcorpus.records import Answer
from askcorpus.tui import paint
from askcorpus.tui.bar import QuestionBar
from tests.tui.conftest import BREAD, NARROW, WIDE, Chat, drive, made_answer
from tests.tui.pictures import picture

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = Path(__file__).parent / "pictures"
STATES = [
    "loading",
    "empty",
    "answered",
    "source",
    "understood",
    "related",
    "none",
    "help",
    "documents",
    "first-run",
]
LOOKS = [
    (size, theme) for size in (NARROW, WIDE) for theme in ("askcorpus-dark", "askcorpus-light")
]
Pictures = dict[str, str]
Look = tuple[tuple[int, int], str]


def still(chat: Chat) -> None:
    """Stop what differs from one moment or machine to the next."""
    chat.screen.query_one(QuestionBar).cursor_blink = False
    for field in chat.app.screen.query(Input):
        field.cursor_blink = False
    if chat.screen.status is not None:
        chat.screen.status = replace(chat.screen.status, root="/home/ada/documents")


def taken(index: Path, look: Look) -> Pictures:
    """Return the pictures of every state in one look."""
    size, theme = look
    found: Pictures = {}
    answered = made_answer(index)
    related = Answer(
        "who is the president?",
        "related",
        citations=answered.citations[1:],
        seconds={"total": 0.3},
    )

    async def take(chat: Chat, name: str) -> None:
        await chat.painted()
        found[name] = picture(chat.app.screen)

    async def loading(chat: Chat) -> None:
        still(chat)
        await take(chat, "loading")
        chat.release()
        await chat.settle()
        await conversation(chat)

    async def conversation(chat: Chat) -> None:
        still(chat)
        assert chat.screen.status is not None
        await chat.screen.transcript.empty(paint.invitation(chat.screen.status))
        await take(chat, "empty")
        for name, answer in [
            ("answered", answered),
            ("related", related),
            ("none", Answer(BREAD, "none", seconds={"total": 0.1})),
        ]:
            await chat.press("ctrl+n")
            turn = await chat.shows(answer)
            await take(chat, name)
            if name == "answered":
                await chat.screen.open_citation(turn, 1)
                await take(chat, "source")
        await chat.press("ctrl+n")
        turn = await chat.screen.transcript.add("when did they deny it? after:2014-07")
        await turn.mean(understand(turn.question, [answered]))
        await turn.show(answered)
        await chat.reveal()
        await take(chat, "understood")
        await chat.press("ctrl+o")
        await chat.settle()
        await take(chat, "documents")
        await chat.press("escape", "f1")
        await take(chat, "help")

    async def first_run(chat: Chat) -> None:
        still(chat)
        await take(chat, "first-run")

    drive(index, loading, size=size, theme=theme, held=True)
    drive(Path("index"), first_run, size=size, theme=theme)
    return found


@pytest.fixture(scope="module")
def pictures(seeds_index: Path) -> Callable[[Look], Pictures]:
    """Return a function that takes all pictures of a look, once."""
    known: dict[Look, Pictures] = {}

    def get(look: Look) -> Pictures:
        if look not in known:
            known[look] = taken(seeds_index, look)
        return known[look]

    return get


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0][0]}x{look[0][1]}-{look[1]}")
@pytest.mark.parametrize("state", STATES)
def test_the_screen_looks_as_it_was_looked_at(
    pictures: Callable[[Look], Pictures],
    state: str,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (width, height), theme = look
    file = PLACE / f"{state}-{width}x{height}-{theme.removeprefix('askcorpus-')}.txt"
    found = pictures(look)[state]
    if os.environ.get("UPDATE_PICTURES"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")
