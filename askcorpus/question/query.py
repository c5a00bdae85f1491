"""A question's record: what is asked, what may answer it, and how the typed line was understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from askcorpus.question.kind import analyse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.question.kind import Analysis

ChipKind = Literal["file", "after", "before", "without", "phrase"]
FILTERS = ("files", "after", "before", "without", "phrases")
"""The fields that narrow a question down."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter as it was typed: `line[start:end] == text`."""

    kind: ChipKind
    text: str
    start: int
    end: int
    value: str
    """What it asks for, without keyword, dash and quotation marks."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a typed line became a question."""

    line: str
    """As it was typed."""
    chips: tuple[Chip, ...] = ()
    """The filters that stood in it, in its order."""
    slips: tuple[tuple[str, str], ...] = ()
    """(written, read) for each word that was read as one that the documents use."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what may answer it."""

    text: str
    """In full: without filters, with what a follow-up left to the conversation."""
    files: tuple[str, ...] = ()
    """Globs over paths; empty for every file."""
    after: str | None = None
    """ISO date, inclusive; documents without a date are excluded where it is set."""
    before: str | None = None
    """ISO date, inclusive."""
    without: tuple[str, ...] = ()
    """Words and phrases; no passage that holds one is looked at."""
    phrases: tuple[str, ...] = ()
    """Words and phrases; only passages that hold each of them are looked at."""
    understood: Understanding | None = field(default=None, compare=False)
    """None where the text was never a typed line."""

    @property
    def analysis(self) -> Analysis:
        """What the stages ask of the text: its words, stems, names and kind; computed once."""
        return analyse(self.text)

    @property
    def typed(self) -> str:
        """The line as it was typed; the text where it wasn't."""
        return self.understood.line if self.understood else self.text

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows it down."""
        return any(getattr(self, name) for name in FILTERS)

    @property
    def is_rephrased(self) -> bool:
        """Whether the question is another than the typed line, beyond white space."""
        return self.text.split() != self.typed.split()

    @property
    def is_completed(self) -> bool:
        """Whether it asks anything but the typed line, word for word."""
        return self.is_filtered or self.is_rephrased

    def unquoted(self) -> Query:
        """Return the query without the phrases that were typed; their words stay in the text."""
        chips = self.understood.chips if self.understood else ()
        typed = {chip.value for chip in chips if chip.kind == "phrase"}
        return replace(self, phrases=tuple(p for p in self.phrases if p not in typed))

    def corrected(self, text: str, slips: Sequence[tuple[str, str]]) -> Query:
        """Return the query with its slips corrected."""
        if not slips:
            return self
        understood = self.understood or Understanding(self.text)
        return replace(self, text=text, understood=replace(understood, slips=tuple(slips)))
