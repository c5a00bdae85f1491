"""The transcript: the turns of a conversation, one below the other.

Only those around the current one are unfolded. A conversation of hundreds of turns then costs no
more at each key than one of twenty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from askcorpus.tui.keys import bindings
from askcorpus.tui.turns import Turn

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click

# Turns that are unfolded at least, and how many more may be before the oldest are folded away.
WINDOW = 10
SLACK = 6


class Transcript(VerticalScroll, can_focus=True):
    """All turns of a conversation; one of them is the current one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading", "transcript")]

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.current: Turn | None = None
        self._opened: Turn | None = None

    @property
    def opened(self) -> tuple[Turn | None, int | None]:
        """The turn whose citation the source pane shows, and its number."""
        return self._opened, self._opened.opened if self._opened else None

    def compose(self) -> ComposeResult:
        """Yield the lines that say how much is folded away above and below."""
        yield Static(id="above", classes="edge")
        yield Static(id="below", classes="edge")

    @property
    def turns(self) -> list[Turn]:
        """The turns, oldest first."""
        return [child for child in self.children if isinstance(child, Turn)]

    async def add(self, question: str, *, literal: bool = False) -> Turn:
        """Append a question, make it the current one, and return it."""
        turn = Turn(question, literal=literal)
        await self.query_children(".empty").remove()
        await self.mount(turn, before="#below")
        self.go_to(turn)
        await self._unfold_around(turn)
        self.scroll_end(animate=False)
        return turn

    async def fill(self, turns: list[Turn]) -> None:
        """Show the turns of an earlier sitting, and make the last one the current one."""
        await self._clear()
        await self.mount_all(turns, before="#below")
        if turns:
            self.go_to(turns[-1])
            await self._unfold_around(turns[-1])
            self.call_after_refresh(self.reveal)

    async def empty(self, content: Content) -> None:
        """Show an invitation instead of turns."""
        await self._clear()
        await self.mount(Static(content, classes="empty"), before="#below")

    async def _clear(self) -> None:
        self.current = self._opened = None
        await self.query_children("Turn, .empty").remove()
        self._count(0, 0)

    async def _unfold_around(self, turn: Turn) -> None:
        """Unfold the turn and its neighbours, and fold away what is far from it."""
        turns = self.turns
        at = turns.index(turn)
        shown = [number for number, each in enumerate(turns) if each.unfolded]
        near = turn.unfolded and len(shown) <= WINDOW + SLACK
        if near and shown[-1] - shown[0] + 1 == len(shown):
            low, high = shown[0], shown[-1] + 1
        else:
            low = max(0, min(at - WINDOW // 2, len(turns) - WINDOW))
            high = min(len(turns), low + WINDOW)
            for number, each in enumerate(turns):
                await each.fold(away=not low <= number < high)
        self._count(low, len(turns) - high)

    def _count(self, above: int, below: int) -> None:
        """Say how many turns are folded away on either side."""
        for name, hidden, way in (("#above", above, "▲ k"), ("#below", below, "▼ j")):
            edge = self.query_one(name, Static)
            edge.display = hidden > 0
            edge.update(Content(f"{way} · {hidden:,} more"))

    def go_to(self, turn: Turn) -> None:
        """Make a turn the current one, without scrolling."""
        if self.current is not None:
            self.current.remove_class("-current")
        self.current = turn
        turn.add_class("-current")

    async def step(self, by: int) -> None:
        """Make the turn `by` places on the current one, and bring it into view."""
        turns = self.turns
        if not turns:
            return
        at = turns.index(self.current) if self.current in turns else len(turns) - 1
        turn = turns[max(0, min(len(turns) - 1, at + by))]
        await self._unfold_around(turn)
        self.go_to(turn)
        self.call_after_refresh(self.reveal)

    def reveal(self) -> None:
        """Bring the current turn into view: its beginning where it is taller than the pane."""
        if self.current is not None:
            self.scroll_to_widget(self.current, animate=False, top=True)

    def mark_opened(self, turn: Turn | None, n: int | None) -> None:
        """Show which citation the source pane shows: number `n` of a turn, or none at all."""
        if self._opened is not None and self._opened is not turn:
            self._opened.mark_opened(None)
        if turn is not None:
            turn.mark_opened(n)
        self._opened = turn

    def on_click(self, event: Click) -> None:
        """Make the turn that was pointed at the current one."""
        widget = event.widget
        if widget is not None:
            turn = next((n for n in widget.ancestors_with_self if isinstance(n, Turn)), None)
            if turn is not None:
                self.go_to(turn)
