"""E-mail: one message or a mailbox. Who, when and what about, then the text; attachments named.

Of a message in two forms the plain one is read. In a mail there is nothing to find the way with, so
that all that its HTML shows is read, quoted messages too.
"""

from __future__ import annotations

import email.policy
import re
from dataclasses import dataclass, replace
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats import webpage
from askcorpus.ingest.formats.written import Writer
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import EmailMessage, Message

SHOWN = ("From", "To", "Cc", "Date")
"""The lines of a message's head that are part of its text, in this order."""
# A mailbox's mark between messages: an address and a date, after an empty line.
_BETWEEN = re.compile(rb"(?:\A|\n\r?\n)From [^\r\n]*\d{4}[^\r\n]*\r?\n")
_QUOTED_MARK = re.compile(rb"^>(?=>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it is written into the text, whatever format it came in."""

    subject: str
    head: Mapping[str, str]
    """What it says under each name in `SHOWN`; empty or missing where it says nothing."""
    body: str
    attachments: tuple[str, ...]
    """Their names."""

    @property
    def date(self) -> str | None:
        """Return the day that the head states, in ISO 8601."""
        try:
            return parsedate_to_datetime(self.head.get("Date", "")).date().isoformat()
        except (ValueError, TypeError, IndexError):
            return None

    @property
    def sender(self) -> str | None:
        """Return the sender's name, or else the address."""
        found = getaddresses([self.head.get("From", "")])
        return (found[0][0] or found[0][1] or None) if found else None


def parse_eml(data: bytes) -> Extracted | Unreadable:
    """Return one message's text; its subject is the title and its sender the author."""
    return read(_letter(_message(data)))


def read(letter: Letter) -> Extracted | Unreadable:
    """Return a message's text; what has nothing of a head is none."""
    if not (letter.subject or any(letter.head.values())):
        return Unreadable("not an e-mail: it has no sender, receiver, date or subject")
    writer = Writer()
    _write(writer, letter)
    return writer.extracted(date=letter.date, byline=letter.sender)


def parse_mbox(data: bytes) -> Extracted | Unreadable:
    """Return a mailbox's messages, each a place."""
    writer = Writer()
    starts = [match.end() for match in _BETWEEN.finditer(data)]
    if not starts:
        return Unreadable("not a mailbox: no message begins in it")
    ends = [match.start() for match in _BETWEEN.finditer(data)][1:]
    readable = 0
    for number, (start, end) in enumerate(zip(starts, [*ends, len(data)], strict=True), start=1):
        writer.place(f"message {number}")
        letter = _sound(_QUOTED_MARK.sub(b"", data[start:end]))
        if letter:
            _write(writer, letter)
            readable += 1
        else:
            writer.boilerplate(f"[message {number} can't be read]", "unreadable message")
    if not readable:
        return Unreadable("none of its messages can be read", failed=True)
    found = writer.extracted(title=f"Mailbox of {len(starts)} messages")
    # The dates and names in its head are those of the first message only.
    return found if isinstance(found, Unreadable) else replace(found, date=None, byline=None)


def _sound(data: bytes) -> Letter | None:
    """Return a mailbox's message; None where it brings the library down."""
    try:
        return _letter(_message(data))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (one broken message mustn't cost the others)
        return None


def _message(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def _letter(message: EmailMessage) -> Letter:
    return Letter(
        subject=header(message, "Subject"),
        head={name: header(message, name) for name in SHOWN},
        body=_body(message),
        attachments=tuple(_attachments(message)),
    )


def _write(writer: Writer, letter: Letter) -> None:
    writer.heading(letter.subject or "(no subject)", 1)
    for name in SHOWN:
        value = letter.head.get(name)
        if value:
            writer.block(f"{name}: {value}", gap="\n" if name != "From" else "\n\n")
    writer.block(letter.body)
    if letter.attachments:
        writer.block(f"Attachments: {', '.join(letter.attachments)}")


def header(message: Message, name: str) -> str:
    """Return what a message's head says under a name, on one line; empty where it says nothing."""
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
        text = decoded(data, part.get_content_charset())
        if kind == "html":
            text = webpage.shown_text(text)
        if text.strip():
            return text.replace("\r\n", "\n")
    return ""


def decoded(data: bytes, stated: str | None) -> str:
    """Return a body's text in the encoding that is stated, or else as UTF-8 or Windows-1252."""
    for name in (stated, "utf-8", "cp1252"):
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
