"""Web pages: the main text by trafilatura, with its headings, title, date and author.

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
from askcorpus.ingest.formats.shown import shown
from askcorpus.records import Heading
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
# What stands between an element and its neighbours; the wider one wins.
_GAPS = {
    **dict.fromkeys(("p", "head", "list", "quote", "table", "code"), "\n\n"),
    **dict.fromkeys(("item", "row", "lb"), "\n"),
    "cell": " ",
}


def parse(data: bytes) -> Extracted | Unreadable:
    """Return a page's main text; all of its text where no main part is found."""
    if len(data) > MAX_HTML_BYTES:
        return Unreadable(f"a web page larger than {MAX_HTML_BYTES // 1_000_000} MB")
    source = _decode(data)
    if isinstance(source, Unreadable):
        return source
    import trafilatura

    tree = shown(source)
    if tree is None:
        return Unreadable("a web page without text")
    page: Any = None
    if len(data) <= MAX_ARTICLE_BYTES:
        page = trafilatura.bare_extraction(
            tree,
            include_comments=False,
            with_metadata=True,
            # Without the extensive search a date that the page doesn't state stays unknown.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    text, headings = _written(page.body if page is not None else None)
    if not text:
        text, headings = _written(trafilatura.baseline(tree)[0])
    if not text:
        text, headings = trafilatura.html2txt(tree).strip(), ()
    if not text:
        return Unreadable("a web page without text")
    text = _FORBIDDEN.sub("\ufffd", text)
    return Extracted(
        text=text,
        title=_field(page, "title", 300),
        date=_field(page, "date", 10),
        byline=_author(page),
        headings=headings,
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


def _written(body: Any) -> tuple[str, tuple[Heading, ...]]:
    """Return a tree of trafilatura's as text, and the headings in it."""
    writer = _Writer()
    if body is not None:
        writer.add(body)
    return writer.text(), tuple(writer.headings)


class _Writer:
    """Turns trafilatura's tree into text, a blank line between blocks, and notes the headings."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._parts: list[str] = []
        self._length = 0
        self._gap = ""
        """White space to write before the next words; the widest that was asked for."""
        self._bullet = False

    def text(self) -> str:
        """Return what has been written."""
        return "".join(self._parts)

    def add(self, body: Any) -> None:
        """Write a tree, without recursion: pages may nest as deeply as they like."""
        from lxml import etree

        starts: list[int] = []
        for event, element in etree.iterwalk(body, events=("start", "end")):
            gap = _GAPS.get(element.tag, "")
            self._ask(gap)
            if event == "start":
                self._bullet = self._bullet or element.tag == "item"
                starts.append(self._length)
                self._write(element.text)
                continue
            start = starts.pop()
            if element.tag == "head":
                self._head(start, element.get("rend") or "")
            self._write(element.tail)

    def _ask(self, gap: str) -> None:
        self._gap = max(self._gap, gap, key=lambda white: (white.count("\n"), len(white)))

    def _write(self, raw: str | None) -> None:
        if not raw:
            return
        words = " ".join(raw.split())
        if raw[0].isspace():
            self._ask(" ")
        if words:
            lead = (self._gap if self._length else "") + "- " * self._bullet
            self._parts.append(lead + words)
            self._length += len(lead) + len(words)
            self._gap, self._bullet = "", False
        if raw[-1].isspace():
            self._ask(" ")

    def _head(self, before: int, rend: str) -> None:
        """Note a heading that was written since the text had `before` characters."""
        written = self.text()[before:]
        words = written.strip()
        words = words.removeprefix("- ")
        if words:
            start = before + written.index(words)
            while self.headings and self.headings[-1].end > start:
                self.headings.pop()  # stood inside this one
            level = int(rend[1]) if re.fullmatch("h[1-6]", rend) else 2
            self.headings.append(Heading(start, start + len(words), level))
