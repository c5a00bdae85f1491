"""The chat screen: questions go in, answers come out, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Footer, Static

from askcorpus.errors import AskcorpusError, IndexMissingError
from askcorpus.render import holdings
from askcorpus.text import one_line
from askcorpus.tui import paint
from askcorpus.tui.bar import QuestionBar
from askcorpus.tui.following import Following
from askcorpus.tui.keys import bindings
from askcorpus.tui.source import SourceView
from askcorpus.tui.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.worker import Worker

    from askcorpus.tui.desk import Desk
    from askcorpus.tui.job import IndexingJob
    from askcorpus.tui.keys import Where
    from askcorpus.tui.turns import Turn
    from askcorpus.tui.welcome import Welcome


@dataclass
class Narrated(Message):
    """The desk says why something takes its time."""

    text: str


class ChatScreen(Following):
    """A conversation with an index."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]
    AUTO_FOCUS = "#question"

    def __init__(self, desk: Desk, key_names: Callable[[], dict[str, str]]) -> None:
        """Prepare the screen.

        Args:
            desk: Holds the corpus.
            key_names: Returns how each action's keys are written, by its id.
        """
        super().__init__(desk)
        self._key_names = key_names
        self.waiting: list[Turn] = []
        self.asking: Worker[None] | None = None
        self.job: IndexingJob | None = None
        self.ready = False
        self.welcome: Welcome | None = None
        self._opening: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Yield the head, the panes, the bar and the footer."""
        with Horizontal(id="head"):
            yield Static("askcorpus", id="brand")
            yield Static("opening the index …", id="state", markup=False)
        yield from self.compose_panes()
        with Horizontal(id="bar-row"):
            yield Static("› ", id="prompt")
            yield QuestionBar(id="question")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Do the rest once the first picture stands."""
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        await self.furnish()
        self.open_index()
        self.keep_looking()

    # The index.

    def open_index(self) -> None:
        """Open the index and warm the models, in the background."""
        self.ready = False
        self._opening = self.run_worker(self._open_index(), group="index", exclusive=True)

    async def _open_index(self) -> None:
        try:
            self.seen = await self.desk.state()
            self.status = await self.desk.open()
            if not self.transcript.turns:
                await self.transcript.empty(paint.invitation(self.status))
            self._say(f"loading the models … {holdings(self.status)}")
            await self.desk.warm()
        except IndexMissingError as exc:
            if self.transcript.turns:
                await self.lost(exc)
            else:
                self._greet()
        except AskcorpusError as exc:
            self._say("not ready")
            if not self.transcript.turns:
                await self.transcript.empty(paint.failed(exc))
        else:
            self.ready = True
            self._say_ready()

    def _greet(self) -> None:
        from askcorpus.tui.welcome import Welcome

        self.welcome = Welcome(self.desk.settings)
        self.app.push_screen(self.welcome, self._welcomed)

    def _welcomed(self, indexed: bool | None) -> None:  # noqa: FBT001 (Textual calls it so)
        self.welcome = None
        if indexed:
            self.open_index()

    # The index changes.

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked, opened or indexed from here."""
        opens = self._opening is not None and self._opening.is_running
        return self.asking is None and self.job is None and not opens

    async def lost(self, error: AskcorpusError) -> None:
        """Say why the index can't be used any more; it is taken up when it is back."""
        if self.seen is not None:
            self.seen, self.ready = None, False
            self._say(f"{error.message} {error.hint}")
            if not self.transcript.turns:
                await self.transcript.empty(paint.failed(error))

    async def found(self, *, anew: bool) -> None:
        """Show what an index holds that has changed; open one that took its place."""
        if self.welcome is not None:
            status = await self.desk.status()
            # One that was stopped from here is still being talked about.
            usable = status.documents and (status.complete or status.writing)
            if not usable or not self.welcome.leave():
                self.seen = None  # it is looked at again
        elif anew or not self.ready:
            self.open_index()
            await self.show_present()
        else:
            self.status = await self.desk.status()
            self._say_ready()
            if not self.transcript.turns:
                await self.transcript.empty(paint.invitation(self.status))
            await self.show_present()

    def _say(self, text: str) -> None:
        self.query_one("#state", Static).update(one_line(text))

    def _say_ready(self) -> None:
        if self.status is not None and self.job is None:
            waiting = f" · {len(self.waiting)} waiting" if self.waiting else ""
            unfinished = paint.unfinished(self.status)
            holds = holdings(self.status)
            said = f"so far: {holds} · {unfinished}" if unfinished else f"ready: {holds}"
            self._say(f"{said}{waiting}")

    def on_narrated(self, message: Narrated) -> None:
        """Show why it takes its time."""
        if not self.ready:
            self._say(message.text)

    # Asking.

    def action_send(self) -> None:
        """Send what stands in the bar."""
        self.query_one(QuestionBar).send()

    def action_newline(self) -> None:
        """Begin a new line in the bar."""
        self.query_one(QuestionBar).break_line()

    async def on_question_bar_sent(self, message: QuestionBar.Sent) -> None:
        """Ask the question, or let it wait for the one before."""
        await self._take(message.text)

    async def _take(self, text: str, *, literal: bool = False) -> None:
        if self.narrow and self.furnished:
            self.show_source(open_=False)
        self.waiting.append(await self.transcript.add(text, literal=literal))
        self._next()

    async def action_ask_literally(self) -> None:
        """Ask the current question again, word for word."""
        turn = self.transcript.current
        if turn is not None and turn.asked is not None and turn.asked.is_completed:
            await self._take(turn.question, literal=True)
        else:
            self.notify("It was asked as it was typed.")

    def _next(self) -> None:
        if self.asking is None and self.waiting:
            self.asking = self.run_worker(self._ask(self.waiting.pop(0)), group="ask")
        if self.ready:
            self._say_ready()

    async def _ask(self, turn: Turn) -> None:
        """Put the desk's answer into the turn."""
        try:
            turn.say("asking")
            earlier = [t.answer for t in self.transcript.turns if t.answer and t is not turn]
            asked = await self.desk.understand(turn.question, earlier, literal=turn.literal)
            if turn.is_attached:
                await turn.mean(asked)
            answer = await self.desk.ask(asked)
            # From here on there is nothing to cancel.
            self.asking = None
            if turn.is_attached:
                await turn.show(answer)
                await self._follow(turn)
                self.attempt(self.record.keep(asked, answer, root=self.root))
        except AskcorpusError as exc:
            if turn.is_attached:
                await turn.fail(exc)
        finally:
            if turn.state == "asking":
                turn.say("cancelled")
            self.asking = None
            if self.is_running:
                self._next()

    async def _follow(self, turn: Turn) -> None:
        """Bring the answer into view and, where there is room, its source beside it."""
        if turn is not self.transcript.current:
            return
        self.call_after_refresh(self.transcript.reveal)
        reads = self.query_one("#source-pane").has_pseudo_class("focus-within")
        if not self.narrow and not reads and turn.citation(1) is not None:
            await self.open_citation(turn, 1, focus=False)

    def action_cancel(self) -> None:
        """Undo one thing: the find row, the question, the source where it hides the answers."""
        if self.query_one("#find-row").has_pseudo_class("focus-within") and self._close_find():
            self.source.focus()
        elif self.asking is not None:
            self.asking.cancel()
        elif self.job is not None:
            self.job.stop()
        elif self.narrow and self.query_one("#source-pane").has_class("-open"):
            self.show_source(open_=False)
            self.transcript.focus()
        else:
            self._close_find()
            self.query_one(QuestionBar).focus()

    def abandon(self) -> None:
        """Give up what is being asked and what waits."""
        self.waiting.clear()
        if self.asking is not None:
            self.asking.cancel()

    async def action_new(self) -> None:
        """Begin a new conversation."""
        self.abandon()
        self.show_source(open_=False)
        self.source.clear()
        status = self.status
        await self.transcript.empty(paint.invitation(status) if status else Content(""))
        self.query_one(QuestionBar).focus()
        self.attempt(self.record.begin())

    # Help.

    def action_help(self) -> None:
        """Explain the keys, those of the focused place first."""
        from askcorpus.tui.panels import HelpScreen

        places: list[Where] = ["question", "reading", "transcript", "source", "everywhere"]
        first: dict[type, list[Where]] = {
            Transcript: ["reading", "transcript"],
            SourceView: ["reading", "source"],
        }
        ahead = first.get(type(self.focused), [])
        places = [*ahead, *(place for place in places if place not in ahead)]
        self.app.push_screen(HelpScreen(places, self._key_names()))

    def action_write(self) -> None:
        """Go to the question bar."""
        self.query_one(QuestionBar).focus()

    # Indexing.

    def action_index(self) -> None:
        """Bring the index in step with its folder; asking goes on meanwhile."""
        if self.status is None or self.job is not None:
            return
        from askcorpus.tui.job import IndexingJob

        self.job = IndexingJob(None, self.desk.settings)
        self.run_worker(self._index(self.job), group="job")

    async def _index(self, job: IndexingJob) -> None:
        finished = False
        try:
            async for progress in job.run():
                finished = progress.finished
                self._say(str(progress))
                for failed in progress.failed[:3]:
                    self.notify(one_line(failed), severity="warning", markup=False)
        except AskcorpusError as exc:
            self.tell(exc)
        else:
            self.notify("The index is in step." if finished else "Stopped; the rest waits.")
        finally:
            self.job = None
        if self.ready:
            self._say_ready()
        await self.follow_index()
