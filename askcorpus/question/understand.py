"""What a typed line asks: the same for the command line, the chat and Python."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from askcorpus.question import filters
from askcorpus.question.query import Query, Understanding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from askcorpus.records import Answer


def understand(
    line: str,
    earlier: Sequence[Answer] = (),
    *,
    literal: bool = False,
    files: Iterable[str] = (),
    after: str | None = None,
    before: str | None = None,
) -> Query:
    """Return what a typed line asks: its filters, and what it leaves to the conversation.

    Args:
        line: As it was typed.
        earlier: The conversation's answers so far, oldest first.
        literal: Whether every word is to be taken as it stands.
        files: Globs besides those in the line.
        after: YYYY, YYYY-MM or YYYY-MM-DD, besides one in the line.
        before: Likewise.

    Raises:
        UsageError: A date isn't one, or the last one is earlier than the first.
    """
    query = Query(line, understood=Understanding(line)) if literal else filters.parse(line)
    if earlier and not literal:
        from askcorpus.question import followup

        turns = [followup.Turn.of(answer) for answer in earlier]
        query = replace(query, text=followup.understand(query.text, turns).text)
    return filters.narrowed(query, files=files, after=[after], before=[before])
