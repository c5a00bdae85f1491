"""Makes askcorpus forget documents: in the index, its vectors, and the history of the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from askcorpus.erasure import remove, wipe
from askcorpus.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.config import Settings


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten."""

    paths: tuple[str, ...]
    turns: int
    """Of kept conversations, that held words of these documents."""
    copies: tuple[str, ...]
    """Documents that hold the very same bytes and are still in the index."""


def forget(settings: Settings, names: Sequence[str]) -> Forgotten:
    """Return what was forgotten: no byte of it is left in the index or the history.

    The files themselves stay where they are; they aren't indexed again. What was exported, and
    what another running chat holds in memory, is out of reach.

    Args:
        settings: Name the index.
        names: Documents, or folders; see `erasure.remove`.

    Raises:
        UsageError: The index holds no such document; nothing was forgotten.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It was forgotten, but its bytes couldn't be wiped yet.
    """
    removed = remove(settings.index_path, names)
    with Sessions() as sessions:
        turns = sum(sessions.forget_document(removed.root, path) for path in removed.paths)
    wipe(settings.index_path)
    return Forgotten(removed.paths, turns, removed.copies)
