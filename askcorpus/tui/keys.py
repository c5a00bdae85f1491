"""Every action of the chat: its key, its name, and where it acts.

The widgets' bindings, the command palette and the help are all made from this one table, so that
none of them can miss an action. The ids are what a configuration binds other keys to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterator

Where = Literal["everywhere", "question", "reading", "transcript", "source"]
HEADINGS: dict[Where, str] = {
    "question": "In the question bar",
    "reading": "In the transcript and the source",
    "transcript": "In the transcript",
    "source": "In the source",
    "everywhere": "Everywhere",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One action and how it is reached."""

    id: str
    key: str
    """Textual's names, several separated by commas."""
    action: str
    """Of the chat screen, unless it begins with "app."."""
    label: str
    """A word or two for the footer."""
    help: str
    """One sentence for the help and the palette; empty where it would only repeat another's."""
    where: Where
    footer: bool = False
    palette: bool = True
    priority: bool = False
    """Whether it goes before what the focused widget does with the key."""
    shown: str | None = None
    """How the key is written where Textual's own way would be long."""


KEYS: tuple[Key, ...] = (
    # The question bar.
    Key(
        "send", "enter", "send", "Ask", "Ask the question.", "question", footer=True, palette=False
    ),
    Key("newline", "ctrl+j", "newline", "New line", "Begin a new line.", "question", palette=False),
    Key(
        "history.back",
        "up",
        "history(-1)",
        "Earlier",
        "Bring back the question before.",
        "question",
        palette=False,
    ),
    Key(
        "history.on",
        "down",
        "history(1)",
        "Later",
        "Go on to the question after it.",
        "question",
        palette=False,
    ),
    # Reading: the transcript or the source has the focus.
    Key(
        "copy",
        "y",
        "copy_answer",
        "Copy",
        "Copy the answer, or what is selected.",
        "reading",
        footer=True,
    ),
    Key(
        "copy.cited",
        "Y",
        "copy_cited",
        "Copy with citations",
        "Copy the answer with its citations, as Markdown.",
        "reading",
    ),
    Key("edit", "e", "edit", "Editor", "Open the cited line in $EDITOR.", "reading"),
    Key(
        "literal",
        "u",
        "ask_literally",
        "As typed",
        "Ask the question again, word for word as it was typed.",
        "reading",
    ),
    Key(
        "export",
        "E",
        "export",
        "Export",
        "Write the conversation to a Markdown, HTML or JSON file.",
        "reading",
    ),
    Key("open", "o", "open_file", "Open", "Open the cited file with its own program.", "reading"),
    *(
        Key(
            f"citation.{n}",
            str(n),
            f"open_citation({n})",
            "Source",
            "Show citation 1 to 9 in its document." if n == 1 else "",
            "reading",
            footer=n == 1,
            palette=False,
            shown="1–9" if n == 1 else None,
        )
        for n in range(1, 10)
    ),
    Key("citation.on", "right_square_bracket", "walk(1)", "Next", "Next citation.", "reading"),
    Key(
        "citation.back",
        "left_square_bracket",
        "walk(-1)",
        "Previous",
        "Previous citation.",
        "reading",
    ),
    Key("write", "i", "write", "Ask", "Go to the question bar.", "reading", palette=False),
    Key("find.short", "slash", "find", "Find", "", "reading", palette=False),
    Key("palette.short", "colon", "app.command_palette", "Commands", "", "reading", palette=False),
    Key("help.short", "question_mark", "help", "Help", "", "reading", palette=False),
    # The transcript.
    Key("turn.on", "j", "turn(1)", "Next", "Next question.", "transcript", palette=False),
    Key("turn.back", "k", "turn(-1)", "Previous", "Question before.", "transcript", palette=False),
    Key("turn.first", "g", "turn_end(-1)", "First", "First question.", "transcript", palette=False),
    Key("turn.last", "G", "turn_end(1)", "Last", "Last question.", "transcript", palette=False),
    Key(
        "transcript.down",
        "ctrl+d",
        "half_page(1)",
        "Half a page down",
        "Half a page down.",
        "transcript",
        palette=False,
    ),
    Key(
        "transcript.up",
        "ctrl+u",
        "half_page(-1)",
        "Half a page up",
        "Half a page up.",
        "transcript",
        palette=False,
    ),
    # The source.
    Key("line.on", "j", "line(1)", "Down", "One line down.", "source", palette=False),
    Key("line.back", "k", "line(-1)", "Up", "One line up.", "source", palette=False),
    Key("source.top", "g", "source_end(-1)", "Top", "To the top.", "source", palette=False),
    Key("source.bottom", "G", "source_end(1)", "Bottom", "To the end.", "source", palette=False),
    Key(
        "source.down",
        "ctrl+d",
        "half_page(1)",
        "Half a page down",
        "Half a page down.",
        "source",
        palette=False,
    ),
    Key(
        "source.up",
        "ctrl+u",
        "half_page(-1)",
        "Half a page up",
        "Half a page up.",
        "source",
        palette=False,
    ),
    Key("find.on", "n", "find_next(1)", "Next match", "Next match.", "source"),
    Key("find.back", "N", "find_next(-1)", "Match before", "Match before.", "source"),
    # Everywhere.
    Key("cancel", "escape", "cancel", "Cancel", "Cancel the question, or go back.", "everywhere"),
    Key("find", "ctrl+f", "find", "Find", "Find words in the source.", "everywhere", priority=True),
    Key(
        "history.search",
        "ctrl+r",
        "search_history",
        "History",
        "Search the earlier questions.",
        "everywhere",
        priority=True,
    ),
    Key("new", "ctrl+n", "new", "New", "Begin a new conversation.", "everywhere", priority=True),
    Key(
        "conversations",
        "ctrl+s",
        "conversations",
        "Conversations",
        "Go on with an earlier conversation.",
        "everywhere",
        priority=True,
    ),
    Key(
        "documents",
        "ctrl+o",
        "documents",
        "Documents",
        "List the documents, and what was left out and why.",
        "everywhere",
        priority=True,
    ),
    Key("index", "f5", "index", "Index", "Bring the index in step with its folder.", "everywhere"),
    Key("theme", "f4", "app.change_theme", "Theme", "Choose the colours.", "everywhere"),
    Key(
        "focus",
        "tab",
        "app.focus_next",
        "Other pane",
        "Go to the other pane, or to the question bar.",
        "everywhere",
        footer=True,
        palette=False,
        priority=True,
    ),
    Key("help", "f1", "help", "Help", "Explain the keys.", "everywhere", footer=True),
    Key(
        "palette",
        "ctrl+p",
        "app.command_palette",
        "Commands",
        "List every command.",
        "everywhere",
        footer=True,
        palette=False,
        priority=True,
    ),
    Key("quit", "ctrl+q", "app.quit", "Quit", "Leave.", "everywhere", footer=True, priority=True),
)


def bindings(*where: Where) -> list[Binding]:
    """Return the Textual bindings of the actions that act in these places."""
    return [
        Binding(
            key.key,
            target(key),
            key.label,
            show=key.footer,
            key_display=key.shown,
            priority=key.priority,
            id=key.id,
            tooltip=key.help,
        )
        for key in KEYS
        if key.where in where
    ]


def target(key: Key) -> str:
    """Return the action with the node that it belongs to."""
    return key.action if key.action.startswith("app.") else f"screen.{key.action}"


def explained(where: Where) -> Iterator[Key]:
    """Yield the actions of a place that the help lists."""
    return (key for key in KEYS if key.where == where and key.help)
