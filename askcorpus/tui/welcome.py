"""What is shown where nothing is indexed yet: what to do, and a place to name the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from askcorpus.errors import AskcorpusError
from askcorpus.text import one_line
from askcorpus.tui import paint
from askcorpus.tui.job import IndexingJob
from askcorpus.tui.keys import bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from askcorpus.config import Settings


class Welcome(Screen[bool]):
    """The first run. Ends with True when there is an index."""

    CSS_PATH = "welcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in bindings("everywhere")
        if binding.id in {"cancel", "theme", "palette", "quit"}
    ]
    AUTO_FOCUS = "#folder"

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._job: IndexingJob | None = None
        self._stopped = False

    def compose(self) -> ComposeResult:
        """Yield the text, the place for the folder and the state."""
        with Vertical(id="welcome"):
            yield Static(
                Content("\n").join(
                    [
                        Content.styled("askcorpus", "bold $accent"),
                        Content(""),
                        Content.assemble(
                            ("No index at ", ""), (one_line(self._settings.index), "bold"), "."
                        ),
                        Content(""),
                        Content(
                            "Name a folder of documents, and press enter. "
                            "It is read, never changed, and nothing leaves this machine."
                        ),
                    ]
                ),
                id="welcome-text",
            )
            yield Input(placeholder="~/documents", id="folder")
            yield Static(id="welcome-state")
        yield Footer(show_command_palette=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Index the folder."""
        event.stop()
        text = event.value.strip()
        if text and self._job is None:
            self._job = IndexingJob(Path(text).expanduser(), self._settings)
            self.run_worker(self._index(self._job), group="index")

    async def _index(self, job: IndexingJob) -> None:
        finished = False
        try:
            async for progress in job.run():
                finished = progress.finished
                self._say(Content(str(progress)))
        except AskcorpusError as exc:
            self._say(paint.failed(exc))
        else:
            if not finished:
                self._stopped = True
                said = "Stopped. What was indexed is kept: enter goes on, escape asks that."
                self._say(Content(said))
        finally:
            self._job = None
        if finished:
            self.dismiss(result=True)

    def _say(self, content: Content) -> None:
        self.query_one("#welcome-state", Static).update(content)

    def leave(self) -> bool:
        """End, for an index has come from elsewhere; return whether nothing stood against it."""
        if self._job is not None or not self.is_current:
            return False
        self.dismiss(result=True)
        return True

    def action_cancel(self) -> None:
        """Stop indexing, or else be content with what it left when it was stopped."""
        if self._job is not None:
            self._job.stop()
        elif self._stopped:
            self.dismiss(result=True)
