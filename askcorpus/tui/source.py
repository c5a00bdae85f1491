"""The pane that shows a whole document, with the cited words marked.

Only the rows that are seen are painted. A long text is laid out in a thread, and again when the
width changes; the row at the top stays the same passage.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from askcorpus.tui.keys import bindings
from askcorpus.tui.page import Mark, Marks, find, lay_out, offset_at, pieces

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.events import Resize
    from textual.selection import Selection

    from askcorpus.records import Document
    from askcorpus.tui.page import MarkKind, Page

# Texts up to this many characters are laid out at once, in a few milliseconds.
AT_ONCE = 100_000
# Rows that stay visible above a passage that is scrolled to.
LEAD = 4


class SourceView(ScrollView, can_focus=True):
    """A document with line numbers and marks."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading", "source")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "source--number",
        "source--boilerplate",
        "source--quote",
        "source--answer",
        "source--found",
        "source--here",
    }

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self._page: Page | None = None
        self._marks = Marks()
        self._found: list[Mark] = []
        self._here: int | None = None
        self._top = 0
        self.document: Document | None = None

    # What is shown.

    def show(
        self, document: Document, quote: Mark | None, answers: list[Mark], *, stay: bool = False
    ) -> None:
        """Show a document from the quote on, or from its beginning.

        Args:
            document: To show.
            quote: To mark; None where there is none.
            answers: To mark in it.
            stay: Leave what is at the top there instead.
        """
        at = self._top_offset if stay else None
        same = self.document is not None and document == self.document
        self.document = document
        self._marks = Marks()
        self._marks.put(
            "boilerplate", [Mark(b.start, b.end, "boilerplate") for b in document.boilerplate]
        )
        self._marks.put("quote", [quote] if quote else [])
        self._marks.put("answer", answers)
        self._found, self._here = [], None
        self._top = at if at is not None else quote.start if quote else 0
        lead = 0 if stay else LEAD
        if same and self._page is not None:
            self._go_to(self._top, lead=lead)
            self.refresh()
        else:
            self._page = None
            self._lay_out(lead=lead)

    def clear(self) -> None:
        """Show nothing."""
        self.document = self._page = None
        self.virtual_size = Size(0, 0)
        self.refresh()

    @property
    def _top_offset(self) -> int:
        """The offset of the character at the top of the pane."""
        page = self._page
        return page.starts[min(self.scroll_offset.y, len(page.starts) - 1)] if page else 0

    def _text_width(self, digits: int) -> int:
        return self.scrollable_content_region.width - digits - 3

    def _lay_out(self, *, lead: int = 0) -> None:
        """Cut the text into rows of the present width, keeping the place."""
        document = self.document
        if document is None or self.size.width < 4:
            return
        # Never more digits than lines of one character: close enough before they are counted.
        digits = len(str(document.text.count("\n") + 1))
        width = self._text_width(digits)
        if len(document.text) <= AT_ONCE:
            self._take(lay_out(document.text, width), lead)
        else:
            self.run_worker(self._lay_out_aside(document.text, width, lead), exclusive=True)

    async def _lay_out_aside(self, text: str, width: int, lead: int) -> None:
        page = await asyncio.to_thread(lay_out, text, width)
        if self.document is not None and self.document.text is text:
            self._take(page, lead)

    def _take(self, page: Page, lead: int) -> None:
        self._page = page
        self.virtual_size = Size(0, len(page.starts))
        self._go_to(self._top, lead=lead)
        self.refresh()

    def _go_to(self, offset: int, *, lead: int = 0) -> None:
        if self._page is not None:
            y = max(0, self._page.row(offset) - lead)
            self.scroll_to(y=y, animate=False, immediate=True, force=True)

    def on_resize(self, event: Resize) -> None:
        """Cut the text anew where the width has changed."""
        del event
        page = self._page
        if page is None:
            self._lay_out(lead=LEAD)
        elif page.width != max(8, self._text_width(page.digits)):
            self._top = self._top_offset
            self._lay_out()

    # Finding.

    def find(self, wanted: str) -> tuple[int, int]:
        """Mark where the words stand and go to the first from the top on; return (which, of)."""
        text = self.document.text if self.document else ""
        self._found = find(text, wanted)
        self._marks.put("found", self._found)
        self._here = None
        top = self._top_offset
        first = next((i for i, mark in enumerate(self._found) if mark.start >= top), 0)
        return self._visit(first)

    def find_next(self, step: int) -> tuple[int, int]:
        """Go to the next match, or the one before; return (which, of)."""
        return self._visit(0 if self._here is None else self._here + step)

    def _visit(self, which: int) -> tuple[int, int]:
        self.refresh()
        if not self._found:
            return 0, 0
        self._here = which % len(self._found)
        self._go_to(self._found[self._here].start, lead=LEAD)
        return self._here + 1, len(self._found)

    # Painting.

    def render_line(self, y: int) -> Strip:
        """Return one row, painted."""
        width = self.scrollable_content_region.width
        plain = self.rich_style
        row = y + self.scroll_offset.y
        page = self._page
        if page is None or row >= len(page.starts):
            waits = page is None and self.document is not None and y == 0
            return Strip([Segment("  …" if waits else "", plain)]).adjust_cell_length(width, plain)
        number = f"{page.lines[row]}" if page.begins_line(row) else ""
        here = self._marks.on(page.starts[row], max(page.ends[row], page.starts[row] + 1))
        bar = "┃" if any(mark.kind in ("quote", "answer") for mark in here) else " "
        gutter = Strip(
            [
                Segment(
                    f"{number:>{page.digits}} ",
                    plain + self.get_component_rich_style("source--number", partial=True),
                ),
                Segment(
                    f"{bar} ", plain + self.get_component_rich_style("source--here", partial=True)
                ),
            ]
        )
        text = Strip(
            [
                Segment(piece, self._style(plain, kinds))
                for piece, kinds in pieces(page, row, self._marks)
            ]
        )
        text = self._selected(text, row).adjust_cell_length(
            max(0, width - gutter.cell_length), plain
        )
        return Strip.join([gutter, text.apply_offsets(0, row)])

    def _style(self, plain: Style, kinds: tuple[MarkKind, ...]) -> Style:
        for kind in kinds:
            # The quote's light background is mixed with the pane's; the others lie on top.
            partial = kind != "quote"
            plain += self.get_component_rich_style(f"source--{kind}", partial=partial)
        return plain

    def _selected(self, strip: Strip, row: int) -> Strip:
        """Return the row with what the mouse has selected in it."""
        selection = self.text_selection
        span = selection.get_span(row) if selection else None
        if span is None:
            return strip
        chars = sum(len(segment.text) for segment in strip)
        low, high = span[0], chars if span[1] == -1 else min(span[1], chars)
        over = self.screen.get_component_rich_style("screen--selection")
        segments, at = [], 0
        for text, style, _ in strip:
            for start, end, chosen in ((0, low, False), (low, high, True), (high, chars, False)):
                part = text[max(0, start - at) : max(0, end - at)]
                if part:
                    segments.append(Segment(part, (style or Style()) + over if chosen else style))
            at += len(text)
        return Strip(segments)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what is selected as a slice of the document, without our line breaks."""
        page = self._page
        if page is None:
            return None
        first, last = selection
        last_row = len(page.starts) - 1
        low = offset_at(page, min(first.y, last_row), first.x) if first else 0
        high = offset_at(page, min(last.y, last_row), last.x) if last else len(page.text)
        return page.text[low:high], "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        del selection
        self.refresh()
