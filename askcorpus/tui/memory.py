"""What the chat remembers of its user: the theme. Kept in the platform's data directory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from askcorpus.config import data_dir

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept from one start to the next."""

    theme: str = "askcorpus-dark"


def place() -> Path:
    """Return the file; it need not exist."""
    return data_dir() / "chat.json"


def load() -> Memory:
    """Return what was remembered; the defaults where nothing was, or it can't be read."""
    try:
        found = json.loads(place().read_text(encoding="utf-8"))
        theme = found["theme"]
    except (OSError, ValueError, KeyError, TypeError):
        return Memory()
    return Memory(theme) if isinstance(theme, str) else Memory()


def save(memory: Memory) -> None:
    """Remember this from now on; where nothing can be written, until the end of this run."""
    path = place()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(memory)) + "\n", encoding="utf-8")
    except OSError:
        return
