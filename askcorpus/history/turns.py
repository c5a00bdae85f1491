"""What a conversation is made of, and which of its turns a document stands in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from askcorpus.errors import StoreUnavailableError
from askcorpus.question.query import FILTERS, Query
from askcorpus.records import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

# (root, path) of documents.
Places = set[tuple[str, str]]


def now() -> str:
    """Return the time in UTC to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what it came to."""

    question: str
    """As it was typed."""
    query: Query
    """As it was understood: a follow-up's full text, and the filters."""
    answer: Answer
    asked: str = field(default_factory=now)
    """UTC, ISO 8601."""
    root: str = ""
    """What the answer's paths are relative to; empty where that is the conversation's."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one sitting over one index, in order."""

    index: str
    """Directory of the index."""
    root: str
    """The indexed folder."""
    turns: tuple[Turn, ...] = ()
    name: str = ""
    """The name that the user gave, or empty."""
    id: int = 0
    """Its number in the history, growing only; 0 where it isn't kept."""

    @property
    def title(self) -> str:
        """The name, else the first question as it was typed."""
        return self.name or (self.turns[0].question if self.turns else "")


@dataclass(frozen=True, slots=True)
class Summary:
    """A kept conversation as it is listed."""

    id: int
    title: str
    index: str
    root: str
    began: str
    """When the first question was asked; UTC, ISO 8601."""
    last: str
    """When the last one was."""
    turns: int


@dataclass(frozen=True, slots=True)
class Found:
    """A kept conversation that holds the words of a search."""

    conversation: Summary
    n: int
    """1-based number of the turn that matches best; 0 where only the name does."""
    excerpt: str
    """Where the words stand."""


def sources(turn: Turn, root: str) -> Places:
    """Return the (root, path) of each document whose words the turn holds.

    The passages beneath an answer count like its quotes. They don't say which folder they come
    from: it is the citations' where there are any, else the turn's or the conversation's.
    """
    answer = turn.answer
    cited = [(citation.root, citation.path) for citation in answer.citations]
    folder = answer.citations[0].root if answer.citations else turn.root or root
    held = cited + [(folder, hit.passage.path) for hit in answer.passages]
    return {(storable(root), storable(path)) for root, path in held}


def leans(question: str, understood: str) -> bool:
    """Return whether a question was understood through what came before it."""
    return question.split() != understood.split()


def holding(turns: Iterable[tuple[Places, bool]], root: str, path: str) -> list[int]:
    """Return the positions of the turns that hold words of a document.

    A later question that was understood through what came before is one of them: its subject may
    have been taken from the document.

    Args:
        turns: A conversation's, in order: the documents whose words each holds, and whether it
            was understood through what came before. An empty root stands for any.
        root: The indexed folder of the document.
        path: The document.
    """
    found: list[int] = []
    for at, (places, leaning) in enumerate(turns):
        if any(same_file(root, path, *place) for place in places) or (found and leaning):
            found.append(at)
    return found


def same_file(root: str, path: str, other_root: str, other_path: str) -> bool:
    """Return whether two documents are one file; an empty second root stands for any.

    The root of an index moves up when a folder beside it joins, and the paths change with it.
    """
    place = f"{root.rstrip('/')}/{path}"
    if not other_root:
        return place.endswith(f"/{other_path}")
    return place == f"{other_root.rstrip('/')}/{other_path}"


def filters(query: Query) -> dict[str, Any]:
    """Return what narrows a question down, as plain data."""
    return {name: getattr(query, name) for name in FILTERS}


def read_turn(asked: str, question: str, understood: str, narrowed: str, answer: str) -> Turn:
    """Return a turn from what was written of it; filters that aren't known are passed over.

    Raises:
        StoreUnavailableError: It isn't what this program writes.
    """
    try:
        known = {name: value for name, value in json.loads(narrowed).items() if name in FILTERS}
        lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        found = Answer.from_dict(json.loads(answer))
        return Turn(question, Query(understood, **{**known, **lists}), found, asked)
    except (ValueError, TypeError, AttributeError, RecursionError) as exc:
        raise StoreUnavailableError(
            f"The turn of {asked} is damaged, or a newer askcorpus wrote it.",
            hint="Update askcorpus, or delete that conversation: askcorpus history delete ID",
        ) from exc


def storable(text: str) -> str:
    """Return the text without lone surrogates, as a file's name may have, which SQLite refuses."""
    return text.encode("utf-8", "backslashreplace").decode()
