"""PowerPoint: each slide a place, its title a heading, its notes after what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from askcorpus.ingest.formats.package import Package, attribute, child, children, tag
from askcorpus.ingest.formats.written import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askcorpus.ingest.extracted import Extracted, Unreadable

CELL = " | "
_TITLES = frozenset({"title", "ctrTitle"})
_MARGIN = frozenset({"sldNum", "dt", "ftr", "hdr"})
"""What stands on every slide."""


def parse(data: bytes) -> Extracted | Unreadable:
    """Return the text of a presentation's slides, in the order in which they are shown."""
    package = Package(data)
    kinds = dict(package.related("").values())
    main = kinds.get("officeDocument", "ppt/presentation.xml")
    order = child(package.tree(main), "sldIdLst")
    related = package.related(main)
    writer = Writer()
    slides = children(order, "sldId") if order is not None else ()
    for number, slide in enumerate(slides, start=1):
        # The element has an id of its own, without a namespace, and that of the relation.
        keys = [value for key, value in slide.attrib.items() if key.endswith("}id")]
        _, name = related.get(keys[0] if keys else "", ("", ""))
        if name in package.names:
            _slide(writer, package, name, number)
    return writer.extracted()


def _slide(writer: Writer, package: Package, name: str, number: int) -> None:
    shapes = list(_shapes(package.tree(name)))
    writer.place(f"slide {number}")
    titles = [shape for shape in shapes if _role(shape) in _TITLES]
    for shape in titles:
        writer.heading(" ".join(_paragraphs(shape)), 1)
    for shape in shapes:
        if shape not in titles and _role(shape) not in _MARGIN:
            _content(writer, shape)
    notes = [part for kind, part in package.related(name).values() if kind == "notesSlide"]
    for part in notes:
        if part in package.names:
            writer.place(f"slide {number}, notes")
            for shape in _shapes(package.tree(part)):
                if _role(shape) == "body":
                    _content(writer, shape)


def _content(writer: Writer, shape: Any) -> None:
    tables = [element for element in shape.iter() if tag(element) == "tbl"]
    for table in tables:
        for row in children(table, "tr"):
            cells = [" ".join(_paragraphs(cell)) for cell in children(row, "tc")]
            if any(cells):
                writer.block(CELL.join(cells))
    if not tables:
        for words in _paragraphs(shape):
            writer.block(words)


def _shapes(root: Any) -> Iterator[Any]:
    """Yield shapes and frames, those in groups too; of alternatives only the first choice."""
    for element in root:
        name = tag(element)
        if name in ("sp", "graphicFrame"):
            yield element
        elif name in ("cSld", "spTree", "grpSp", "AlternateContent", "Choice"):
            yield from _shapes(element)


def _role(shape: Any) -> str:
    """Return what a shape is a placeholder for; empty for none."""
    place = child(shape, "nvSpPr", "nvPr", "ph")
    return (attribute(place, "type") or "body") if place is not None else ""


def _paragraphs(shape: Any) -> Iterator[str]:
    for paragraph in shape.iter():
        if tag(paragraph) == "p":
            pieces = (_WHITE.get(tag(part)) or part.text or "" for part in _runs(paragraph))
            words = " ".join("".join(pieces).split())
            if words:
                yield words


_WHITE = {"br": " "}


def _runs(paragraph: Any) -> Iterator[Any]:
    return (part for part in paragraph.iter() if tag(part) in ("t", "br"))
