"""What a typed line means: its filters, and what it leaves to the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.records import Answer, Query


@dataclass(frozen=True, slots=True)
class Asked:
    """A line as it is asked."""

    typed: str
    query: Query
    """The question in full, and its filters."""
    filters: str = ""
    """In words; empty where there are none."""

    @property
    def completed(self) -> bool:
        """Whether the question was completed from what was said before."""
        return bool(self.filters) or self.query.text.split() != self.typed.split()


def meaning(typed: str, earlier: Sequence[Answer], *, literal: bool = False) -> Asked:
    """Return what a typed line asks.

    Args:
        typed: As it stood in the bar.
        earlier: The conversation's answers so far, oldest first.
        literal: Whether every word is to be taken as it stands.

    Raises:
        UsageError: A date in it isn't one.
    """
    from askcorpus.question import filters, followup
    from askcorpus.records import Query

    if literal:
        return Asked(typed, Query(typed))

    found = filters.parse(typed)
    turns = [followup.Turn.of(answer) for answer in earlier]
    understood = followup.understand(found.question, turns)
    query = Query(
        understood.text, found.files, found.after, found.before, found.without, found.phrases
    )
    return Asked(typed, query, filters.described(found))
