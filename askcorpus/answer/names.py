"""The names in a question, and whether a text speaks of them. English only.

A name is one or more words with a capital or a digit that follow each other. A text that has
"Keller" alone may speak of Stefan Keller, but one that has only "Martin Keller" doesn't.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from askcorpus.language.words import STOP_WORDS, WORD, fold, unaccented

if TYPE_CHECKING:
    from askcorpus.question.query import Query

Name = tuple[str, ...]

# None of these is tuned.
_TITLE_CASE = 3
"""With this many content words, all of them with a capital, a question's capitals mean nothing."""
_OPENING = 3
"""A paragraph that names what it is about does so in as many words."""
_REACH = 40
_WORD_BEFORE = re.compile(r"(?<!\w)(?P<word>[^\W\d_][\w'’-]*) $")


def single_names(asked: Query) -> set[str]:
    """Return the folded words of a question's names."""
    found = asked.analysis.names
    content = asked.analysis.content.difference(asked.analysis.words[:1])
    if len(content) >= _TITLE_CASE and found >= content:
        return set()
    # "U.S." and "US" are written in too many ways to be looked for.
    return {name for name in found if len(name) > 2}


def named(asked: Query) -> list[Name]:
    """Return a question's names in order, each as its folded words."""
    held, question = single_names(asked), asked.text
    found: list[Name] = []
    end = -1
    for match in WORD.finditer(question):
        word = fold(match.group())
        if word not in held:
            continue
        if found and question[end : match.start()] == " ":
            found[-1] = (*found[-1], word)
        else:
            found.append((word,))
        end = match.end()
    return found


def mentions(text: str, word: str) -> bool:
    """Return whether a text has a word that begins like a name's; figures must be the same.

    Args:
        text: Case-folded.
        word: Folded, so without accents.
    """
    if _pattern(word).search(text):
        return True
    # Taking the accents off a long text takes a moment.
    return not text.isascii() and bool(_pattern(word).search(unaccented(text)))


def speaks_of(text: str, name: Name) -> bool:
    """Return whether a text has the whole name, or a word of it that isn't part of another name."""
    held = _held(text, name)
    return len(held) == len(name) or any(False in _beside(text, word, name) for word in held)


def beside_others(text: str, name: Name) -> bool:
    """Return whether a word of the name stands in a text as part of another name."""
    return any(True in _beside(text, word, name) for word in name)


def entitles(title: str, text: str, name: Name) -> bool:
    """Return whether a title has a name; a part is enough where the text has it in no other name.

    "The Keller brothers" is a title for neither of them.
    """
    held = _held(title, name)
    return len(held) == len(name) or any(True not in _beside(text, word, name) for word in held)


def opens_with_name(paragraph: str, text: str) -> bool:
    """Return whether a paragraph begins by naming what it is about.

    Args:
        paragraph: Its text.
        text: The document's, which shows whether a first word is a name.
    """
    opening = [match.group() for match in WORD.finditer(paragraph[:200])][:_OPENING]
    if any(word[0].isupper() and fold(word) not in STOP_WORDS for word in opening[1:]):
        return True
    # At the beginning of a sentence any word has a capital, inside of one only a name.
    first = opening[0] if opening else ""
    return first[:1].isupper() and bool(re.search(rf"[a-z,;] {re.escape(first)}(?!\w)", text))


def _held(text: str, name: Name) -> list[str]:
    folded = text.casefold()
    return [word for word in name if mentions(folded, word)]


def _beside(text: str, word: str, name: Name) -> set[bool]:
    """Return whether a word of a name is part of another name, over the places where it stands."""
    found = set()
    for match in _pattern(word).finditer(text):
        before = _WORD_BEFORE.search(text[max(0, match.start() - _REACH) : match.start()])
        other = before["word"] if before else ""
        is_name = other[:1].isupper() and fold(other) not in STOP_WORDS
        found.add(is_name and fold(other) not in name)
    return found


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    figures = any(char.isdigit() for char in word)
    # "Israeli" is about Israel, "Palestinians" about Palestine.
    root = word if figures else word[: max(4, len(word) - 3)]
    return re.compile(rf"(?<!\w){re.escape(root)}" + (r"(?!\w)" if figures else ""), re.IGNORECASE)
