"""What is packed or marked up in simple ways: gzip around another format, and RTF."""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING

from askcorpus.ingest.extracted import Extracted, RefusedError, Unreadable
from askcorpus.ingest.formats.written import Writer

if TYPE_CHECKING:
    from askcorpus.ingest.extracted import Parser

MAX_UNPACKED_BYTES = 64_000_000


def unpacked(parser: Parser) -> Parser:
    """Return a parser for what `parser` reads, packed by gzip."""

    def parse(data: bytes) -> Extracted | Unreadable:
        return parser(_gunzip(data))

    return parse


def _gunzip(data: bytes) -> bytes:
    import gzip

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            content = stream.read(MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise RefusedError("it is damaged, or not packed by gzip") from exc
    if len(content) > MAX_UNPACKED_BYTES:
        raise RefusedError(f"it unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB")
    return content


def parse_rtf(data: bytes) -> Extracted | Unreadable:
    """Return the text of a file in Rich Text Format, each of its lines a block."""
    if not data.lstrip().startswith(b"{\\rtf"):
        return Unreadable("it is damaged or something else than its name says")
    from striprtf.striprtf import rtf_to_text

    # Every byte beyond ASCII is written as an escape, which says its own encoding.
    text = rtf_to_text(data.decode("latin-1"), errors="replace")
    writer = Writer()
    for line in re.split(r"[\r\n]+", text):
        writer.block(line.replace("|", " | ").strip(" |") if line.endswith("|") else line)
    return writer.extracted()
