"""Opens the reader that the settings name."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from askcorpus.errors import AskcorpusError, ConfigError

if TYPE_CHECKING:
    from askcorpus.config import Settings
    from askcorpus.ports import Embedder, Reader
    from askcorpus.store.ledger import Ledger

ReaderKind = Literal["span", "sentence", "plugin", "brought"]
_PLUGIN = re.compile(r"[\w.]+:\w+")


def reader_kind(name: str) -> ReaderKind:
    """Return what a setting `reader` means: one of ours, the user's class, or a model's name."""
    ours: dict[str, ReaderKind] = {"span": "span", "sentence": "sentence"}
    return ours.get(name) or ("plugin" if _PLUGIN.fullmatch(name) else "brought")


def open_reader(settings: Settings, embedder: Embedder | None, ledger: Ledger) -> Reader:
    """Return the reader that the settings name.

    Raises:
        ConfigError: There is none of that name, or the user's own can't be made.
        ModelUnavailableError: Its weights are missing or damaged.
    """
    kind, threads = reader_kind(settings.reader), settings.worker_threads
    if kind == "sentence":
        from askcorpus.read.sentence import SentenceReader

        return SentenceReader(embedder, ledger, passages=ledger.size)
    if kind == "plugin":
        reader: Reader = _plugin(settings.reader)
        return reader
    from askcorpus.read.span import SpanReader

    if kind == "span":
        return SpanReader.open(threads=threads)
    from askcorpus.read.model import brought

    return SpanReader(brought.load(settings.reader), brought.NEUTRAL, threads=threads)


def _plugin(name: str) -> Any:
    """Return an instance of the user's own class, named "module:Class" in the configuration."""
    module, _, attribute = name.partition(":")
    try:
        reader = getattr(import_module(module), attribute)()
    except AskcorpusError:
        raise
    except Exception as exc:  # whatever the user's own code raises
        raise ConfigError(
            f"The reader {name!r} can't be made: {type(exc).__name__}: {exc}.",
            hint="Check the setting 'reader'.",
        ) from exc
    if not callable(getattr(reader, "read", None)):
        raise ConfigError(
            f"The reader {name!r} has no method read.",
            hint="Give it the method read(question, hits) of askcorpus/ports.py.",
        )
    return reader
