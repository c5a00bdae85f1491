"""Marks what is not content in plain text: never deleted, only not searched and not cited.

    lines    the lines that hold something, with their places
    phrases  what isn't content, as patterns for a whole line
    labels   the words on menus and buttons
    stated   title, date and byline where the head of a text states them

A line is marked as a whole or not at all. Most reasons come from one line's own words (the table
in `phrases`); menus need several lines that look like one. Precision matters more than recall:
a menu line that is kept costs little, an article's sentence that is lost can't answer.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from askcorpus.ingest.boilerplate import stated
from askcorpus.ingest.boilerplate.labels import CONTROLS, SECTIONS, SOCIAL
from askcorpus.ingest.boilerplate.lines import Line, lines
from askcorpus.ingest.boilerplate.phrases import RULES
from askcorpus.records import Boilerplate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_SHARE = 0.9
"""A text of which more would be marked isn't an article with boilerplate: it's left unmarked."""
MAX_TEXT_CHARS = 4_000_000
MAX_LINES = 100_000
"""A longer text is data or a whole library, and marking it would take many seconds."""
MAX_LINE_CHARS = max(rule.max_chars for rule in RULES)
MAX_ROW_CHARS = 160
"""A row of links is no longer than this."""
TAIL_START = 0.5
"""Where in the text, as a share of its characters, what closes a page can begin."""
TAIL_LINES = 12
"""So many last lines belong to the tail, wherever they begin."""
MENU_LINES = 5
"""Fewer short lines in a row are no menu."""
MENU_LABELS = 3
"""So many of them must be labels that every site has."""
MENU_SHARE = 0.25
"""And such a share of them. None of the three is tuned."""
MAX_LABEL_WORDS = 5
MIN_TITLE_WORDS = 3
"""A shorter line may stand twice in a head and mean something each time."""

_NUMBER = re.compile(r"\d{1,2}[.)]\s+")
_CRUMB = re.compile(r"\s*[>»›→]\s*|\s+(?:[|·•/]|::)\s+")
_WORD = re.compile(r"[^\s|·•,/]+")


def mark(text: str) -> tuple[Boilerplate, ...]:
    """Return the ranges that are not content, each with its reason, in order and disjoint."""
    if len(text) > MAX_TEXT_CHARS:
        return ()
    rows = list(islice(lines(text), MAX_LINES + 1))
    if len(rows) > MAX_LINES:
        return ()
    reasons: dict[int, str] = {}
    tail = _tail(text, rows)
    for at, row in enumerate(rows):
        reason = _own_words(row.text, tail=at >= tail)
        if reason:
            reasons[at] = reason
    for at in _menus(rows, reasons):
        reasons.setdefault(at, "navigation")
    reasons.update(_head(rows, reasons))
    marks = tuple(
        Boilerplate(rows[at].start, rows[at].end, reason) for at, reason in sorted(reasons.items())
    )
    size = sum(row.end - row.start for row in rows)
    marked = sum(found.end - found.start for found in marks)
    return marks if marked <= MAX_SHARE * size else ()


def _tail(text: str, rows: Sequence[Line]) -> int:
    """Return the number of the first line that belongs to the document's tail."""
    start = TAIL_START * len(text)
    first = next((at for at, row in enumerate(rows) if row.start >= start), len(rows))
    return min(first, max(0, len(rows) - TAIL_LINES))


def _own_words(line: str, *, tail: bool) -> str | None:
    """Return why a line isn't content by its own words, or None."""
    if len(line) > MAX_LINE_CHARS:
        return None
    lower = line.lower()
    for rule in RULES:
        if len(line) > rule.max_chars or (rule.tail and not tail):
            continue
        if rule.needs and not any(word in lower for word in rule.needs):
            continue
        if rule.pattern.fullmatch(line):
            return rule.reason
    if len(line) <= MAX_ROW_CHARS:
        if _networks(lower):
            return "social line"
        if _crumbs(line):
            return "navigation"
    return None


def _networks(line: str) -> bool:
    """Return whether a line only names networks and ways to share, such as "Share Tweet Email".

    A site's own name may come with each of them ("ABC Facebook ABC Twitter ABC YouTube").
    """
    words = [word.strip(".:;()") for word in _WORD.findall(line)]
    known = sum(word in SOCIAL for word in words)
    others = [word for word in words if word and word not in SOCIAL and not word.isdigit()]
    return known >= 3 and all(others.count(word) >= 3 for word in others)


def _crumbs(line: str) -> bool:
    """Return whether a line is a path such as "Home > News > World", or a row of menu labels."""
    parts = [part for part in _CRUMB.split(line) if part]
    if len(parts) < 3 or any(len(part.split()) > MAX_LABEL_WORDS for part in parts[:-1]):
        return False
    known = sum(_is_label(part) for part in parts)
    return known >= max(2, len(parts) / 2)


def _is_label(line: str) -> bool:
    """Return whether a line is a link's label that many sites have."""
    words = line.casefold().replace("’", "'").strip(" .:»›>←→+-▼▾|").split()
    return (
        bool(words)
        and len(words) <= MAX_LABEL_WORDS
        and (
            " ".join(words) in CONTROLS
            or all(word.strip(",.") in SECTIONS for word in words)
            or all(word in SOCIAL for word in words)
        )
    )


def _menus(rows: Sequence[Line], reasons: dict[int, str]) -> Iterator[int]:
    """Yield the lines of runs that are menus: short lines, enough of them known labels."""
    run: list[int] = []
    for at, row in enumerate([*rows, None]):
        if row is not None and (at in reasons or _short(row.text)):
            run.append(at)
            continue
        if row is None or not _short(row.text):
            if _is_menu([rows[i].text for i in run]):
                yield from run
            run = []


def _short(line: str) -> bool:
    return (
        len(line.split()) <= MAX_LABEL_WORDS
        and line[-1] not in ".?!,;:”\"'"
        and not stated.line_date(line)
        and not stated.byline(line)
    )


def _is_menu(run: Sequence[str]) -> bool:
    """Return whether short lines in a row are a menu.

    Names of networks alone may be companies, those of sections hobbies or subjects; a label such
    as "Home" or "Sign in" tells a menu from a list.
    """
    if len(run) < MENU_LINES:
        return False
    # In lower case, words in a column are a list of words.
    labels = [line for line in run if not line[0].islower() and _is_label(_NUMBER.sub("", line))]
    controls = [line for line in labels if line.casefold() in CONTROLS]
    return bool(controls) and len(labels) >= max(MENU_LABELS, MENU_SHARE * len(run))


def _head(rows: Sequence[Line], reasons: dict[int, str]) -> dict[int, str]:
    """Return what stands around the title: numbered crumbs, a section's name, the title again."""
    found: dict[int, str] = {}
    left = [at for at in range(min(len(rows), 3 * stated.HEAD_LINES)) if at not in reasons]
    while (
        left
        and _NUMBER.match(rows[left[0]].text)
        and _is_label(_NUMBER.sub("", rows[left[0]].text))
    ):
        found[left.pop(0)] = "navigation"
    if len(left) > 2 and _is_section(rows[left[0]].text, rows[left[1]]):
        found[left.pop(0)] = "section label"
    title = stated.first_title([rows[at] for at in left[: stated.HEAD_LINES]])
    if title and len(title.split()) >= MIN_TITLE_WORDS:
        same = [at for at in left[: stated.HEAD_LINES] if rows[at].text == title]
        found.update(dict.fromkeys(same[1:], "title repeated"))
    return found


def _is_section(line: str, following: Line) -> bool:
    words = line.casefold().split()
    return (
        len(words) <= 3
        and all(word.strip(".,") in SECTIONS for word in words)
        and len(following.text.split()) >= 4
        and following.gap
        and stated.looks_like_title(following.text)
    )
