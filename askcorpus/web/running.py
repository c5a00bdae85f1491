"""The socket, the address and the signals: a server from its first moment to its last."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
from typing import TYPE_CHECKING

from aiohttp import web

from askcorpus.errors import UsageError
from askcorpus.web.gate import WILDCARDS, Gate
from askcorpus.web.server import ChatServer
from askcorpus.web.service import GRACE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ENDS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_HOST_HINT = "Leave out --host to serve this machine alone."


def serve(
    arguments: Sequence[str],
    *,
    host: str,
    port: int,
    announce: Callable[[str, str], None],
    warn: Callable[[str], None],
) -> None:
    """Serve until a signal; see `askcorpus.web.serve`."""
    with listening(host, port) as listener:
        number = asyncio.run(_serve(arguments, host, listener, announce, warn))
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    # Everything is put away: let it end as whoever sent the signal expects.
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        UsageError: The port is taken or kept back, or the host isn't an address of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family)
    except (socket.gaierror, UnicodeError) as exc:
        raise UsageError(f"{host!r} is no address of this machine.", hint=_HOST_HINT) from exc
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            hint = "Choose another one, or leave out --port for any free one."
            raise UsageError(f"Port {port} is in use.", hint=hint) from exc
        if exc.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"{host!r} is no address of this machine.", hint=_HOST_HINT) from exc
        said = (exc.strerror or "unknown").lower()
        hint = "Choose a port from 1024 on, or leave out --port for any free one."
        raise UsageError(f"Can't listen on port {port}: {said}.", hint=hint) from exc


async def _serve(
    arguments: Sequence[str],
    host: str,
    listener: socket.socket,
    announce: Callable[[str, str], None],
    warn: Callable[[str], None],
) -> signal.Signals:
    """Serve until a signal comes, end all chats and return it."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[signal.Signals] = loop.create_future()

    def end(number: signal.Signals) -> None:
        if not ended.done():
            ended.set_result(number)

    for number in _ENDS:
        loop.add_signal_handler(number, end, number)
    _be_quiet()
    gate = Gate(_known_as(host, listener), listener.getsockname()[1])
    app = await ChatServer(arguments, gate, warn).make()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_S + 2)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        announce(gate.address, gate.one_pass())
        return await ended
    finally:
        await runner.cleanup()


def _known_as(host: str, listener: socket.socket) -> str:
    """Return the host as given, or the wildcard that it turned out to be ("0" is one)."""
    bound = str(listener.getsockname()[0])
    return bound if bound in WILDCARDS else host


def _be_quiet() -> None:
    """Keep the libraries' logs off the terminal: any passer-by could write to it by them."""
    if os.environ.get("ASKCORPUS_DEBUG"):
        return
    for name in ("aiohttp", "asyncio", "textual-serve"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
