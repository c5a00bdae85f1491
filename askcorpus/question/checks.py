"""Checks what was asked and makes a Query of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from askcorpus.config import RANGES
from askcorpus.errors import UsageError
from askcorpus.language.words import words
from askcorpus.question.filters import first_day, last_day
from askcorpus.question.lengths import MAX_CHARS
from askcorpus.records import Query
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Sized

Date = str | date | None


def checked(
    question: str,
    root: str,
    *,
    files: str | Sequence[str] = (),
    dates: tuple[Date, Date] = (None, None),
    without: str | Sequence[str] = (),
    phrases: str | Sequence[str] = (),
) -> Query:
    """Return the question with its filters.

    Args:
        question: In English.
        root: The indexed folder; a glob may begin with it.
        files: Globs over paths or names.
        dates: The first and the last, inclusive: YYYY, YYYY-MM or YYYY-MM-DD.
        without: Words or phrases that no passage may hold.
        phrases: Words or phrases that every passage must hold.

    Raises:
        UsageError: The question is empty or too long, a date isn't one, a phrase has no word.
    """
    query = Query(
        _question(question),
        tuple(_relative(glob, root) for glob in _several(files)),
        _date(dates[0], first_day),
        _date(dates[1], last_day),
        _phrases(without),
        _phrases(phrases),
    )
    if query.after and query.before and query.after > query.before:
        raise UsageError(f"{dates[0]} is later than {dates[1]}.", hint="Exchange the two dates.")
    return query


def checked_k(k: int | None, default: int) -> int:
    """Return how many passages are listed.

    Raises:
        UsageError: `k` is outside the range that the setting has.
    """
    low, high = RANGES["k"]
    if k is not None and not low <= k <= high:
        raise UsageError(f"k is {k}.", hint=f"It goes from {low} to {high}.")
    return default if k is None else k


def remarks(query: Query, allowed: Sized | None, undated: int) -> Iterator[str]:
    """Yield what the filters left out, in sentences.

    Args:
        query: With its filters.
        allowed: The passages that pass them; None where nothing is filtered.
        undated: Documents left out for want of a date.
    """
    if allowed is not None and not len(allowed):
        what = "passage" if query.without or query.phrases else "document"
        yield f"No {what} passes these filters. See: askcorpus status"
    if undated:
        yield f"{undated} documents state no date and were left out."


def _several(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def _phrases(given: str | Sequence[str]) -> tuple[str, ...]:
    found = tuple(_several(given))
    for phrase in found:
        if not words(phrase):
            raise UsageError(
                f"{one_line(phrase)[:40]!r} holds no word to filter by.",
                hint='Write words: -Iran or "the deal".',
            )
    return found


def _question(question: str) -> str:
    text = question.replace("\x00", " ").encode("utf-8", "replace").decode().strip()
    if not text:
        raise UsageError("The question is empty.", hint='Ask like this: "who denied the deal?"')
    if len(text) > MAX_CHARS:
        raise UsageError(
            f"The question has {len(text):,} characters.", hint="Ask in a sentence or two."
        )
    return text


def _relative(glob: str, root: str) -> str:
    """Return a glob as it may match paths inside the root: without ./ or the root in front."""
    return glob.removeprefix(f"{root}/").removeprefix("./")


def _date(value: Date, day: Callable[[str], str]) -> str | None:
    if isinstance(value, datetime):
        value = value.date()
    return day(str(value)) if value is not None else None
