"""Sees that the index has changed, and shows what it holds now, without a key being pressed.

Only the state line, the documents' list, the notes under citations and the open source follow.
The focus stays where it is, and so does what the panes are scrolled to.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.errors import AskcorpusError, UsageError
from askcorpus.render import note
from askcorpus.tui import paint
from askcorpus.tui.shelf import Shelf

if TYPE_CHECKING:
    from textual.worker import Worker

    from askcorpus.corpus import Corpus
    from askcorpus.records import Answer, Note
    from askcorpus.tui.desk import Desk

# Between two looks at the index; one costs the desk well under a millisecond.
LOOK_S = 2.0
# Following may take this share of the desk's time while another process indexes.
SHARE = 0.1


class Following(Shelf):
    """A chat that keeps up with its index."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.seen: tuple[object, ...] | None = None
        """The state of the index that is shown; None where there is no index."""
        self._looking: Worker[None] | None = None
        self._rest_until = 0.0

    def keep_looking(self) -> None:
        """Look at the index from now on, every other second."""
        self.set_interval(LOOK_S, self.look)

    def look(self) -> None:
        """Follow the index in the background, unless there is something else to do."""
        waits = self._looking is not None and self._looking.is_running
        if self.is_idle and not waits and time.monotonic() > self._rest_until:
            self._looking = self.run_worker(self.follow_index(), group="look")

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for the desk."""
        raise NotImplementedError

    async def lost(self, error: AskcorpusError) -> None:
        """Say that the index can't be used any more."""
        raise NotImplementedError

    async def found(self, *, anew: bool) -> None:
        """Take up an index that has changed, or (anew) another one that took its place."""
        raise NotImplementedError

    async def follow_index(self) -> None:
        """Show the index as it is now, where that isn't what is shown."""
        try:
            state = await self.desk.state()
            if state == self.seen:
                return
            began = time.monotonic()
            anew = self.seen is None or self.seen[0] != state[0]
            self.seen = state
            await self.found(anew=anew)
            self._rest_until = time.monotonic() + (time.monotonic() - began) / SHARE
        except AskcorpusError as exc:
            await self.lost(exc)

    # What is shown of it.

    async def show_present(self) -> None:
        """Show the documents, the notes and the source as they are now."""
        from askcorpus.tui.documents import DocumentsScreen

        for screen in self.app.screen_stack:
            if isinstance(screen, DocumentsScreen):
                unfinished = paint.unfinished(await self.desk.status())
                screen.renew(await self.desk.contents(), unfinished)
        for turn in [turn for turn in self.transcript.turns if turn.unfolded]:
            if turn.answer is not None:
                now = await self.desk.with_corpus(partial(renoted, turn.answer))
                if turn.is_attached and now.notes != turn.answer.notes:
                    await turn.show(now)
        await self._renew_source()

    async def _renew_source(self) -> None:
        shown = self.source.document
        if not self.opened or shown is None:
            return
        try:
            document = await self.desk.document(shown.path)
        except UsageError:
            document = None
        if document == shown or self.source.document is not shown:
            return
        self.renew_source(document or shown, *self.transcript.opened, gone=document is None)


def renoted(answer: Answer, corpus: Corpus) -> Answer:
    """Return an answer with the notes on its citations that hold for the index as it is now."""
    beside, others = paint.split_notes(answer)
    document = cache(corpus.document)
    notes: list[Note] = []
    for citation in answer.citations:
        try:
            now = document(citation.path)
        except UsageError:
            notes.append(note("removed", path=citation.path))
            continue
        if now.text[citation.start : citation.end] != citation.quote:
            notes.append(note("renewed", path=citation.path))
        elif not _is_current(Path(citation.root, citation.path), now.size, now.mtime_ns):
            notes += beside.get(citation.n, [])
    return replace(answer, notes=(*dict.fromkeys(notes), *others))


def _is_current(file: Path, size: int, mtime_ns: int) -> bool:
    try:
        found = file.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (size, mtime_ns)
