"""The transcript: questions and their answers, one below the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from askcorpus.tui import paint
from askcorpus.tui.keys import bindings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click
    from textual.widget import Widget

    from askcorpus.errors import AskcorpusError
    from askcorpus.records import Answer, Citation, SpanRef
    from askcorpus.tui.talk import Asked

State = Literal["waiting", "asking", "answered", "failed", "cancelled"]
# Turns that are mounted at once: a long conversation must not hold up the keys.
BATCH = 10
SAID = {
    "waiting": "waiting for the question before …",
    "asking": "looking …  escape cancels",
    "cancelled": "– cancelled",
}


@dataclass
class CitationClicked(Message):
    """The user points at citation `n` of a turn."""

    turn: Turn
    n: int


class Cited(Static):
    """A quote or its address; a click opens the document there."""

    def __init__(self, content: Content, n: int, classes: str) -> None:
        super().__init__(content, classes=classes)
        self.n = n

    def on_click(self, event: Click) -> None:
        """Tell which citation was pointed at, unless text was being selected."""
        turn = next((node for node in self.ancestors if isinstance(node, Turn)), None)
        if turn is not None and self.screen.get_selected_text() is None:
            event.stop()
            self.post_message(CitationClicked(turn, self.n))


class Turn(VerticalGroup):
    """One question and what it came to."""

    def __init__(self, question: str, *, literal: bool = False) -> None:
        """Begin with a question.

        Args:
            question: As typed.
            literal: Whether every word is to be taken as it stands.
        """
        super().__init__()
        self.question = question
        self.literal = literal
        self.state: State = "waiting"
        self.asked: Asked | None = None
        self.answer: Answer | None = None
        self.opened: int | None = None
        """Number of the citation that was opened last."""

    def compose(self) -> ComposeResult:
        """Yield the question and, below it, its state or its answer."""
        yield Static(paint.question(self.question), classes="question")
        if self.asked is not None and self.asked.completed:
            yield Static(paint.meant(self.asked), classes="meant")
        if self.answer is None:
            yield Static(Content(SAID[self.state]), classes="state")
        else:
            yield from _answer_widgets(self.answer)

    @classmethod
    def kept(cls, asked: Asked, answer: Answer) -> Turn:
        """Return a turn that was answered in an earlier sitting."""
        turn = cls(asked.typed)
        turn.state, turn.asked, turn.answer = "answered", asked, answer
        return turn

    async def mean(self, asked: Asked) -> None:
        """Show how the question was understood, where that isn't plain."""
        self.asked = asked
        if asked.completed:
            await self.mount(Static(paint.meant(asked), classes="meant"), after=".question")

    def say(self, state: State) -> None:
        """Show what has become of the question."""
        self.state = state
        for line in self.query(".state").results(Static):
            line.update(Content(SAID[state]))

    async def fail(self, error: AskcorpusError) -> None:
        """Show why there is no answer."""
        self.state = "failed"
        await self._replace([Static(paint.failed(error), classes="verdict")])

    async def show(self, answer: Answer) -> None:
        """Show the answer."""
        self.state, self.answer = "answered", answer
        await self._replace(list(_answer_widgets(answer)))

    async def _replace(self, widgets: list[Widget]) -> None:
        async with self.batch():
            await self.query_children(".state").remove()
            await self.mount_all(widgets)

    def citation(self, n: int) -> Citation | None:
        """Return citation `n`, or None."""
        cited = self.answer.citations if self.answer else ()
        return next((citation for citation in cited if citation.n == n), None)

    @property
    def spans(self) -> tuple[SpanRef, ...]:
        """Where the answer's words stand."""
        return self.answer.spans if self.answer else ()

    def mark_opened(self, n: int | None) -> None:
        """Show which citation the source pane shows."""
        self.opened = n
        for cited in self.query(Cited):
            cited.set_class(cited.n == n, "-opened")


def _answer_widgets(answer: Answer) -> Iterator[Widget]:
    yield Static(paint.verdict(answer), classes="verdict")
    beside, others = paint.split_notes(answer)
    for citation in answer.citations:
        yield Cited(paint.quoted(citation, answer.spans), citation.n, "quote")
        yield Cited(paint.chip(citation), citation.n, "chip")
        for text in beside.get(citation.n, ()):
            yield Static(paint.note(text), classes="note")
    if answer.also:
        yield Static(paint.also(answer), classes="also")
    for text in others:
        yield Static(paint.note(text), classes="note")
    yield Static(paint.foot(answer), classes="foot")


class Transcript(VerticalScroll, can_focus=True):
    """All turns of a conversation; one of them is the current one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading", "transcript")]

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.current: Turn | None = None

    @property
    def turns(self) -> list[Turn]:
        """The turns, oldest first."""
        return [child for child in self.children if isinstance(child, Turn)]

    async def add(self, question: str, *, literal: bool = False) -> Turn:
        """Append a question, make it the current one, and return it."""
        turn = Turn(question, literal=literal)
        await self.query_children(".empty").remove()
        await self.mount(turn)
        self.go_to(turn)
        self.scroll_end(animate=False)
        return turn

    async def fill(self, turns: list[Turn]) -> None:
        """Show the turns of an earlier sitting, a few at a time, and make the last the current."""
        await self.remove_children()
        self.current = None
        for at in range(0, len(turns), BATCH):
            await self.mount_all(turns[at : at + BATCH])
        if turns:
            self.go_to(turns[-1])
            self.call_after_refresh(self.reveal)

    async def empty(self, content: Content) -> None:
        """Show an invitation instead of turns."""
        await self.remove_children()
        self.current = None
        await self.mount(Static(content, classes="empty"))

    def go_to(self, turn: Turn) -> None:
        """Make a turn the current one, without scrolling."""
        if self.current is not None:
            self.current.remove_class("-current")
        self.current = turn
        turn.add_class("-current")

    def step(self, by: int) -> None:
        """Make the turn `by` places on the current one, and bring it into view."""
        turns = self.turns
        if not turns:
            return
        at = turns.index(self.current) if self.current in turns else len(turns) - 1
        self.go_to(turns[max(0, min(len(turns) - 1, at + by))])
        self.reveal()

    def reveal(self) -> None:
        """Bring the current turn into view: its beginning where it is taller than the pane."""
        if self.current is not None:
            self.scroll_to_widget(self.current, animate=False, top=True)

    def on_click(self, event: Click) -> None:
        """Make the turn that was pointed at the current one."""
        widget = event.widget
        if widget is not None:
            turn = next((n for n in widget.ancestors_with_self if isinstance(n, Turn)), None)
            if turn is not None:
                self.go_to(turn)
