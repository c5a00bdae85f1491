"""Writes a conversation as Markdown, JSON or one HTML page that needs nothing but itself.

    facts     what every format says about a turn, in the same words
    markdown  as Markdown
    page      as one HTML page
    style     the page's styles

Each quote carries its document, offsets and SHA-256, so that it can be checked later without
askcorpus: the characters from `start` to `end` of the document's text are the quote. The quote's
hash is the only one given, for the quote is all that is known by then.

What a document says can't do anything in the result: no markup of its own, no links, no control or
reordering characters. In Markdown and HTML those are shown as U+FFFD; JSON keeps the exact text
and writes them as escapes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from askcorpus.errors import UnavailableError, UsageError
from askcorpus.history.export.facts import quote_hash
from askcorpus.history.turns import filters
from askcorpus.render import json_text

if TYPE_CHECKING:
    from askcorpus.history import Conversation, Turn

Format = Literal["md", "json", "html"]
SUFFIXES: dict[str, Format] = {".json": "json", ".html": "html", ".htm": "html"}
VERSION = 1


def format_of(path: Path) -> Format:
    """Return the format that a file's name ends with; Markdown where it ends otherwise."""
    return SUFFIXES.get(path.suffix.lower(), "md")


def exported(conversation: Conversation, form: Format) -> str:
    """Return the conversation in one of the formats, ending in a newline."""
    if form == "md":
        from askcorpus.history.export.markdown import markdown

        return markdown(conversation)
    if form == "html":
        from askcorpus.history.export.page import page

        return page(conversation)
    return json_text(as_dict(conversation), indent=2)


def as_dict(conversation: Conversation) -> dict[str, Any]:
    """Return the conversation as plain data, version 1 of docs/export-schema.json."""
    return {
        "version": VERSION,
        "id": conversation.id,
        "title": conversation.title,
        "index": conversation.index,
        "root": conversation.root,
        "turns": [_turn(n, turn) for n, turn in enumerate(conversation.turns, start=1)],
    }


def _turn(n: int, turn: Turn) -> dict[str, Any]:
    answer = turn.answer.to_dict()
    for data, citation in zip(answer["citations"], turn.answer.citations, strict=True):
        data["quote_sha256"] = quote_hash(citation)
    return {
        "n": n,
        "asked": turn.asked,
        "question": turn.question,
        "understood": turn.query.text,
        "filters": filters(turn.query),
        "answer": answer,
    }


def save(text: str, path: Path, *, force: bool = False) -> None:
    """Write a file as a whole or not at all, for its owner only.

    Args:
        text: What to write.
        path: Of the file.
        force: Whether a file that is there may be replaced.

    Raises:
        UsageError: There is a file already, or the place can't hold one.
        UnavailableError: It can't be written.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a directory.", hint="Name a file in it.")
    try:
        descriptor, name = tempfile.mkstemp(prefix=".askcorpus-", dir=path.absolute().parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            _move(Path(name), path, force=force)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except FileExistsError as exc:
        raise UsageError(
            f"{path} is there already.", hint="Choose another name, or add --force."
        ) from exc
    except OSError as exc:
        reason = (exc.strerror or type(exc).__name__).lower()
        raise UnavailableError(
            f"Can't write {path}: {reason}.", hint="Choose another place."
        ) from exc


def _move(source: Path, target: Path, *, force: bool) -> None:
    """Give the file its name. A link, unlike a renaming, fails where the name is taken."""
    if force:
        source.replace(target)
        return
    try:
        target.hardlink_to(source)
    except OSError as exc:
        if exc.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}:
            raise
        # A file system without links: a name that another program takes just now is lost.
        if target.exists() or target.is_symlink():
            raise FileExistsError from exc
        source.replace(target)
