"""Which words of a text are names, and whether a text speaks of one.

A name is one or more words with a capital or a digit that follow each other. A text that has
"Keller" alone may speak of Stefan Keller, but one that has only "Martin Keller" doesn't.

What a name looks like depends on where it stands. In a question it is told by its capitals alone
(`names`); beside other items of an enumeration only what is certainly whole counts (`NAME`); after
"by" everything else is doubted (`are_authors`). What a conversation has named, in any case, only
follow-up questions know, and `question/followup/phrases` holds that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from askcorpus.language.dates import MONTH, WEEKDAYS
from askcorpus.language.words import STOP_WORDS, WORD, fold, unaccented

if TYPE_CHECKING:
    from collections.abc import Sequence

Name = tuple[str, ...]

# None of these is tuned.
_TITLE_CASE = 3
"""With this many content words, all of them with a capital, a question's capitals mean nothing."""
_OPENING = 3
"""A paragraph that names what it is about does so in as many words."""
_REACH = 40
_WORD_BEFORE = re.compile(r"(?<!\w)(?P<word>[^\W\d_][\w'’-]*) $")
PARTICLES = frozenset("of the de da di du del della der den van von zu bin ibn al el la le".split())
"""What may stand in lower case inside a name."""
_PART = r"(?:(?:[A-Z]\.){1,3}|[A-Z][\w'’-]*\w)"
_SMALL = rf"(?:(?:of the|{'|'.join(sorted(PARTICLES))})\s+)"
NAME = rf"(?:[Tt]he\s+)?{_PART}(?:\s+{_SMALL}?(?:{_PART}|\d+)){{0,6}}"
"""Pattern of a name as an item beside others, for `re` with case: at most seven words."""
_AUTHOR = r"(?:[^\W\d_][\w.’'-]*|&)"
_AUTHORS = re.compile(rf"{_AUTHOR}(?:,?\s+{_AUTHOR})*")
_BETWEEN_AUTHORS = PARTICLES | {"and", "&", "for"}
# "By the time …", "By All Means": words that open no name. Will and May are first names.
_NO_AUTHOR = WEEKDAYS | frozenset(
    """a an all any every each his her its our my your their this that these those then now what
    when where who way time means numbers book contrast comparison law no some far""".split()
)


def names(text: str) -> frozenset[str]:
    """Return a question's words with a capital or a digit; none where all are in capitals."""
    found = [match.group() for match in WORD.finditer(text)]
    shouted = is_shouted(text)
    return frozenset(
        fold(word)
        for at, word in enumerate(found)
        if re.search(r"\d", word) or (not shouted and at > 0 and is_proper(word))
    )


def is_proper(word: str) -> bool:
    """Return whether a word inside a sentence is written like a name's: with a capital."""
    return word[:1].isupper() and fold(word) not in STOP_WORDS


def is_shouted(text: str) -> bool:
    """Return whether a text is all in capitals, so that they mean nothing."""
    found = [match.group() for match in WORD.finditer(text) if match.group().isalpha()]
    return bool(found) and all(word.isupper() for word in found)


def searchable(found: frozenset[str], words: Sequence[str]) -> frozenset[str]:
    """Return those of a question's names that a text may be searched for.

    Args:
        found: What `names` found in it.
        words: Its words, folded, in order.
    """
    content = {word for word in words if word not in STOP_WORDS}.difference(words[:1])
    if len(content) >= _TITLE_CASE and found >= content:
        return frozenset()
    # "U.S." and "US" are written in too many ways to be looked for.
    return frozenset(name for name in found if len(name) > 2)


def full_names(question: str, held: frozenset[str]) -> list[Name]:
    """Return a question's names in order, each as those of its folded words that are held."""
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
    if any(is_proper(word) for word in opening[1:]):
        return True
    # At the beginning of a sentence any word has a capital, inside of one only a name.
    first = opening[0] if opening else ""
    return first[:1].isupper() and bool(re.search(rf"[a-z,;] {re.escape(first)}(?!\w)", text))


def are_authors(text: str) -> bool:
    """Return whether what follows "by" is names and what joins them, and no sentence's words."""
    if not _AUTHORS.fullmatch(text):
        return False
    parts = text.replace(",", " ").split()
    real = [part for part in parts if part.casefold() not in _BETWEEN_AUTHORS]
    if not real or any(not part[0].isupper() or part.casefold() in _NO_AUTHOR for part in real):
        return False
    return len(real) > 1 or not re.fullmatch(MONTH, real[0], re.IGNORECASE)


def _held(text: str, name: Name) -> list[str]:
    folded = text.casefold()
    return [word for word in name if mentions(folded, word)]


def _beside(text: str, word: str, name: Name) -> set[bool]:
    """Return whether a word of a name is part of another name, over the places where it stands."""
    found = set()
    for match in _pattern(word).finditer(text):
        before = _WORD_BEFORE.search(text[max(0, match.start() - _REACH) : match.start()])
        other = before["word"] if before else ""
        found.add(is_proper(other) and fold(other) not in name)
    return found


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    figures = any(char.isdigit() for char in word)
    # "Israeli" is about Israel, "Palestinians" about Palestine.
    root = word if figures else word[: max(4, len(word) - 3)]
    return re.compile(rf"(?<!\w){re.escape(root)}" + (r"(?!\w)" if figures else ""), re.IGNORECASE)
