"""Indexing in a child process, and how far it is."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from askcorpus import child, render
from askcorpus.errors import AskcorpusError
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from askcorpus.config import Settings

# A stopped child may finish the file in hand; after that it is ended.
GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing is."""

    done: int = 0
    """Files."""
    total: int = 0
    path: str = ""
    seconds: float = 0.0
    """Since the first file."""
    note: str = ""
    """What takes its time before the first file."""
    failed: tuple[str, ...] = ()
    finished: bool = False

    def __str__(self) -> str:
        """Return it as a line: files done and in all, the rate, the time that is left."""
        if not self.total:
            return self.note or "indexing: reading the folder …"
        said = f"indexing {self.done:,} of {self.total:,} files"
        # The first seconds say nothing about the rate.
        if self.done and self.seconds > 1:
            rate = self.done / self.seconds
            left = round((self.total - self.done) / rate)
            said += f" · {rate:.1f} a second · {left // 60}:{left % 60:02} left"
        return said


class IndexingJob:
    """One run of indexing in a process of its own."""

    def __init__(self, folder: Path | None, settings: Settings) -> None:
        """Prepare it for a new folder, or for those that the index has; nothing runs yet."""
        self.folder = folder
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self.stopped = False

    async def run(self) -> AsyncIterator[Progress]:
        """Yield how far it is, to the end.

        Raises:
            AskcorpusError: It can't be done.
        """
        command = child.command("askcorpus.tui.indexer")
        self._process = process = await child.lead(command, env=child.environment())
        try:
            async for progress in self._read(process):
                yield progress
            code = await process.wait()
        finally:
            await self._end(process)
        if code and not self.stopped:
            raise AskcorpusError(
                f"Indexing ended with code {code}.",
                hint=f"Run: {render.command('index DIR', self._settings.index_path)}",
            )

    async def _read(self, process: asyncio.subprocess.Process) -> AsyncIterator[Progress]:
        assert process.stdin is not None  # for the type checker: both are pipes
        assert process.stdout is not None
        folders = [str(self.folder)] if self.folder else []
        order = {"folders": folders, "settings": asdict(self._settings)}
        process.stdin.write(child.line(order))
        progress = Progress()
        began = None
        yield progress
        async for line in process.stdout:
            facts: dict[str, Any] = json.loads(line)
            if "error" in facts:
                raise AskcorpusError(facts["error"], hint=facts["hint"])
            if "note" in facts:
                progress = replace(progress, note=one_line(facts["note"]))
            elif "finished" in facts:
                progress = replace(progress, finished=True, failed=tuple(facts["failed"]))
            else:
                began = began or time.monotonic()
                progress = replace(progress, **facts, seconds=time.monotonic() - began)
            yield progress

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            child.signal_group(process, signal.SIGINT)
            try:
                await asyncio.wait_for(process.wait(), GRACE_S)
            except (TimeoutError, asyncio.CancelledError):
                child.signal_group(process, signal.SIGKILL)
                raise

    @property
    def code(self) -> int | None:
        """The exit code of its process; None while there is none."""
        return None if self._process is None else self._process.returncode

    def stop(self) -> None:
        """Ask it to stop; what was committed is kept."""
        self.stopped = True
        if self._process is not None:
            # Its own children, which prepare the model or the vector index, go with it.
            child.signal_group(self._process, signal.SIGINT)
