"""What indexing did, and what an index holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FileReport:
    """What indexing did with one file."""

    path: str
    state: Literal["indexed", "unchanged", "renamed", "skipped", "failed", "removed"]
    passages: int = 0
    reused: int = 0
    """Passages whose vectors were taken over instead of embedded again."""
    boilerplate: int = 0
    """Characters marked as boilerplate."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run of indexing did."""

    root: str
    """The folder, or the deepest one that holds all of them."""
    folders: tuple[str, ...]
    """Absolute paths."""
    files: tuple[FileReport, ...]
    documents: int
    """In the index now."""
    passages: int
    """In the index now."""
    embedded: int
    """Passages embedded in this run."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that should be in the index and aren't."""
        return tuple(file for file in self.files if file.state == "failed")


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and what it was made with."""

    directory: str
    root: str
    """What the documents' paths are relative to."""
    folders: tuple[str, ...]
    """Absolute paths of what is indexed; the root itself where it is one folder."""
    model: str
    chunking: str
    documents: int
    passages: int
    complete: bool
    """False where indexing was interrupted."""
    dense: str
    """How vectors are searched: "chroma" or "exact"."""
    skipped: tuple[tuple[str, str], ...]
    """(path, reason) of each file that was left out."""
    undated: int
    """Documents that state no date."""
    wanted: str = ""
    """Which of the folders' files are wanted, in words; empty for all."""
    calibration: str = ""
    """What the thresholds were fitted on; empty where they are the reader's own."""
    writing: bool = False
    """Whether it isn't complete because a process is indexing now."""
