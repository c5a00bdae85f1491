"""Turns a tree of elements into text, a blank line between blocks, and notes the headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from askcorpus.records import Heading

if TYPE_CHECKING:
    from collections.abc import Mapping

# What stands between an element and its neighbours; the wider one wins.
_GAPS = {
    **dict.fromkeys(("p", "head", "list", "quote", "table", "code"), "\n\n"),
    **dict.fromkeys(("item", "row", "lb", "line", "break"), "\n"),
    "cell": " ",
}
MAIN = {name: name for name in _GAPS}
"""What the elements of trafilatura's trees are."""
HTML = {
    **dict.fromkeys(
        """address article aside blockquote body caption center details div dl fieldset figcaption
        figure footer form header hr legend main p section summary""".split(),
        "p",
    ),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "head"),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), "list"),
    **dict.fromkeys(("dt", "dd"), "line"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("pre", "listing", "xmp"), "code"),
    "li": "item",
    "tr": "row",
    "br": "break",
    "table": "table",
}
"""What the elements of pages are."""
UNSEEN = frozenset(
    """button datalist iframe math noscript object script select style svg template
    textarea title""".split()
)
"""Elements of a page whose text is none of it. The parser puts some that are seen into `head`."""


class Blocks:
    """A text that grows element by element."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._parts: list[str] = []
        self._length = 0
        self._gap = ""
        """White space to write before the next words; the widest that was asked for."""
        self._bullet = False
        self._code = 0
        """Elements around, in which the ends of lines count."""

    def text(self) -> str:
        """Return what has been written."""
        return "".join(self._parts)

    def add(self, body: Any, kinds: Mapping[str, str], unseen: frozenset[str]) -> None:
        """Write a tree, without recursion: pages may nest as deeply as they like.

        Args:
            body: The outermost element.
            kinds: What an element is, by its name; its text only goes on where that isn't in it.
            unseen: Names of the elements that are left out.
        """
        from lxml import etree

        starts: list[int] = []
        walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event in ("comment", "pi") or element.tag in unseen:
                if event == "start":
                    walk.skip_subtree()
                elif element is not body:
                    self._write(element.tail)
                continue
            kind = kinds.get(element.tag, "")
            if kind == "break" and event == "start" and "\n" in self._gap:
                self._ask("\n\n")
            self._ask("" if _fills_cell(element, kinds) else _GAPS.get(kind, ""))
            self._code += (kind == "code") * (1 if event == "start" else -1)
            if event == "start":
                self._bullet = self._bullet or kind == "item"
                starts.append(self._length)
                self._write(element.text)
                continue
            start = starts.pop()
            if kind == "head":
                self._head(start, element.get("rend") or element.tag)
            if element is not body:
                self._write(element.tail)

    def _ask(self, gap: str) -> None:
        self._gap = max(self._gap, gap, key=lambda white: (white.count("\n"), len(white)))

    def _write(self, raw: str | None) -> None:
        if not raw:
            return
        if self._code:
            words = "\n".join(line.rstrip() for line in raw.split("\n")).strip("\n")
        else:
            words = " ".join(raw.split())
        if raw[0].isspace():
            self._ask("\n" if self._code and "\n" in raw[: len(raw) - len(raw.lstrip())] else " ")
        if words:
            lead = (self._gap if self._length else "") + "- " * self._bullet
            self._parts.append(lead + words)
            self._length += len(lead) + len(words)
            self._gap, self._bullet = "", False
        if raw[-1].isspace():
            self._ask("\n" if self._code and "\n" in raw[len(raw.rstrip()) :] else " ")

    def _head(self, before: int, name: str) -> None:
        """Note a heading that was written since the text had `before` characters."""
        written = self.text()[before:]
        words = written.strip()
        words = words.removeprefix("- ")
        if words:
            start = before + written.index(words)
            while self.headings and self.headings[-1].end > start:
                self.headings.pop()  # stood inside this one
            level = int(name[1]) if re.fullmatch("h[1-6]", name) else 2
            self.headings.append(Heading(start, start + len(words), level))


def _fills_cell(element: Any, kinds: Mapping[str, str]) -> bool:
    """Return whether a paragraph is all that a table's cell holds: then it's the cell's text."""
    above = element.getparent()
    return (
        above is not None
        and kinds.get(element.tag) == "p"
        and kinds.get(above.tag) == "cell"
        and len(above) == 1
        and not ((above.text or "") + (element.tail or "")).strip()
    )
