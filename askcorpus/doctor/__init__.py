"""Really loads and runs each part, and says which one doesn't work.

offline/  whether anything tries to reach a network
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus import __version__, config, sqlite
from askcorpus.corpus import Corpus
from askcorpus.errors import AskcorpusError, IndexMissingError
from askcorpus.render import holdings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from askcorpus.config import Dense, Settings

SAMPLE = "The harbour was closed on Monday because of ice. Ferries will sail again on Thursday."
QUESTION = "Why was the harbour closed?"
_WAYS: tuple[Dense, Dense] = ("exact", "chroma")


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one part; `error` is None where it works."""

    name: str
    detail: str
    error: AskcorpusError | None = None


def examine(settings: Settings) -> Iterator[Check]:
    """Yield a check of each part, running it on a small folder of its own."""
    yield Check("askcorpus", f"{__version__}, Python {sys.version.split()[0]}")
    yield Check("sqlite", f"{sqlite.VERSION} with full-text search")
    yield Check("configuration", str(config.config_file()))
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch, "documents"), Path(scratch, "index")
        folder.mkdir()
        (folder / "harbour.txt").write_text(SAMPLE, encoding="utf-8")
        exact, chroma = (replace(settings, dense=way) for way in _WAYS)
        yield _checked("model and index", lambda: _build(folder, index, chroma))
        yield _checked("question, vectors searched exactly", lambda: _ask(index, exact))
        yield _checked("question, vectors searched by chroma", lambda: _ask(index, chroma))
    yield _existing(settings)


def _checked(name: str, work: Callable[[], str]) -> Check:
    """Return the check of some work, timed."""
    began = time.perf_counter()
    try:
        detail = work()
    except AskcorpusError as exc:
        return Check(name, exc.message, exc)
    except Exception as exc:  # noqa: BLE001 (whatever is wrong, the other parts are examined too)
        found = AskcorpusError(f"{type(exc).__name__}: {exc}")
        return Check(name, found.message, found)
    return Check(name, f"{detail} ({time.perf_counter() - began:.1f} s)")


def _build(folder: Path, index: Path, settings: Settings) -> str:
    report = Corpus.sync(folder, index=index, settings=settings)
    if report.notes:
        raise AskcorpusError(*report.notes)
    with Corpus.open(index, settings=settings) as corpus:
        return corpus.status().model


def _ask(index: Path, settings: Settings) -> str:
    with Corpus.open(index, settings=settings) as corpus:
        answer = corpus.ask(QUESTION)
    if answer.notes or not answer.citations:
        raise AskcorpusError(" ".join(answer.notes) or "The sample question was not answered.")
    return answer.citations[0].quote


def _existing(settings: Settings) -> Check:
    """Check the index that the settings name; that there is none is no fault."""
    try:
        with Corpus.open(settings=settings) as corpus:
            corpus.check()
            found = corpus.status()
            state = "complete" if found.complete else "interrupted while indexing"
            detail = f"{found.directory}: {holdings(found)}"
            return Check("your index", f"{detail}, {state}")
    except IndexMissingError as exc:
        return Check("your index", exc.message)
    except AskcorpusError as exc:
        return Check("your index", exc.message, exc)
