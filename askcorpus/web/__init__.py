"""The chat in a browser: a small server for pages on this machine, one child process a page.

server    the routes, and a chat for each connection (textual-serve's, made strict)
gate      who may come in: the host's name, the page's origin, the token
service   one chat: a child process and what goes between it and its page
driver    the child's side: how Textual speaks through pipes
running   the socket, the address, the signals
static/   the page itself; nothing in it comes from elsewhere
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def serve(
    arguments: Sequence[str],
    *,
    host: str,
    port: int,
    announce: Callable[[str, str], None],
    warn: Callable[[str], None],
) -> None:
    """Serve the chat until the user ends it; all of its child processes have ended then.

    Args:
        arguments: The command that runs one chat, program first; never seen by a shell.
        host: Address or name to listen on.
        port: 0 for any free one.
        announce: Called once it listens with the address to show, and with one that works
            once, for a browser's command line, which others on the machine can read.
        warn: Called with a sentence when something goes wrong that ends nothing.

    Raises:
        UsageError: It can't listen there.
        KeyboardInterrupt: The user has ended it.
    """
    from askcorpus.web import running

    running.serve(arguments, host=host, port=port, announce=announce, warn=warn)
