"""Spreadsheets: Excel by openpyxl, CSV and TSV by the standard library; each row a place."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from askcorpus.ingest.decode import decode
from askcorpus.ingest.extracted import Extracted, RefusedError, Unreadable
from askcorpus.ingest.formats import rows
from askcorpus.ingest.formats.package import Package
from askcorpus.ingest.formats.written import Writer
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

# What openpyxl lets through for XML, zip and values that are not as they should be.
_DAMAGED = (
    *(LookupError, ValueError, TypeError, AttributeError, SyntaxError, EOFError, OverflowError),
    *(NotImplementedError, zipfile.BadZipFile, zlib.error),
)
MAX_CELL_CHARS = 1_000_000
MAX_NAME_CHARS = 100
"""Of a sheet; Excel allows 31."""
SAMPLE_CHARS = 20_000
DELIMITERS = ",;\t|"


def parse_xlsx(data: bytes) -> Extracted | Unreadable:
    """Return a workbook's rows; formulas by the values that were last computed."""
    Package(data).check(".xml")
    import openpyxl

    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        return _workbook(book)
    except _DAMAGED as exc:
        raise RefusedError("it is damaged or something else than its name says") from exc


def _workbook(book: Any) -> Extracted | Unreadable:
    writer = Writer()
    for sheet in book.worksheets:
        # What a file says about its extent may be wrong, and is filled up with empty cells.
        sheet.reset_dimensions()
        name = sheet.title[:MAX_NAME_CHARS]
        writer.place(f"sheet {name}")
        writer.heading(name, 1)
        rows.write(writer, _cells(sheet), f"sheet {name}, ")
    # The names of sheets are headings; none of them says what the book is about.
    title = one_line(book.properties.title or "") or None
    book.close()
    found = writer.extracted(title=title)
    return found if isinstance(found, Unreadable) else replace(found, title=title)


def _cells(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [_shown(cell.value, cell.number_format or "") for cell in row]


def _shown(value: object, form: str) -> str:
    """Return a cell's value as words, near to what a spreadsheet shows."""
    match value:
        case None:
            shown = ""
        case bool():
            shown = str(value).upper()
        case datetime():
            midnight = value.time() == time()
            shown = value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case int() | float() if "%" in form:
            shown = f"{100 * value:.10g}%"
        case float():
            shown = str(int(value)) if value.is_integer() else f"{value:.15g}"
        case _:
            shown = str(value)
    return shown


def parse_csv(data: bytes) -> Extracted | Unreadable:
    """Return the rows of comma-separated values, or of those that another mark separates."""
    text = decode(data)
    if isinstance(text, Unreadable):
        return text
    sample = text[:SAMPLE_CHARS]
    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        delimiter = csv.Sniffer().sniff(sample, DELIMITERS).delimiter
    except csv.Error:
        delimiter = max(DELIMITERS, key=sample.count)
    return _separated(text, delimiter)


def parse_tsv(data: bytes) -> Extracted | Unreadable:
    """Return the rows of tab-separated values."""
    text = decode(data)
    return text if isinstance(text, Unreadable) else _separated(text, "\t")


def _separated(text: str, delimiter: str) -> Extracted | Unreadable:
    writer = Writer()
    try:
        rows.write(writer, enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1))
    except csv.Error as exc:
        raise RefusedError(f"its rows can't be told apart: {exc}") from exc
    return writer.extracted()
