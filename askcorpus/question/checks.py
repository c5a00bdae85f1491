"""The limits of what can be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from os import PathLike, fspath
from typing import TYPE_CHECKING

from askcorpus.config import RANGES
from askcorpus.errors import UsageError
from askcorpus.language.words import words
from askcorpus.question.filters import narrowed
from askcorpus.question.kind import analyse
from askcorpus.question.lengths import MAX_CHARS
from askcorpus.question.query import Query
from askcorpus.render import command, counted, note
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Sized
    from pathlib import Path

    from askcorpus.records import Note

Date = str | date | None


def checked(
    question: str | Query,
    root: str,
    *,
    files: str | Sequence[str] = (),
    dates: tuple[Date, Date] = (None, None),
    without: str | Sequence[str] = (),
    phrases: str | Sequence[str] = (),
) -> Query:
    """Return the question with its filters, as they may be asked.

    Args:
        question: In English; filters of its own count too.
        root: The indexed folder; a glob may begin with it.
        files: Globs over paths or names.
        dates: The first and the last, inclusive: YYYY, YYYY-MM or YYYY-MM-DD.
        without: Words or phrases that no passage may hold.
        phrases: Words or phrases that every passage must hold.

    Raises:
        UsageError: The question is empty, without a word or too long, a date isn't one, or a
            phrase has no word.
    """
    query = Query(question) if isinstance(question, str) else question
    if not isinstance(query, Query) or not isinstance(query.text, str):
        raise UsageError(f"{question!r:.60} is no question.", hint="Give a text, or a Query.")
    query = replace(query, text=_question(query.text))
    query = narrowed(
        query, files=_several(files, "Files"), after=[_date(dates[0])], before=[_date(dates[1])]
    )
    return replace(
        query,
        files=tuple(_relative(glob, root) for glob in query.files),
        without=_phrases([*query.without, *_several(without, "Words to leave out")]),
        phrases=_phrases([*query.phrases, *_several(phrases, "Phrases")]),
    )


def checked_k(k: int | None, default: int) -> int:
    """Return how many passages are listed.

    Raises:
        UsageError: `k` is outside the range that the setting has.
    """
    low, high = RANGES["k"]
    if k is not None and not isinstance(k, int):
        raise UsageError(f"{k!r:.60} is no number of passages.", hint=f"It is {low} to {high}.")
    if k is not None and not low <= k <= high:
        raise UsageError(f"k is {k}.", hint=f"It goes from {low} to {high}.")
    return default if k is None else k


def remarks(query: Query, allowed: Sized | None, undated: int, directory: Path) -> Iterator[Note]:
    """Yield what the filters left out.

    Args:
        query: With its filters.
        allowed: The passages that pass them; None where nothing is filtered.
        undated: Documents left out for want of a date.
        directory: Of the index.
    """
    if allowed is not None and not len(allowed):
        what = "passage" if query.without or query.phrases else "document"
        yield note("filter", what=what, run=command("status --files", directory))
    if undated:
        state = f"{counted(undated, 'document')} state{'s' * (undated == 1)}"
        yield note("undated", documents=state, were="was" if undated == 1 else "were")


def _several(given: str | Sequence[str], what: str) -> list[str]:
    try:
        texts = [given] if isinstance(given, str | PathLike) else list(given)
        found = [fspath(each) for each in texts]
        if all(isinstance(text, str) for text in found):
            return found
    except TypeError:
        pass
    raise UsageError(f"{what} are no texts: {given!r:.60}.", hint="Give a text, or a list.")


def _phrases(given: Sequence[str]) -> tuple[str, ...]:
    for phrase in given:
        if not words(phrase):
            raise UsageError(
                f"{one_line(phrase)[:40]!r} holds no word to filter by.",
                hint='Write words: -Iran or "the deal".',
            )
    return tuple(given)


def _question(question: str) -> str:
    text = question.replace("\x00", " ").encode("utf-8", "replace").decode().strip()
    if not text:
        raise UsageError("The question is empty.", hint='Ask like this: "who denied the deal?"')
    if len(text) > MAX_CHARS:
        raise UsageError(
            f"The question has {len(text):,} characters.", hint="Ask in a sentence or two."
        )
    if not analyse(text).terms:
        raise UsageError(
            "The question holds no word.", hint='Ask something like: "who denied the deal?"'
        )
    return text


def _relative(glob: str, root: str) -> str:
    """Return a glob as it may match paths inside the root: without ./ or the root in front."""
    return glob.removeprefix(f"{root}/").removeprefix("./")


def _date(value: Date) -> str | None:
    if isinstance(value, datetime):
        value = value.date()
    return None if value is None else str(value)
