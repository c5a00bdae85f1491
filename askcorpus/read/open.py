"""Opens the reader that the settings name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from askcorpus.errors import AskcorpusError, ConfigError
from askcorpus.records import NEUTRAL, Thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.config import Settings
    from askcorpus.ports import Reader
    from askcorpus.records import Hit, Span

_PLUGIN = re.compile(r"[\w.]+:\w+")


@dataclass(frozen=True, slots=True)
class Adapted:
    """A reader of the user's own, with what it doesn't state filled in."""

    reader: Any
    identity: str
    thresholds: Thresholds

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return what the user's reader proposes."""
        found: list[Span] = self.reader.read(question, hits)
        return found


def open_reader(settings: Settings, given: Any = None) -> Reader:
    """Return the reader that the settings name: ours, the user's class, or a model's.

    Args:
        settings: Name it.
        given: The user's own, instead of it.

    Raises:
        ConfigError: There is none of that name, or the user's own is none or can't be made.
        ModelUnavailableError: Its weights are missing or damaged.
    """
    if given is not None:
        return adapted(given)
    name, threads = settings.reader, settings.worker_threads
    if _PLUGIN.fullmatch(name):
        return _plugin(name)
    from askcorpus.read.span import SpanReader

    if name == "span":
        return SpanReader.open(threads=threads)
    from askcorpus.read.model import brought

    return SpanReader(brought.load(name), brought.NEUTRAL, threads=threads)


def adapted(reader: Any, name: str = "") -> Reader:
    """Return a reader of the user's own as the core needs it.

    Args:
        reader: Has the method `read`; goes by its name where it states no identity, and gets
            neutral thresholds where it states none.
        name: "module:Class"; that of its class where empty.

    Raises:
        ConfigError: It has no method `read`, or its thresholds aren't any.
    """
    name = name or f"{type(reader).__module__}:{type(reader).__qualname__}"
    if not callable(getattr(reader, "read", None)):
        raise ConfigError(
            f"The reader {name!r} has no method read.",
            hint="Give it the method read(question, hits) of askcorpus/ports.py.",
        )
    thresholds = getattr(reader, "thresholds", NEUTRAL)
    if not isinstance(thresholds, Thresholds):
        raise ConfigError(
            f"The thresholds of the reader {name!r} are {thresholds!r}.",
            hint="State them as askcorpus.Thresholds, or leave them out.",
        )
    return Adapted(reader, str(getattr(reader, "identity", name)), thresholds)


def _plugin(name: str) -> Reader:
    """Return an instance of the user's own class, named "module:Class" in the configuration."""
    module, _, attribute = name.partition(":")
    try:
        return adapted(getattr(import_module(module), attribute)(), name)
    except AskcorpusError:
        raise
    except Exception as exc:  # whatever the user's own code raises
        raise ConfigError(
            f"The reader {name!r} can't be made: {type(exc).__name__}: {exc}.",
            hint="Check the setting 'reader'.",
        ) from exc
