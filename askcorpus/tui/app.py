"""The application: themes, the command palette, and leaving."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding

from askcorpus.tui import memory, themes
from askcorpus.tui.chat import ChatScreen, Narrated
from askcorpus.tui.desk import Desk
from askcorpus.tui.keys import KEYS, target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType
    from textual.screen import Screen

    from askcorpus.config import Settings


class ChatApp(App[None]):
    """The chat over one index."""

    TITLE = "askcorpus"
    CSS_PATH = "chat.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        settings: Settings,
        remembered: memory.Memory,
        keymap: Mapping[str, str] | None = None,
        *,
        desk: Desk | None = None,
    ) -> None:
        """Prepare the app; the index is opened once the first picture stands.

        Args:
            settings: Of the user.
            remembered: From the last time.
            keymap: Other keys for some of the actions, by id.
            desk: One that is at work already; a new one where None.
        """
        # With NO_COLOR, Textual writes greys; where the terminal's own colours are allowed, none.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._bound = dict(keymap or {})
        self.set_keymap(self._bound)
        self._remembered = remembered
        self.desk = desk or Desk(settings)
        self.desk.notify = self._narrate
        self.chat = ChatScreen(self.desk, self.key_names)
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(themes.fitted(theme, self.console.color_system))
        known = remembered.theme in self.available_themes
        self.theme = remembered.theme if known else memory.Memory().theme

    def get_default_screen(self) -> Screen[None]:
        """Return the chat."""
        return self.chat

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's colours, and what lies under a quote."""
        found = super().get_css_variables()
        mixed = themes.quote_background(found["background"], found["accent"])
        return {themes.QUOTE: mixed, **found}

    def _narrate(self, text: str) -> None:
        self.chat.post_message(Narrated(text))

    def _watch_theme(self, theme_name: str) -> None:
        super()._watch_theme(theme_name)
        if theme_name != self._remembered.theme:
            self._remembered = memory.Memory(theme_name)
            memory.save(self._remembered)

    def key_names(self) -> dict[str, str]:
        """Return how each action's keys are written, by its id."""
        names = {}
        for key in KEYS:
            bound = self._bound.get(key.id)
            if key.shown and bound is None:
                names[key.id] = key.shown
                continue
            keys = [each.strip() for each in (bound or key.key).split(",")]
            names[key.id] = " ".join(self.get_key_display(Binding(each, "")) for each in keys)
        return names

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield every action for the command palette."""
        if screen is not self.chat:
            return
        for key in KEYS:
            if key.palette:
                yield SystemCommand(key.help.rstrip("."), "", partial(self._run, target(key)))

    async def _run(self, action: str) -> None:
        await self.run_action(action, default_namespace=self.chat)

    def leave(self) -> None:
        """Give the index back; for after the last picture."""
        if not self.desk.close():
            # The thread is deep in a library that can't be interrupted. It only reads, so that
            # nothing is lost by ending the process without it.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
