"""What lies over the chat for a moment: the help, a choice, a line to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from askcorpus.tui import paint
from askcorpus.tui.keys import HEADINGS, explained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from askcorpus.tui.keys import Where

SHOWN = 50


class HelpScreen(ModalScreen[None]):
    """Every key, those of the place that had the focus first."""

    CSS_PATH = "panels.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,question_mark", "dismiss", "Close"),
    ]

    def __init__(self, places: Sequence[Where], written: dict[str, str]) -> None:
        """Prepare the help.

        Args:
            places: In the order in which they are explained.
            written: How each action's keys are written, by its id.
        """
        super().__init__()
        self._places = places
        self._written = written

    def compose(self) -> ComposeResult:
        """Yield one list of keys a place."""
        with VerticalScroll(classes="panel", can_focus=True):
            for place in self._places:
                lines = [Content.styled(HEADINGS[place], "bold $accent")]
                lines += [
                    Content.assemble((f"{self._written[key.id]:<14}", "bold"), key.help)
                    for key in explained(place)
                ]
                yield Static(Content("\n").join([*lines, Content("")]))
            yield Static(Content.styled("escape closes this", paint.MUTED))


class ChoicePanel(ModalScreen[int | None]):
    """A list of which typed words leave what holds them all; ends with the number chosen."""

    CSS_PATH = "panels.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, title: str, choices: Sequence[Content]) -> None:
        """Prepare the list; the first choice is the likeliest."""
        super().__init__()
        self._title = title
        self._choices = choices
        self._listed: list[int] = []

    def compose(self) -> ComposeResult:
        """Yield the words' place and the list."""
        with Vertical(classes="panel"):
            yield Static(Content(self._title), classes="panel-title")
            yield Input(placeholder="words that it holds")
            yield OptionList()

    def on_mount(self) -> None:
        """List all."""
        self._list("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what holds all words."""
        self._list(event.value)

    def _list(self, typed: str) -> None:
        wanted = typed.casefold().split()
        self._listed = [
            number
            for number, choice in enumerate(self._choices)
            if all(word in choice.plain.casefold() for word in wanted)
        ][:SHOWN]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._choices[number]) for number in self._listed])
        options.highlighted = 0 if self._listed else None

    def action_move(self, by: int) -> None:
        """Highlight the next choice, or the one before."""
        options = self.query_one(OptionList)
        if self._listed:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._listed)

    def on_input_submitted(self) -> None:
        """End with the highlighted choice."""
        highlighted = self.query_one(OptionList).highlighted
        self.dismiss(None if highlighted is None else self._listed[highlighted])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """End with the choice that was pointed at."""
        self.dismiss(self._listed[event.option_index])


class LinePanel(ModalScreen[str | None]):
    """A place for one line; ends with it."""

    CSS_PATH = "panels.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]

    def __init__(self, title: str, value: str) -> None:
        super().__init__()
        self._title = title
        self._value = value

    def compose(self) -> ComposeResult:
        """Yield the title and the line."""
        with Vertical(classes="panel"):
            yield Static(Content(self._title), classes="panel-title")
            yield Input(self._value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """End with the line."""
        self.dismiss(event.value.strip() or None)
