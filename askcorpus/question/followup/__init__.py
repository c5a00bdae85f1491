"""Follow-up questions: what "when did they deny it?" asks after what was said before.

    pronouns   what a pronoun means: the latest name or noun phrase that fits
    own        pronouns that a question explains itself
    mentions   who and what an earlier turn spoke of
    fragments  questions left half unsaid, filled up from the one before
    frames     earlier questions taken apart, to be asked again with other words in them
    phrases    a question's words, names and noun phrases
    lexicon    the words that the rules know

Transparent rules, no model. A pronoun becomes the latest name or noun phrase that fits it in
number and kind; a fragment ("why?", "and Iran?") takes the frame of the question before. A
question that stands on its own is never touched: where nothing fits, or something in the
question itself does, the text comes back as typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from askcorpus.question.followup.fragments import complete
from askcorpus.question.followup.frames import strip
from askcorpus.question.followup.pronouns import resolve
from askcorpus.question.lengths import MAX_FOLLOW_UP_CHARS, MAX_SENTENCE_CHARS
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.records import Answer

# Further back, a pronoun more likely means something else. Not tuned.
MEMORY_TURNS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """What an earlier turn said."""

    question: str
    """As it was understood, not as it was typed."""
    answer: str = ""
    """The short answer; empty where there was none."""
    sentence: str = ""
    """The sentence that it stands in."""

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        """Return the turn that an answer ended."""
        return cls(answer.question, answer.answer or "", answer.sentence or "")


@dataclass(frozen=True, slots=True)
class Change:
    """Words of a question, and what they were read as."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it will be asked."""

    text: str
    changed: bool = False
    why: tuple[Change, ...] = ()
    """One pair a pronoun; the whole question where a fragment was filled up."""


def understand(question: str, turns: Sequence[Turn]) -> Understood:
    """Return a question with what it leaves to the conversation filled in.

    Args:
        question: As typed.
        turns: The earlier ones, oldest first.
    """
    typed = one_line(question)
    recent = [
        (
            one_line(turn.question)[:MAX_FOLLOW_UP_CHARS],
            one_line(turn.answer)[:MAX_FOLLOW_UP_CHARS],
            one_line(turn.sentence)[:MAX_SENTENCE_CHARS],
        )
        for turn in reversed(turns[-MEMORY_TURNS:])
    ]
    if not recent or len(typed) > MAX_FOLLOW_UP_CHARS:
        return Understood(question)
    whole = complete(typed, recent[0])
    if whole is not None:
        text = whole + ("?" if typed.endswith("?") else "")
        return Understood(text, changed=True, why=(Change(typed, text),))
    found = resolve(typed, recent)
    if not found:
        return Understood(question)
    changes = tuple(Change(typed[item.start : item.end], item.now) for item in found)
    text = typed
    for item in reversed(found):
        text = text[: item.start] + item.now + text[item.end :]
    mark = "?" if typed.endswith("?") else ""
    return Understood(strip(text) + mark, changed=True, why=changes)
