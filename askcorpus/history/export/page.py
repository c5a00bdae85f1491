"""A conversation as one HTML page: nothing is fetched, nothing runs, light and dark, printable.

The page is built as a tree, so that what a document says can only become text. A policy in its
head forbids whatever else a browser could do, but for the styles that stand in it, by their hash.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from askcorpus import __version__
from askcorpus.history.export.facts import (
    PROOF,
    about,
    link,
    narrowed,
    quote_hash,
    understood,
    when,
)
from askcorpus.history.export.style import CSS
from askcorpus.render import address, no_answer, quote_parts
from askcorpus.text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askcorpus.history import Conversation, Turn
    from askcorpus.records import Answer, Citation

# What `printable` lets through, and no tree of XML takes.
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def page(conversation: Conversation) -> str:
    """Return the conversation as an HTML document, ending in a newline."""
    from lxml.html import tostring

    title = one_line(conversation.title) or "An empty conversation"
    digest = b64encode(sha256(CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    about_page = ["Asked"]
    if conversation.root:
        about_page += [" of ", _tag("code", one_line(conversation.root))]
    about_page += [f", answered in the documents' own words. {PROOF}"]
    document = _tag(
        "html",
        _tag(
            "head",
            _tag("meta", charset="utf-8"),
            _tag("meta", **{"http-equiv": "Content-Security-Policy", "content": policy}),
            _tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            _tag("meta", name="referrer", content="no-referrer"),
            _tag("meta", name="color-scheme", content="light dark"),
            _tag("meta", name="generator", content=f"askcorpus {__version__}"),
            _tag("title", title),
            _tag("style", CSS),
        ),
        _tag(
            "body",
            _tag(
                "main",
                _tag("header", _tag("h1", title, dir="auto"), _tag("p", *about_page)),
                *(_turn(n, turn) for n, turn in enumerate(conversation.turns, start=1)),
            ),
        ),
        lang="en",
    )
    return str(tostring(document, doctype="<!DOCTYPE html>", encoding="unicode")) + "\n"


def _tag(kind: str, /, *children: Any, **attributes: str) -> Any:
    """Return an element with texts and elements in it; texts are made safe here."""
    from lxml.html import builder

    safe = [_safe(child) if isinstance(child, str) else child for child in children]
    made = builder.E(kind, *safe)
    for key, value in attributes.items():
        made.set(key.rstrip("_"), _safe(value))
    return made


def _safe(text: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", printable(text))


def _turn(n: int, turn: Turn) -> Any:
    facts = [_tag("p", "Asked ", _tag("time", when(turn.asked), datetime=turn.asked))]
    if (text := understood(turn)) is not None:
        facts.append(_tag("p", "Understood as: ", _tag("span", text, dir="auto")))
    if (text := narrowed(turn)) is not None:
        facts.append(_tag("p", f"Only: {text}"))
    question = _tag("h2", one_line(turn.question), dir="auto")
    return _tag(
        "article",
        question,
        _tag("div", *facts, class_="facts"),
        *_answer(turn.answer),
        id=f"turn-{n}",
    )


def _answer(answer: Answer) -> Iterator[Any]:
    """Yield the answer, its quotes, their addresses, the other answers and the remarks."""
    if answer.outcome != "answered":
        yield _tag("p", no_answer(answer), class_="silent")
    elif answer.answer is not None and answer.answer != answer.sentence:
        yield _tag("p", one_line(answer.answer), class_="answer", dir="auto")
    if answer.band:
        yield _tag("p", "How sure: ", _tag("strong", answer.band), class_="band")
    for citation in answer.citations:
        parts = [
            _tag("mark", text) if marked else text
            for text, marked in quote_parts(citation, answer.spans)
            if text
        ]
        number = _tag("span", f" [{citation.n}]", class_="number")
        yield _tag("blockquote", _tag("p", *parts, number, dir="auto"))
    if answer.citations:
        yield _tag("ul", *(_place(citation) for citation in answer.citations), class_="places")
    if answer.also:
        others = (_tag("li", f"Also: {one_line(o.answer)} [{o.n}]") for o in answer.also)
        yield _tag("ul", *others, class_="also")
    if answer.notes:
        yield _tag("ul", *(_tag("li", one_line(note)) for note in answer.notes), class_="notes")


def _place(citation: Citation) -> Any:
    """Return a citation's address, with all that is needed to check it."""
    where, target = address(citation), link(citation)
    shown = _tag("a", where, href=target) if target else _tag("span", where)
    return _tag(
        "li",
        _tag("span", f"[{citation.n}] ", class_="number"),
        shown,
        _tag("span", f"  {about(citation)}", class_="about"),
        _tag(
            "div",
            f"characters {citation.start}–{citation.end} · SHA-256 of the quote ",
            _tag("code", quote_hash(citation)),
            class_="proof",
        ),
    )
