"""Every file of the index: what was taken in, what was left out, and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from askcorpus.text import one_line
from askcorpus.tui import paint

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from askcorpus.sync.run import Contents

# Rows that are added at once: a long list must not hold up the keys.
BATCH = 100


class DocumentsScreen(Screen[str | None]):
    """A table of all files; ends with the path of the one that is to be read."""

    CSS_PATH = "documents.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("enter", "select_cursor", "Read"),
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    def __init__(self, contents: Contents, unfinished: str = "") -> None:
        """Prepare the table.

        Args:
            contents: What is listed.
            unfinished: Why that isn't all; "" where it is.
        """
        super().__init__()
        self._contents = contents
        self._unfinished = unfinished

    def compose(self) -> ComposeResult:
        """Yield the title and the table."""
        with Vertical(id="documents"):
            yield Static(id="documents-title")
            yield DataTable(cursor_type="row", zebra_stripes=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the table in the background."""
        table = self.query_one(DataTable)
        for name in ("file", "passages", "date", "boilerplate", ""):
            table.add_column(Text(name, style="bold"))
        self.run_worker(self._fill(table))

    def renew(self, contents: Contents, unfinished: str) -> None:
        """Show what the index holds now, the cursor on the file where it was."""
        if (contents, unfinished) == (self._contents, self._unfinished):
            return
        self._contents, self._unfinished = contents, unfinished
        self.run_worker(self._refill(self.query_one(DataTable)), exclusive=True)

    async def _refill(self, table: DataTable[Text]) -> None:
        at, y = table.cursor_row, table.scroll_offset.y
        row = list(table.rows)[at] if at < table.row_count else None
        with self.app.batch_update():
            table.clear()
            await self._fill(table)
            at = table.get_row_index(row) if row in table.rows else at
            table.move_cursor(row=at, scroll=False)
            table.scroll_to(y=y, animate=False, force=True)

    async def _fill(self, table: DataTable[Text]) -> None:
        documents, skipped = self._contents
        title = paint.documents_title(documents, skipped, self._unfinished)
        self.query_one("#documents-title", Static).update(title)
        for at in range(0, len(skipped), BATCH):
            for file in skipped[at : at + BATCH]:
                said = f"{'! failed' if file.failed else '– left out'}: {one_line(file.reason)}"
                none = Text("–", justify="right")
                table.add_row(Text(one_line(file.path)), none, Text(""), Text(""), Text(said))
            await asyncio.sleep(0)
        for at in range(0, len(documents), BATCH):
            for row in documents[at : at + BATCH]:
                table.add_row(
                    Text(one_line(row.path)),
                    Text(f"{row.passages:,}", justify="right"),
                    Text(row.date or "no date", style="" if row.date else "dim"),
                    Text(paint.share(row.boilerplate, row.size), justify="right"),
                    Text(one_line(row.title)),
                    key=row.path,
                )
            await asyncio.sleep(0)

    def action_cursor(self, by: int) -> None:
        """Go a row down or up."""
        table = self.query_one(DataTable)
        table.move_cursor(row=table.cursor_row + by)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """End with the document; a file that was left out can't be read."""
        if event.row_key.value is not None:
            self.dismiss(event.row_key.value)
