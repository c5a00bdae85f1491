"""The formats that can be read: one mapping from suffix to parser.

To add one, write a function from bytes to `Extracted | Unreadable` in a module of its own, which
imports its library when it is called, and name it here. A parser may raise anything: `read`
turns that into a `Skipped`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from askcorpus.ingest import markdown, plain, webpage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from askcorpus.ingest.extracted import Parser

PARSERS: Mapping[str, Parser] = MappingProxyType(
    {
        ".txt": plain.parse,
        ".text": plain.parse,
        ".md": markdown.parse,
        ".markdown": markdown.parse,
        ".html": webpage.parse,
        ".htm": webpage.parse,
    }
)
"""Suffix, in lower case and with its dot, to parser."""
