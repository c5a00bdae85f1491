"""Zip files that hold XML, as office formats and e-books are: read in part, and within bounds.

Only the parts that are asked for are unpacked. No entity is resolved, nothing outside the file
is opened, and trees deeper or larger than lxml's own bounds are refused.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from askcorpus.ingest.extracted import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PART_BYTES = 100_000_000
MAX_UNPACKED_BYTES = 200_000_000
"""Of all parts that are read."""
# What zipfile lets through: offsets may lead before the file's start, or to another method.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError),
    *(ValueError, OverflowError, NotImplementedError, IndexError),
)
# What libxml2 says of a file that is well-formed, but larger or deeper than is safe.
_TOO_MUCH = ("huge", "depth", "amplification", "entity reference loop")
_OLD = b"\xd0\xcf\x11\xe0"


class Package:
    """An open zip file; only what is read from it counts."""

    def __init__(self, data: bytes) -> None:
        """Open it.

        Raises:
            RefusedError: It is encrypted, or no zip file.
        """
        if data.startswith(_OLD):
            # Encrypted office files are wrapped in the container of the old binary formats.
            raise RefusedError("it needs a password, or is in an old binary format")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as exc:
            raise RefusedError("it is damaged or something else than its name says") from exc
        self.names = frozenset(self._zip.namelist())
        self._read = 0

    def check(self, suffix: str) -> None:
        """Check that a library may unpack all parts whose names end so.

        Raises:
            RefusedError: They are too large.
        """
        parts = [part.file_size for part in self._zip.infolist() if part.filename.endswith(suffix)]
        if max(parts, default=0) > MAX_PART_BYTES or sum(parts) > MAX_UNPACKED_BYTES:
            raise _too_large()

    def read(self, name: str) -> bytes:
        """Return a part.

        Raises:
            RefusedError: It is missing, damaged, encrypted or too large.
        """
        try:
            part = self._zip.getinfo(name)
            self._read += part.file_size
            if part.file_size > MAX_PART_BYTES or self._read > MAX_UNPACKED_BYTES:
                raise _too_large()
            return self._zip.read(part)
        except KeyError as exc:
            raise RefusedError(f"its part {name} is missing") from exc
        except _DAMAGED as exc:
            raise RefusedError(f"its part {name} is damaged") from exc
        except RuntimeError as exc:
            raise RefusedError("it needs a password") from exc

    def tree(self, name: str) -> Any:
        """Return a part's root element.

        Raises:
            RefusedError: It can't be read, or isn't XML.
        """
        return parsed(self.read(name), name)

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what an office part refers to inside the file: id to kind and the part's name."""
        folder, _, base = name.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self.names:
            return {}
        found = {}
        for rel in self.tree(rels):
            if rel.get("TargetMode") != "External" and rel.get("Target"):
                kind = (rel.get("Type") or "").rpartition("/")[2]
                found[rel.get("Id") or ""] = (kind, resolved(name, rel.get("Target")))
        return found


def resolved(base: str, target: str) -> str:
    """Return the name of a part that another one refers to."""
    target = unquote(target.partition("#")[0])
    joined = posixpath.join("/", posixpath.dirname(base), target)
    return posixpath.normpath(joined).lstrip("/")


def parsed(data: bytes, name: str) -> Any:
    """Return the root element of XML that may be hostile.

    Raises:
        RefusedError: It isn't XML, or nests too deeply.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        too_much = any(words in str(exc) for words in _TOO_MUCH)
        what = "too large, too deep or damaged" if too_much else "damaged"
        raise RefusedError(f"its part {name} is {what}") from exc
    if root is None:
        raise RefusedError(f"its part {name} is empty")
    return root


def tag(element: Any) -> str:
    """Return an element's name without its namespace; empty for comments and entities."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """Return the attribute of that name, whatever its namespace; None where there is none."""
    found = (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name)
    return next(found, None)


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yield the child elements of these names."""
    return (child for child in element if tag(child) in names)


def child(element: Any, *path: str) -> Any:
    """Return the first element along a path of names, or None."""
    for name in path:
        element = next(children(element, name), None) if element is not None else None
    return element


def _too_large() -> RefusedError:
    return RefusedError(f"it unpacks to more than {MAX_PART_BYTES // 1_000_000} MB")
