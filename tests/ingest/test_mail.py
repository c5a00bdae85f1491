"""E-mail: one message, a mailbox, and which of its forms is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats.mail import parse_eml, parse_mbox
from tests.ingest.made import make_message

if TYPE_CHECKING:
    from email.message import EmailMessage


def read(message: EmailMessage) -> Extracted:
    found = parse_eml(message.as_bytes())
    assert isinstance(found, Extracted), found
    return found


def test_a_message_states_its_sender_date_and_subject() -> None:
    found = read(make_message("Zenith paid €4 million."))
    assert (found.title, found.date, found.byline) == ("The café deal", "2014-07-01", "Ann Smith")
    assert found.text.split("\n\n") == [
        "The café deal",
        "From: Ann Smith <ann@example.org>\nTo: bob@example.org\n"
        "Date: Tue, 01 Jul 2014 23:00:00 +0000",
        "Zenith paid €4 million.",
    ]


def test_the_plain_form_is_read_where_there_are_two() -> None:
    page = "<html><body><p>They deny the whole affair.</p></body></html>"
    assert read(make_message("As text.", page)).text.endswith("\n\nAs text.")


def test_a_page_is_read_as_web_pages_are() -> None:
    page = "<html><body><p>They deny the whole affair.</p><script>x()</script></body></html>"
    assert read(make_message(html=page)).text.endswith("\n\nThey deny the whole affair.")


QUOTE = (
    '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Bob &lt;<a'
    ' href="mailto:bob@example.org">bob@example.org</a>&gt; wrote:<br></div><blockquote'
    ' class="gmail_quote"><div dir="ltr">When is the rent due?</div></blockquote></div>'
)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<div dir="ltr">The rent is due in May.</div>', "The rent is due in May."),
        (
            f'<div dir="ltr">In May.</div>{QUOTE}',
            "In May.\n\nOn Tue, Bob <bob@example.org> wrote:\n\nWhen is the rent due?",
        ),
        (
            '<div dir="ltr"><div>Dear Ann,</div><div><br></div><div>all is paid.</div></div>',
            "Dear Ann,\n\nall is paid.",
        ),
        (
            '<div dir="ltr">See <a href="http://example.org/7">the contract of unit 7</a></div>',
            "See the contract of unit 7",
        ),
        ("In May.<br>Or in June.", "In May.\nOr in June."),
        (
            '<div dir="ltr">Bring:<ul><li>rope</li><li>lamps</li></ul></div>',
            "Bring:\n\n- rope\n- lamps",
        ),
        (
            "<html><body><p>It passed.</p></body></html>\n<p>-- Harbour list</p>",
            "It passed.\n\n-- Harbour list",
        ),
        (
            "<p class=MsoNormal>It is mended.</p><div><b>From:</b> Bob<br><b>To:</b> Ann</div>",
            "It is mended.\n\nFrom: Bob\nTo: Ann",
        ),
    ],
)
def test_all_that_the_page_of_a_mail_shows_is_read(page: str, text: str) -> None:
    assert read(make_message(html=page)).text.split("+0000\n\n")[1] == text


def test_attachments_are_named_and_not_opened() -> None:
    message = make_message("See the letter.")
    message.add_attachment(b"secret words", maintype="text", subtype="plain", filename="letter.txt")
    found = read(message)
    assert found.text.endswith("See the letter.\n\nAttachments: letter.txt")


def test_messages_of_a_mailbox_are_places() -> None:
    parts = [
        b"From ann@example.org Tue Jul  1 10:00:00 2014\n" + message.as_bytes() + b"\n"
        for message in (
            make_message("From here on all is new.", subject="First"),
            make_message("Second text.", subject="Second"),
        )
    ]
    parts[0] = parts[0].replace(b"\nFrom here", b"\n>From here")
    found = parse_mbox(b"".join(parts))
    assert isinstance(found, Extracted)
    assert [(place.label, found.text[place.start :][:5]) for place in found.places] == [
        ("message 1", "First"),
        ("message 2", "Secon"),
    ]
    assert "\n\nFrom here on all is new.\n\n" in found.text
    assert found.date is None


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/plain; charset=punycode\n",
        b"Content-Type: multipart/mixed\n",
        b"Date: never\nTo: <<<>>>;;\n",
        b"Subject: =?utf-8?b?!!!?=\n",
    ],
)
def test_a_damaged_head_leaves_the_text(head: bytes) -> None:
    found = parse_eml(b"From: ann@example.org\n" + head + b"\nThe text stays.\n")
    assert isinstance(found, Extracted)
    assert "From: ann@example.org" in found.text


def test_what_is_no_mail_is_said_to_be_none() -> None:
    assert isinstance(parse_eml(b"Just some words.\n"), Unreadable)
    assert isinstance(parse_mbox(b"Just some words.\n"), Unreadable)


BROKEN = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(2_000)
)


def test_a_message_that_brings_the_library_down_leaves_the_others() -> None:
    data = (
        b"From a 2014\nSubject: A\n"
        + BROKEN
        + b"\n\nFrom b 2014\nSubject: B\n\nThe port is shut.\n"
    )
    found = parse_mbox(data)
    assert isinstance(found, Extracted)
    assert "The port is shut." in found.text
    (mark,) = found.boilerplate
    assert found.text[mark.start : mark.end] == "[message 1 can't be read]"
    assert [place.label for place in found.places] == ["message 1", "message 2"]


def test_a_mailbox_of_broken_messages_has_failed() -> None:
    found = parse_mbox(b"From a 2014\nSubject: A\n" + BROKEN)
    assert found == Unreadable("none of its messages can be read", failed=True)
