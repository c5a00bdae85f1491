"""The formats that can be read: one mapping from suffix to parser.

    plain markdown        text: decoded, its head searched for title, date and byline
    webpage               web pages; shown empties what their reader never sees, whole finds
                          pages without navigation, blocks makes text of elements
    pdf                   the text layer; columns (reading order), furniture (page margins),
                          layout (lines to paragraphs)
    docx pptx             Word, PowerPoint; package unpacks the zip files that hold XML
    sheets jsonfile       Excel, CSV and TSV; JSON. rows makes text of a row
    books                 EPUB and OpenDocument; markup reads their blocks
    mail msg              e-mail; Outlook's messages, lzfu unpacks their RTF
    packed                gzip around another format, and RTF
    written               puts the extracted text together, block by block

To add one, write a function from bytes to `Extracted | Unreadable` in a module of its own, which
imports its library when it is called, and name it here. A parser may raise anything: `read`
turns that into a `Skipped`.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from askcorpus.ingest.formats import (
    books,
    docx,
    jsonfile,
    mail,
    markdown,
    msg,
    packed,
    pdf,
    plain,
    pptx,
    sheets,
    webpage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from askcorpus.ingest.extracted import Parser

_JSON = {
    ".json": jsonfile.parse,
    ".jsonl": jsonfile.parse_lines,
    ".ndjson": jsonfile.parse_lines,
}
PARSERS: Mapping[str, Parser] = MappingProxyType(
    {
        ".txt": plain.parse,
        ".text": plain.parse,
        ".md": markdown.parse,
        ".markdown": markdown.parse,
        ".html": webpage.parse,
        ".htm": webpage.parse,
        ".pdf": pdf.parse,
        ".docx": docx.parse,
        ".pptx": pptx.parse,
        ".xlsx": sheets.parse_xlsx,
        ".csv": sheets.parse_csv,
        ".tsv": sheets.parse_tsv,
        ".eml": mail.parse_eml,
        ".mbox": mail.parse_mbox,
        ".msg": msg.parse,
        ".epub": books.parse_epub,
        ".odt": books.parse_odt,
        ".rtf": packed.parse_rtf,
        **_JSON,
    }
)
"""Suffix, in lower case and with its dot, to parser."""
IN_PROCESS = frozenset({".txt", ".text", ".md", ".markdown"})
"""Those whose parsers are ours alone and take time and memory in proportion to the file; where
they aren't large, no process is needed."""
PACKED = ".gz"


def has_parser(path: str) -> bool:
    """Return whether a file of this name can be read."""
    return _suffix(path) in PARSERS


def parser(path: str, fields: Sequence[str] = ()) -> Parser:
    """Return the parser for a file of this name; for "a.csv.gz" the one that unpacks first.

    Args:
        path: Of the file, or its name.
        fields: Of JSON, the keys that are read; all if none.

    Raises:
        KeyError: There is none.
    """
    suffix = _suffix(path)
    found = partial(_JSON[suffix], fields=fields) if suffix in _JSON else PARSERS[suffix]
    return packed.unpacked(found) if path.lower().endswith(PACKED) else found


def _suffix(path: str) -> str:
    """Return a name's suffix in lower case, without the one that says that it is packed."""
    return PurePosixPath(path.lower().removesuffix(PACKED)).suffix
