"""Screens as text: the characters row by row, below them a letter for the style of each cell.

Unlike an SVG, a difference can be read in a diff, and none comes from a font or a random id.
"""

from __future__ import annotations

from string import ascii_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.style import Style
    from textual.screen import Screen


def picture(screen: Screen[object]) -> str:
    """Return the screen's characters, its styles, and what the letters stand for."""
    letters: dict[str, str] = {}
    characters, styles = [], []
    for strip in screen._compositor.render_strips():
        text, signs = "", ""
        for segment in strip:
            said = _said(segment.style)
            sign = letters.setdefault(said, ascii_letters[len(letters)])
            text += segment.text
            signs += sign * len(segment.text)
        characters.append(text.rstrip())
        styles.append(signs)
    legend = [f"{sign} {said}" for said, sign in letters.items()]
    return "\n".join([*characters, "", *styles, "", *legend]) + "\n"


def _said(style: Style | None) -> str:
    if style is None:
        return "default"
    names = ("bold", "dim", "italic", "underline", "reverse")
    shape = [name for name in names if getattr(style, name)]
    colours = [colour.name if colour else "default" for colour in (style.color, style.bgcolor)]
    return " ".join([*shape, " on ".join(colours)])
