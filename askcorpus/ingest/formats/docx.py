"""Word: paragraphs with their headings, tables row by row, footnotes where they are referred to.

What tracked changes deleted and what comments say is left out; what they inserted counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from askcorpus.ingest.formats.package import Package, attribute, child, children, tag
from askcorpus.ingest.formats.written import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from askcorpus.ingest.extracted import Extracted, Unreadable

CELL = " | "
_NUMBER = re.compile("[0-9]{1,3}")
_DELETED = frozenset({"del", "moveFrom"})
_UNSEEN = _DELETED | {"delText", "instrText", "Fallback", "pPr", "rPr", "sectPr", "rt"}
"""The fallback is the same again, for programs that don't know a newer element."""
_WHITE = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a Word file's text."""
    package = Package(data)
    kinds = dict(package.related("").values())
    main = kinds.get("officeDocument", "word/document.xml")
    root = package.tree(main)
    parts = {kind: name for kind, name in package.related(main).values() if name in package.names}
    reader = _Reader(
        _levels(package.tree(parts["styles"])) if "styles" in parts else {},
        {kind: _notes(package, parts.get(kind)) for kind in _NOTES.values()},
    )
    body = child(root, "body")
    if body is not None:
        reader.blocks(body)
    return reader.writer.extracted(title=reader.title)


def _notes(package: Package, name: str | None) -> dict[str, Any]:
    """Return the elements of notes by their id."""
    notes = package.tree(name) if name else ()
    return {
        attribute(note, "id") or "": note
        for note in notes
        if attribute(note, "type") in (None, "normal")
    }


def _levels(styles: Any) -> dict[str, int]:
    """Return the level of each style that makes a paragraph a heading; 0 for a title's."""
    own: dict[str, int | None] = {}
    bases: dict[str, str] = {}
    for style in children(styles, "style"):
        key = attribute(style, "styleId") or ""
        name = (_value(child(style, "name")) or "").lower()
        own[key] = 0 if name == "title" else _outline(child(style, "pPr"))
        if name.startswith("heading ") and _NUMBER.fullmatch(name[8:]):
            own[key] = int(name[8:])
        bases[key] = _value(child(style, "basedOn")) or ""
    found = {}
    for key in own:
        at, seen = key, set[str]()
        while at in own and own[at] is None and at not in seen:
            seen.add(at)
            at = bases.get(at, "")
        level = own.get(at)
        if level is not None and level <= 9:
            found[key] = level
    return found


def _outline(properties: Any) -> int | None:
    """Return the level that properties state, 1 for the outermost; 10 says that it is none."""
    said = _value(child(properties, "outlineLvl")) if properties is not None else None
    return int(said) + 1 if said and _NUMBER.fullmatch(said) else None


def _value(element: Any) -> str | None:
    return attribute(element, "val") if element is not None else None


class _Reader:
    """Writes the blocks of a document."""

    def __init__(self, levels: dict[str, int], notes: dict[str, dict[str, Any]]) -> None:
        self.writer = Writer()
        self.title: str | None = None
        self._levels = levels
        self._notes = notes
        self._number = 0

    def blocks(self, parent: Any) -> None:
        """Write what an element holds: paragraphs, tables and what wraps them."""
        for element in parent:
            name = tag(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                for row in _rows(element):
                    self._row(row)
            elif name and name not in _UNSEEN:
                self.blocks(element)

    def _paragraph(self, paragraph: Any) -> None:
        boxes: list[Any] = []
        notes: list[Any] = []
        words = "".join(_text(paragraph, boxes, notes)).strip()
        level = self._level(child(paragraph, "pPr"))
        if level is None or not words:
            self.writer.block(words)
        else:
            self.writer.heading(words, max(level, 1))
            self.title = self.title or (words if level == 0 else None)
        for box in boxes:
            self.blocks(box)
        self._footnotes(notes)

    def _level(self, properties: Any) -> int | None:
        if properties is None:
            return None
        own = _outline(properties)
        if own is not None:
            return own if own <= 9 else None
        return self._levels.get(_value(child(properties, "pStyle")) or "")

    def _footnotes(self, references: Iterable[Any]) -> None:
        for reference in references:
            note = self._notes[_NOTES[tag(reference)]].get(attribute(reference, "id") or "")
            if note is not None:
                self._number += 1
                self.writer.block(f"{self._number} {_joined(note, [])}")

    def _row(self, row: Any) -> None:
        """Write a table's row: its cells on one line; a single one as the text that it is."""
        notes: list[Any] = []
        cells = list(_cells(row))
        words = [_joined(cell, notes) for cell in cells]
        filled = [at for at, cell in enumerate(words) if cell]
        if len(filled) == 1:
            self.blocks(cells[filled[0]])
        elif filled:
            self.writer.block(CELL.join(words[: filled[-1] + 1]))
            self._footnotes(notes)


def _rows(table: Any) -> Iterator[Any]:
    """Yield a table's rows but those that tracked changes deleted."""
    for element in table:
        if tag(element) == "tr":
            if child(element, "trPr", "del") is None:
                yield element
        elif tag(element) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(element)


def _cells(row: Any) -> Iterator[Any]:
    for element in row:
        if tag(element) == "tc":
            yield element
        elif tag(element) in ("sdt", "sdtContent", "customXml"):
            yield from _cells(element)


def _joined(parent: Any, notes: list[Any]) -> str:
    """Return all text of an element on one line."""
    paragraphs = (element for element in parent.iter() if tag(element) == "p")
    return " ".join(" ".join("".join(_text(each, [], notes)).split()) for each in paragraphs)


def _text(parent: Any, boxes: list[Any], notes: list[Any]) -> Iterator[str]:
    """Yield a paragraph's text; its text boxes and references to notes go into the lists."""
    for element in parent:
        name = tag(element)
        if name == "t":
            yield element.text or ""
        elif name in _WHITE:
            yield _WHITE[name]
        elif name == "txbxContent":
            boxes.append(element)
        elif name in _NOTES:
            notes.append(element)
        elif name and name not in _UNSEEN:
            yield from _text(element, boxes, notes)
