"""What an index says of itself: of which folders it is, how they were cut, what is built from it.

The ledger keeps it in its table `meta`, one text under each key. What isn't as this program writes
it makes the index a damaged one, but for what can be made again: the vector index, the passages.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from askcorpus.errors import IndexMismatchError
from askcorpus.render import command
from askcorpus.store import mark
from askcorpus.store.files import damaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from askcorpus.sqlite import Database

MOST_DIM = 1_000_000
"""Numbers in a vector; a wider one is no model's."""
_MOST_DIGITS = 15
_MARK = "mark"


@dataclass(frozen=True, slots=True)
class Cut:
    """All that a document's text and passages depend on but its file."""

    chunking: str = ""
    """What decides where passages begin and end, in words."""
    extraction: int = 0
    """The number of the rules by which text is taken out of files; 0 where that isn't known."""
    fields: str = ""
    """The keys of JSON records that were read, joined by a comma and a space; "" for all."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A Chroma directory that was built, has passed its probe and is named here."""

    name: str
    """Its number, in digits."""
    watermark: int
    """The highest passage id in it."""
    count: int
    """Passages in it."""
    distinct: int
    """Their texts, each once: a graph of many equal vectors loses its ways."""
    dim: int
    digests: Mapping[str, str]
    """BLAKE2 of each file that never changes: the very bytes that passed the probe."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from and with, and how far."""

    root: str = ""
    """What the documents' paths are relative to, absolute; "" before the first run."""
    folders: tuple[str, ...] = ("",)
    """Relative to the root, each ending with a slash; "" for the root itself."""
    include: tuple[str, ...] = ()
    """Which of their files are wanted, and of JSON records which keys: as in `ingest.Selection`."""
    exclude: tuple[str, ...] = ()
    max_bytes: int | None = None
    fields: tuple[str, ...] = ()
    model: str = ""
    """The embedder's name; "" before the first run."""
    cut: Cut = Cut()
    """As of the last run that came to its end: it may lag behind what is wanted."""
    complete: bool = False
    """Whether the last run came to its end."""
    dim: int | None = None
    """Numbers in a vector; None before the first one."""
    fit: str = ""
    """A calibration, as `answer.fit` writes it; "" where there is none."""
    generation: Generation | None = None
    """The vector index that is in use."""
    last: int = 0
    """The number of the last one that was taken out of use by `forget`; 0 for none."""
    refused: tuple[int, int] | None = None
    """Watermark and passages of a vector index that was built and failed its probe."""
    ours: bool = False
    """Whether this user's askcorpus has read all that is in it. Of one from elsewhere the vector
    index counts for nothing: Chroma's own files can't be checked as the ledger is."""
    unwiped: bool = False
    """Whether something was deleted whose bytes may still be in a file."""

    @property
    def label(self) -> str:
        """The model's name without what tells its versions apart; "" where it has none."""
        return self.model.rpartition("@")[0]

    def mismatch(
        self, model: str, directory: Path, *, writing: bool = False
    ) -> IndexMismatchError | None:
        """Return why vectors of this model can't be compared with the index's; None if they can.

        Args:
            model: An embedder's name.
            directory: The index's.
            writing: Whether it is to be brought in step; else it is asked.
        """
        if self.model in ("", model):
            return None
        if not writing:
            return IndexMismatchError(
                f"The index was made with the model {self.model}, not {model}.",
                hint="Ask with that model, or make the index anew: "
                + command("index DIR --rebuild", directory),
            )
        return IndexMismatchError(
            f"The index at {directory} was made with the model {self.model}.",
            hint="Use that model, name another place with --index, or make it anew: --rebuild.",
        )


def read(db: Database) -> Manifest:
    """Return what stands in the table.

    Raises:
        StoreUnavailableError: Something does that no program of ours has written.
    """
    noted = _noted(db)
    try:
        said = _parsed(noted)
    except (AttributeError, RecursionError, TypeError, ValueError) as exc:
        raise damaged(db.path) from exc
    if mark.is_ours(db.path, str(noted.get(_MARK, ""))):
        return replace(said, ours=True)
    return replace(said, generation=None, last=0, refused=None)


def write(db: Database, manifest: Manifest) -> None:
    """Make the table say this, in one transaction; what it says already isn't written."""
    with db.writing():
        noted = _noted(db)
        marked = {_MARK: mark.made(db.path) if manifest.ours else ""}
        for key, text in (_texts(manifest) | marked).items():
            if text == noted.get(key, ""):
                continue
            if text:
                db.run("REPLACE INTO meta VALUES (?, ?)", (key, text))
            else:
                db.run("DELETE FROM meta WHERE key = ?", (key,))


def _noted(db: Database) -> dict[str, Any]:
    keys = json.dumps([*_texts(Manifest()), _MARK])
    sql = "SELECT key, value FROM meta WHERE key IN (SELECT value FROM json_each(?))"
    return dict(db.rows(sql, (keys,)))


def _texts(manifest: Manifest) -> dict[str, str]:
    """Return the text under each key; "" where there is to be none."""
    wanted = {
        "include": manifest.include,
        "exclude": manifest.exclude,
        "max_bytes": manifest.max_bytes,
        "fields": manifest.fields,
    }
    scope = {"folders": manifest.folders, "selection": wanted}
    built, cut = manifest.generation, manifest.cut
    return {
        "root": manifest.root,
        "scope": json.dumps(scope) if manifest.root else "",
        "model": manifest.model,
        "chunking": cut.chunking,
        "extraction": str(cut.extraction) if cut.extraction else "",
        "fields": cut.fields,
        "complete": "1" if manifest.complete else "0",
        "dim": "" if manifest.dim is None else str(manifest.dim),
        "fit": manifest.fit,
        "chroma": json.dumps(asdict(built)) if built else "",
        "chroma_last": f"{manifest.last:06d}" if manifest.last else "",
        "chroma_refused": json.dumps(manifest.refused) if manifest.refused else "",
        "unwiped": "1" if manifest.unwiped else "",
    }


def _parsed(noted: Mapping[str, Any]) -> Manifest:
    """Return the manifest of these texts.

    Raises:
        AttributeError, TypeError, ValueError: One isn't as `_texts` writes it.
    """
    if not all(isinstance(text, str) for text in noted.values()):
        raise TypeError("not a text")

    def said(key: str) -> str:
        return str(noted.get(key, ""))

    scope = json.loads(said("scope") or "{}")
    wanted = scope.get("selection", {})
    return Manifest(
        root=_root(said("root")),
        folders=_paths(scope.get("folders", [""])),
        include=_strings(wanted.get("include", [])),
        exclude=_strings(wanted.get("exclude", [])),
        max_bytes=_bytes(wanted.get("max_bytes")),
        fields=_strings(wanted.get("fields", [])),
        model=said("model"),
        cut=Cut(said("chunking"), _number(said("extraction")), said("fields")),
        complete=said("complete") == "1",
        dim=_dim(noted.get("dim")),
        fit=said("fit"),
        generation=_generation(said("chroma")),
        last=_number(said("chroma_last")),
        refused=_refused(said("chroma_refused")),
        unwiped=said("unwiped") == "1",
    )


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("not a list of texts")
    return tuple(value)


def _root(text: str) -> str:
    if "\0" in text or (text and not text.startswith("/")):
        raise ValueError("not an absolute path")
    return text


def _paths(value: object) -> tuple[str, ...]:
    paths = _strings(value)
    if not paths or any(path.startswith("/") or "\0" in path for path in paths):
        raise ValueError("not a list of relative paths")
    if any(".." in path.split("/") for path in paths):
        raise ValueError("a way up")
    "".join(paths).encode()  # a lone surrogate raises a ValueError: no index is of such a folder
    return paths


def _bytes(value: object) -> int | None:
    if value is not None and type(value) is not int:
        raise TypeError("not a number of bytes")
    return value


def _dim(text: str | None) -> int | None:
    if text is None:
        return None
    width = _number(text)
    if not 0 < width <= MOST_DIM:
        raise ValueError("not the width of a vector")
    return width


def _number(text: str) -> int:
    """Return the number that a text is, or 0 where it is none that fits."""
    fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if fits else 0


def _made(text: str) -> Any:
    """Return what a text about a vector index says; None where it is garbled."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _generation(text: str) -> Generation | None:
    """Return the vector index that a text names; one of an older program, or garbled, is none."""
    made = _made(text)
    if not isinstance(made, dict) or made.keys() != {part.name for part in fields(Generation)}:
        return None
    name, digests = made["name"], made["digests"]
    numbers = [made[key] for key in ("watermark", "count", "distinct", "dim")]
    sound = (
        isinstance(name, str)
        and _number(name) > 0
        and all(type(number) is int for number in numbers)
        and isinstance(digests, dict)
        and all(isinstance(digest, str) for digest in digests.values())
    )
    return Generation(**made) if sound else None


def _refused(text: str) -> tuple[int, int] | None:
    made = _made(text)
    if not isinstance(made, list) or [type(number) for number in made] != [int, int]:
        return None
    return made[0], made[1]
