"""The routes, and a chat for each connection: textual-serve's server, made strict."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import textual_serve
from aiohttp import WSMsgType, web
from textual_serve.server import Server, to_int

from askcorpus.web.gate import Gate, harden
from askcorpus.web.service import ChatService, dismiss

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual_serve.app_service import AppService

# Chats at once. Each is a process with its own models in memory.
MOST_CHATS = 8
_TOO_MANY = f"{MOST_CHATS} chats are open. Close one of them, then open a new one here."
_ENDED = "The server was ended: run askcorpus web again."
_STATIC = Path(__file__).parent / "static"
_TERMINAL = Path(next(iter(textual_serve.__path__))) / "static"


class ChatServer(Server):
    """Serves the page, and runs a chat for each of its connections."""

    def __init__(self, arguments: Sequence[str], gate: Gate, warn: Callable[[str], None]) -> None:
        """Prepare it; `make` returns what a runner runs.

        Args:
            arguments: The command of one chat, program first.
            gate: Who may come in.
            warn: Called with a sentence when a chat fails.
        """
        super().__init__(arguments[0], public_url=f"http://{gate.host}", title="askcorpus")
        self._arguments = arguments
        self._gate = gate
        self._warn = warn
        self._ending = False
        self._chats: dict[web.WebSocketResponse, ChatService] = {}

    async def make(self) -> web.Application:
        """Return the application: four routes behind the gate, and no listing of a directory."""
        app = web.Application(middlewares=[self._gate.middleware()])
        app.add_routes(
            [
                web.get("/", self.handle_index),
                web.get("/ws", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", _STATIC),
                web.static("/terminal", _TERMINAL),
            ]
        )
        app.on_response_prepare.append(harden)
        app.on_shutdown.append(self.on_shutdown)
        return app

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Return the page, which holds no data: nothing is filled in."""
        del request
        return web.FileResponse(_STATIC / "page.html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a chat for as long as its page is open."""
        page = web.WebSocketResponse(heartbeat=15)
        await page.prepare(request)
        if self._ending:
            await dismiss(page, 1001, _ENDED)
            return page
        if len(self._chats) >= MOST_CHATS:
            await dismiss(page, 1013, _TOO_MANY)
            return page
        chat = ChatService(self._arguments, page, self.download_manager, self._warn)
        self._chats[page] = chat
        try:
            sides = (request.query.get(side, "") for side in ("width", "height"))
            await chat.start(*(to_int(side, 0) for side in sides))
            with contextlib.suppress(ConnectionError):
                await self._process_messages(page, chat)
        except OSError as exc:
            why = f"The chat can't be started: {(exc.strerror or 'unknown').lower()}."
            self._warn(why)
            await dismiss(page, 1011, why)
        finally:
            # Counted until its process has ended: a page that is reloaded leaves none behind.
            await asyncio.shield(self._end(page, chat))
        return page

    async def _end(self, page: web.WebSocketResponse, chat: ChatService) -> None:
        await chat.stop()
        self._chats.pop(page, None)

    async def _process_messages(
        self, websocket: web.WebSocketResponse, app_service: AppService
    ) -> None:
        """Hand what the page says to its chat; what isn't of the protocol is passed over."""
        async for message in websocket:
            if message.type == WSMsgType.TEXT:
                kind, data = _understood(message.data)
                if kind == "stdin":
                    await app_service.send_bytes(data.encode("utf-8", "replace"))
                elif kind == "resize":
                    await app_service.set_terminal_size(data.get("width"), data.get("height"))
                elif kind == "ping":
                    await websocket.send_json(["pong", data])
                elif kind == "blur":
                    await app_service.blur()
                elif kind == "focus":
                    await app_service.focus()

    async def on_shutdown(self, app: web.Application) -> None:
        """End all chats, and say so on their pages."""
        del app
        self._ending = True
        chats = list(self._chats.values())
        await asyncio.gather(*(chat.dismiss(1001, _ENDED) for chat in chats))
        await asyncio.gather(*(chat.stop() for chat in chats))


_SHAPES = {"stdin": str, "resize": dict, "ping": str, "blur": object, "focus": object}


def _understood(text: str) -> tuple[str, Any]:
    """Return a message's kind and data, or "" where it is none of textual-serve's protocol."""
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError):
        return "", None
    if not isinstance(envelope, list) or not envelope or not isinstance(envelope[0], str):
        return "", None
    kind, data = envelope[0], envelope[1] if len(envelope) > 1 else None
    return (kind, data) if isinstance(data, _SHAPES.get(kind, ())) else ("", None)
