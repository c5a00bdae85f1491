"""Globs, matched in bounded time: a pattern may come with somebody's folder.

No regular expression: one made of `*a*a*a*b` takes time that grows with every star until nobody
waits any more. Here a pattern's pieces between stars are looked for from left to right, each at
the first place where it stands, and none is tried again: a match takes at most as many steps as
the text has characters times the longest piece.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Fits = Callable[[str], bool]
"""Whether one character is meant."""
_Piece = str | tuple[Fits, ...]
"""What stands between two stars: plain characters, or what each of them may be."""


class Glob:
    """`*` for any characters, `?` for one, `[a-z]` and `[!a-z]` for one of these or none."""

    __slots__ = ("_least", "_pieces")

    def __init__(self, pattern: str, *, escapes: bool = False) -> None:
        """Take a pattern apart, as `fnmatch` has them or, with `escapes`, as git has.

        In git's a backslash makes the next character plain, and `[^a-z]` means `[!a-z]`.

        Raises:
            ValueError: With `escapes`, a class has no end, or a backslash nothing to escape.
        """
        negates = "!^" if escapes else "!"
        pieces: list[list[str | Fits]] = [[]]
        at = 0
        while at < len(pattern):
            char = pattern[at]
            at += 1
            if char == "*":
                pieces.append([])
            elif char == "?":
                pieces[-1].append(_any)
            elif char == "[" and (end := _closing(pattern, at, negates)) > 0:
                pieces[-1].append(_one_of(pattern[at:end], negates))
                at = end + 1
            elif escapes and (char == "[" or pattern[at - 1 :] == "\\"):
                raise ValueError("it has no end")
            else:
                if escapes and char == "\\":
                    char, at = pattern[at], at + 1
                pieces[-1].append(char)
        self._pieces = [_joined(piece) for piece in pieces]
        self._least = sum(map(len, pieces))

    def matches(self, text: str) -> bool:
        """Return whether the whole text is as the pattern has it."""
        first, *others = self._pieces
        if len(text) < self._least or not _stands(first, text, 0):
            return False
        if not others:
            return len(text) == len(first)
        *inner, last = others
        at, end = len(first), len(text) - len(last)
        for piece in inner:
            at = _find(piece, text, at, end)
            if at < 0:
                return False
            at += len(piece)
        return _stands(last, text, end)


def _any(_: str) -> bool:
    return True


def _closing(pattern: str, at: int, negates: str) -> int:
    """Return where the class that begins at an offset ends, or -1; a first `]` belongs to it."""
    start = at + (pattern[at : at + 1] in tuple(negates))
    return pattern.find("]", start + 1)


def _one_of(inner: str, negates: str) -> Fits:
    """Return whether a character is in the class, such as `a-z_` or `!0-9`; none is in `z-a`."""
    negated = inner[:1] in tuple(negates)
    rest = inner[negated:]
    ranges = []
    at = 0
    while at < len(rest):
        is_range = rest[at + 1 : at + 2] == "-" and at + 2 < len(rest)
        ranges.append((rest[at], rest[at + 2 * is_range]))
        at += 3 if is_range else 1
    return lambda char: any(low <= char <= high for low, high in ranges) != negated


def _joined(piece: Sequence[str | Fits]) -> _Piece:
    plain = [char for char in piece if isinstance(char, str)]
    if len(plain) == len(piece):
        return "".join(plain)
    return tuple(char.__eq__ if isinstance(char, str) else char for char in piece)


def _stands(piece: _Piece, text: str, at: int) -> bool:
    if isinstance(piece, str):
        return text.startswith(piece, at)
    return all(fits(char) for fits, char in zip(piece, text[at : at + len(piece)], strict=True))


def _find(piece: _Piece, text: str, at: int, end: int) -> int:
    """Return the first place of a piece within `text[at:end]`, or -1."""
    if isinstance(piece, str):
        return text.find(piece, at, end)
    places = range(at, end - len(piece) + 1)
    return next((place for place in places if _stands(piece, text, place)), -1)
