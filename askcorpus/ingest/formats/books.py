"""E-books (EPUB), chapter by chapter, and OpenDocument texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from askcorpus.ingest.extracted import RefusedError
from askcorpus.ingest.formats import markup
from askcorpus.ingest.formats.package import (
    Package,
    attribute,
    child,
    children,
    parsed,
    resolved,
    tag,
)
from askcorpus.ingest.formats.written import Writer

if TYPE_CHECKING:
    from askcorpus.ingest.extracted import Extracted, Unreadable

_PAGES = ("application/xhtml+xml", "text/html")


def parse_epub(data: bytes) -> Extracted | Unreadable:
    """Return a book's text in reading order; chapters without a heading take the file's title."""
    package = Package(data)
    if "META-INF/encryption.xml" in package.names:
        fonts_only = b"obfuscation" in package.read("META-INF/encryption.xml")
        if not fonts_only:
            raise RefusedError("it is protected (DRM)")
    container = package.tree("META-INF/container.xml")
    roots = (element for element in container.iter() if tag(element) == "rootfile")
    main = next((attribute(element, "full-path") for element in roots), None) or ""
    book = package.tree(main)
    items = {item.get("id"): item for item in _below(book, "manifest", "item")}
    writer = Writer()
    for reference in _below(book, "spine", "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES:
            continue
        name = resolved(main, item.get("href") or "")
        if name in package.names and item.get("properties") != "nav":
            _chapter(writer, package.read(name), name)
    about = child(book, "metadata")
    return writer.extracted(title=_said(about, "title"), byline=_said(about, "creator"))


def _chapter(writer: Writer, data: bytes, name: str) -> None:
    try:
        root = parsed(data, name)
    except RefusedError:
        root = _lenient(data, name)
    title = child(root, "head", "title")
    body = child(root, "body")
    if body is None:
        return
    headed = any(tag(element) in markup.XHTML.headings for element in body.iter())
    if not headed and title is not None and title.text:
        writer.heading(title.text, 1)
    markup.write(writer, body, markup.XHTML)


def _lenient(data: bytes, name: str) -> Any:
    """Return the root of a chapter that isn't well-formed, or that names HTML's entities."""
    from lxml import etree

    root = etree.fromstring(data, etree.HTMLParser(no_network=True, huge_tree=False))
    if root is None:
        raise RefusedError(f"its part {name} is damaged")
    return root


def _below(root: Any, *names: str) -> list[Any]:
    parent = child(root, names[0])
    return list(children(parent, names[1])) if parent is not None else []


def _said(about: Any, name: str) -> str | None:
    found = child(about, name) if about is not None else None
    return " ".join((found.text or "").split()) or None if found is not None else None


def parse_odt(data: bytes) -> Extracted | Unreadable:
    """Return an OpenDocument text's or presentation's text."""
    package = Package(data)
    if "META-INF/manifest.xml" in package.names:
        manifest = package.tree("META-INF/manifest.xml")
        if any(tag(element) == "encryption-data" for element in manifest.iter()):
            raise RefusedError("it needs a password")
    body = child(package.tree("content.xml"), "body")
    writer = Writer()
    if body is not None:
        markup.write(writer, body, markup.ODF)
    return writer.extracted()
