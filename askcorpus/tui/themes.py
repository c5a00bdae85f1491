"""The two themes of our own; Textual's, the terminal's own colours among them, can be chosen too.

One accent, the ochre of a highlighter, on quiet paper. Red is kept for errors, on terminals of few
colours too.
"""

from __future__ import annotations

from dataclasses import replace

from textual.color import Color
from textual.theme import Theme

QUOTE = "quote-background"
# The nearest of sixteen colours to the dark theme's ochre would be red; this one is yellow.
_YELLOW = "#ffff55"


def fitted(theme: Theme, colours: str | None) -> Theme:
    """Return one of our themes as a terminal can show it.

    Args:
        theme: Ours.
        colours: Rich's name for what the terminal has: "standard" for sixteen, "256", "truecolor".
    """
    if not theme.dark or colours not in ("standard", "windows"):
        return theme
    return replace(
        theme,
        primary=_YELLOW,
        accent=_YELLOW,
        warning=_YELLOW,
        success=_YELLOW,
        variables={**theme.variables, "footer-key-foreground": _YELLOW},
    )


def quote_background(background: str, accent: str) -> str:
    """Return what lies under a quote, where a theme doesn't say it."""
    return Color.parse(background).blend(Color.parse(accent), 0.14).hex


DARK = Theme(
    name="askcorpus-dark",
    primary="#d9a441",
    secondary="#b98a35",
    accent="#d9a441",
    warning="#d9a441",
    error="#e06c60",
    success="#d9a441",
    foreground="#d9d6cf",
    background="#16171a",
    surface="#1b1d21",
    panel="#22252a",
    dark=True,
    variables={
        "footer-background": "#16171a",
        "footer-key-foreground": "#d9a441",
        "footer-description-foreground": "#8f8c86",
        "text-muted": "#96938c",
        "input-selection-background": "#d9a441 30%",
        "screen-selection-background": "#d9a441 35%",
        # Less ochre than a mixture: the nearest of 256 colours to that is dark red.
        QUOTE: "#302b24",
        "border": "#2e3136",
        "scrollbar": "#34373d",
        "scrollbar-background": "#16171a",
        "scrollbar-corner-color": "#16171a",
    },
)
LIGHT = Theme(
    name="askcorpus-light",
    primary="#8f5a00",
    secondary="#7a4c00",
    accent="#8f5a00",
    warning="#8f5a00",
    error="#b3261e",
    success="#8f5a00",
    foreground="#2a2925",
    background="#fbfaf6",
    surface="#f4f2ec",
    panel="#eceae2",
    dark=False,
    variables={
        "footer-background": "#fbfaf6",
        "footer-key-foreground": "#8f5a00",
        "footer-description-foreground": "#77746b",
        "text-muted": "#6b685f",
        "input-selection-background": "#d9a441 40%",
        "screen-selection-background": "#d9a441 40%",
        "border": "#dcd8cc",
        "scrollbar": "#d3cfc2",
        "scrollbar-background": "#fbfaf6",
        "scrollbar-corner-color": "#fbfaf6",
    },
)
