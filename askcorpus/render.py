"""Writes answers and reports as text for a terminal; colour and links only where they are wanted.

Everything that comes from a document or a question passes through `printable` or `one_line`:
documents can't move the cursor, change colours or hide text.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote as url_quote

from askcorpus import config
from askcorpus.errors import ConfigError
from askcorpus.records import Note
from askcorpus.text import UNSAFE, middle_cut, one_line, printable, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from askcorpus.records import (
        Answer,
        Citation,
        Document,
        Hit,
        IndexReport,
        NoteKind,
        SpanRef,
        Status,
    )

NO_ANSWER = {
    "related": "No passage answers this. The nearest one:",
    "none": "No passage here is about this.",
}
_SO_FAR = {
    "related": "No passage that was read so far answers this. The nearest one:",
    "none": "No passage that was read so far is about this.",
}


# A line's number in an address is never cut.
LINE_DIGITS = 12
_NOTES: dict[NoteKind, str] = {
    "slip": "Read {written!r} as {read!r}.",
    "indexing": "Indexing is under way: {holds} so far.",
    "interrupted": "Indexing was interrupted: only {holds} were read. Run: {run}",
    "elsewhere": "This index was made elsewhere: check quotes with askcorpus verify.",
    "search": "{cause} {instead} {hint}",
    "quotes": "No passage holds what stands in quotation marks to the letter; its words were "
    "searched, as with --no-filters.",
    "filter": "No {what} passes these filters. See: {run}",
    "undated": "{documents} no date and {were} left out.",
    "changed": "{path} has changed since it was indexed. Run: {run}",
    "gone": "{path} is gone since it was indexed; the quote is from the index.",
    "removed": "{path} is no longer in the index.",
    "renewed": "{path} was indexed anew since this answer: ask again.",
}


def note(kind: NoteKind, *, path: str = "", **facts: object) -> Note:
    """Return a remark in words; the facts are those that the words of its kind name."""
    return Note(_NOTES[kind].format(path=path, **facts).strip(), kind, path)


def command(words: str, directory: Path) -> str:
    """Return the command line that does something with this index, safe for a terminal.

    Args:
        words: A command and its arguments, as "index DIR".
        directory: Of the index; the one that the settings name needs no mention.
    """
    try:
        usual = config.load()[0].index_path == directory
    except ConfigError:  # the settings are read from elsewhere then
        usual = False
    where = "" if usual else f"--index {shlex.quote(one_line(config.spelled(directory)))} "
    return f"askcorpus {where}{words}"


def no_answer(answer: Answer) -> str:
    """Return the sentence that says that there is no answer: none in what was read."""
    partly = any(note.kind in ("indexing", "interrupted") for note in answer.notes)
    return (_SO_FAR if partly else NO_ANSWER)[answer.outcome]


def counted(number: int, noun: str) -> str:
    """Return so many of something, in the plural where it isn't one."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


class Holdings(Protocol):
    """What counts what is in an index."""

    @property
    def documents(self) -> int:
        """In the index now."""

    @property
    def passages(self) -> int:
        """In the index now."""


def holdings(held: Holdings) -> str:
    """Return how many documents and passages there are."""
    return f"{counted(held.documents, 'document')}, {counted(held.passages, 'passage')}"


@dataclass(frozen=True, slots=True)
class Style:
    """What the output may use."""

    colour: bool = False
    """Bold and dim by ANSI sequences."""
    links: bool = False
    """OSC 8 hyperlinks to the cited files."""

    def bold(self, text: str) -> str:
        """Return the text in bold where colour is allowed."""
        return f"\x1b[1m{text}\x1b[22m" if self.colour and text else text

    def dim(self, text: str) -> str:
        """Return the text dimmed where colour is allowed."""
        return f"\x1b[2m{text}\x1b[22m" if self.colour and text else text

    def link(self, text: str, path: Path) -> str:
        """Return the text linked to a file where links are allowed."""
        if not self.links:
            return text
        target = "file://" + url_quote(str(path))
        return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"


def json_text(data: object, *, indent: int | None = None) -> str:
    """Return plain data as JSON, ending in a newline; readable, and safe for a terminal.

    Letters of every script stand as they are; what `printable` wouldn't show is escaped.
    """
    text = json.dumps(data, default=dict, ensure_ascii=False, indent=indent)
    return UNSAFE.sub(lambda match: json.dumps(match.group())[1:-1], text) + "\n"


def answer_text(answer: Answer, style: Style, *, explain: bool = False) -> str:
    """Return an answer for a terminal, ending in a newline."""
    lines: list[str] = []
    if answer.outcome == "answered" and answer.answer is not None:
        if answer.answer != answer.sentence:
            lines += [style.bold(one_line(answer.answer)), ""]
        lines += _citations(answer, style)
        for other in answer.also:
            lines.append(f"also: {one_line(other.answer)} [{other.n}]")
    else:
        lines.append(no_answer(answer))
        lines += _citations(answer, style)
    if explain:
        lines += ["", *_explained(answer.passages), "", _decided(answer)]
    band = f"{answer.band} · " if answer.band else ""
    lines += ["", style.dim(f"{band}{answer.seconds.get('total', 0.0):.2f} s")]
    return "\n".join(lines) + "\n"


def _citations(answer: Answer, style: Style) -> Iterator[str]:
    """Yield each quote, then the list of addresses."""
    for citation in answer.citations:
        # No quotation marks of ours: what stands here is the document's to the character.
        yield f"  > {_marked(citation, answer.spans, style)} [{citation.n}]"
    if answer.citations:
        yield ""
    for citation in answer.citations:
        where = style.link(address(citation), Path(citation.root) / citation.path)
        facts = " · ".join(one_line(part) for part in (citation.title, citation.date) if part)
        yield f"[{citation.n}] {where}  {style.dim(facts)}"


def address(citation: Citation, *, width: int | None = None) -> str:
    """Return `path:line`, or `path (locator)` where the file has no lines of its own.

    Args:
        citation: That is to be found.
        width: In characters; the middle of a path that is too long for it is cut out.
    """
    place = f" ({one_line(citation.locator)})" if citation.locator else ""
    if citation.line is not None:
        place = f":{citation.line}"
    path = one_line(citation.path)
    if width is not None:
        place = shortened(place, max(width // 2, LINE_DIGITS))
        path = middle_cut(path, width - len(place))
    return path + place


def line_at(document: Document, locator: str) -> int | None:
    """Return the line of a document's text on which what an address names begins, from 1.

    Args:
        document: As indexed.
        locator: A place's label, or headings joined by " › ", as `address` shows them.
    """
    last = locator.rpartition(" › ")[2]
    starts = [place.start for place in document.places if one_line(place.label) == locator]
    starts += [
        heading.start
        for heading in document.headings
        if one_line(document.text[heading.start : heading.end]).strip("# ") == last
    ]
    return document.text.count("\n", 0, starts[0]) + 1 if starts else None


def _marked(citation: Citation, spans: Iterable[SpanRef], style: Style) -> str:
    """Return the quote on one line with the answer's words in bold."""
    return "".join(
        style.bold(text) if marked else text for text, marked in quote_parts(citation, spans)
    )


def quote_parts(citation: Citation, spans: Iterable[SpanRef]) -> Iterator[tuple[str, bool]]:
    """Yield the quote on one line, in parts, each with whether it is the answer's words."""
    at = 0
    for span in sorted((s for s in spans if s.n == citation.n), key=lambda s: s.start):
        low, high = max(at, span.start - citation.start), span.end - citation.start
        yield _flat(citation.quote[at:low]), False
        yield _flat(citation.quote[low:high]), True
        at = max(at, high)
    yield _flat(citation.quote[at:]), False


def _flat(text: str) -> str:
    return printable(text).replace("\n", " ")


def _explained(hits: tuple[Hit, ...]) -> Iterator[str]:
    """Yield one line of scores a passage."""
    for hit in hits:
        legs = "  ".join(f"{name} {value:.3f}" for name, value in hit.scores.items())
        place = f"{one_line(hit.passage.path)}:{hit.passage.line}"
        yield f"{hit.rank:>3}. {hit.score:.3f}  {legs}  {place}  {one_line(hit.passage.text)[:60]}"


def _decided(answer: Answer) -> str:
    """Return what the best span scored."""
    numbers = "  ".join(f"{name} {value:.3f}" for name, value in answer.scores.items())
    return f"best span: {numbers}" if numbers else "no span was read"


def report_text(report: IndexReport) -> str:
    """Return what one run of indexing did, for stderr, ending in a newline."""
    counts: dict[str, int] = {}
    for file in report.files:
        counts[file.state] = counts.get(file.state, 0) + 1
    lines = [
        f"{one_line(file.path)}: {file.state}: {one_line(file.reason)}"
        for file in report.files
        if file.state in ("skipped", "failed")
    ]
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    lines.append(
        f"{holdings(report)} in the index "
        f"({states or 'no files'}; {counted(report.embedded, 'passage')} embedded) "
        f"in {report.seconds.get('total', 0.0):.1f} s."
    )
    lines += [one_line(note) for note in report.notes]
    return "\n".join(lines) + "\n"


def document_text(document: Document, style: Style, *, around: int | None = None) -> str:
    """Return a document's text with line numbers, the lines around one of them, or all.

    Args:
        document: As indexed.
        style: What the output may use.
        around: 1-based line; ten lines on either side are shown, that one in bold.
    """
    lines = printable(document.text).split("\n")
    first, last = (1, len(lines)) if around is None else (max(1, around - 10), around + 10)
    width = len(str(min(last, len(lines))))
    shown = []
    for number, line in enumerate(lines[first - 1 : last], start=first):
        text = f"{number:>{width}}  {line}"
        shown.append(style.bold(text) if number == around else text)
    facts = " · ".join(one_line(p) for p in (document.title, document.date, document.byline) if p)
    return "\n".join([style.dim(facts), *shown]) + "\n"


def boilerplate_text(document: Document) -> str:
    """Return each range that was marked as boilerplate, with its reason."""
    if not document.boilerplate:
        return "Nothing in this document is marked as boilerplate.\n"
    return "".join(
        f"{mark.start}–{mark.end}  {mark.reason}: "
        f"{one_line(document.text[mark.start : mark.end])}\n"
        for mark in document.boilerplate
    )


def status_text(status: Status) -> str:
    """Return what an index holds, ending in a newline."""
    # The words are the index's own and tell how it was made: they are mended for the eye alone.
    chunking = one_line(status.chunking).replace(" 1 sentences", " 1 sentence")
    state = "complete"
    if not status.complete:
        sync = command("sync", Path(status.directory))
        state = "under way" if status.writing else f"interrupted: run {sync}"
    lines = [
        f"index      {one_line(status.directory)}",
        *(f"folder     {one_line(folder)}" for folder in status.folders),
        *([f"files      {one_line(status.wanted)}"] if status.wanted else []),
        f"documents  {status.documents} ({status.undated} without a date)",
        f"passages   {status.passages} ({chunking})",
        f"model      {one_line(status.model)}",
        f"vectors    {status.dense}",
        f"thresholds {one_line(status.calibration) or 'as shipped'}",
        f"state      {state}",
    ]
    lines += [f"skipped    {one_line(path)}: {one_line(reason)}" for path, reason in status.skipped]
    return "\n".join(lines) + "\n"
