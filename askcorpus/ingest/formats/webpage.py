"""Web pages: the main text by trafilatura, with its headings, title, date and author.

Where a page has no navigation, all that it shows is its main text.

Nothing is fetched: trafilatura gets a string. The text is extracted, so its lines and offsets
are its own and not the file's.
"""

from __future__ import annotations

import re
from typing import Any

from askcorpus.ingest import boilerplate
from askcorpus.ingest.boilerplate import stated
from askcorpus.ingest.decode import decode
from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.formats.blocks import MAIN, Blocks
from askcorpus.ingest.formats.shown import shown
from askcorpus.ingest.formats.whole import all_is_main, whole
from askcorpus.text import one_line

MAX_HTML_BYTES = 16_000_000
"""A tree of objects takes some 30 times its page; the largest honest pages have a few MB."""
MAX_ARTICLE_BYTES = 4_000_000
"""In a larger page the main part isn't looked for: that can take minutes; all its text is kept."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
# Only these: Python also knows codecs that a page could use to stall it, such as punycode.
KNOWN_ENCODING = re.compile(
    r"utf-?8|iso-?8859-?\d+|windows-?\d+|cp\d+|koi8-[ru]|shift[_-]?jis|euc-(?:jp|kr)|gbk?|gb2312"
    r"|gb18030|big5|macintosh|us-ascii|ascii|latin-?\d|iso-2022-(?:jp|kr)",
    re.I,
)
# As browsers do: pages that declare one of these are in fact Windows-1252.
_WESTERN = re.compile(r"iso-?8859-?1|latin-?1|(?:us-)?ascii", re.I)
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a page's main text; all of its text where that is the main part, or none is found."""
    if len(data) > MAX_HTML_BYTES:
        return Unreadable(f"a web page larger than {MAX_HTML_BYTES // 1_000_000} MB")
    source = _decode(data)
    if isinstance(source, Unreadable):
        return source
    import trafilatura

    tree = shown(source)
    if tree is None:
        return Unreadable("a web page without text")
    found = whole(tree)
    page: Any = None
    if len(data) <= MAX_ARTICLE_BYTES:
        page = trafilatura.bare_extraction(
            tree,
            include_comments=False,
            with_metadata=True,
            # Without the extensive search a date that the page doesn't state stays unknown.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    if page is not None and page.body is not None:
        main = Blocks()
        main.add(page.body, MAIN, frozenset())
        if not all_is_main(tree, found.text(), main.text()):
            found = main
    text = found.text() or trafilatura.html2txt(tree).strip()
    if not text:
        return Unreadable("a web page without text")
    text = _FORBIDDEN.sub("\ufffd", text)
    return Extracted(
        text=text,
        title=_field(page, "title", 300),
        date=_field(page, "date", 10),
        byline=_author(page),
        headings=tuple(found.headings),
        boilerplate=boilerplate.mark(text),
        extracted=True,
    )


def _decode(data: bytes) -> str | Unreadable:
    """Return the page's source: UTF-8 where it is that, else what the page declares."""
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii") if declared else ""
    if not KNOWN_ENCODING.fullmatch(name) or b"\0" in data:
        return decode(data)
    for encoding in ("utf-8-sig", "cp1252" if _WESTERN.fullmatch(name) else name):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode(data)


def _author(page: Any) -> str | None:
    """Return the author if it reads like names: from pages without one, guesses come back."""
    names = _field(page, "author", 200)
    return (
        names if names and all(stated.byline(f"By: {name}") for name in names.split("; ")) else None
    )


def _field(page: Any, name: str, limit: int) -> str | None:
    value = one_line(_FORBIDDEN.sub("\ufffd", getattr(page, name, None) or ""))
    return value if 0 < len(value) <= limit else None


def shown_text(source: str) -> str:
    """Return all that a page shows; empty where that is nothing, or the page is too large."""
    tree = shown(source) if len(source) <= MAX_HTML_BYTES else None
    return "" if tree is None else _FORBIDDEN.sub("\ufffd", whole(tree).text())
