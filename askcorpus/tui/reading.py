"""The two panes and what the keys do there: opening citations, finding, copying."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from askcorpus.errors import AskcorpusError
from askcorpus.text import one_line
from askcorpus.tui import paint
from askcorpus.tui.page import Mark
from askcorpus.tui.source import SourceView
from askcorpus.tui.transcript import Transcript

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets import Input

    from askcorpus.records import Citation, Document
    from askcorpus.tui.desk import Desk
    from askcorpus.tui.turns import CitationClicked, Turn


# Columns from which both panes have room.
WIDE = 100


class SourcePane(Vertical):
    """A document, what it is called, and the words to find in it."""

    def compose(self) -> ComposeResult:
        """Yield the head, the text and the find row."""
        from textual.widgets import Input

        yield Static(id="source-head")
        yield SourceView(id="source")
        with Horizontal(id="find-row"):
            yield Static("find ", id="find-label")
            yield Input(id="find")
            yield Static(id="find-count")


class Reading(Screen[None]):
    """Transcript and source, side by side or, where it is narrow, one at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.furnished = False
        self.opened = False

    def compose_panes(self) -> ComposeResult:
        """Yield the panes; the source follows with `furnish`, once the first picture stands."""
        with Horizontal(id="panes"):
            yield Transcript(id="transcript")

    async def furnish(self) -> None:
        """Add the source pane, which nobody can see yet."""
        await self.query_one("#panes").mount(SourcePane(id="source-pane"))
        self.furnished = True
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hold back what needs the source pane as long as there is none."""
        del parameters
        return self.furnished or action in {"send", "newline", "history", "help"}

    def tell(self, error: AskcorpusError) -> None:
        """Show an error that concerns no answer."""
        said = one_line(f"{error.message} {error.hint}")
        self.notify(said, severity="error", markup=False)

    # The panes.

    @property
    def transcript(self) -> Transcript:
        """The pane with the answers."""
        return self.query_one(Transcript)

    @property
    def source(self) -> SourceView:
        """The pane with the document."""
        return self.query_one(SourceView)

    @property
    def narrow(self) -> bool:
        """Whether there is room for one pane only."""
        return self.size.width < WIDE

    def _make_room(self) -> None:
        """Let the transcript give way to an open source where there is room for one pane."""
        # Not a class of their parent's: that would style every turn anew.
        self.transcript.display = not (self.opened and self.narrow)
        if self.furnished:
            self.query_one("#source-pane").set_class(self.narrow, "-alone")

    def on_resize(self) -> None:
        """Show one pane or two."""
        self._make_room()

    def show_source(self, *, open_: bool) -> None:
        """Open or close the source pane."""
        self.query_one("#source-pane").set_class(open_, "-open")
        self.opened = open_
        self._make_room()
        if not open_:
            self._close_find()

    # Citations.

    async def open_citation(self, turn: Turn, n: int, *, focus: bool = True) -> None:
        """Show citation `n` of a turn in its document."""
        citation = turn.citation(n)
        if citation is None:
            self.notify(f"This answer has no citation {n}.")
            return
        try:
            document = await self.desk.document(citation.path)
        except AskcorpusError as exc:
            self.tell(exc)
            return
        if not turn.is_attached:
            return
        with self.app.batch_update():
            self.show_source(open_=True)
            self.source.show(document, *self._head(document, turn, n))
            self.transcript.mark_opened(turn, n)
            if focus:
                self.source.focus()

    def _head(
        self, document: Document, turn: Turn | None, n: int | None, *, gone: bool = False
    ) -> tuple[Mark | None, list[Mark]]:
        """Say above the source what is shown, and return the marks of its citation, if any."""
        citation = turn.citation(n) if turn and n else None
        quote, answers = _marks(document, citation, turn) if turn and citation else (None, [])
        beside, _ = paint.split_notes(turn.answer) if turn and turn.answer else ({}, [])
        head = paint.source_head(
            document,
            citation,
            moved=citation is not None and quote is None,
            changed=n in beside and quote is not None and not gone,
            gone=gone,
        )
        self.query_one("#source-head", Static).update(head)
        return quote, answers

    def renew_source(
        self, document: Document, turn: Turn | None, n: int | None, *, gone: bool
    ) -> None:
        """Show the open document as it is now, without moving or taking the focus."""
        with self.app.batch_update():
            self.source.show(document, *self._head(document, turn, n, gone=gone), stay=True)

    def on_citation_clicked(self, message: CitationClicked) -> None:
        """Show the citation that was pointed at."""
        self.transcript.go_to(message.turn)
        self._open(message.turn, message.n)

    def _open(self, turn: Turn, n: int) -> None:
        self.run_worker(self.open_citation(turn, n), group="citation", exclusive=True)

    def action_open_citation(self, n: int) -> None:
        """Show citation `n` of the current answer."""
        turn = self.transcript.current
        if turn is not None and turn.answer is not None:
            self._open(turn, n)

    def action_walk(self, step: int) -> None:
        """Show the citation after or before the one that is shown."""
        turn = self.transcript.current
        if turn is None or turn.answer is None or not turn.answer.citations:
            return
        count = len(turn.answer.citations)
        at = turn.opened - 1 + step if turn.opened else (0 if step > 0 else count - 1)
        self._open(turn, at % count + 1)

    def cited(self) -> Citation | None:
        """Return the citation that is shown, else the first of the current answer."""
        turn = self.transcript.current
        return turn.citation(turn.opened or 1) if turn else None

    # Moving.

    async def action_turn(self, step: int) -> None:
        """Go to the next question or the one before."""
        await self.transcript.step(step)

    async def action_turn_end(self, which: int) -> None:
        """Go to the first or the last question."""
        await self.transcript.step(which * len(self.transcript.turns))

    def action_line(self, step: int) -> None:
        """Scroll the source by lines."""
        self.source.scroll_relative(y=step, animate=False)

    def action_source_end(self, which: int) -> None:
        """Go to the document's beginning or end."""
        view = self.source
        view.scroll_to(y=0 if which < 0 else view.max_scroll_y, animate=False)

    def action_half_page(self, step: int) -> None:
        """Scroll what has the focus by half its height."""
        pane = self.focused if isinstance(self.focused, Transcript | SourceView) else self.source
        pane.scroll_relative(y=step * max(1, pane.size.height // 2), animate=False)

    # Finding.

    @property
    def _find_input(self) -> Input:
        from textual.widgets import Input

        return self.query_one("#find", Input)

    def action_find(self) -> None:
        """Ask for the words to find in the source."""
        if self.source.document is None or not self.query_one("#source-pane").display:
            self.notify("Open a document first: 1 to 9 on an answer with citations.")
            return
        self.query_one("#find-row").add_class("-open")
        self._find_input.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Mark the words while they are typed."""
        if event.input.id == "find":
            self._count(self.source.find(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave the words marked and go on reading; n and N walk them."""
        if event.input.id == "find":
            self.source.focus()

    def action_find_next(self, step: int) -> None:
        """Go to the next match or the one before."""
        self._count(self.source.find_next(step))

    def _count(self, found: tuple[int, int]) -> None:
        which, of = found
        said = f"{which:,} of {of:,}" if of else "not found"
        typed = self._find_input.value
        self.query_one("#find-count", Static).update(said if typed.strip() else "")

    def _close_find(self) -> bool:
        """Close the find row; return whether it was open."""
        row = self.query_one("#find-row")
        if not row.has_class("-open"):
            return False
        row.remove_class("-open")
        self._find_input.value = ""
        return True

    # Taking along.

    def action_copy_answer(self) -> None:
        """Copy what is selected, else the current answer."""
        from askcorpus.tui import outside

        selected = self.get_selected_text()
        turn = self.transcript.current
        if selected:
            self._copy(selected, "The selection")
        elif turn is not None and turn.answer is not None:
            self._copy(outside.plain(turn.answer), "The answer")

    def action_copy_cited(self) -> None:
        """Copy the current answer with its citations."""
        from askcorpus.tui import outside

        turn = self.transcript.current
        if turn is not None and turn.answer is not None:
            self._copy(outside.markdown(turn.answer), "The answer with its citations")

    def _copy(self, text: str, what: str) -> None:
        from askcorpus.tui import outside

        self.app.copy_to_clipboard(text)
        # It starts a program, which may take its time.
        self.run_worker(lambda: outside.native_copy(text), thread=True)
        self.notify(f"{what} was copied.", timeout=2)

    def action_edit(self) -> None:
        """Open the cited line in the editor; the chat waits."""
        from askcorpus.tui import outside

        citation = self.cited()
        if citation is None:
            self.notify("This answer cites nothing.")
            return
        try:
            path = outside.original(citation)
            command = outside.editor_command(path, citation.line, os.environ)
            with self.app.suspend():
                subprocess.run(command, check=False)
        except AskcorpusError as exc:
            self.tell(exc)
        except (OSError, SuspendNotSupported) as exc:
            self.notify(f"The editor can't be started: {exc}", severity="error", markup=False)

    def action_open_file(self) -> None:
        """Open the cited file with its own program."""
        from askcorpus.tui import outside

        citation = self.cited()
        if citation is None:
            self.notify("This answer cites nothing.")
            return
        try:
            command = outside.opener_command(outside.original(citation))
            quiet = subprocess.DEVNULL
            subprocess.Popen(  # it outlives the chat
                command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
            )
        except AskcorpusError as exc:
            self.tell(exc)
        except OSError as exc:
            self.notify(f"The file can't be opened: {exc}", severity="error", markup=False)


def _marks(document: Document, citation: Citation, turn: Turn) -> tuple[Mark | None, list[Mark]]:
    """Return the marks of a citation, or none where the index has moved on without it."""
    if document.text[citation.start : citation.end] != citation.quote:
        return None, []
    quote = Mark(citation.start, citation.end, "quote")
    return quote, [Mark(s.start, s.end, "answer") for s in turn.spans if s.n == citation.n]
