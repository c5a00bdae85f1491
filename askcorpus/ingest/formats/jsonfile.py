"""JSON: each record of a list, or each line of JSON Lines, as a row "key: value; …"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from askcorpus.ingest.decode import decode
from askcorpus.ingest.extracted import Extracted, RefusedError, Unreadable
from askcorpus.ingest.formats import rows
from askcorpus.ingest.formats.written import Writer
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def parse(data: bytes, fields: Sequence[str] = ()) -> Extracted | Unreadable:
    """Return a JSON file's records; an object that isn't in a list counts as one.

    Args:
        data: Of the file.
        fields: Keys to keep with all that is below them, inner ones joined by dots; all if none.
    """
    text = decode(data)
    if isinstance(text, Unreadable):
        return text
    root = _loaded(text, "it")
    items = root if isinstance(root, list) else [root]
    return _written("item", list(enumerate(items, start=1)), fields)


def parse_lines(data: bytes, fields: Sequence[str] = ()) -> Extracted | Unreadable:
    """Return the records of JSON Lines, each with the number of its line; see `parse`."""
    text = decode(data)
    if isinstance(text, Unreadable):
        return text
    lines = enumerate(text.split("\n"), start=1)
    items = [(n, _loaded(line, f"its line {n}")) for n, line in lines if line.strip()]
    return _written("line", items, fields)


def _loaded(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as exc:
        raise RefusedError(f"{what} nests too deeply") from exc
    except ValueError as exc:
        raise RefusedError(f"{what} is not valid JSON") from exc


def _written(
    unit: str, items: list[tuple[int, Any]], fields: Sequence[str]
) -> Extracted | Unreadable:
    if len(items) > rows.MAX_ROWS:
        return Unreadable(f"it has more than {rows.MAX_ROWS:,} records")
    writer = Writer()
    for number, item in items:
        writer.place(f"{unit} {number}")
        # Long values are texts of their own, which sentences part better than semicolons.
        pairs = [pair for path, pair in _pairs(item) if not fields or _is_chosen(path, fields)]
        writer.block("; ".join(pair for pair in pairs if len(pair) <= rows.MAX_VALUE_CHARS))
        for pair in pairs:
            if len(pair) > rows.MAX_VALUE_CHARS:
                writer.block(pair)
    return writer.extracted()


def _is_chosen(path: str, fields: Sequence[str]) -> bool:
    return any(path == field or path.startswith(f"{field}.") for field in fields)


def _pairs(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of each value below, keys joined by dots, and "key: value"."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _pairs(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        for inner in value:
            yield from _pairs(inner, path)
    else:
        words = _shown(value)
        if words:
            yield path, f"{one_line(path)}: {words}" if path else words


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else json.dumps(value)
