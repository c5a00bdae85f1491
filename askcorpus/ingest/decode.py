"""Bytes to text: the encoding found, nothing else changed.

Line ends stay as they are, so that offsets and line numbers are the file's own; only a leading
byte-order mark goes. What comes out holds neither U+0000 nor a lone surrogate.
"""

from __future__ import annotations

import codecs
import re

from askcorpus.ingest.extracted import Unreadable

SAMPLE_BYTES = 65_536
"""What the detector sees of a large file; more would take time and rarely change the verdict."""
MAX_CONTROLS = 0.02
"""Share of control characters beyond which bytes are no text; logs with colours stay below."""
DAMAGED = 20
"""So many good UTF-8 characters per bad one make a file damaged UTF-8 and not another encoding."""

# UTF-32 first: its little-endian mark starts with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF")
# Not tab, the line and form feeds, or ESC, which colours logs and shifts ISO-2022 encodings.
_CONTROL_BYTES = bytes({*range(32), 127} - {9, 10, 11, 12, 13, 27})
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
BINARY = Unreadable("looks binary")


def decode(data: bytes) -> str | Unreadable:
    """Return the text of a file's bytes, or why they are none."""
    if not data:
        return Unreadable("empty")
    text = _decode(data)
    if isinstance(text, Unreadable):
        return text
    text = text.removeprefix("\ufeff")
    if _FORBIDDEN.search(text):
        return BINARY
    if not text or text.isspace():
        return Unreadable("empty")
    return text


def _decode(data: bytes) -> str | Unreadable:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding)
    if data.startswith(_MAGIC) or b"\0" in data:
        return BINARY
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls > MAX_CONTROLS * len(data):
        return BINARY
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _damaged(data) or _detected(data)


def _marked(data: bytes, encoding: str) -> str | Unreadable:
    try:
        text = data.decode(encoding)
        controls = sum(1 for _ in _CONTROLS.finditer(text))
        return text if controls <= MAX_CONTROLS * len(text) else BINARY
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return _damaged(data) or Unreadable("its byte-order mark says UTF-8, but it isn't")
        return BINARY  # two or four bytes may stand at the start of anything


def _damaged(data: bytes) -> str | None:
    """Return the text of UTF-8 with a few bad bytes, each as U+FFFD; None for anything else.

    A detector would take the whole for another encoding and garble every good character.
    """
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    good = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return text if good >= DAMAGED * bad else None


def _detected(data: bytes) -> str | Unreadable:
    """Return the text in the likeliest encoding that fits every byte.

    The detector orders equally likely ones by name, so that French would be read as Central
    European; of those, Windows-1252 is by far the commonest.
    """
    import charset_normalizer

    matches = [
        match
        for match in charset_normalizer.from_bytes(_sample(data))
        # Without a mark these fit nearly anything of even length.
        if not match.encoding.startswith(("utf_16", "utf_32", "utf_7"))
    ]
    names = [match.encoding for match in matches]
    for match in matches:
        as_likely = (match.chaos, match.coherence) == (matches[0].chaos, matches[0].coherence)
        if as_likely and "cp1252" in {match.encoding, *match.could_be_from_charset}:
            names.insert(0, "cp1252")
            break
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return Unreadable("its encoding could not be recognised")


def _sample(data: bytes) -> bytes:
    """Return whole lines around the first byte that isn't ASCII: the others say nothing."""
    if len(data) <= SAMPLE_BYTES:
        return data
    first = re.search(rb"[\x80-\xff]", data)
    start = max(0, first.start() - 1024 if first else 0)
    piece = data[start : start + SAMPLE_BYTES]
    # A character cut in half would rule out the right encoding.
    low, high = piece.find(b"\n"), piece.rfind(b"\n")
    return piece[low + 1 : high] if -1 < low < high else piece
