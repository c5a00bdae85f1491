"""Blocks of XHTML and of OpenDocument: headings, paragraphs, list items, rows of tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from askcorpus.ingest.formats.package import attribute, tag

if TYPE_CHECKING:
    from askcorpus.ingest.formats.written import Writer

CELL = " | "


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a format's elements mean; all names without their namespace."""

    headings: dict[str, int]
    """Name to level; 0 where an attribute `outline-level` says it."""
    blocks: frozenset[str]
    cells: frozenset[str]
    rows: frozenset[str]
    unseen: frozenset[str]
    white: dict[str, str]


XHTML = Kinds(
    headings={f"h{level}": level for level in range(1, 7)},
    blocks=frozenset(
        """p div li dt dd blockquote pre section article aside header footer figure figcaption ul
        ol dl table tbody thead tfoot caption hr body center address""".split()
    ),
    cells=frozenset({"td", "th"}),
    rows=frozenset({"tr"}),
    unseen=frozenset("script style head svg math template nav".split()),
    white={"br": "\n"},
)
ODF = Kinds(
    headings={"h": 0},
    blocks=frozenset("p list list-item section table text frame text-box page notes".split()),
    cells=frozenset({"table-cell", "covered-table-cell"}),
    rows=frozenset({"table-row"}),
    unseen=frozenset("tracked-changes annotation note-citation forms desc title".split()),
    white={"tab": " ", "line-break": "\n", "s": " "},
)


def write(writer: Writer, root: Any, kinds: Kinds) -> None:
    """Write all blocks below an element; white space is as a browser shows it."""
    from lxml import etree

    words: list[str] = []
    cells: list[str] | None = None
    skip: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = tag(element)
        if skip is not None or event in ("comment", "pi") or name in kinds.unseen:
            skip = (element if skip is None else skip) if event == "start" else skip
            if event != "start" and (skip is None or skip is element):
                skip = None
                words.append(element.tail or "")
            continue
        heading = kinds.headings.get(name)
        edge = name in kinds.blocks or heading is not None or name in kinds.rows
        if edge and cells is not None and name not in kinds.rows:
            words.append(" ")  # paragraphs in a cell are parts of its line
        elif edge and not (event == "end" and heading is not None):
            _flush(writer, words)
        if event == "start":
            cells = [] if name in kinds.rows else cells
            words.append(element.text or kinds.white.get(name, ""))
            continue
        if heading is not None and cells is None:
            said = attribute(element, "outline-level") or ""
            level = heading or (int(said) if re.fullmatch("[0-9]{1,3}", said) else 1)
            writer.heading(_plain(words), level)
            words.clear()
        elif name in kinds.cells and cells is not None:
            cells.append(_plain(words))
            words.clear()
        elif name in kinds.rows and cells is not None:
            writer.block(CELL.join(cells) if any(cells) else "")
            words.clear()
            cells = None
        words.append(element.tail or "")
    _flush(writer, words)


def _flush(writer: Writer, words: list[str]) -> None:
    writer.block(_plain(words))
    words.clear()


def _plain(words: list[str]) -> str:
    return " ".join("".join(words).split())
