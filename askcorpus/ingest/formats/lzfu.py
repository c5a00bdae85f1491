"""Unpacks the RTF of Outlook's messages ([MS-OXRTFCP]): copies from a window of 4,096 bytes."""

from __future__ import annotations

from askcorpus.ingest.extracted import MAX_TEXT_CHARS

_WINDOW = 4096
# What every window begins with.
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_HEAD = 16


def decompressed(data: bytes) -> bytes:
    """Return what was packed, as far as it goes; nothing where it is packed otherwise.

    A reference of two bytes gives at most seventeen, so nothing small becomes very large.
    """
    size, kind, packed = int.from_bytes(data[4:8], "little"), data[8:12], data[_HEAD:]
    if kind == b"MELA":
        return packed[:size]
    return bytes(_unpacked(packed)[:size]) if kind == b"LZFu" else b""


def _unpacked(packed: bytes) -> bytearray:
    window = bytearray(_START.ljust(_WINDOW, b" "))
    to = len(_START)
    found = bytearray()
    at = 0
    while at < len(packed) and len(found) <= 4 * MAX_TEXT_CHARS:
        flags, at = packed[at], at + 1
        for bit in range(8):
            if flags >> bit & 1:
                pair, at = int.from_bytes(packed[at : at + 2].ljust(2, b"\0"), "big"), at + 2
                start, count = pair >> 4, (pair & 15) + 2
                if start == to or at > len(packed):
                    return found  # the mark of the end, or a file that was cut
            elif at < len(packed):
                window[to] = packed[at]
                start, count, at = to, 1, at + 1
            else:
                return found
            for step in range(count):
                byte = window[(start + step) % _WINDOW]
                window[to] = byte
                found.append(byte)
                to = (to + 1) % _WINDOW
    return found
