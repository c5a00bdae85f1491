"""Stdout, stderr and the progress line: how the command line speaks."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from askcorpus.errors import UnavailableError
from askcorpus.text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from askcorpus.render import Style


def prepare_streams() -> None:
    """Let nothing that is written fail for its characters, or for a stream that is closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        getattr(sys, name).reconfigure(errors="replace")


class NobodyReadsError(Exception):
    """Stdout is a pipe that its reader has closed; click would leave with 1 on the OSError."""


def emit(text: str) -> None:
    """Write data to stdout.

    Raises:
        NobodyReadsError: The reader has gone.
        UnavailableError: It can't be written, as on a full disk.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as exc:
        raise NobodyReadsError from exc
    except OSError as exc:
        raise UnavailableError(
            f"Can't write the output: {(exc.strerror or 'unknown').lower()}.",
            hint="Check where it is redirected to.",
        ) from exc


def narrate(text: str) -> None:
    """Write a remark to stderr, free of control sequences."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def terminal_style() -> Style:
    """Return what stdout may show: colour and links on a terminal, unless NO_COLOR or dumb."""
    from askcorpus.render import Style

    terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return Style(colour=terminal and not os.environ.get("NO_COLOR"), links=terminal)


class ProgressLine:
    """Draws how far indexing is on stderr, where that is a terminal."""

    def __enter__(self) -> Callable[[int, int, str], None] | None:
        return self.show if sys.stderr.isatty() else None

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")

    def show(self, done: int, total: int, path: str) -> None:
        """Draw the state over the last one."""
        share = done * 30 // max(1, total)
        bar = "█" * share + "░" * (30 - share)
        sys.stderr.write(f"\r\x1b[K{bar} {done}/{total} {one_line(path)[-40:]}")
        sys.stderr.flush()
