"""E-mail: one message or a mailbox. Who, when and what about, then the text; attachments named.

Of a message in two forms the plain one is read; HTML goes through the reader for web pages.
"""

from __future__ import annotations

import email.policy
import re
from dataclasses import replace
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

from askcorpus.ingest import webpage
from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.written import Writer
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage, Message

_SHOWN = ("From", "To", "Cc", "Date")
# A mailbox's mark between messages: an address and a date, after an empty line.
_BETWEEN = re.compile(rb"(?:\A|\n\r?\n)From [^\r\n]*\d{4}[^\r\n]*\r?\n")
_QUOTED_MARK = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def parse_eml(data: bytes) -> Extracted | Unreadable:
    """Return one message's text; its subject is the title and its sender the author."""
    message = _message(data)
    if not any(message.get(name) for name in ("From", "To", "Date", "Subject")):
        return Unreadable("not an e-mail: it has no sender, receiver, date or subject")
    writer = Writer()
    _write(writer, message)
    return writer.extracted(date=_date(message), byline=_sender(message))


def parse_mbox(data: bytes) -> Extracted | Unreadable:
    """Return a mailbox's messages, each a place."""
    writer = Writer()
    starts = [match.end() for match in _BETWEEN.finditer(data)]
    if not starts:
        return Unreadable("not a mailbox: no message begins in it")
    ends = [match.start() for match in _BETWEEN.finditer(data)][1:]
    for number, (start, end) in enumerate(zip(starts, [*ends, len(data)], strict=True), start=1):
        writer.place(f"message {number}")
        _write(writer, _message(_QUOTED_MARK.sub(b"", data[start:end])))
    found = writer.extracted(title=f"Mailbox of {len(starts)} messages")
    # The dates and names in its head are those of the first message only.
    return found if isinstance(found, Unreadable) else replace(found, date=None, byline=None)


def _message(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def _write(writer: Writer, message: EmailMessage) -> None:
    writer.heading(_header(message, "Subject") or "(no subject)", 1)
    for name in _SHOWN:
        value = _header(message, name)
        if value:
            writer.block(f"{name}: {value}", gap="\n" if name != "From" else "\n\n")
    writer.block(_body(message))
    names = list(_attachments(message))
    if names:
        writer.block(f"Attachments: {', '.join(names)}")


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name) or ""))
    except (ValueError, TypeError, AttributeError, IndexError):  # the library's parser of headers
        return ""


def _body(message: EmailMessage) -> str:
    """Return the text of a message: the plain part, or else the HTML part's."""
    for kind in ("plain", "html"):
        try:
            part = message.get_body((kind,))
        except (ValueError, KeyError, AttributeError):
            part = None
        if part is None:
            continue
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        text = _decoded(part, data)
        if kind == "html":
            found = webpage.parse(text.encode("utf-8", "replace"))
            text = "" if isinstance(found, Unreadable) else found.text
        if text.strip():
            return text.replace("\r\n", "\n")
    return ""


def _decoded(part: Message, data: bytes) -> str:
    """Return a part's text in the encoding that it states, or else as UTF-8 or Windows-1252."""
    for name in (part.get_content_charset(), "utf-8", "cp1252"):
        try:
            if name and webpage.KNOWN_ENCODING.fullmatch(name):
                return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        name = part.get_filename()
        if name:
            yield one_line(name)


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _sender(message: EmailMessage) -> str | None:
    found = getaddresses([_header(message, "From")])
    return (found[0][0] or found[0][1] or None) if found else None
