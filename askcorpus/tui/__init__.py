"""The chat: a terminal face over one corpus. Textual is loaded only when it is started.

Facts go down, messages come up:

    app       the application: themes, the command palette, leaving
    desk      the one thread that holds the corpus
    paint     records to styled text
    page      a document's text in rows of a given width
    source    the pane that shows a document
    turns     a question and its answer; transcript: all of them, one below the other
    bar       where questions are typed
    chat      the screen that puts them together, upon
              reading (what the keys do with an answer) and shelf (what was there before);
              following: sees that the index has changed; record: the conversations kept
    welcome   what is shown where nothing is indexed yet; job, indexer: indexing in a child process
    panels    help, a choice, a line to fill in; documents: the list of all files
    keys      every action with its key; keymap: other keys, from the configuration
    outside   what goes to an editor or the clipboard
    memory    what is remembered; themes: our colours
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from askcorpus.config import Settings


def run(settings: Settings, *, inline: bool = False) -> None:
    """Open the chat over the settings' index, and return when the user leaves it.

    Args:
        settings: Of the user.
        inline: Below the prompt instead of on the whole terminal.

    Raises:
        ConfigError: The user's keys can't be read.
    """
    from askcorpus.tui import keymap, memory
    from askcorpus.tui.app import ChatApp

    app = ChatApp(settings, memory.load(), keymap.load())
    app.run(inline=inline)
    app.leave()
