"""What is at hand beside the conversation: earlier questions, earlier sittings, the documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Static

from askcorpus.errors import AskcorpusError
from askcorpus.question.query import Understanding
from askcorpus.tui import paint
from askcorpus.tui.bar import QuestionBar
from askcorpus.tui.reading import Reading
from askcorpus.tui.record import Record
from askcorpus.tui.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from askcorpus.history import Summary
    from askcorpus.records import Status
    from askcorpus.tui.desk import Desk


class Shelf(Reading):
    """The actions that fetch something that was there before."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.record = Record(desk)
        self.status: Status | None = None

    @property
    def root(self) -> str:
        """The indexed folder; empty before the index is open."""
        return self.status.root if self.status else ""

    def attempt(self, work: Awaitable[None]) -> None:
        """Do the work in the background; what goes wrong is told."""
        self.run_worker(self._attempted(work), group="shelf")

    async def _attempted(self, work: Awaitable[None]) -> None:
        try:
            await work
        except AskcorpusError as exc:
            self.tell(exc)

    # Earlier questions.

    def action_history(self, step: int) -> None:
        """Move the cursor a line or, at the edge of the text, through the earlier questions."""
        bar = self.query_one(QuestionBar)
        if bar.on_edge(step):
            bar.recall(step)
        elif step < 0:
            bar.action_cursor_up()
        else:
            bar.action_cursor_down()

    def action_search_history(self) -> None:
        """Search the earlier questions and put the chosen one into the bar."""
        from askcorpus.tui.panels import ChoicePanel

        bar = self.query_one(QuestionBar)
        questions = list(dict.fromkeys(reversed(bar.earlier)))
        if not questions:
            self.notify("There are no earlier questions yet.")
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                bar.put(questions[number])
            bar.focus()

        panel = ChoicePanel("Earlier questions", [paint.question(text) for text in questions])
        self.app.push_screen(panel, chosen)

    # Earlier sittings.

    def action_conversations(self) -> None:
        """List the conversations that are kept, to go on with one."""
        self.attempt(self._conversations())

    async def _conversations(self) -> None:
        from askcorpus.tui.panels import ChoicePanel

        kept = await self.record.conversations()
        if not kept:
            self.notify("No conversation over this index is kept yet.")
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                self.attempt(self._resume(kept[number]))

        panel = ChoicePanel("Conversations", [paint.conversation(each) for each in kept])
        self.app.push_screen(panel, chosen)

    async def _resume(self, summary: Summary) -> None:
        found = await self.record.resume(summary.id)
        self.abandon()
        self.show_source(open_=False)
        bar = self.query_one(QuestionBar)
        for turn in found.turns:
            bar.remember(turn.question)
        turns = [
            Turn.kept(replace(turn.query, understood=Understanding(turn.question)), turn.answer)
            for turn in found.turns
        ]
        await self.transcript.fill(turns)

    def abandon(self) -> None:
        """Give up what is being asked."""
        raise NotImplementedError

    def action_export(self) -> None:
        """Ask for a file name and write the conversation there."""
        from askcorpus.tui.panels import LinePanel

        def named(name: str | None) -> None:
            if name:
                self.attempt(self._export(Path(name).expanduser()))

        self.app.push_screen(LinePanel("Write to (.md, .html or .json)", "conversation.md"), named)

    async def _export(self, path: Path) -> None:
        await self.record.export(path, root=self.root)
        self.notify(f"The conversation is in {path}.", markup=False)

    # The documents.

    def action_documents(self) -> None:
        """List every file of the index."""
        self.attempt(self._documents())

    async def _documents(self) -> None:
        from askcorpus.tui.documents import DocumentsScreen

        def chosen(path: str | None) -> None:
            if path is not None:
                self.attempt(self.read_document(path))

        unfinished = paint.unfinished(await self.desk.status())
        self.app.push_screen(DocumentsScreen(await self.desk.contents(), unfinished), chosen)

    async def read_document(self, path: str) -> None:
        """Show a whole document from its beginning."""
        document = await self.desk.document(path)
        head = paint.source_head(document, None, moved=False, changed=False)
        self.query_one("#source-head", Static).update(head)
        self.show_source(open_=True)
        self.source.show(document, None, [])
        self.transcript.mark_opened(None, None)
        self.source.focus()
