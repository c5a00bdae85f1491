"""Remarks for the user."""

from __future__ import annotations

from typing import Literal

NoteKind = Literal[
    "slip",  # a word of the question was read as another
    "indexing",  # the index isn't complete
    "interrupted",
    "elsewhere",  # the index came from somebody else
    "search",  # a way of searching was missing
    "quotes",  # a phrase was taken as words, for no passage holds it
    "filter",  # nothing passes the filters
    "undated",  # documents were left out for want of a date
    "calibration",  # the one in the index isn't used
    "changed",  # a cited file isn't as it was
    "gone",
    "removed",  # a cited document isn't in the index any more
    "renewed",  # a cited document was indexed anew
    "kept",  # read back from an answer's JSON, which holds the sentence alone
]


class Note(str):
    """A remark for the user: one sentence, which also says as data what it is about."""

    __slots__ = ("kind", "path")

    kind: NoteKind
    path: str
    """The document that it is about; empty where it is about none."""

    def __new__(cls, text: str, kind: NoteKind = "kept", path: str = "") -> Note:
        """Return the sentence with its facts; `render.note` has the words."""
        made = super().__new__(cls, text)
        made.kind, made.path = kind, path
        return made
