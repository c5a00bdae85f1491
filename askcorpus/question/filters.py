"""Filters that stand in a question: `who denied it file:*.txt after:2014-07 -Iran "the deal"`.

    file:GLOB        only documents whose path or name matches; file:"two words.txt"
    after:DATE       only documents dated on or after YYYY, YYYY-MM or YYYY-MM-DD
    before:DATE      only documents dated on or before the last day of it: before:2018 takes in 2018
    -word -"phrase"  no passage that holds it
    "phrase"         only passages that hold it, if any does; the words stay in the question

Anything else is the question, to the letter: a colon before a space, a lone dash, a dash inside a
word or before a figure or a function word, an address, a quotation mark without its partner.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from askcorpus.errors import UsageError
from askcorpus.language.words import STOP_WORDS, WORD, words
from askcorpus.question.query import Chip, Query, Understanding
from askcorpus.text import one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from askcorpus.question.query import ChipKind

MAX_CANDIDATES = 20
MOST_NAMED, MOST_CHARS = 3, 60
"""Of each kind of filter that is described, and of one. A pasted page quotes many people."""
_KEYWORDS = ("after:", "before:", "file:")
_QUOTED = '"(?P<{0}a>[^"“”]*)"|“(?P<{0}b>[^"“”]*)”|”(?P<{0}c>[^"“”]*)”|„(?P<{0}d>[^"“”]*)[“”]'
# A filter begins after white space or a bracket and ends before white space or a mark.
_FILTER = re.compile(
    r"(?<![^\s(])(?:"
    rf"(?P<key>file|after|before):(?:{_QUOTED.format('k')}|(?P<value>[^\s\"“”/][^\s\"“”]*))"
    rf"|-(?:{_QUOTED.format('n')}|(?P<word>[^\W\d_][^\W_]+(?:[-’'][^\W_]+)*))"
    rf"|{_QUOTED.format('p')}"
    r")(?=[\s)?!.,;:]|$)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_NEARLY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?|(\d{1,2})\D(\d{1,2})\D(\d{4})")


def parse(text: str) -> Query:
    """Return the question of a typed line without its filters, and what they ask for.

    Phrases stay in the text, which is as typed where nothing was taken out.

    Raises:
        UsageError: A date isn't one, or the last one is earlier than the first.
    """
    chips = tuple(_chips(text))

    def values(kind: ChipKind) -> list[str]:
        return [chip.value for chip in chips if chip.kind == kind]

    return narrowed(
        Query(
            _without(text, [chip for chip in chips if chip.kind != "phrase"]),
            files=tuple(values("file")),
            without=tuple(values("without")),
            phrases=tuple(values("phrase")),
            understood=Understanding(text, chips),
        ),
        after=[first_day(value, keyword="after:") for value in values("after")],
        before=[last_day(value, keyword="before:") for value in values("before")],
    )


def narrowed(
    query: Query,
    *,
    files: Iterable[str] = (),
    after: Iterable[str | None] = (),
    before: Iterable[str | None] = (),
) -> Query:
    """Return the query with filters added: every date counts, and any of the globs.

    Args:
        query: With filters of its own.
        files: Globs.
        after: Dates as for `first_day`, or None.
        before: Dates as for `last_day`, or None.

    Raises:
        UsageError: A date isn't one, or the last one is earlier than the first.
    """
    firsts = [query.after, *(first_day(day) for day in after if day is not None)]
    lasts = [query.before, *(last_day(day) for day in before if day is not None)]
    first = max((day for day in firsts if day), default=None)
    last = min((day for day in lasts if day), default=None)
    if first and last and first > last:
        raise UsageError(f"{first} is later than {last}.", hint="Exchange the two dates.")
    return replace(query, files=(*query.files, *files), after=first, before=last)


def described(query: Query) -> str:
    """Return the filters in words, safe for a terminal; "" where there are none."""
    parts = _listed("in {}", query.files)
    parts += [f"from {query.after}"] if query.after else []
    parts += [f"up to and including {_period(query.before)}"] if query.before else []
    parts += _listed("with “{}”", query.phrases)
    parts += _listed("without “{}”", query.without)
    return ", ".join(parts)


def _listed(form: str, values: Sequence[str]) -> list[str]:
    """Return the first few of the values in words, and how many more there are."""
    several = list(dict.fromkeys(values))
    shown = [form.format(shortened(one_line(value), MOST_CHARS)) for value in several[:MOST_NAMED]]
    more = len(several) - MOST_NAMED
    return [*shown, f"and {more} more"] if more > 0 else shown


def _period(last: str) -> str:
    """Return the year or the month that ends with this day; any other day as it is."""
    day = date.fromisoformat(last)
    if last.endswith("-12-31"):
        return last.removesuffix("-12-31")
    return last[:-3] if day.day == monthrange(day.year, day.month)[1] else last


def _chips(text: str) -> Iterable[Chip]:
    """Yield the filters of a text, in order."""
    for match in _FILTER.finditer(text):
        groups = {name: value for name, value in match.groupdict().items() if value is not None}
        key = groups.pop("key", "").lower()
        value = next(iter(groups.values())).strip()
        end = match.end()
        if "value" in groups:
            kept = _kept(value, last=end == len(text), glob=key == "file")
            if text[: match.start()].endswith("("):
                kept = kept.rstrip("?!.").removesuffix(")")
            end -= len(value) - len(kept)
            value = kept
        kind: ChipKind = "phrase"
        if key:
            kind = "file" if key == "file" else "after" if key == "after" else "before"
        elif match.group().startswith("-"):
            kind = "without"
        # Nobody means to leave out every passage with "the" in it.
        empty = "word" in groups and value.lower() in STOP_WORDS
        if value and not empty and (key or words(value)):
            yield Chip(kind, text[match.start() : end], match.start(), end, value)


def _kept(value: str, *, last: bool, glob: bool) -> str:
    """Return a filter's value without the marks that end the sentence around it."""
    if glob:  # ? and . and ] belong to globs
        return value.rstrip(",;!").removesuffix("?" if last else "")
    return value.rstrip("?!.,;:)")


def _without(text: str, chips: Sequence[Chip]) -> str:
    """Return the text with these pieces taken out, and no gap where they were."""
    if not chips:
        return text
    parts, at = [], 0
    for chip in chips:
        parts.append(text[at : chip.start])
        at = chip.end
    left = " ".join("".join([*parts, text[at:]]).split())
    left = re.sub(r"\s+(?=[?!.,;:)])|^[?!.,;:]+\s", "", left).replace("()", "").strip()
    return left if WORD.search(left) else ""


def first_day(value: str, *, keyword: str = "") -> str:
    """Return the first day of a year, a month or a day, as an ISO date.

    Args:
        value: YYYY, YYYY-MM or YYYY-MM-DD.
        keyword: What stands before it where it was typed.

    Raises:
        UsageError: It is none of these.
    """
    year, month, day = _parts(value, keyword)
    return date(year, month or 1, day or 1).isoformat()


def last_day(value: str, *, keyword: str = "") -> str:
    """Return the last day of a year, a month or a day, as an ISO date.

    Args:
        value: YYYY, YYYY-MM or YYYY-MM-DD.
        keyword: What stands before it where it was typed.

    Raises:
        UsageError: It is none of these.
    """
    year, month, day = _parts(value, keyword)
    return date(year, month or 12, day or monthrange(year, month or 12)[1]).isoformat()


def _parts(value: str, keyword: str) -> tuple[int, int, int]:
    """Return year, month and day of a date that can be; 0 for what isn't stated."""
    match = _DATE.fullmatch(value) if value.isascii() else None
    year, month, day = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    stated = match and match[2] != "00" and match[3] != "00"
    if stated and year and month <= 12 and day <= monthrange(year, month or 1)[1]:
        return year, month, day
    nearest = _nearest(value)
    raise UsageError(
        f"{one_line(value)[:40]!r} is not a date.", hint=f"Write it like {keyword}{nearest}."
    )


def _nearest(value: str) -> str:
    """Return the date that was probably meant, in the form that is understood."""
    match = _NEARLY.search(value) if value.isascii() else None
    if match:
        year, month, day = (
            int(part or 0) for part in (match.groups()[:3] if match[1] else match.groups()[5:2:-1])
        )
        if 1 <= month <= 12 and year:
            top = monthrange(year, month)[1]
            return f"{year:04}-{month:02}" + (f"-{min(day, top):02}" if day else "")
    return "2014-07-27, 2014-07 or 2014" if not match else "2014-07-27"


def complete(text: str, cursor: int, paths: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return what the piece at the cursor may become, the likeliest first.

    Args:
        text: The line.
        cursor: An offset in it.
        paths: The indexed documents'.

    Returns:
        (start, end, new) triples: put `new` in place of `text[start:end]`. At most 20.
    """
    cursor = max(0, min(cursor, len(text)))
    quoted = re.search(r"(?<!\S)file:[\"“][^\"“”]*$", text[:cursor], re.IGNORECASE)
    start = quoted.start() if quoted else max(text.rfind(gap, 0, cursor) for gap in " \t\n") + 1
    piece = text[start:cursor].lower()
    if piece.startswith("file:"):
        wanted = piece.removeprefix("file:").lstrip('"“')
        return [(start, cursor, f"file:{_quoted(name)}") for name in _named(wanted, paths)]
    if len(piece) < 2:
        return []
    return [(start, cursor, key) for key in _KEYWORDS if key.startswith(piece) and key != piece]


def _named(wanted: str, paths: Sequence[str]) -> list[str]:
    """Return the paths and folders that hold what was typed; those that begin so come first."""
    folders = dict.fromkeys(f"{path.rpartition('/')[0]}/*" for path in sorted(paths) if "/" in path)
    found = [name for name in [*folders, *sorted(paths)] if wanted in name.lower()]

    def late(name: str) -> tuple[bool, bool]:
        low = name.lower()
        return not low.startswith(wanted), not low.rpartition("/")[2].startswith(wanted)

    return sorted(found, key=late)[:MAX_CANDIDATES]


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"\s", name) else name
