"""Refuses and lists system calls that lead to a network, native code's and all children's included.

Linux only. A seccomp filter, which the kernel hands down to every process that is started from
here, stops the calls that name an address and asks the watcher: it reads the address, notes it and
answers with an error. A process can't take the filter off. Numbers and layouts: seccomp(2),
linux/seccomp.h, linux/filter.h.

The watcher reads an address after the call has stopped, so a program that means to deceive could
exchange it; this finds what a library does, it doesn't hold an attacker.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import queue
import select
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Tell = Callable[[str, str, list[str]], None]


@dataclass(frozen=True, slots=True)
class _Machine:
    """A processor's own numbers: of its ABI and of the calls."""

    arch: int
    connect: int
    bind: int
    sendto: int
    sendmsg: int
    sendmmsg: int
    seccomp: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 42, 49, 44, 46, 307, 317),
    "aarch64": _Machine(0xC00000B7, 203, 200, 206, 211, 269, 277),
}
_IO_URING_SETUP = 425  # everywhere
_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_CONTINUE = 1
_ALLOW, _ERROR, _NOTIFY = 0x7FFF0000, 0x00050000, 0x7FC00000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of the kernel's packet filter
_ANOTHER_ABI = 0x40000000  # x32 on x86-64
_MOST_MESSAGES = 1024  # the kernel takes no more of one call


def confine(channel: socket.socket) -> None:
    """Put this process and all that it starts under the filter; send the listener, or why not.

    Call it before other threads are there: they would go without.
    """
    ready: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    def send() -> None:
        listener = ready.get()
        if listener is not None:
            socket.send_fds(channel, [b"+"], [listener])
            os.close(listener)  # with the watcher gone, calls must fail, not wait

    # Older than the filter and so without it: its own sendmsg would wait for the watcher.
    sender = threading.Thread(target=send)
    sender.start()
    try:
        ready.put(_install())
    except OSError as exc:
        ready.put(None)
        channel.send((exc.strerror or str(exc)).encode())
    sender.join()


def _install() -> int:
    """Return the listener of the filter that is now in force.

    Raises:
        OSError: The platform has no such filter, or doesn't allow it.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, f"not on {sys.platform} {platform.machine()}")
    program = _assembled(machine)
    steps = ctypes.create_string_buffer(program, len(program))
    whole = ctypes.create_string_buffer(
        struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    number = ctypes.c_long(machine.seccomp)
    listener: int = libc.syscall(number, _SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(whole))
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return listener


def _assembled(machine: _Machine) -> bytes:
    """Return the filter: what names an address asks the watcher, io_uring isn't there."""
    asked = [machine.connect, machine.bind, machine.sendmsg, machine.sendmmsg]
    steps: list[tuple[int, int, str, str]] = [  # what, operand, where true, where false
        (_LOAD, 4, "", ""),
        (_EQUAL, machine.arch, "", "none"),
        (_LOAD, 0, "", ""),
        (_AT_LEAST, _ANOTHER_ABI, "none", ""),
        (_EQUAL, _IO_URING_SETUP, "none", ""),  # it could connect without a call
        *((_EQUAL, number, "ask", "") for number in asked),
        (_EQUAL, machine.sendto, "", "allow"),
        (_LOAD, 48, "", ""),  # sendto's address, in two halves: send has none
        (_EQUAL, 0, "", "ask"),
        (_LOAD, 52, "", ""),
        (_EQUAL, 0, "allow", "ask"),
    ]
    ends = {"allow": _ALLOW, "ask": _NOTIFY, "none": _ERROR | errno.ENOSYS}
    places = {name: len(steps) + at for at, name in enumerate(ends)}
    program = b""
    for at, (what, operand, yes, no) in enumerate(steps):
        jumps = [places[name] - at - 1 if name else 0 for name in (yes, no)]
        program += struct.pack("=HBBI", what, *jumps, operand)
    return program + b"".join(struct.pack("=HBBI", _RETURN, 0, 0, value) for value in ends.values())


def receive(channel: socket.socket) -> tuple[int | None, str]:
    """Return the listener that `confine` sent, or None and why there is none."""
    said, handles, _, _ = socket.recv_fds(channel, 1000, 1)
    if handles:
        return handles[0], ""
    return None, said.decode("utf-8", "replace").lower() or "the process ended first"


def watch(listener: int, ended: int, tell: Tell) -> None:
    """Refuse and tell what comes from the listener, until the handle `ended` can be read.

    Args:
        listener: From `receive`; closed at the end.
        ended: A pipe's reading end.
        tell: Called with the kind of call, the address and the program's arguments.
    """
    machine = _MACHINES[platform.machine()]
    kinds = {getattr(machine, name): name for name in machine.__slots__ if name != "arch"}
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    waiting.register(ended, select.POLLIN)
    try:
        while (listener, select.POLLIN) in waiting.poll():
            notice = bytearray(_NOTICE.size)
            try:
                fcntl.ioctl(listener, _RECEIVE, notice)
            except FileNotFoundError:  # it was killed while it waited
                continue
            number, pid, _, call, _, _, *arguments = _NOTICE.unpack(notice)
            kind = kinds[call]
            refused, to = _judged(kind, _addresses(kind, pid, arguments))
            if to:
                tell(kind, to, _arguments(pid))
            _answer(listener, number, refused=refused)
    finally:
        os.close(listener)


def _answer(listener: int, number: int, *, refused: bool) -> None:
    # A process that was killed meanwhile needs no answer.
    with suppress(FileNotFoundError):
        if not refused:
            with suppress(OSError):
                fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, 0, _CONTINUE))
                return
        fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, -errno.ECONNREFUSED, 0))


def _judged(kind: str, addresses: Sequence[bytes] | None) -> tuple[bool, str]:
    """Return whether a call is refused, and to where it would have led if that is a network."""
    if addresses is None:
        return True, "an address that can't be read"
    for address in addresses:
        family = int.from_bytes(address[:2], sys.byteorder)
        if family == socket.AF_UNSPEC and kind != "connect":
            family = socket.AF_INET  # as Linux takes it there; connecting to none ends a connection
        if family == socket.AF_UNIX:
            # A service of this machine might look a name up in our place; without it, the C
            # library asks the network itself, and is seen.
            if kind != "bind":
                return True, ""
        elif family not in (socket.AF_UNSPEC, getattr(socket, "AF_NETLINK", 0)):
            host, shown = _shown(family, address)
            if kind != "bind" or host not in ("127.0.0.1", "::1"):  # as in the hook
                return True, shown
    return False, ""


def _shown(family: int, address: bytes) -> tuple[str, str]:
    """Return an address's host, and host and port as text."""
    port = int.from_bytes(address[2:4], "big")
    if family == socket.AF_INET and len(address) >= 8:
        host = socket.inet_ntop(family, address[4:8])
    elif family == socket.AF_INET6 and len(address) >= 24:
        host = socket.inet_ntop(family, address[8:24])
    else:
        return "", f"an address of family {family}"
    return host, f"{host} port {port}"


def _addresses(kind: str, pid: int, arguments: Sequence[int]) -> list[bytes] | None:
    """Return the addresses that a stopped call names; None where they can't be read."""
    try:
        handle = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    except OSError:
        return None
    try:
        if kind in ("connect", "bind", "sendto"):
            at, length = arguments[4:6] if kind == "sendto" else arguments[1:3]
            return [os.pread(handle, min(length & 0xFFFFFFFF, 128), at)]
        count = min(arguments[2], _MOST_MESSAGES) if kind == "sendmmsg" else 1
        heads = [os.pread(handle, 12, arguments[1] + 64 * number) for number in range(count)]
        named = [struct.unpack("=QI", head) for head in heads]
        return [os.pread(handle, min(length, 128), at) for at, length in named if at and length]
    except (OSError, OverflowError, struct.error):
        return None
    finally:
        os.close(handle)


def _arguments(pid: int) -> list[str]:
    with suppress(OSError):
        written = Path(f"/proc/{pid}/cmdline").read_bytes()
        return written.decode("utf-8", "replace").rstrip("\0").split("\0")
    return []
