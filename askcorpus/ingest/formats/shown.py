"""Empties what a web page holds and its reader never sees, so that it can't be quoted.

That is what the page itself hides (`hidden`, `display: none`), templates, tooltips, and boxes
that open over a name in a sentence. Rules in style sheets aren't followed.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_HIDDEN_SHARE = 0.5
"""Where more of a page's paragraphs is hidden, it is so only until a script has run: it stays."""
BOX_LINKS = 3
"""A box that opens over a name begins with a picture and has so many links, and no other words."""
BOX_DEPTH = 4
"""Elements between its picture and itself."""

# Where a page has no paragraphs.
_PLAIN = ("body", "div", "td", "span", "font", "center", "article", "section", "main", "li")
# Browsers read on behind them, the parser doesn't: that lost what programs append to a page.
_ENDS = re.compile(r"(?:</(?:body|html)\s*>\s*)+", re.IGNORECASE)
_NO_DISPLAY = re.compile(r"(?:^|;)\s*display\s*:\s*none", re.IGNORECASE)


def shown(source: str) -> Any:
    """Return a page's tree of elements without what isn't shown; None where it is no page."""
    import trafilatura

    source = _ENDS.sub("<br>", source)
    tree = trafilatura.load_html(source)
    if tree is None:  # a piece of a page is refused, such as a mail's only element
        tree = trafilatura.load_html(f"<html>{source}")
    if tree is None:
        return None
    hidden = list(_hidden(tree))
    counted = ("p",) if tree.find(".//p") is not None else _PLAIN
    within = sum(_length(element, counted) for element in hidden)
    if within <= MAX_HIDDEN_SHARE * _length(tree, counted):
        for element in hidden:
            element.clear(keep_tail=True)
    for box in list(_boxes(tree)):
        box.clear(keep_tail=True)
    return tree


def _hidden(tree: Any) -> Iterator[Any]:
    """Yield the elements that are hidden, but none inside another one."""
    from lxml import etree

    walk = etree.iterwalk(tree, events=("start",))
    for _, element in walk:
        if _is_hidden(element):
            walk.skip_subtree()
            yield element


def _is_hidden(element: Any) -> bool:
    if element.tag in ("html", "body"):  # hidden as a whole until a script has run
        return False
    if element.tag == "template":
        return "shadowrootmode" not in element.attrib
    # A browser's search finds and opens what is hidden until found.
    return (
        element.get("hidden", "until-found").strip().casefold() != "until-found"
        or element.get("role") == "tooltip"
        or bool(_NO_DISPLAY.search(element.get("style", "")))
    )


def _length(element: Any, counted: tuple[str, ...]) -> int:
    """Return how many characters an element holds in paragraphs, or else in what `_PLAIN` names."""
    return sum(
        len(text.strip())
        for part in element.iter(*counted)
        for text in (part.itertext() if part.tag == "p" else part.xpath("text()"))
    )


def _boxes(tree: Any) -> Iterator[Any]:
    """Yield the boxes inside sentences that hold a picture and then links, and nothing else."""
    seen = set()
    for picture in tree.iter("img"):
        found, inner = None, picture
        for above in islice(picture.iterancestors(), BOX_DEPTH):
            # What stands before the picture is the name that the box opens over.
            first = inner.getprevious() is None and not (above.text or "").strip()
            if above.tag not in ("a", "span") or not first:
                break
            found, inner = above if above.tag == "span" else found, above
        if found is not None and found not in seen:
            seen.add(found)
            if _only_links(found):
                yield found


def _only_links(box: Any) -> bool:
    from lxml import etree

    links = 0
    walk = etree.iterwalk(box, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            words = None if element is box else element.tail
        elif element.tag == "a":
            links += 1
            words = None
            walk.skip_subtree()
        else:
            words = element.text
        if words and words.strip():
            return False
    return links >= BOX_LINKS
