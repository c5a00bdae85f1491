"""The conversation in hand, and those that were kept.

Everything here runs on the desk's thread too: SQLite waits for nobody on the event loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.history import Conversation, Session, Sessions, Summary
    from askcorpus.question.query import Query
    from askcorpus.records import Answer
    from askcorpus.tui.desk import Desk


class Record:
    """What was asked in this sitting, written down turn by turn."""

    def __init__(self, desk: Desk) -> None:
        """Begin an empty one; nothing is written before its first turn."""
        self._desk = desk
        self._sessions: Sessions | None = None
        self._session: Session | None = None

    async def keep(self, query: Query, answer: Answer, *, root: str) -> None:
        """Add a turn to the conversation, and to the history where that is wanted.

        Raises:
            StoreUnavailableError: It can't be written now; it goes along with the next one.
        """

        def added() -> None:
            from askcorpus.history import Turn

            self._sitting(root).add(Turn(query.typed, query, answer, root=root))

        await self._desk.run(added)

    async def begin(self) -> None:
        """Begin a new conversation."""

        def begun() -> None:
            self._session = None

        await self._desk.run(begun)

    async def conversations(self) -> list[Summary]:
        """Return the kept conversations over this index, the newest first."""
        here = str(self._desk.settings.index_path.absolute())
        kept = await self._desk.run(lambda: self._history().summaries())
        return [summary for summary in kept if summary.index == here]

    async def resume(self, number: int) -> Conversation:
        """Return a kept conversation, and go on with it."""

        def resumed() -> Conversation:
            self._session = self._history().resume(number)
            return self._session.conversation()

        return await self._desk.run(resumed)

    async def export(self, path: Path, *, root: str) -> None:
        """Write the conversation to a file, in the format that its name ends with.

        Raises:
            AskcorpusError: It can't be written, or a file is there.
        """

        def written() -> None:
            from askcorpus.history.export import exported, format_of, save

            save(exported(self._sitting(root).conversation(), format_of(path)), path)

        await self._desk.run(written)

    async def close(self) -> None:
        """Give the history back."""

        def closed() -> None:
            if self._sessions is not None:
                self._sessions.close()
            self._sessions = self._session = None

        await self._desk.run(closed)

    def _history(self) -> Sessions:
        if self._sessions is None:
            from askcorpus.history import Sessions

            self._sessions = Sessions(keep=self._desk.settings.history)
        return self._sessions

    def _sitting(self, root: str) -> Session:
        if self._session is None:
            self._session = self._history().begin(index=self._desk.settings.index_path, root=root)
        return self._session
