"""A conversation as Markdown, in which what a document says is text and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from askcorpus.history.export.facts import (
    PROOF,
    about,
    link,
    narrowed,
    quote_hash,
    understood,
    when,
)
from askcorpus.render import address, no_answer, quote_parts
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askcorpus.history import Conversation, Turn
    from askcorpus.records import Answer, Citation

# A backslash makes any of these a plain character. First CommonMark's own marks, then those of
# GitHub, Pandoc and Obsidian: tables, strikes, mathematics, notes, highlights, hidden comments.
# Then what makes a link of a bare address: the colon of https: and the points of www.a.b.
_MARKS = re.compile(
    r"""[\\`*_{}\[\]<>#|~&$^=%@]
    | (?<!\d):(?=\S) | :(?=[^\s\d])
    | \.(?=[^\W\d_]) | (?<=[^\W\d_])\.(?=\w)""",
    re.VERBOSE,
)
# What begins a list, or underlines a heading, where it begins a line.
_FIRST = re.compile(r"\A(\d*)([-+.)])")


def markdown(conversation: Conversation) -> str:
    """Return the conversation as Markdown, ending in a newline."""
    title = plain(conversation.title) or "An empty conversation"
    root = f" of {code(conversation.root)}" if conversation.root else ""
    parts = [f"# {title}", f"Asked{root}, answered in the documents' own words. {PROOF}"]
    for n, turn in enumerate(conversation.turns, start=1):
        parts += _turn(n, turn)
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Return Markdown that shows exactly the text, on one line."""
    return _begun(_inline(one_line(text)))


def _inline(text: str) -> str:
    return "".join(_characters(text))


def _characters(text: str) -> list[str]:
    """Return the text's characters, each with a backslash in front where it needs one."""
    marks = {match.start() for match in _MARKS.finditer(text)}
    return [f"\\{char}" if at in marks else char for at, char in enumerate(text)]


def _begun(line: str) -> str:
    return _FIRST.sub(r"\1\\\2", line.strip())


def _turn(n: int, turn: Turn) -> Iterator[str]:
    """Yield a turn's paragraphs."""
    yield f"## {n}\\. {plain(turn.question)}"
    facts = [f"Asked {_inline(when(turn.asked))}."]
    if (text := understood(turn)) is not None:
        facts.append(f"Understood as: {_inline(text)}")
    if (text := narrowed(turn)) is not None:
        facts.append(f"Only: {_inline(text)}")
    yield "\\\n".join(facts)
    answer = turn.answer
    if answer.outcome != "answered":
        yield no_answer(answer)
    elif answer.answer is not None and answer.answer != answer.sentence:
        yield f"**{_inline(one_line(answer.answer))}**"
    if answer.band:
        yield f"How sure: {plain(answer.band)}"
    for citation in answer.citations:
        yield f"> {_quote(answer, citation)} \\[{citation.n}\\]"
    yield from _lists(answer)


def _lists(answer: Answer) -> Iterator[str]:
    """Yield the addresses, the other answers and the remarks."""
    lists = [
        [_place(citation) for citation in answer.citations],
        [f"- Also: {_inline(one_line(other.answer))} \\[{other.n}\\]" for other in answer.also],
        [f"- Note: {_inline(one_line(note))}" for note in answer.notes],
    ]
    yield from ("\n".join(lines) for lines in lists if lines)


def _quote(answer: Answer, citation: Citation) -> str:
    """Return the quote with the answer's words in bold."""
    parts = list(quote_parts(citation, answer.spans))
    text = "".join(part for part, _ in parts)
    characters = _characters(text)
    shown, at = "", 0
    for part, marked in parts:
        inner = "".join(characters[at : at + len(part)])
        before, after = text[:at], text[at + len(part) :]
        shown += f"**{inner}**" if marked and _can_be_bold(before, part, after) else inner
        at += len(part)
    return _begun(shown)


def _can_be_bold(before: str, text: str, after: str) -> bool:
    """Return whether Markdown reads two asterisks at either end as the marks of bold text."""
    opens = text[:1].isalnum() or not (text[:1].isspace() or before[-1:].isalnum())
    closes = text[-1:].isalnum() or not (text[-1:].isspace() or after[:1].isalnum())
    return bool(text) and opens and closes


def _place(citation: Citation) -> str:
    """Return a citation's address, with all that is needed to check it, as an item of a list."""
    target = link(citation)
    where = code(address(citation))
    facts = about(citation)
    return (
        f"- \\[{citation.n}\\] {f'[{where}](<{target}>)' if target else where}"
        f"{f' – {_inline(facts)}' if facts else ''}\\\n"
        f"  characters {citation.start}–{citation.end}, SHA-256 {code(quote_hash(citation))}"
    )


def code(text: str) -> str:
    """Return the text as a code span, fenced by more backticks than stand in it."""
    text = one_line(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
