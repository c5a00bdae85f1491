"""Conversations that are kept, so that they can be listed, searched, resumed and forgotten.

    with Sessions() as sessions:
        session = sessions.begin(index="index", root="/documents")
        session.add(Turn("who denied it?", Query("who denied the deal?"), answer))

    turns     what a conversation is made of, and which turns a document stands in
    rows      its rows in the tables: written, read, forgotten
    database  the file and the tables
    export/   a conversation as Markdown, JSON or HTML

One SQLite file in the user's data directory, for its owner only; made with the first turn that is
kept. A turn is in memory first: what can't be written now goes along with the next one.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.config import data_dir
from askcorpus.errors import StoreUnavailableError, UsageError
from askcorpus.history.database import HistoryFile
from askcorpus.history.rows import forget, insert_conversation, insert_turn
from askcorpus.history.turns import (
    Conversation,
    Found,
    Summary,
    Turn,
    holding,
    leans,
    read_turn,
    sources,
    storable,
)
from askcorpus.language.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Conversation", "Found", "Session", "Sessions", "Summary", "Turn"]

_SUMMARIES = """
SELECT c.id, coalesce(c.name, first.question), c.directory, c.root, first.asked, last.asked, t.n
FROM (SELECT conversation, min(id) AS low, max(id) AS high, count(*) AS n FROM turns
    GROUP BY conversation) t
JOIN conversations c ON c.id = t.conversation
JOIN turns first ON first.id = t.low
JOIN turns last ON last.id = t.high
ORDER BY last.id DESC  -- not by the clock, which may have been set back
"""
EXCERPT_WORDS = 16


class Session:
    """One sitting, in memory first; `Sessions.begin` and `Sessions.resume` make one."""

    def __init__(self, history: Sessions, conversation: Conversation) -> None:
        """Go on from a conversation, which is kept already as far as it goes."""
        self.id = conversation.id
        self.name = conversation.name
        self.index = conversation.index
        self.root = conversation.root
        self.turns = list(conversation.turns)
        self.kept = len(self.turns)
        self._history = history

    def add(self, turn: Turn) -> None:
        """Add a turn, and keep it with all that aren't kept yet.

        Raises:
            StoreUnavailableError: They can't be kept now; in memory they are.
        """
        self.turns.append(turn)
        self._history._keep(self)

    def conversation(self) -> Conversation:
        """Return the sitting so far, as it can be exported."""
        return Conversation(self.index, self.root, tuple(self.turns), self.name, self.id)

    def forget(self, root: str, path: str) -> None:
        """Drop the turns that hold words of a document from memory."""
        held = [(sources(t, self.root), leans(t.question, t.query.text)) for t in self.turns]
        gone = set(holding(held, root, path))
        self.kept -= sum(at < self.kept for at in gone)
        self.turns = [turn for at, turn in enumerate(self.turns) if at not in gone]


class Sessions:
    """The history. Close it, or use it in a `with` statement; threads may share it."""

    def __init__(self, directory: str | Path | None = None, *, keep: bool = True) -> None:
        """Remember where the history is; nothing is opened yet.

        Args:
            directory: Of the history; `data_dir()` where None.
            keep: Whether turns are written; the setting `history`.
        """
        self.keep = keep
        self._database = HistoryFile(Path(directory) if directory is not None else data_dir())
        self._live: list[Session] = []
        self._lock = threading.RLock()

    @property
    def path(self) -> Path:
        """The history's file; it need not exist."""
        return self._database.path

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def __enter__(self) -> Sessions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, *, index: str | Path, root: str | Path) -> Session:
        """Return a new conversation over an index; nothing is written before its first turn."""
        directory = storable(str(Path(index).absolute()))
        return self._lively(Session(self, Conversation(directory, storable(str(root)))))

    def resume(self, number: int) -> Session:
        """Return a kept conversation, to go on with it.

        Raises:
            UsageError: There is none with this number.
        """
        return self._lively(Session(self, self.conversation(number)))

    def summaries(self) -> list[Summary]:
        """Return the kept conversations, the newest first."""
        return [Summary(*row) for row in self._database.rows(_SUMMARIES)]

    def conversation(self, number: int) -> Conversation:
        """Return a kept conversation with all its turns.

        Raises:
            UsageError: There is none with this number.
        """
        rows = self._database.rows(
            """SELECT c.directory, c.root, c.name,
                t.asked, t.question, t.understood, t.filters, t.answer
            FROM conversations c JOIN turns t ON t.conversation = c.id
            WHERE c.id = ? ORDER BY t.id""",
            (number,),
        )
        if not rows:
            raise _missing(number)
        index, root, name = rows[0][:3]
        turns = tuple(read_turn(*row[3:]) for row in rows)
        return Conversation(index, root, turns, name or "", number)

    def turns(self, number: int) -> list[Turn | None]:
        """Return a kept conversation's turns in order, None in the place of a damaged one.

        Raises:
            UsageError: There is none with this number.
        """
        rows = self._database.rows(
            """SELECT asked, question, understood, filters, answer FROM turns
            WHERE conversation = ? ORDER BY id""",
            (number,),
        )
        if not rows:
            raise _missing(number)
        return [_readable(*row) for row in rows]

    def documents(self) -> frozenset[tuple[str, str]]:
        """Return the (root, path) of each document whose words a kept turn holds.

        Nothing of an answer is read for that: one that is damaged is no obstacle.
        """
        return frozenset(self._database.rows("SELECT DISTINCT root, path FROM sources"))

    def search(self, text: str) -> list[Found]:
        """Return the conversations with a turn, or a name, that holds all these words.

        The newest comes first; the last word may be the beginning of one.

        Raises:
            UsageError: The text holds no word.
        """
        wanted = words(text)
        if not wanted:
            raise UsageError("There is no word to search for.", hint="Write one or more words.")
        rows = self._database.rows(
            """SELECT t.conversation,
                (SELECT count(*) FROM turns WHERE conversation = t.conversation AND id <= t.id),
                snippet(words, -1, '', '', '…', ?)
            FROM words JOIN turns t ON t.id = words.rowid
            WHERE words MATCH ? ORDER BY rank, t.id""",
            (EXCERPT_WORDS, " ".join(f'"{word}"' for word in wanted) + "*"),
        )
        best: dict[int, tuple[int, str]] = {}
        for number, n, excerpt in rows:
            best.setdefault(number, (n, excerpt))
        return [
            Found(summary, *best.get(summary.id, (0, summary.title)))
            for summary in self.summaries()
            if summary.id in best or set(wanted) <= set(words(summary.title))
        ]

    def rename(self, number: int, name: str) -> None:
        """Give a conversation a name instead of its first question.

        Raises:
            UsageError: There is none with this number, or the name is empty.
        """
        if not name.strip():
            raise UsageError("The name is empty.", hint="Write one or more words.")
        self._check(number)
        name = storable(name.strip())
        with self._database.writing() as db:
            db.run("UPDATE conversations SET name = ? WHERE id = ?", (name, number))
        for session in self._live:
            if session.id == number:
                session.name = name

    def delete(self, number: int) -> None:
        """Delete a conversation, and leave no byte of it in the history.

        Raises:
            UsageError: There is none with this number.
        """
        self._check(number)
        with self._database.writing() as db:
            db.run("DELETE FROM conversations WHERE id = ?", (number,))
        self._database.wipe()

    def forget_documents(self, root: str | Path, paths: Iterable[str]) -> int:
        """Delete every turn that holds words of these documents; return how many those were.

        So are later questions of the same conversation that were understood through it. No byte of
        them is left in the history; what was exported stays where it is.

        Args:
            root: The indexed folder.
            paths: The documents, relative to it.
        """
        place = storable(str(root))
        wanted = [storable(path) for path in paths]
        with self._lock:
            for session in self._live:
                for path in wanted:
                    session.forget(place, path)
        if not self.path.exists():
            return 0
        with self._database.writing() as db:
            gone = forget(db, place, wanted)
        self._database.wipe()  # also where nothing was found: an earlier one may have failed
        return gone

    def _keep(self, session: Session) -> None:
        """Write the turns of a session that aren't kept yet, in one transaction."""
        if not self.keep:
            return
        with self._lock:
            with self._database.writing() as db:
                number = session.id
                # It may be new, or have been deleted meanwhile; what was deleted isn't kept again.
                if not db.value("SELECT 1 FROM conversations WHERE id = ?", (number,)):
                    number = insert_conversation(db, session.index, session.root)
                turns = session.turns[session.kept :]
                for turn in turns:
                    insert_turn(db, number, turn, session.root)
            session.id = number
            session.kept += len(turns)

    def _lively(self, session: Session) -> Session:
        self._live.append(session)
        return session

    def _check(self, number: int) -> None:
        if not self._database.rows("SELECT 1 FROM conversations WHERE id = ?", (number,)):
            raise _missing(number)


def _readable(*row: str) -> Turn | None:
    try:
        return read_turn(*row)
    except StoreUnavailableError:
        return None


def _missing(number: int) -> UsageError:
    return UsageError(
        f"There is no conversation {number} in the history.", hint="Run: askcorpus history"
    )
