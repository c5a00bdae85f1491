"""PDF: the text layer by PDFium, in reading order, each page a place.

PDFium gives characters with their boxes in the order in which the page draws them. Here they
become pieces of lines; what belongs together is decided in `layout`.
"""

from __future__ import annotations

import ctypes
import math
import re
from typing import TYPE_CHECKING, Any

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats import layout
from askcorpus.ingest.formats.columns import Piece
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGES = 10_000
MAX_UNKNOWN = 0.3
"""Share of characters that are none, beyond which a text layer is worthless."""
GAP = 2.0
"""White space on a line, in heights of a character, that parts columns and cells."""

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""What PDFium gives for a hyphen at the end of a line."""
# Private use, unassigned in every font, and what a broken map of characters gives.
_UNKNOWN = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]")
_JUNK_TITLE = re.compile(r"untitled|microsoft word|\.\w{2,4}$|^\W*$|[\\/_]|^\S*$", re.IGNORECASE)


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a PDF's text, with headers, footers and page numbers marked as boilerplate."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if getattr(exc, "err_code", None) == _PASSWORD:
            return Unreadable("it needs a password")
        return Unreadable("not a PDF that can be opened: it is damaged or something else")
    try:
        if len(document) > MAX_PAGES:
            return Unreadable(f"it has more than {MAX_PAGES:,} pages")
        pages, damaged, images = [], [], False
        for number in range(len(document)):
            page = _page(document, number)
            if page is None:
                damaged.append(number + 1)
                continue
            pages.append(list(_pieces(page, number + 1)))
            images = images or (not pages[-1] and _has_image(page))
            page.close()
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    return _written(pages, damaged, title, images=images)


def _written(
    pages: list[list[Piece]], damaged: list[int], title: str, *, images: bool
) -> Extracted | Unreadable:
    text = "".join(piece.text for page in pages for piece in page)
    if not text.strip():
        scan = "its pages are pictures without text: it needs character recognition (OCR) first"
        return Unreadable(scan if images else "it holds no text")
    if len(_UNKNOWN.findall(text)) > MAX_UNKNOWN * len(text):
        return Unreadable("its fonts don't say which characters they draw")
    title = one_line(title)
    writer = layout.write(pages)
    for number in damaged:
        writer.place(f"p. {number}")
        writer.boilerplate(f"[page {number} can't be read]", "unreadable page")
    return writer.extracted(title=None if _JUNK_TITLE.search(title) else title)


def _page(document: Any, number: int) -> Any:
    """Return a page, or None where that one is damaged."""
    import pypdfium2

    try:
        return document[number]
    except pypdfium2.PdfiumError:
        return None


def _has_image(page: Any) -> bool:
    from pypdfium2 import raw

    return next(iter(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def _pieces(page: Any, number: int) -> Iterator[Piece]:
    """Yield a page's pieces of lines in the order in which they are drawn.

    A piece ends at a line's end, at a gap that is wider than between words and where the
    direction of the writing turns.
    """
    piece: Piece | None = None
    space = False
    for code, turn, box, baseline in _characters(page):
        char = "\u00ad" if code in _HYPHENS else chr(code)
        if char.isspace():
            space = True
            if char in "\r\n" and piece:
                yield piece
                piece = None
            continue
        low, high, size = box
        if piece and not _goes_on(piece, turn, low, baseline, size):
            yield piece
            piece = None
        if piece is None:
            piece = Piece(char, low, high, baseline, size, number, turn)
        else:
            piece.text += " " * space + char
            piece.right = max(piece.right, high)
            if size > piece.size:
                piece.size, piece.baseline = size, baseline
        space = False
    if piece:
        yield piece


def _goes_on(piece: Piece, turn: int, left: float, baseline: float, size: float) -> bool:
    height = max(size, piece.size)
    return (
        turn == piece.turn
        and abs(baseline - piece.baseline) < height / 2
        and -2 * height < left - piece.right < GAP * height
    )


def _characters(page: Any) -> Iterator[tuple[int, int, tuple[float, float, float], float]]:
    """Yield each character's code, quarter turns, (left, right, height) and baseline.

    The page is turned so that the writing goes from left to right, and y grows upwards.
    """
    from pypdfium2 import raw

    text = page.get_textpage()
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            code = 0xFFFD
        raw.FPDFText_GetLooseCharBox(text, at, ctypes.byref(box))
        raw.FPDFText_GetCharOrigin(text, at, ctypes.byref(x), ctypes.byref(y))
        turn = round(raw.FPDFText_GetCharAngle(text, at) / (math.pi / 2)) % 4
        sides = (box.left, box.right, box.bottom, box.top)
        left, right, bottom, top = _TURNED[turn](*sides)
        baseline = (y.value, x.value, -y.value, -x.value)[turn]
        yield code, turn, (left, right, top - bottom), baseline
    text.close()


# From left, right, bottom and top on the page to those of upright writing, by quarter turns.
_TURNED = (
    lambda left, right, bottom, top: (left, right, bottom, top),
    lambda left, right, bottom, top: (-top, -bottom, left, right),
    lambda left, right, bottom, top: (-right, -left, -top, -bottom),
    lambda left, right, bottom, top: (bottom, top, -right, -left),
)
