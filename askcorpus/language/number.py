"""One or several: plural nouns, and the small numbers in words."""

from __future__ import annotations

NUMBERS = frozenset("two three four five six seven eight nine ten eleven twelve".split())
_WITHOUT_S = frozenset("children men people women".split())
_GROUPS = frozenset(("media", "police"))
# "Us" and "is" end Latin and Greek words: "campus", "crisis".
_SINGULAR_ENDINGS = ("ss", "us", "is", "'s", "news")


def is_plural(noun: str) -> bool:
    """Return whether a noun in lower case is plural, by its form."""
    if noun in _WITHOUT_S:
        return True
    return len(noun) > 3 and noun.endswith("s") and not noun.endswith(_SINGULAR_ENDINGS)


def is_many(noun: str) -> bool:
    """Return whether "they" may stand for a noun in lower case: a plural, or "the police".

    Which police it was asks for one thing all the same, so a group isn't plural by its form.
    """
    return noun in _GROUPS or is_plural(noun)
