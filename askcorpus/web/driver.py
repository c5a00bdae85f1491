"""The child's side of a chat in a browser: Textual's driver for pipes, which ends with its page."""

from __future__ import annotations

import os

from textual import events, messages
from textual.drivers.web_driver import WebDriver


class PipeDriver(WebDriver):
    """Speaks textual-serve's protocol over stdin and stdout; named by TEXTUAL_DRIVER."""

    def start_application_mode(self) -> None:
        """Begin to draw, into a pipe whose reader may go away at any time."""
        self._write = self._put  # type: ignore[assignment]
        super().start_application_mode()
        # Textual's own leaves the chat without focus until the page is clicked: keys go nowhere.
        self._app.call_later(self._app.post_message, events.AppFocus())

    def run_input_thread(self) -> None:
        """Handle what the page sends; the end of it is the end of the chat.

        Textual's own driver goes on drawing: a server that was killed would leave its chats
        behind.
        """
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(messages.ExitApp())

    def _put(self, data: bytes) -> int:
        """Write all of it, and return how much that was; nothing where nobody reads."""
        try:
            done = 0
            while done < len(data):
                done += os.write(self.fileno, data[done:])
        except BrokenPipeError:
            self._app.post_message(messages.ExitApp())
        return len(data)
