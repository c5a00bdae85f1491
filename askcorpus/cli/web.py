"""The chat in a browser: `askcorpus web`."""

from __future__ import annotations

import ipaddress
import os
import sys
import threading
from typing import Any

import click

from askcorpus.cli.console import emit, narrate
from askcorpus.cli.options import load_settings, settings_options

_FLAGS = ("k", "model", "threads", "dense")


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port (else any free one).",
)
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDR",
    help="Address to listen on (else this machine alone).",
)
@click.option("--no-open", is_flag=True, help="Open no browser.")
@settings_options(*_FLAGS)
@click.pass_context
def web(ctx: click.Context, /, port: int, host: str, no_open: bool, **params: Any) -> None:
    """Serve the chat to a browser on this machine.

    Prints the address, which holds a secret: whoever has it may ask, and read the documents.
    """
    from askcorpus import child
    from askcorpus.web import serve

    settings, _ = load_settings(ctx, params, *_FLAGS)
    given = {
        "--index=": settings.index,
        "--config=": params["file"] or ctx.obj["file"],
        "-k": params["k"],
        "--model=": params["model"],
        "--threads=": params["threads"],
        "--dense=": params["dense"],
    }
    flags = [f"{flag}{value}" for flag, value in given.items() if value is not None]

    def announce(address: str, one_pass: str) -> None:
        if not _is_loopback(host):
            narrate(
                "Warning: other machines can reach this server, and nothing is encrypted; whoever "
                "reads the address on its way can read what you can."
            )
            if "//127.0.0.1:" in address:
                narrate("There, this machine's own number goes in place of 127.0.0.1.")
        narrate("The chat is served to whoever has this address. Ctrl+C ends it.")
        emit(f"{address}\n")
        if not no_open and sys.stdout.isatty() and _has_desktop():
            threading.Thread(target=_open, args=[one_pass], daemon=True).start()

    command = child.command("askcorpus", "chat", *flags)
    try:
        serve(command, host=host, port=port, announce=announce, warn=narrate)
    except KeyboardInterrupt:  # as was announced
        ctx.exit(130)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _has_desktop() -> bool:
    """Return whether a browser would have a window; one of text would take over the terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)
