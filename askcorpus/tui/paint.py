"""Records to styled text: what an answer, a citation and a state look like.

Nothing here is markup: text from documents and questions is made printable and put into Content
as it is, so that brackets and escapes in it stay what they are. Outcomes differ by their sign and
words, marks by bold and underline; colour only adds to that.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.visual import Visual

from askcorpus.question.filters import described
from askcorpus.render import address, holdings, no_answer, quote_parts
from askcorpus.text import middle_cut, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style
    from textual.visual import RenderOptions

    from askcorpus.errors import AskcorpusError
    from askcorpus.history import Summary
    from askcorpus.question.query import Query
    from askcorpus.records import Answer, Citation, Document, Note, Skipped, SpanRef, Status

SIGNS = {"answered": "●", "related": "◐", "none": "○"}
METER = {"strong": "▰▰▰", "fair": "▰▰▱", "weak": "▰▱▱"}
MUTED = "$text-muted"
# A pasted page is a question too, but nobody wants to read it again above the answer.
QUESTION_SHOWN = 400


_KEYS_FOR = (
    (
        re.compile(r"Run: askcorpus (?:--index .+ )?sync(?: --dense chroma)?$"),
        "f5 brings the index in step.",
    ),
    (re.compile(r"See: askcorpus .*status --files$"), "ctrl+o lists the documents."),
    (re.compile(r"as with --no-filters\.$"), "as u does."),
)


def question(text: str) -> Content:
    """Return a question for the transcript, on one line, cut where it is very long."""
    flat = one_line(text[: QUESTION_SHOWN * 2])
    if len(flat) > QUESTION_SHOWN or len(text) > QUESTION_SHOWN * 2:
        flat = f"{flat[:QUESTION_SHOWN].rstrip()} … ({len(text):,} characters)"
    return Content(flat)


def verdict(answer: Answer) -> Content:
    """Return the line that says what the question came to: the answer, or that there is none."""
    sign = SIGNS[answer.outcome]
    if answer.outcome == "answered" and answer.answer is not None:
        # A whole sentence isn't said twice: its quote follows, marked from end to end.
        text = "" if answer.answer == answer.sentence else one_line(answer.answer)
        words = Content.styled(text or "In the document's words:", "bold" if text else MUTED)
        return Content.assemble((f"{sign} ", "$accent"), words)
    return Content.assemble((f"{sign} ", "$warning"), (no_answer(answer), "italic"))


def quoted(citation: Citation, spans: Iterable[SpanRef]) -> Content:
    """Return the quote with the answer's words marked."""
    parts = quote_parts(citation, spans)
    return Content.assemble(*((text, "bold underline" if marked else "") for text, marked in parts))


class Fitted(Visual):
    """Text that is made for the width that it gets, row by row."""

    def __init__(self, make: Callable[[int], Content]) -> None:
        """Take a function from a width in cells to rows that fit it."""
        self.make = make

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Return the rows at a width."""
        return self.make(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return all the width that there is."""
        del rules
        return container_width

    def get_minimal_width(self, rules: RulesMap) -> int:
        """Return the least width."""
        del rules
        return 1

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the number of rows at a width."""
        del rules
        return self.make(width).plain.count("\n") + 1


def chip(citation: Citation) -> Fitted:
    """Return a citation's number and address and, below them, its date and title."""
    number = f"[{citation.n}]"
    facts = " · ".join(one_line(part) for part in (citation.date, citation.title) if part)

    def made(width: int) -> Content:
        return Content.assemble(
            (number, "bold $accent"),
            " ",
            (address(citation, width=width - len(number) - 1), "underline"),
            (f"\n{' ' * len(number)} {facts}" if facts else "", MUTED),
        )

    return Fitted(made)


def split_notes(answer: Answer) -> tuple[dict[int, list[Note]], list[Note]]:
    """Return the notes about a cited document, by its first citation, and the others."""
    by_citation: dict[int, list[Note]] = {}
    others = []
    first = {c.path: c.n for c in reversed(answer.citations)}
    for note in answer.notes:
        if note.path in first:
            by_citation.setdefault(first[note.path], []).append(note)
        else:
            others.append(note)
    return by_citation, others


def note(text: str) -> Content:
    """Return a remark; what is for a shell gives way to the key that does the same here."""
    for shell, key in _KEYS_FOR:
        text = shell.sub(key, text)
    return Content.assemble(("! ", "bold $warning"), one_line(text))


def also(answer: Answer) -> Content:
    """Return the other answers that were found, one a line."""
    lines = [
        Content.assemble(("also  ", MUTED), one_line(other.answer), (f" [{other.n}]", "$accent"))
        for other in answer.also
    ]
    return Content("\n").join(lines)


def foot(answer: Answer) -> Content:
    """Return how sure the answer is and how long it took."""
    parts = [f"{METER[answer.band]} {answer.band}"] if answer.band else []
    parts.append(f"{answer.seconds.get('total', 0.0):.2f} s")
    return Content.styled(" · ".join(parts), MUTED)


def failed(error: AskcorpusError) -> Content:
    """Return an error's sentence and its next step."""
    lines = [Content.assemble(("✗ ", "bold $error"), one_line(error.message))]
    if error.hint:
        lines.append(Content.styled(f"  {one_line(error.hint)}", MUTED))
    return Content("\n").join(lines)


def unfinished(status: Status) -> str:
    """Return why the index isn't whole, and what to do; "" where it is."""
    if status.complete:
        return ""
    if status.writing:
        return "indexing is under way"
    return "interrupted: f5 goes on"


def invitation(status: Status) -> Content:
    """Return what an empty conversation says."""
    return Content("\n").join(
        [
            Content.styled("Ask about your documents.", "bold"),
            Content(""),
            Content.styled(f"{holdings(status)} from {one_line(status.root)}", MUTED),
            *([note(f"That isn't all, {unfinished(status)}.")] if not status.complete else []),
            Content(""),
            Content("Answers are quoted from them, cited to the character."),
            Content("Where no passage answers, that is what you are told."),
        ]
    )


def meant(asked: Query) -> Content:
    """Return the line that says how a question was completed, and by what it was narrowed down."""
    lines = []
    if asked.is_rephrased:
        lines.append(Content.assemble(("→ ", "bold $accent"), one_line(asked.text)))
    if asked.is_filtered:
        lines.append(Content.assemble(("only ", MUTED), described(asked)))
    lines.append(Content.styled("u asks it as it was typed", MUTED))
    return Content("\n").join(lines)


def conversation(summary: Summary) -> Content:
    """Return a kept conversation as it is listed."""
    questions = f"{summary.turns} question{'s' * (summary.turns != 1)}"
    said = f"  {one_line(summary.last)[:10]}, {questions}"
    return Content.assemble(question(summary.title), (said, MUTED))


def documents_title(
    documents: Sequence[object], skipped: Sequence[Skipped], unfinished: str
) -> Content:
    """Return how many files there are, how many were left out, and whether that is all."""
    failed = sum(file.failed for file in skipped)
    parts = [f"{len(documents):,} in the index", f"{len(skipped) - failed:,} left out"]
    if failed:
        parts.append(f"{failed:,} failed")
    if unfinished:
        parts.append(unfinished)
    return Content(" · ".join([*parts, "enter opens one"]))


def share(characters: int, size: int) -> str:
    """Return what part of a file is boilerplate, in words for a table."""
    return f"{characters / size:.0%}" if characters and size else "–"


def source_head(
    document: Document,
    citation: Citation | None,
    *,
    moved: bool,
    changed: bool,
    gone: bool = False,
) -> Fitted:
    """Return what stands above a document: its title (two rows), then its path, date and state.

    Args:
        document: As indexed.
        citation: That is shown, if it is one.
        moved: Whether the quote no longer stands there, for the index is newer than the answer.
        changed: Whether the file has changed, or is gone, since it was indexed.
        gone: Whether the document is no longer in the index.
    """
    facts = [""]
    if document.date:
        facts.append(one_line(document.date))
    if document.extracted:
        facts.append("text extracted from the file")
    if changed:
        facts.append("as it was indexed")
    if moved:
        facts.append("indexed anew since this answer: ask again")
    if gone:
        facts.append("no longer in the index")
    title = one_line(document.title) or one_line(document.path)
    number = f"[{citation.n}] " if citation else ""
    state = " · ".join(facts)

    def made(width: int) -> Content:
        rows = textwrap.wrap(number + title, max(8, width), max_lines=2, placeholder=" …")
        path = middle_cut(one_line(document.path), max(width - len(state), width // 2))
        named = "\n".join(rows).removeprefix(number)
        return Content.assemble(
            (number, "bold $accent"), (named, "bold"), "\n", (path + state, MUTED)
        )

    return Fitted(made)
