"""Refuses and lists what Python code does towards a network, from the interpreter's start.

A copy of this file, named `sitecustomize.py`, stands in a directory on the child processes' import
path, so that Python runs it before anything else, however a child was started. The list is the
file `attempts` beside the copy: no variable need reach the child. It must not import askcorpus.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("attempts")
_ADDRESSED = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_LOCAL = {getattr(socket, "AF_UNIX", None), getattr(socket, "AF_NETLINK", None)}


def install() -> None:
    """Refuse and list from here on; say in the list that this process is watched."""
    _write({"event": "start"})
    sys.addaudithook(_audit)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    to = _target(event, args)
    if to:
        _write({"event": event, "to": to, "place": _place()})
        raise PermissionError(f"no network: {event} {to}")


def _target(event: str, args: tuple[Any, ...]) -> str:
    """Return what an event leads to; nothing where it stays in this machine's own kernel."""
    if event in _ADDRESSED:
        own, address = args[0].family in _LOCAL, args[1]
        # A bind to the loopback sends nothing, and some libraries try one when imported.
        idle = event == "socket.bind" and address[0] in ("127.0.0.1", "::1")
        return "" if own or idle or address is None else _shown(address)
    if event in _LOOKED_UP:
        return _shown(args[:2])
    if event == "socket.getnameinfo":
        return _shown(args[0])
    if event == "urllib.Request" and not str(args[0]).startswith(("file:", "data:")):
        return str(args[0])
    return ""


def _shown(address: Any) -> str:
    """Return "host port N", or whatever the address is."""
    host, *rest = address if isinstance(address, tuple) and address else (address,)
    name = host.decode("utf-8", "replace") if isinstance(host, bytes) else str(host)
    return f"{name} port {rest[0]}" if rest and rest[0] is not None else name


def _place() -> str:
    """Return the nearest line of code that isn't the standard library's."""
    standard = str(Path(os.__file__).parent)
    frame = sys._getframe(2)
    while frame:
        name = frame.f_code.co_filename
        own = name == __file__ or name.startswith("<frozen")
        if not own and (not name.startswith(standard) or "-packages" in name):
            return f"{name}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""


def _write(entry: dict[str, str]) -> None:
    line = json.dumps({**entry, "program": sys.orig_argv}) + "\n"
    handle = os.open(LIST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode("utf-8", "surrogateescape"))
    finally:
        os.close(handle)


def _go_on() -> None:
    """Run the `sitecustomize` that this one hides: some installations can't do without theirs."""
    others = [folder for folder in sys.path if Path(folder).absolute() != LIST.parent]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec and spec.loader:
        spec.loader.exec_module(module_from_spec(spec))


if __name__ == "sitecustomize":
    install()
    _go_on()
