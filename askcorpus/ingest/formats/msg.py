"""Outlook's messages (.msg): read as other e-mail is, from the properties that they are kept as.

The file is a tree of storages and streams; a property's text is a stream of its own, named by
its number and type ([MS-OXMSG]). Only the message's own properties are opened, and of an
attachment its name.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats import mail, packed, webpage
from askcorpus.ingest.formats.lzfu import decompressed
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Where a stream or the list of streams ends too soon, a part would pass for the whole.
_CUT = re.compile("less than declared|index out of range")
# Some servers write a line of their own above the headers.
_FIRST_HEADER = re.compile(r"^[A-Za-z][\w-]*:", re.MULTILINE)
_FIXED = "__properties_version1.0"
_RECIPIENT, _ATTACHMENT = "__recip_version1.0_#", "__attach_version1.0_#"
_WIDE, _NARROW, _BINARY = 0x001F, 0x001E, 0x0102
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

# Properties, by their numbers in [MS-OXPROPS].
_SUBJECT, _HEADERS = 0x0037, 0x007D
_SENDERS = ((0x0C1A, (0x5D01, 0x0C1F)), (0x0042, (0x5D02, 0x0065)))
"""Who sent it, or else for whom it was sent: the name, and what may hold the address."""
_NAME, _ADDRESSES, _KIND = 0x3001, (0x39FE, 0x3003), 0x0C15
_TO, _CC = 1, 2
_SHOWN_TO, _SHOWN_CC = (0x0E04,), (0x0E03,)
_BODY, _PAGE, _RTF = 0x1000, 0x1013, 0x1009
_FILE_NAMES = (0x3707, 0x3704, _NAME)
_TIMES = (0x0039, 0x0E06)
"""When it was sent, or else when it arrived."""
_BODY_CODE_PAGE, _CODE_PAGE = 0x3FDE, 0x3FFD
# Python names the other code pages by their number. ASCII and Latin 1 mean Windows, as in pages.
_ENCODINGS = {65001: "utf-8", 20127: "cp1252", 28591: "cp1252", 20866: "koi8-r"}


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a message's text; its subject is the title and its sender the author."""
    from olefile import OleFileIO

    try:
        # Never the bytes themselves: the library takes short ones for a file's name.
        with OleFileIO(io.BytesIO(data)) as ole:
            if not ole.exists(_FIXED):
                return Unreadable("not an Outlook message: it has no properties")
            letter = _letter(ole)
            cut = any(_CUT.search(str(words)) for _, words in ole.parsing_issues)
    except (OSError, ValueError, OverflowError, RecursionError):
        # Its own errors, and what sizes and links that can't be lead to.
        return Unreadable("it is damaged or something else than its name says")
    return Unreadable("it is damaged: a part of it is missing") if cut else mail.read(letter)


def _letter(ole: Any) -> mail.Letter:
    """Return the message; the headers that it came with count before Outlook's own view of it."""
    message = _part(ole)
    recipients = [_part(ole, name, of=message) for name in _storages(ole, _RECIPIENT)]
    attachments = [_part(ole, name, of=message) for name in _storages(ole, _ATTACHMENT)]
    sent = next((time for number in _TIMES if (time := message.time(number))), None)
    own = {
        "From": next((who for names in _SENDERS if (who := _address(message, *names))), ""),
        "To": _addresses(recipients, _TO) or message.first(_SHOWN_TO),
        "Cc": _addresses(recipients, _CC) or message.first(_SHOWN_CC),
        "Date": format_datetime(sent) if sent else "",
    }
    text = message.text(_HEADERS)
    first = _FIRST_HEADER.search(text)
    source = text[first.start() :] if first else ""
    received = email.message_from_string(source, policy=email.policy.default)
    return mail.Letter(
        subject=one_line(message.text(_SUBJECT)),
        head={name: mail.header(received, name) or own[name] for name in mail.SHOWN},
        body=_body(message),
        attachments=tuple(name for part in attachments if (name := part.first(_FILE_NAMES))),
    )


def _body(message: _Part) -> str:
    """Return the text of a message: the plain form, else the page's, else that of the RTF."""
    text = message.text(_BODY)
    if not text.strip():
        page = message.text(_PAGE)
        text = webpage.shown_text(page) if page.strip() else ""
    rich = message.stream(_RTF, _BINARY)
    if not text.strip() and rich:
        found = packed.parse_rtf(decompressed(rich))
        text = "" if isinstance(found, Unreadable) else found.text
    return text.replace("\r\n", "\n")


def _storages(ole: Any, prefix: str) -> Iterator[str]:
    return (kid.name for kid in ole.root.kids if kid.name.startswith(prefix))


def _addresses(recipients: list[_Part], kind: int) -> str:
    chosen = (part for part in recipients if part.number(_KIND) == kind)
    return ", ".join(who for part in chosen if (who := _address(part, _NAME, _ADDRESSES)))


def _address(part: _Part, name: int, addresses: tuple[int, ...]) -> str:
    """Return "Name <address>", or what there is of it.

    Inside an organisation the address may be a path ("/O=…"), which tells a reader nothing.
    """
    who = part.first((name,))
    address = next((found for number in addresses if "@" in (found := part.first((number,)))), "")
    if not address or address in who:
        return who
    return f"{who} <{address}>" if who else address


@dataclass(frozen=True, slots=True)
class _Part:
    """The properties of a message, a recipient or an attachment; one that is missing is empty."""

    ole: Any
    folder: tuple[str, ...]
    fixed: Mapping[int, bytes]
    """Those of eight bytes and less."""
    code_pages: tuple[int, int]
    """Of the body, and of other text; 0 where none is stated."""

    def stream(self, number: int, kind: int) -> bytes:
        """Return a property of variable length."""
        return _stream(self.ole, (*self.folder, f"__substg1.0_{number:04X}{kind:04X}"))

    def text(self, number: int) -> str:
        """Return a property as text, in whichever of its types it is kept."""
        wide = self.stream(number, _WIDE)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        body, other = self.code_pages
        page = (body or other) if number in (_BODY, _PAGE) else (other or body)
        data = self.stream(number, _NARROW) or self.stream(number, _BINARY)
        return mail.decoded(data, _ENCODINGS.get(page, f"cp{page}")).rstrip("\0")

    def first(self, numbers: tuple[int, ...]) -> str:
        """Return the first of several properties that says something, on one line."""
        return next((words for number in numbers if (words := one_line(self.text(number)))), "")

    def number(self, number: int) -> int:
        """Return a property that is a number."""
        return int.from_bytes(self.fixed.get(number, b"")[:4], "little")

    def time(self, number: int) -> datetime | None:
        """Return a property that is a time: tenths of a microsecond since 1601."""
        tenths = int.from_bytes(self.fixed.get(number, b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=tenths // 10) if tenths else None
        except OverflowError:
            return None


def _part(ole: Any, name: str = "", *, of: _Part | None = None) -> _Part:
    """Return the properties of the message, or of a storage in it."""
    folder = (name,) if name else ()
    block = _stream(ole, (*folder, _FIXED))
    # The message's own block begins with counts that a recipient's and an attachment's lack.
    start = 8 if of else 32
    fixed = {
        int.from_bytes(block[at + 2 : at + 4], "little"): block[at + 8 : at + 16]
        for at in range(start, len(block) - 15, 16)
    }
    stated = [
        int.from_bytes(fixed.get(n, b"")[:4], "little") for n in (_BODY_CODE_PAGE, _CODE_PAGE)
    ]
    return _Part(ole, folder, fixed, of.code_pages if of else (stated[0], stated[1]))


def _stream(ole: Any, path: tuple[str, ...]) -> bytes:
    from olefile import STGTY_STREAM

    if ole.get_type(list(path)) != STGTY_STREAM:
        return b""
    data: bytes = ole.openstream(list(path)).read()
    return data
