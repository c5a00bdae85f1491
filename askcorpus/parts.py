"""Picks the concrete embedder and reader that the settings name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from askcorpus.config import cache_dir
from askcorpus.embed import open_embedder as open_model
from askcorpus.errors import AskcorpusError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from askcorpus.config import Settings
    from askcorpus.ports import Embedder, Reader
    from askcorpus.store.ledger import Ledger


def open_embedder(settings: Settings, notify: Callable[[str], None] | None = None) -> Embedder:
    """Return the embedding model that the settings name.

    Raises:
        ModelUnavailableError: It can't be had.
    """
    return open_model(
        settings.model,
        precision=settings.precision,
        threads=settings.worker_threads,
        cache=cache_dir(),
        notify=notify,
    )


def open_reader(settings: Settings, embedder: Embedder | None, ledger: Ledger) -> Reader:
    """Return the reader that the settings name.

    Raises:
        ConfigError: There is none of that name, or the user's own can't be made.
        ModelUnavailableError: Its weights are missing or damaged.
    """
    if settings.reader == "sentence":
        from askcorpus.read.sentence import SentenceReader

        return SentenceReader(embedder, ledger, passages=ledger.size)
    if settings.reader == "span":
        from askcorpus.read.span import SpanReader

        return SpanReader.open(threads=settings.worker_threads)
    reader: Reader = _plugin(settings.reader)
    return reader


def _plugin(name: str) -> Any:
    """Return an instance of the user's own class, named "module:Class" in the configuration."""
    module, colon, attribute = name.partition(":")
    if not colon:
        raise ConfigError(
            f"There is no reader {name!r}.",
            hint='Use "span" or "sentence", or your own as "module:Class".',
        )
    try:
        return getattr(import_module(module), attribute)()
    except AskcorpusError:
        raise
    except Exception as exc:  # whatever the user's own code raises
        raise ConfigError(
            f"The reader {name!r} can't be made: {type(exc).__name__}: {exc}.",
            hint="Check the setting 'reader'.",
        ) from exc
