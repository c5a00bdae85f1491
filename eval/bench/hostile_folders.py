"""Folders that are made to mislead: names, links, special files, files that change meanwhile."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench.hostile_files import BIDI, MB

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

WORDS = "Words of the mayor.\n"


def names(folder: Path) -> None:
    for name in (
        "new\nline.txt",
        "\x1b]0;title\x07.txt",
        "\x1b[2Jclear.txt",
        f"bidi{BIDI}txt.exe.txt",
        "c1\x9b31m.txt",
        "-rf.txt",
        "--help.txt",
        "quote'\"`$(id).txt",
        "glob*?[a].txt",
        " .txt",
        "n" * 251 + ".txt",
        "\u00e9" * 125 + ".txt",
        "\\back\\slash.txt",
        "~.txt",
        "con.txt",
        "\r.txt",
    ):
        (folder / name).write_text(WORDS, encoding="utf-8")
    raw = os.fsencode(folder)
    for bad in (b"\xff\xfe.txt", b"\xed\xa0\x80.txt", b"\xc3.md"):
        Path(os.fsdecode(raw + b"/" + bad)).write_text(WORDS, encoding="utf-8")
    (folder / "inner\x1b[31m\n").mkdir()
    (folder / "inner\x1b[31m\n" / "a.txt").write_text(WORDS, encoding="utf-8")
    deep = folder
    for _ in range(300):
        deep /= "d"
        deep.mkdir()
    (deep / "a.txt").write_text(WORDS, encoding="utf-8")


def links(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("The secret of Elmford is plum.\n", encoding="utf-8")
    (folder / "inner").mkdir()
    (folder / "inner" / "a.txt").write_text(WORDS, encoding="utf-8")
    for name, target in {
        "self.txt": "self.txt",
        "ping.txt": "pong.txt",
        "pong.txt": "ping.txt",
        "inner/up": "..",
        "loop": ".",
        "away.txt": str(outside / "secret.txt"),
        "folder": str(outside),
        "dotted.txt": "../outside/secret.txt",
        "hop.txt": "hop2.txt",
        "hop2.txt": "folder/secret.txt",
        "memory.txt": "/proc/self/mem",
        "environment.txt": "/proc/self/environ",
        "zero.txt": "/dev/zero",
        "nothing.txt": "nowhere.txt",
        "fine.txt": "inner/a.txt",
    }.items():
        (folder / name).symlink_to(target)


def special(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # an address has at most 108 bytes
        listener.bind("socket.txt")
        os.chdir(here)
    for name, device in (("zero.txt", (1, 5)), ("terminal.txt", (5, 0))):
        with contextlib.suppress(OSError):
            os.mknod(folder / name, 0o600 | stat.S_IFCHR, os.makedev(*device))
    (folder / "folder.txt").mkdir()
    (folder / ".gitignore").mkdir()
    os.mkfifo(folder / ".askcorpusignore")


def huge(folder: Path) -> None:
    with (folder / "sparse.txt").open("wb") as stream:
        stream.truncate(1_000 * MB)
    with (folder / "real.txt").open("wb") as stream:
        for _ in range(1_000):
            stream.write((WORDS * (MB // len(WORDS) + 1)).encode()[:MB])
    with (folder / "just.txt").open("wb") as stream:
        stream.truncate(64 * MB)


def changing(folder: Path) -> None:
    for name in ("grows", "shrinks", "vanishes", "pipe", "link", "rewritten"):
        (folder / f"{name}.txt").write_text(WORDS * 100_000, encoding="utf-8")
    for number in range(200):
        (folder / f"filler{number}.csv").write_text(f"a,b\n1,{number}\n", encoding="utf-8")


def change(folder: Path, ended: Event) -> None:
    """Change the files of `changing` over and over until `ended`."""
    turn = 0
    while not ended.wait(0.002):
        turn += 1
        with contextlib.suppress(OSError):
            with (folder / "grows.txt").open("ab") as stream:
                stream.write(WORDS.encode())
            os.truncate(folder / "shrinks.txt", max(0, 2 * MB - 100 * turn))
            (folder / "rewritten.txt").write_text(f"{WORDS * 1_000}{turn}", encoding="utf-8")
            for name in ("vanishes", "pipe", "link"):
                path = folder / f"{name}.txt"
                path.unlink(missing_ok=True)
                if turn % 2:
                    path.write_text(WORDS, encoding="utf-8")
                elif name == "pipe":
                    os.mkfifo(path)
                elif name == "link":
                    path.symlink_to("/proc/self/mem")


def many(folder: Path) -> None:
    for number in range(100_000):
        inner = folder / str(number // 1_000)
        inner.mkdir(exist_ok=True)
        (inner / f"{number}.txt").write_text(f"Report {number} of the mayor.\n", encoding="utf-8")


FOLDERS: dict[str, Callable[[Path], None]] = {
    "names of files": names,
    "links": links,
    "pipes, sockets, devices": special,
    "1 GB of text, sparse and real": huge,
    "files that change while read": changing,
}
LARGE: dict[str, Callable[[Path], None]] = {"100,000 files": many}
MEANWHILE = {"files that change while read": change}
