"""The bar where questions are typed, and the questions that were asked before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widgets import TextArea

from askcorpus.tui.keys import bindings

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.events import Key


class QuestionBar(TextArea):
    """Text of some lines; enter sends it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("question")]

    @dataclass
    class Sent(Message):
        """The user wants this asked."""

        text: str

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(
            id=id,
            compact=True,
            highlight_cursor_line=False,
            placeholder="Ask a question",
            max_checkpoints=20,
        )
        self.earlier: list[str] = []
        """Questions, oldest first."""
        self._at: int | None = None
        self._draft = ""

    def on_key(self, event: Key) -> None:
        """Send, or begin a line, in the order of the keys.

        A binding would run after what was typed behind it, where keys come faster than they are
        drawn.
        """
        if event.is_printable:
            return
        bound = self.screen.active_bindings.get(event.key)
        run = {"send": self.send, "newline": self.break_line}.get(
            (bound.binding.id or "") if bound and bound.node is self else ""
        )
        if run:
            event.stop()
            run()
        if run or event.key == "enter":
            event.prevent_default()

    def break_line(self) -> None:
        """Begin a new line at the cursor."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def send(self) -> None:
        """Hand the text over and empty the bar."""
        text = self.text.strip()
        if not text:
            return
        self.remember(text)
        self.text = ""
        self.post_message(self.Sent(text))

    def remember(self, text: str) -> None:
        """Add a question to those that can be brought back."""
        if not self.earlier or self.earlier[-1] != text:
            self.earlier.append(text)
        self._at, self._draft = None, ""

    def put(self, text: str) -> None:
        """Show a text, the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def recall(self, step: int) -> None:
        """Bring back the question before (-1) or after (1); the draft waits at the end."""
        if not self.earlier:
            return
        if self._at is None:
            if step > 0:
                return
            self._draft, self._at = self.text, len(self.earlier)
        self._at = max(0, self._at + step)
        if self._at >= len(self.earlier):
            self._at = None
            self.put(self._draft)
        else:
            self.put(self.earlier[self._at])

    def on_edge(self, step: int) -> bool:
        """Return whether the cursor can't go further up (-1) or down (1) in the text."""
        at = self.cursor_at_first_line if step < 0 else self.cursor_at_last_line
        return at or self._at is not None
