"""What is to be verified: the citations of kept conversations, of exports and of answers in JSON.

A file may come from anyone. It is read as data of version 1 or not at all, and an answer that says
something else than its own quotes is noted, because the quotes alone would pass.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askcorpus.errors import StoreUnavailableError, UsageError
from askcorpus.history.export.facts import quote_hash
from askcorpus.records import Answer
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from askcorpus.history import Conversation, Turn
    from askcorpus.records import Citation

MAX_BYTES = 32_000_000
"""Some thousand answers; decoding may take twenty times as much memory."""
MAX_CITED = 100
"""Of one answer; this program cites some few."""
_SPACE = re.compile(r"[ \t\r\n]*")
_HINT = "Give what `askcorpus query --json` or `askcorpus history export --format json` wrote."


@dataclass(frozen=True, slots=True)
class Claim:
    """A citation that somewhere stands written."""

    citation: Citation
    sources: tuple[str, ...]
    """Where, such as "conversation 3, turn 2"."""
    index: str = ""
    """Directory of the index that a kept conversation asked; empty for what came in a file."""
    problem: str = ""
    """Why it can't be right whatever the documents say, or empty."""


def kept(conversation: Conversation) -> list[Claim]:
    """Return what a kept conversation cites.

    Raises:
        StoreUnavailableError: A turn is damaged.
    """
    return [
        claim
        for n, turn in enumerate(conversation.turns, start=1)
        for claim in kept_turn(turn, index=conversation.index, number=conversation.id, n=n)
    ]


def kept_turn(turn: Turn | None, *, index: str, number: int, n: int) -> list[Claim]:
    """Return what turn `n` of conversation `number` cites.

    Raises:
        StoreUnavailableError: It is damaged, or None because it could not even be read.
    """
    source = f"conversation {number}, turn {n}"
    try:
        claims = _claims(turn.answer, source) if turn else None
    except (ValueError, TypeError, AttributeError):
        claims = None
    if claims is None:
        raise StoreUnavailableError(
            f"{source.capitalize()} is damaged, or a newer askcorpus wrote it.",
            hint=f"Update askcorpus, or run: askcorpus history delete {number}",
        )
    return [replace(claim, index=index) for claim in claims]


def written(name: str) -> list[Claim]:
    """Return what a file cites; "-" is standard input.

    It holds an answer or a conversation as JSON, a list of them, or one after the other.

    Raises:
        UsageError: It can't be read, is too large, or holds something else.
    """
    shown = "standard input" if name == "-" else Path(name).name
    data = _read(name)
    try:
        values = _values(data)
        several = len(values) > 1
        return [
            claim
            for n, value in enumerate(values, start=1)
            for claim in _exported(value, f"{shown}, part {n}" if several else shown)
        ]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as exc:
        message = f"{one_line(shown)} can't be verified: {one_line(_why(exc))[:120]}."
        raise UsageError(message, hint=_HINT) from exc


def _why(exc: Exception) -> str:
    """Return what is wrong with a file's content, as far as a user can tell."""
    if isinstance(exc, json.JSONDecodeError):
        return f"it is not JSON ({exc.msg.lower()} in line {exc.lineno})"
    if isinstance(exc, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(exc, RecursionError):
        return "it is nested too deeply"
    return str(exc) if isinstance(exc, ValueError) else "its JSON has another shape"


def distinct(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims in order, each citation once, with everywhere that it stands."""
    first: dict[tuple[Citation, str], Claim] = {}
    sources: dict[tuple[Citation, str], dict[str, None]] = {}
    for claim in claims:
        key = (replace(claim.citation, n=1), claim.problem)
        # What is kept may be looked at, wherever else it stands.
        if claim.index or key not in first:
            first[key] = claim
        sources.setdefault(key, {}).update(dict.fromkeys(claim.sources))
    return [replace(claim, sources=tuple(sources[key])) for key, claim in first.items()]


def _read(name: str) -> bytes:
    """Return a file's content.

    Raises:
        UsageError: It can't be read, or is too large.
    """
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
        else:
            with Path(name).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as exc:
        reason = (getattr(exc, "strerror", None) or "its name is not valid").lower()
        message = f"Can't read {one_line(name)}: {reason}."
        raise UsageError(message, hint="Check the path.") from exc
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"{one_line(name)} is larger than {MAX_BYTES // 1_000_000} MB.",
            hint="Give conversations one by one.",
        )
    return data


def _values(data: bytes) -> list[Any]:
    """Return the JSON values that stand one after the other, as in JSON Lines, or in lists.

    Raises:
        ValueError: There is none, or it is something else.
    """
    text = data.decode("utf-8-sig")
    decoder, at = json.JSONDecoder(), _after_space(text, 0)
    values: list[Any] = []
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        values += value if isinstance(value, list) else [value]
        at = _after_space(text, end)
    if not values:
        raise ValueError("it is empty")
    return values


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _exported(data: Any, source: str) -> list[Claim]:
    """Return the claims of an answer or a conversation.

    Raises:
        ValueError: It is neither, or of another version. So do other errors of data's shape.
    """
    if not isinstance(data, dict) or not {"turns", "citations"} & data.keys():
        raise ValueError("it holds neither an answer nor a conversation")
    if data.get("version") != 1:
        raise ValueError(f"it is of version {data.get('version')!r}, and 1 is what can be read")
    if "turns" not in data:
        return _checked(data, source)
    return [
        claim
        for n, turn in enumerate(data["turns"], start=1)
        for claim in _checked(turn["answer"], f"{source}, turn {n}")
    ]


def _checked(data: Mapping[str, Any], source: str) -> list[Claim]:
    """Return the claims of an answer, held against the quotes' hashes where they are given."""
    claims = _claims(Answer.from_dict(data), source)
    for at, (claim, given) in enumerate(zip(claims, data["citations"], strict=True)):
        if given.get("quote_sha256", quote_hash(claim.citation)) != quote_hash(claim.citation):
            claims[at] = replace(claim, problem="its quote isn't the one whose hash is given")
    return claims


def _claims(answer: Answer, source: str) -> list[Claim]:
    """Return what an answer cites.

    Raises:
        ValueError: It isn't made as an answer is. So do other errors of data's shape.
    """
    if max(len(answer.citations), len(answer.spans), len(answer.also)) > MAX_CITED:
        raise ValueError(f"it holds an answer with more than {MAX_CITED} citations")
    numbers = {citation.n for citation in answer.citations}
    cited = {span.n for span in answer.spans} | {other.n for other in answer.also}
    if (_says(answer) and not numbers) or not cited <= numbers:
        raise ValueError("it holds an answer without a citation")
    if not all(_is_citation(citation) for citation in answer.citations):
        raise ValueError("it holds a citation that isn't one")
    return [Claim(c, (source,), problem=_problem(answer, c)) for c in answer.citations]


def _is_citation(c: Citation) -> bool:
    return (
        all(isinstance(value, str) for value in (c.root, c.path, c.quote, c.title))
        and all(type(value) is int and value >= 0 for value in (c.n, c.start, c.end))
        and all(value is None or isinstance(value, str) for value in (c.date, c.locator))
        and (c.line is None or type(c.line) is int)
    )


def _says(answer: Answer) -> bool:
    """Return whether it gives an answer, or says that it does, besides what it quotes."""
    return answer.outcome == "answered" or (answer.answer, answer.sentence) != (None, None)


def _problem(answer: Answer, citation: Citation) -> str:
    """Return what an answer says that this quote of its own doesn't, or nothing."""
    quote, low, high = citation.quote, citation.start, citation.end
    if not quote or len(quote) != high - low:
        return "its quote isn't as long as its place"
    if _says(answer) and not answer.spans:
        return "the answer given with it has no place in its quote"
    own = [span for span in answer.spans if span.n == citation.n]
    if not all(low <= span.start < span.end <= high for span in own):
        return "the answer given with it has its place outside its quote"
    others = (other.answer for other in answer.also if other.n == citation.n)
    said = [quote[span.start - low : span.end - low] for span in own]
    first = bool(answer.spans) and answer.spans[0].n == citation.n
    if (first and answer.answer != said[0]) or any(other not in quote for other in others):
        return "the answer given with it doesn't stand in its quote"
    if first and answer.sentence != quote:
        return "the sentence given with it isn't its quote"
    return ""
