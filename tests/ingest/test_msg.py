"""Outlook's messages, in compound files written here: head, body, attachments, damage."""

from __future__ import annotations

import random
import struct

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats.lzfu import decompressed
from askcorpus.ingest.formats.msg import parse
from tests.ingest.made_msg import (
    BODY,
    CODE_PAGE,
    HEAD,
    HEADERS,
    LETTER,
    NOON,
    PAGE,
    RTF,
    SUBJECT,
    make_compound,
    make_msg,
    make_part,
)


def read(data: bytes) -> Extracted:
    found = parse(data)
    assert isinstance(found, Extracted), found
    return found


def test_a_message_is_written_as_other_mail_is() -> None:
    people = (("Bob Lee", "bob@example.org", 1), ("", "cy@example.org", 2), ("Di", "/O=X/CN=D", 1))
    found = read(make_msg({**HEAD, BODY: "Zenith paid €4 million."}, NOON, recipients=people))
    assert (found.title, found.date, found.byline) == ("The café deal", "2014-07-01", "Ann Smith")
    assert found.extracted
    assert found.text.split("\n\n") == [
        "The café deal",
        "From: Ann Smith <ann@example.org>\nTo: Bob Lee <bob@example.org>, Di\n"
        "Cc: cy@example.org\nDate: Tue, 01 Jul 2014 12:00:00 +0000",
        "Zenith paid €4 million.",
    ]


def test_the_headers_that_it_came_with_count_first() -> None:
    came = (
        "Microsoft Mail Internet Headers Version 2.0\r\n"
        "From: =?utf-8?q?Ann_Sm=C3=AFth?= <ann@example.org>\r\nTo: all@example.org\r\n"
        "Date: Wed, 02 Jul 2014 01:00:00 +0300\r\n\r\n"
    )
    found = read(make_msg({**HEAD, HEADERS: came, BODY: "Text."}, NOON))
    assert (found.date, found.byline) == ("2014-07-02", "Ann Smïth")
    assert "From: Ann Smïth <ann@example.org>\nTo: all@example.org\nDate: Wed, 02" in found.text


def test_the_plain_form_is_read_where_there_are_several() -> None:
    page = b"<html><body><p>They deny the whole affair.</p></body></html>"
    assert read(make_msg({**HEAD, BODY: "As text.", PAGE: page})).text.endswith("\n\nAs text.")


def test_a_page_is_read_as_web_pages_are() -> None:
    page = "<html><body><p>They deny the café’s affair.</p><script>x()</script></body></html>"
    found = read(make_msg({**HEAD, PAGE: page.encode("cp1252")}, {CODE_PAGE: 1252}))
    assert found.text.endswith("\n\nThey deny the café’s affair.")


def test_rtf_alone_is_unpacked_and_read() -> None:
    rtf = rb"{\rtf1\ansi They deny the whole affair.\par}"
    packed = struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
    assert read(make_msg({**HEAD, RTF: packed})).text.endswith("\n\nThey deny the whole affair.")


def test_packed_rtf_is_unpacked_by_its_window() -> None:
    # The example of [MS-OXRTFCP] 4.1.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232"
        "0af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_text_of_one_byte_each_is_read_by_its_code_page() -> None:
    words = {BODY: "Zürich zahlt".encode("cp1252"), SUBJECT: "Привет".encode("cp1251")}
    found = read(make_msg({}, {CODE_PAGE: 1252, 0x3FFD: 1251}, narrow=words))
    assert (found.title, found.text) == ("Привет", "Привет\n\nZürich zahlt")


def test_attachments_are_named_and_not_opened() -> None:
    found = read(make_msg({**HEAD, BODY: "See both."}, files=("letter.txt", "plan.pdf")))
    assert found.text.endswith("See both.\n\nAttachments: letter.txt, plan.pdf")


def test_a_long_body_is_read_whole() -> None:
    body = "".join(f"Line {n} of the minutes.\n" for n in range(1000))
    assert read(make_msg({**HEAD, BODY: body})).text.endswith(body.strip())


def test_what_is_no_message_is_said_to_be_none() -> None:
    assert parse(b"Just some words.") == parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert isinstance(parse(b"Just some words."), Unreadable)
    other = make_compound({"WordDocument": b"words"})
    assert parse(other) == Unreadable("not an Outlook message: it has no properties")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.99])
def test_a_message_that_was_cut_is_not_read_in_part(share: float) -> None:
    assert isinstance(parse(LETTER[: int(share * len(LETTER))]), Unreadable)


def test_a_stream_that_ends_before_its_stated_size_is_damage() -> None:
    name = "__substg1.0_1000001F".encode("utf-16-le")
    at = LETTER.index(name) + 120
    longer = LETTER[:at] + struct.pack("<Q", 4000) + LETTER[at + 8 :]
    assert parse(longer) == Unreadable("it is damaged: a part of it is missing")


@pytest.mark.parametrize("seed", range(60))
def test_damaged_bytes_are_read_or_refused(seed: int) -> None:
    chosen = random.Random(seed)
    data = bytearray(LETTER)
    for _ in range(chosen.choice((1, 3, 30))):
        data[chosen.randrange(len(data))] = chosen.choice((0, 1, 0xFE, 0xFF))
    assert isinstance(parse(bytes(data)), Extracted | Unreadable)


def test_a_chain_of_sectors_that_runs_in_a_circle_ends() -> None:
    data = make_msg({**HEAD, BODY: "x" * 5000})
    at = data.rindex(struct.pack("<4I", 1, 2, 3, 4))
    assert isinstance(parse(data[:at] + bytes(4) + data[at + 4 :]), Extracted)


def test_storages_too_deep_to_follow_are_refused() -> None:
    names = [f"{n:04}" for n in range(5000)]  # each hangs on the one before it
    data = make_compound(
        {**make_part(32, {**HEAD, BODY: "Text."}, NOON), **dict.fromkeys(names, b"")}
    )
    assert parse(data) == Unreadable("it is damaged or something else than its name says")
