"""What leaves the chat: commands for an editor or a viewer, text for the clipboard."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.errors import UnavailableError
from askcorpus.history.export.markdown import code
from askcorpus.history.export.markdown import plain as escaped
from askcorpus.render import address, no_answer, quote_parts
from askcorpus.text import one_line, printable
from askcorpus.verify import originals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from askcorpus.records import Answer, Citation

# Editors that take FILE:LINE; those that take a flag before it; all others take +LINE FILE.
_COLON = {"hx", "helix", "subl", "zed", "micro"}
_GOTO = {"code", "codium", "code-insiders", "cursor", "windsurf"}


def original(citation: Citation) -> Path:
    """Return where a cited file is: an absolute path, which no program takes for an option.

    A citation says what an index said, and an index may come from anyone: nothing is handed to
    another program but a plain file of a known format inside its folder.

    Raises:
        UnavailableError: There is no such file.
    """
    found = originals.target(citation.root, citation.path)
    if isinstance(found, Path):
        return found
    reason = found.reason if found else "there is no such file"
    raise UnavailableError(
        f"{one_line(citation.path)} can't be opened: {reason}.", hint="Press f5 to index it anew."
    )


def editor_command(path: Path, line: int | None, environ: Mapping[str, str]) -> list[str]:
    """Return the command that opens a file at a line in the user's editor.

    Args:
        path: From `original`.
        line: 1 for the first; None for where the editor opens it.
        environ: Names the editor.

    Raises:
        UnavailableError: There is no editor.
    """
    wanted = environ.get("VISUAL") or environ.get("EDITOR") or _first("nano", "vim", "vi")
    try:
        command = shlex.split(wanted)
    except ValueError:
        command = []
    if not command:
        raise UnavailableError("There is no editor.", hint="Set the variable EDITOR.")
    name = Path(command[0]).stem
    if line is None:
        return [*command, str(path)]
    if name in _COLON:
        return [*command, f"{path}:{line}"]
    if name in _GOTO:
        return [*command, "--goto", f"{path}:{line}"]
    return [*command, f"+{line}", str(path)]


def native_copy(text: str) -> bool:
    """Put a text on this machine's own clipboard; return whether it has one.

    Terminals that ignore the OSC 52 sequence need it. In a browser, this machine is the server's,
    and its clipboard is left alone.
    """
    import pyperclip

    if os.environ.get("TEXTUAL_DRIVER"):
        return False
    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return False
    return True


def opener_command(path: Path) -> list[str]:
    """Return the command that opens a file with the program that the desktop has for it.

    Args:
        path: From `original`.

    Raises:
        UnavailableError: There is no such command here.
    """
    opener = "open" if sys.platform == "darwin" else _first("xdg-open", "gio", "wslview")
    if not opener:
        raise UnavailableError(
            "There is no desktop to open the file with.", hint="Press e for the editor."
        )
    return [opener, *(["open"] if opener == "gio" else []), str(path)]


def _first(*names: str) -> str:
    return next((name for name in names if shutil.which(name)), "")


def plain(answer: Answer) -> str:
    """Return the answer alone, or the sentence that says that there is none."""
    if answer.answer is not None:
        return printable(answer.answer)
    return no_answer(answer)


def markdown(answer: Answer) -> str:
    """Return the question, the answer and its citations as Markdown."""
    return "\n".join(_markdown(answer)) + "\n"


def _markdown(answer: Answer) -> Iterator[str]:
    yield f"**{escaped(answer.question)}**"
    yield ""
    yield escaped(answer.answer or no_answer(answer))
    for citation in answer.citations:
        yield ""
        quote = "".join(text for text, _ in quote_parts(citation, ()))
        yield f"> {escaped(quote)} [{citation.n}]"
    if answer.citations:
        yield ""
    for citation in answer.citations:
        facts = [escaped(fact) for fact in (citation.title, citation.date) if fact]
        said = ", ".join([*facts, code(address(citation))])
        yield f"{citation.n}. {said}, characters {citation.start}–{citation.end}"
