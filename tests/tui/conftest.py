"""Drives the chat by its keys, on real indexes."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from textual import events

from askcorpus import Corpus, Settings
from askcorpus.records import Alternative, Answer, Citation, SpanRef
from askcorpus.render import note
from askcorpus.tui.app import ChatApp
from askcorpus.tui.desk import Desk
from askcorpus.tui.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from textual.message import Message
    from textual.pilot import Pilot
    from textual.strip import Strip

    from askcorpus.tui.chat import ChatScreen
    from askcorpus.tui.turns import Turn

DESKS: dict[Path, Desk] = {}
WIDE, NARROW = (120, 40), (80, 24)
DENIED = "who denied the deal?"
BREAD = "how do I bake bread?"
PATIENCE_S = 60.0
"""A screen that isn't still after this long never will be."""


class Ear:
    """Hears whether anything in an app handles a message."""

    def __init__(self) -> None:
        self.heard = False

    def __call__(self, message: Message) -> None:
        # A callback is how the pilot waits for the others.
        self.heard = self.heard or not isinstance(message, events.Callback)


class Chat:
    """A running app and the hands on it."""

    def __init__(self, pilot: Pilot[None], app: ChatApp, gate: threading.Event, ear: Ear) -> None:
        self.pilot = pilot
        self.app = app
        self._gate = gate
        self._ear = ear

    async def hold(self) -> None:
        """Keep the desk's thread busy until `release`."""
        self._gate.clear()
        self._held = asyncio.ensure_future(self.app.desk.run(self._gate.wait))
        await asyncio.sleep(0)

    def release(self) -> None:
        self._gate.set()

    @property
    def screen(self) -> ChatScreen:
        return self.app.chat

    @property
    def turns(self) -> list[Turn]:
        return self.screen.transcript.turns

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.painted()

    async def type(self, text: str) -> None:
        names = {" ": "space", "?": "question_mark"}
        await self.press(*(names.get(char, char) for char in text))

    async def painted(self) -> None:
        """Wait until the screen has nothing left to do and has looked the same twice.

        The pilot's own pause waits until this process uses little of the processor. On a busy
        machine that is so in the midst of things: what paints itself anew is gone for a moment.
        """
        seen: list[Strip] | None = None
        async with asyncio.timeout(PATIENCE_S):
            while not self.app._exit:  # nothing is painted any more after that
                self._ear.heard = False
                await self.app.animator.wait_until_complete()
                await self.pilot.pause(0)
                now = None if self._is_busy else self.app.screen._compositor.render_strips()
                if now is not None and now == seen:
                    return
                seen = now

    @property
    def _is_busy(self) -> bool:
        """Whether a message waits, or one was handled since it was last asked for."""
        nodes = [self.app, *self.app.screen.walk_children(with_self=True)]
        waiting = any(node.message_queue_size for node in nodes)
        return self._ear.heard or waiting or self.app._batch_count > 0

    async def settle(self) -> None:
        """Wait until no worker runs and the screen is painted."""
        await self.painted()
        while running := [worker for worker in self.app.workers if worker.is_running]:
            await asyncio.wait([asyncio.ensure_future(_ended(worker.wait())) for worker in running])
            await self.painted()

    async def ask(self, question: str) -> Turn:
        """Type a question, send it and wait for what it comes to."""
        self.screen.query_one("#question").focus()
        self.screen.query_one("#question").put(question)  # type: ignore[attr-defined]
        await self.press("enter")
        await self.settle()
        return self.turns[-1]

    async def shows(self, answer: Answer) -> Turn:
        """Put a finished turn into the transcript, as if the desk had answered."""
        turn = await self.screen.transcript.add(answer.question)
        await turn.show(answer)
        await self.reveal()
        return turn

    async def reveal(self) -> None:
        """Bring the current turn into view, as after an answer of the desk's."""
        await self.painted()
        self.screen.transcript.reveal()
        await self.painted()

    def text(self) -> str:
        """Return the characters of the screen, row by row."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)


async def _ended(waited: Awaitable[object]) -> None:
    try:
        await waited
    except Exception:  # noqa: BLE001 (cancelled and failed workers have ended too)
        return


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the user's remembered theme out of the tests, and theirs out of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")  # whatever this terminal can show


def drive(
    index: Path,
    scenario: Callable[[Chat], Awaitable[None]],
    *,
    size: tuple[int, int] = WIDE,
    theme: str = "askcorpus-dark",
    held: bool = False,
    keys: dict[str, str] | None = None,
) -> None:
    """Run the scenario on a chat over an index, once its models are loaded.

    Where `held`, the desk can do nothing before the scenario releases it. Indexes that fixtures of
    the session have made are opened once for all tests.
    """

    shared = index.parent.name[:-1] in ("seeds", "hostile")

    async def main() -> None:
        settings = Settings(index=str(index))
        desk = DESKS.setdefault(index, Desk(settings)) if shared else Desk(settings)
        app = ChatApp(settings, Memory(theme), keys, desk=desk)
        gate, ear = threading.Event(), Ear()
        if held:
            waits = asyncio.ensure_future(app.desk.run(gate.wait))
            await asyncio.sleep(0)
        try:
            async with app.run_test(size=size, notifications=True, message_hook=ear) as pilot:
                chat = Chat(pilot, app, gate, ear)
                await chat.painted()
                if not held:
                    await chat.settle()
                await scenario(chat)
        finally:
            gate.set()
            if held:
                await waits
            await app.chat.record.close()
            if not shared:
                desk.close()

    asyncio.run(main())


@pytest.fixture(autouse=True, scope="session")
def closed_desks() -> Iterator[None]:
    """Give the shared indexes back at last."""
    yield
    for desk in DESKS.values():
        desk.close()


def made_answer(index: Path, question: str = DENIED) -> Answer:
    """Return an answer whose quotes are slices of the seeds, whatever the reader says today."""
    with Corpus.open(index) as corpus:
        documents = {path: corpus.document(path) for path in corpus.paths()}
        root = corpus.status().root
    wanted = [
        ("003_", "the government in Pyongyang flatly denied", "the government in Pyongyang"),
        ("004_", "In an interview excerpt broadcast during CBS", "Khaled Meshaal"),
    ]
    citations, spans = [], []
    for n, (prefix, begins, answer) in enumerate(wanted, start=1):
        path, document = next((p, d) for p, d in documents.items() if p.startswith(prefix))
        start = document.text.index(begins)
        end = document.text.index("\n", start)
        at = document.text.index(answer, start)
        spans.append(SpanRef(n, at, at + len(answer)))
        citations.append(
            Citation(
                n=n,
                root=root,
                path=path,
                start=start,
                end=end,
                quote=document.text[start:end],
                title=document.title,
                date="2014-07-27" if n == 1 else None,
                line=document.text.count("\n", 0, start) + 1,
                locator=None,
            )
        )
    return Answer(
        question=question,
        outcome="answered",
        answer="the government in Pyongyang",
        sentence=citations[0].quote,
        band="strong",
        spans=tuple(spans[:1]),
        citations=tuple(citations),
        also=(Alternative("Khaled Meshaal", 2),),
        notes=(note("changed", path=citations[0].path, run="askcorpus sync"),),
        seconds={"total": 0.25},
    )
