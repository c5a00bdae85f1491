"""Makes askcorpus forget documents: in the index, its vectors, and the history of the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from askcorpus.erasure import named, remove, wipe
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
    """Those of the paths that weren't named, and held the very same bytes as one that was."""


def forget(settings: Settings, names: Sequence[str]) -> Forgotten:
    """Return what was forgotten: no byte of it is left in the index or the history.

    The files themselves stay where they are; they aren't indexed again. What was exported, and
    what another running chat holds in memory, is out of reach.

    Args:
        settings: Name the index.
        names: Documents, or folders; see `erasure.named`.

    Raises:
        UsageError: The index holds no such document; nothing was forgotten.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It was forgotten, but its bytes couldn't be wiped yet.
    """
    found = named(settings.index_path, names)
    # The history first: as long as the index knows the names, all of it can be done again.
    with Sessions() as sessions:
        turns = sessions.forget_documents(found.root, found.paths)
    remove(settings.index_path, names)
    wipe(settings.index_path)
    return Forgotten(found.paths, turns, found.copies)
