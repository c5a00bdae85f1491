"""Questions that are left half unsaid ("when?", "and Iran?"), filled up from the one before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from askcorpus.language.grammar import AUXILIARIES, DETERMINERS, PREPOSITIONS, PRONOUNS, WH
from askcorpus.language.number import is_many
from askcorpus.question.followup.frames import asked_again, claim, frame, joins, strip
from askcorpus.question.followup.phrases import known_names, names, phrases, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.question.followup.frames import Frame
    from askcorpus.question.followup.phrases import Range, Token

MAX_FRAGMENT_WORDS = 6
_ADJUNCT = (
    r"when|where|why|how|since when|until when|how long|how often|how come|what time|from where"
    r"|for how long|(?:in |on |at )?(?:what|which) (?:day|date|month|year|place|city|country)"
)
_BARE = re.compile(
    rf"(?P<wh>{_ADJUNCT}|how much|how many"
    r"|(?:to|at|with|by|through|for|from|against|on) (?:whom|who|what))"
    r"(?: (?P<more>exactly|precisely|then|not))?(?P<tail>,? (?:according to|in|to) .+)?",
    re.IGNORECASE,
)
_WHEN_WAS_THAT = re.compile(
    rf"(?P<wh>{_ADJUNCT}) (?:(?:was|is) (?:that|this)|was it|did (?:that|this|it) happen)",
    re.IGNORECASE,
)
_ELSE = re.compile(r"(?:and )?(who|what|where|anyone|anybody|anything) else", re.IGNORECASE)
_SAYS_WHO = re.compile(
    r"(?:who (?P<verb>said|says|claimed|claims|confirmed|reported|denied|believes|thinks|revealed)"
    r"(?: (?:that|so|this|it))?|says who|according to whom?)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:what|how) about (?P<it>.+)", re.IGNORECASE)
_ANYONE = {"anyone": "who", "anybody": "who", "anything": "what"}


def complete(text: str, turn: tuple[str, str, str]) -> str | None:
    """Return the whole question that a fragment asks after this turn, or None.

    Args:
        text: As typed.
        turn: The (question, answer, sentence) before it.
    """
    plain = strip(text)
    earlier = frame(*turn)
    about = _ABOUT.fullmatch(plain)
    if about or (joins(text) and not _BARE.fullmatch(plain)):
        swapped = _swapped(about["it"] if about else plain, turn, earlier)
        if swapped is not None:
            return swapped
    if earlier is None:
        return None
    if match := _SAYS_WHO.fullmatch(plain):
        said = claim(earlier, turn[1], turn[2])
        # What was asked by yes or no has been asked, not said.
        link = "that" if earlier.asked else "whether"
        return said and f"who {match['verb'] or 'says'} {link} {said}"
    if match := _ELSE.fullmatch(plain):
        word = _ANYONE.get(match[1].lower(), match[1].lower())
        same = earlier.asked.lower() == word
        return " ".join(f"{word} else {earlier.auxiliary} {earlier.rest}".split()) if same else None
    return _bare(plain, earlier)


def _bare(plain: str, earlier: Frame) -> str | None:
    """Return the question that "when?" or "why, according to him?" stands for, or None."""
    match = _BARE.fullmatch(plain) or _WHEN_WAS_THAT.fullmatch(plain)
    if match is None:
        return None
    groups = match.groupdict()
    tail = groups.get("tail") or ""
    more = (groups.get("more") or "").lower()
    # "Where in Spain is it?" is whole; so is "how many in all were there?".
    if len(tokens(tail)) > 6 or any(word.low in AUXILIARIES | WH for word in tokens(tail)):
        return None
    wh = match["wh"].lower()
    wh = "why" if wh == "how come" else wh
    exactly = f" {more}" if more in {"exactly", "precisely"} else ""
    built = asked_again(wh + exactly, earlier, negated=more == "not")
    return None if built is None else " ".join(f"{built}{tail}".split())


def _swapped(said: str, turn: tuple[str, str, str], earlier: Frame | None) -> str | None:
    """Return the earlier question with its parallel part exchanged for what was said, or None."""
    own = tokens(said)
    whole = any(word.low in AUXILIARIES | WH | PRONOUNS for word in own)
    if not own or whole or len(own) > MAX_FRAGMENT_WORDS:
        return None
    text = strip(turn[0])
    if own[0].low in PREPOSITIONS:
        return _other_place(said, own, text) if len(own) > 1 else None
    words = tokens(text)
    if len(own) == 1 and said.isdecimal():
        slots: Sequence[Range] = [
            (at, at + 1) for at, word in enumerate(words) if word.text.isdecimal()
        ]
    else:
        asked = len(tokens(earlier.asked)) if earlier else 0
        known = known_names(turn[1], turn[2], f"x {said}")
        slots = [pair for pair in _slots(said, own, text, known) if pair[0] >= asked]
    if not slots:
        return None
    low, high = slots[0]
    start, end = words[low].start, words[high - 1].end
    return None if text[start:end].lower() == said.lower() else text[:start] + said + text[end:]


def _slots(said: str, own: Sequence[Token], text: str, known: frozenset[str]) -> list[Range]:
    """Return the parts of a question that what was said may stand for, the likeliest first."""
    runs = names(text, known)
    others = list(phrases(text, runs))
    if names(said, known) == [(0, len(own))]:
        return [*runs, *others]
    words = tokens(text)
    owned = any(word.low.endswith("'s") for word in own)
    # Of "the actions in Gaza" the actions.
    head = next((at for at, word in enumerate(own) if word.low in PREPOSITIONS), len(own)) - 1
    articled = own[0].low in DETERMINERS or owned

    def unlike(pair: Range) -> tuple[bool, bool, int]:
        first, last = words[pair[0]].low, words[pair[1] - 1].low
        return (
            articled != (first in DETERMINERS),
            is_many(own[head].low) != is_many(last),
            -pair[0] if articled else pair[0],
        )

    return sorted(others, key=unlike) or runs


def _other_place(said: str, own: Sequence[Token], text: str) -> str:
    """Return the question with its phrase of the same preposition exchanged, or one added."""
    match = re.search(rf"\b{re.escape(own[0].text)}\b[^,]*", text, re.IGNORECASE)
    return f"{text} {said}" if match is None else text[: match.start()] + said + text[match.end() :]
