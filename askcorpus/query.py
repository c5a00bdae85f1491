"""Checks what was asked and makes a Query of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from askcorpus.errors import UsageError
from askcorpus.records import Query

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_QUESTION = 200_000


def checked(
    question: str,
    *,
    root: str,
    files: str | Sequence[str] = (),
    after: str | None = None,
    before: str | None = None,
) -> Query:
    """Return the question with its filters.

    Args:
        question: In English.
        root: The indexed folder; a glob may begin with it.
        files: Globs over paths or names.
        after: ISO date, inclusive.
        before: ISO date, inclusive.

    Raises:
        UsageError: The question is empty or too long, or a date isn't one.
    """
    globs = [files] if isinstance(files, str) else files
    query = Query(
        _question(question),
        tuple(_relative(glob, root) for glob in globs),
        _date(after),
        _date(before),
    )
    if query.after and query.before and query.after > query.before:
        raise UsageError(f"{after} is later than {before}.", hint="Exchange the two dates.")
    return query


def _question(question: str) -> str:
    text = question.replace("\x00", " ").encode("utf-8", "replace").decode().strip()
    if not text:
        raise UsageError("The question is empty.", hint='Ask like this: "who denied the deal?"')
    if len(text) > MAX_QUESTION:
        raise UsageError(
            f"The question has {len(text):,} characters.", hint="Ask in a sentence or two."
        )
    return text


def _relative(glob: str, root: str) -> str:
    """Return a glob as it may match paths inside the root: without ./ or the root in front."""
    return glob.removeprefix(f"{root}/").removeprefix("./")


def _date(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as exc:
        raise UsageError(f"{value!r} is not a date.", hint="Write it like 2014-07-27.") from exc
