"""One question and its answer, as the transcript shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from askcorpus.tui import paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.events import Click
    from textual.widget import Widget

    from askcorpus.errors import AskcorpusError
    from askcorpus.question.query import Query
    from askcorpus.records import Answer, Citation, SpanRef

State = Literal["waiting", "asking", "answered", "failed", "cancelled"]
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

    def __init__(self, content: Content | paint.Fitted, n: int, classes: str) -> None:
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
        self.asked: Query | None = None
        self.answer: Answer | None = None
        self.error: AskcorpusError | None = None
        self.opened: int | None = None
        """Number of the citation that was opened last."""
        self.unfolded = True

    @classmethod
    def kept(cls, asked: Query, answer: Answer) -> Turn:
        """Return a turn that was answered in an earlier sitting, folded away."""
        turn = cls(asked.typed)
        turn.state, turn.asked, turn.answer = "answered", asked, answer
        turn.unfolded = turn.display = False
        return turn

    def compose(self) -> ComposeResult:
        """Yield what is known, unless it is folded away."""
        if self.unfolded:
            yield from self._parts()

    def _parts(self) -> Iterator[Widget]:
        yield Static(paint.question(self.question), classes="question")
        asked = self._meant()
        if asked is not None and asked.is_completed:
            yield Static(paint.meant(asked), classes="meant")
        if self.answer is not None:
            yield from _answer_widgets(self.answer, self.opened)
        elif self.error is not None:
            yield Static(paint.failed(self.error), classes="verdict")
        else:
            yield Static(Content(SAID[self.state]), classes="state")

    def _meant(self) -> Query | None:
        """Return how the question was understood, without what was given up in the end."""
        given_up = self.answer and any(note.kind == "quotes" for note in self.answer.notes)
        return self.asked.unquoted() if self.asked and given_up else self.asked

    async def fold(self, *, away: bool) -> None:
        """Take the turn out of sight, with all that it costs, or bring it back."""
        if self.unfolded == (not away):
            return
        self.unfolded = self.display = not away
        await self._renew()

    async def _renew(self) -> None:
        """Show what is known now."""
        async with self.batch():
            await self.remove_children()
            if self.unfolded:
                await self.mount_all(self._parts())

    async def mean(self, asked: Query) -> None:
        """Show how the question was understood, where that isn't plain."""
        self.asked = asked
        if asked.is_completed:
            await self._renew()

    def say(self, state: State) -> None:
        """Show what has become of the question."""
        self.state = state
        for line in self.query(".state").results(Static):
            line.update(Content(SAID[state]))

    async def fail(self, error: AskcorpusError) -> None:
        """Show why there is no answer."""
        self.state, self.error = "failed", error
        await self._renew()

    async def show(self, answer: Answer) -> None:
        """Show the answer."""
        self.state, self.answer = "answered", answer
        await self._renew()

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


def _answer_widgets(answer: Answer, opened: int | None) -> Iterator[Widget]:
    yield Static(paint.verdict(answer), classes="verdict")
    beside, others = paint.split_notes(answer)
    for citation in answer.citations:
        here = " -opened" if citation.n == opened else ""
        yield Cited(paint.quoted(citation, answer.spans), citation.n, f"quote{here}")
        yield Cited(paint.chip(citation), citation.n, f"chip{here}")
        for text in beside.get(citation.n, ()):
            yield Static(paint.note(text), classes="note")
    if answer.also:
        yield Static(paint.also(answer), classes="also")
    for text in others:
        yield Static(paint.note(text), classes="note")
    yield Static(paint.foot(answer), classes="foot")
