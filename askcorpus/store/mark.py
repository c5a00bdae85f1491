"""Tells the indexes that this user's askcorpus has made from those that came from elsewhere.

A mark in the ledger is a digest of its file's number (inode) under a key that never leaves the
user's data directory: nobody else can make one, and a copy of the file has another number. It is
no password for what the index says, which is checked whoever made it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from hmac import compare_digest
from typing import TYPE_CHECKING

from askcorpus.config import data_dir

if TYPE_CHECKING:
    from pathlib import Path

KEY = "mark.key"
_KEY_BYTES = 32


def made(file: Path) -> str:
    """Return the mark of a file, in hexadecimal; "" where no key can be kept."""
    with contextlib.suppress(OSError):
        return _digest(file, _key() or _new_key())
    return ""


def is_ours(file: Path, mark: str) -> bool:
    """Return whether the mark is the one that this user's askcorpus would make for the file."""
    with contextlib.suppress(OSError):
        key = _key()
        return bool(key and mark) and compare_digest(_digest(file, key).encode(), mark.encode())
    return False


def _digest(file: Path, key: bytes) -> str:
    # Not the device too: its number may be another one after each start of the machine.
    return hashlib.blake2b(str(file.stat().st_ino).encode(), key=key, digest_size=16).hexdigest()


def _key() -> bytes:
    """Return the user's key; none where there isn't one yet."""
    try:
        found = (data_dir() / KEY).read_bytes()
    except FileNotFoundError:
        return b""
    return found if len(found) == _KEY_BYTES else b""


def _new_key() -> bytes:
    """Make the user's key and return it, or the one that another process made just now."""
    directory = data_dir()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=directory) as scratch:  # for its owner only
        scratch.write(os.urandom(_KEY_BYTES))
        scratch.flush()
        with contextlib.suppress(FileExistsError):
            os.link(scratch.name, directory / KEY)  # whole, or not at all
    return _key()
