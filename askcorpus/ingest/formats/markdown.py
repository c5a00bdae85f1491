"""Markdown: its headings, and what its front matter or its head states; the text is untouched."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from askcorpus.ingest.boilerplate import stated
from askcorpus.ingest.boilerplate.lines import lines
from askcorpus.ingest.decode import decode
from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.records import Boilerplate, Heading
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_HEADING_CHARS = 1000
"""A longer line is no heading, and would be slow to match."""
MAX_TITLE_CHARS = 300

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_ATX = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<words>.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?P<mark>=+|-+)[ \t]*")
# Lines that can't be the words over a setext underline: code, quotes, lists, tables, HTML.
_NO_PARAGRAPH = re.compile(r"\t| {4}| {0,3}(?:>|[-*+][ \t]|\d+[.)][ \t]|\||<)")
# A line of front matter: a field, an item or the rest of one, a comment, a table's name, nothing.
_ABOUT_FIELDS = re.compile(r"[\w.\-\"']+\s*[:=]|\s*-\s|\s+\S|\s*#|\s*\[|\s*[\]}]|\s*$")
_FIELD = re.compile(r"(?P<name>[A-Za-z_-]+)\s*[:=]\s*(?P<value>.*)")
_TITLES = ("title",)
_DATES = ("date", "published", "publishdate", "pubdate", "created", "updated", "lastmod")
_BYLINES = ("author", "authors", "byline")


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a Markdown file's text, untouched, with its headings."""
    text = decode(data)
    if isinstance(text, Unreadable):
        return text
    fields, body = _front_matter(text)
    headings = _headings(text, body)
    head = [line.text for line in islice(lines(text, body), stated.HEAD_LINES)]
    top = next((_words(text, heading) for heading in headings if heading.level == 1), None)
    title = _first(fields, _TITLES) or top
    front = text[:body].rstrip()
    lead = len(front) - len(front.lstrip())
    return Extracted(
        text=text,
        title=one_line(title[:MAX_TITLE_CHARS]) if title else None,
        date=stated.to_iso(_first(fields, _DATES) or "") or stated.first_date(head),
        byline=(_first(fields, _BYLINES) or "")[:MAX_TITLE_CHARS] or stated.first_byline(head),
        headings=headings,
        boilerplate=(Boilerplate(lead, len(front), "front matter"),) if front else (),
    )


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """Return the fields between `---` (YAML) or `+++` (TOML) lines, and where the body starts.

    Only `name: value` on one line is understood; lists give their first item.
    """
    match = re.match(r"(?P<mark>---|\+\+\+)[ \t]*(?:\r\n|\r|\n)", text)
    if not match:
        return {}, 0
    close = re.compile(rf"^(?:{re.escape(match['mark'])}|\.\.\.)[ \t]*$", re.MULTILINE)
    text = text.replace("\r", "\n")  # same length; `$` knows only \n
    end = close.search(text, match.end())
    if not end:
        return {}, 0
    lines = text[match.end() : end.start()].split("\n")
    if not all(_ABOUT_FIELDS.match(line) for line in lines):
        return {}, 0  # a rule at the top of the page, not the mark of front matter
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        field = _FIELD.fullmatch(line.rstrip())
        if field:
            name = field["name"].lower()
            value = field["value"]
        elif name and line.strip().startswith("- ") and not fields.get(name):
            value = line.strip()[2:]
        else:
            continue
        fields.setdefault(name, "")
        fields[name] = fields[name] or value.strip().strip("[]").strip().strip("\"'").strip()
    return fields, end.end()


def _first(fields: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((fields[name] for name in names if fields.get(name)), None)


class _Row(NamedTuple):
    start: int
    text: str


def _headings(text: str, body: int) -> tuple[Heading, ...]:
    """Return ATX and setext headings outside fenced code; a setext one includes its underline."""
    found: list[Heading] = []
    above: _Row | None = None
    """The only line of a paragraph so far: an underline would make it a heading."""
    opened = False
    for row in _prose(text, body):
        atx = _ATX.fullmatch(row.text) if len(row.text) <= MAX_HEADING_CHARS else None
        underline = _UNDERLINE.fullmatch(row.text)
        if atx and atx["words"]:
            found.append(_heading(row.start, row.text, len(atx["marks"])))
        elif underline and above:
            level = 1 if underline["mark"][0] == "=" else 2
            first = _heading(above.start, above.text, level)
            found.append(Heading(first.start, row.start + len(row.text.rstrip()), level))
        in_paragraph = bool(row.text.strip()) and not (atx or underline)
        short = len(row.text) <= MAX_HEADING_CHARS
        starts = in_paragraph and short and not opened and not _NO_PARAGRAPH.match(row.text)
        above = row if starts else None
        opened = in_paragraph
    return tuple(found)


def _prose(text: str, start: int) -> Iterator[_Row]:
    """Yield the lines outside fenced code, an empty one in place of each fence."""
    fence = ""
    for match in _LINE.finditer(text, start):
        row = match.group().rstrip("\r\n")
        mark = _FENCE.fullmatch(row)
        if fence:
            if mark and mark["mark"].startswith(fence) and not mark["info"].strip():
                fence = ""
        elif mark and not (mark["mark"][0] == "`" and "`" in mark["info"]):
            fence = mark["mark"]
            yield _Row(match.start(), "")
        else:
            yield _Row(match.start(), row)


def _heading(start: int, row: str, level: int) -> Heading:
    low = start + len(row) - len(row.lstrip())
    return Heading(low, start + len(row.rstrip()), level)


def _words(text: str, heading: Heading) -> str:
    """Return a heading's words, without marks and underline."""
    line = next(lines(text[heading.start : heading.end])).text
    return re.sub(r"^#{1,6}[ \t]+|[ \t]+#+$", "", line)
