"""One chat: a child process, and what goes between it and its page."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from typing import TYPE_CHECKING, Any

from textual_serve.app_service import AppService

from askcorpus import child
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiohttp import web
    from textual_serve.download_manager import DownloadManager

# What a chat is given to put its index away, in seconds.
GRACE_S = 5.0
# Columns and rows that a page may ask for; a terminal of a billion cells would fill the memory.
MOST_COLUMNS, MOST_ROWS = 1000, 500
_READY = b"__GANGLION__\n"
_COMPLAINT = b"askcorpus: "
_UNKNOWN = "It failed; run askcorpus chat in a terminal to see why."


class ChatService(AppService):
    """A chat's process; textual-serve's, but started without a shell, and surely ended."""

    def __init__(
        self,
        arguments: Sequence[str],
        page: web.WebSocketResponse,
        downloads: DownloadManager,
        warn: Callable[[str], None],
    ) -> None:
        """Prepare it; `start` runs it.

        Args:
            arguments: Of the child, program first.
            page: The open websocket.
            downloads: The server's.
            warn: Called with a sentence where the chat fails.
        """
        super().__init__(
            arguments[0],
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=self._close,
            download_manager=downloads,
        )
        self._arguments = arguments
        self._page = page
        self._warn = warn
        self._ready = False
        self._last_words = ""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        width, height = bounded(width, height)
        environment = super()._build_environment(width, height)
        return {**environment, "TEXTUAL_DRIVER": "askcorpus.web.driver:PipeDriver"}

    async def _open_app_process(
        self, width: int = 80, height: int = 24
    ) -> asyncio.subprocess.Process:
        # textual-serve's own: what a chat opens isn't ours, and gets no import path of ours.
        env = self._build_environment(width, height)
        self._process = await child.lead(self._arguments, env=env, stderr=asyncio.subprocess.PIPE)
        self._stdin = self._process.stdin
        return self._process

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Tell the chat how large its page is, within bounds."""
        await super().set_terminal_size(*bounded(width, height))

    async def run(self) -> None:
        """Hand what the chat draws to its page, until one of them ends; then close the page."""
        process = self._process
        assert process is not None  # for the type checker: `start` has made it
        assert process.stdout is not None
        assert process.stderr is not None
        words = asyncio.create_task(self._listen(process.stderr))
        with contextlib.suppress(asyncio.IncompleteReadError):
            await self._relay(process.stdout)
        await words
        if await process.wait() > 0:
            self._warn(f"A chat has ended: {self._last_words or _UNKNOWN}")
        await self._close()

    async def _relay(self, stdout: asyncio.StreamReader) -> None:
        while not self._ready:
            line = await stdout.readline()
            if not line:
                return
            self._ready = line == _READY
        takers = {b"D": self.on_data, b"M": self.on_meta, b"P": self.on_packed}
        while True:
            kind = await stdout.readexactly(1)
            size = int.from_bytes(await stdout.readexactly(4), "big")
            payload = await stdout.readexactly(size)
            if kind not in takers:
                self._signal(signal.SIGKILL)
                return
            # A page that has gone takes nothing, but a chat that can't write can't end either.
            with contextlib.suppress(ConnectionError):
                await takers[kind](payload)

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        """Read to the end, and keep the last sentence that the command complained with."""
        with contextlib.suppress(ValueError):  # a line longer than any of ours
            async for line in stderr:
                if line.startswith(_COMPLAINT):
                    self._last_words = one_line(
                        line.removeprefix(_COMPLAINT).decode("utf-8", "replace")
                    )
        while await stderr.read(1 << 16):
            pass

    async def on_meta(self, data: bytes) -> None:
        """Do what the chat asks for, but open nothing except pages of the web."""
        asked: dict[str, Any] = json.loads(data)
        if asked["type"] == "open_url" and not asked["url"].startswith(("http://", "https://")):
            return
        if asked["type"] != "exit":  # its process ends next, and the page with it
            await super().on_meta(data)

    async def _close(self) -> None:
        code = self._process.returncode if self._process else None
        failed = code is not None and code > 0
        said = self._last_words or _UNKNOWN
        await self.dismiss(1011 if failed else 1000, said if failed else "The chat has ended.")

    async def dismiss(self, code: int, why: str) -> None:
        """Close the page with a sentence that it shows; a closed one stays as it is."""
        await dismiss(self._page, code, why)

    async def stop(self) -> None:
        """End the chat's process: asked first, and with its own children where it doesn't."""
        process, task = self._process, self._task
        if process is None or task is None:
            return
        self._task = None
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        if not self._ready:
            self._signal(signal.SIGTERM)
        self.stdin.close()  # which its driver takes for the end
        try:
            await asyncio.wait_for(asyncio.shield(task), GRACE_S)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await task

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None  # for the type checker
        child.signal_group(self._process, number)


def bounded(width: object, height: object) -> tuple[int, int]:
    """Return a terminal's size as numbers that a chat can bear."""
    sizes = []
    for given, usual, most in ((width, 80, MOST_COLUMNS), (height, 24, MOST_ROWS)):
        size = given if isinstance(given, int) and given > 0 else usual
        sizes.append(min(size, most))
    return sizes[0], sizes[1]


async def dismiss(page: web.WebSocketResponse, code: int, why: str) -> None:
    """Close a page with a sentence that it shows; a websocket takes 123 bytes of it."""
    message = why.encode()[:123].decode("utf-8", "ignore").encode()
    with contextlib.suppress(ConnectionError):
        await page.close(code=code, message=message)
