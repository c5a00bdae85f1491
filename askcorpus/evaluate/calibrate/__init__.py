"""Refits what divides the outcomes to a user's own questions, and keeps it with the index.

    fitting  a scale, a bias and four thresholds, fitted to the cases of a gold file
    figures  what the fit is worth beside the reader's own constants

Every question of a gold file is asked (`run`). Only what is better than the reader's own constants
is kept, unless it is forced.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from askcorpus.answer import fit as fits
from askcorpus.corpus import Corpus
from askcorpus.embed import open_embedder
from askcorpus.errors import UsageError
from askcorpus.evaluate import Gold, ask_all, read_gold
from askcorpus.evaluate.calibrate.figures import Calibration, calibrated
from askcorpus.evaluate.calibrate.fitting import Case
from askcorpus.store.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from askcorpus.config import Settings
    from askcorpus.evaluate import Row
    from askcorpus.sync.run import Progress

__all__ = ["LEAST_QUESTIONS", "SILENCE", "Calibration", "reset", "run"]

SILENCE = 0.15
"""Of the answerable questions, the share that may go without an answer."""
LEAST_QUESTIONS = 20


def run(
    gold_file: Path,
    settings: Settings,
    *,
    split: str | None = None,
    silence: float = SILENCE,
    force: bool = False,
    progress: Progress | None = None,
    notify: Callable[[str], None] | None = None,
) -> Calibration:
    """Return what was fitted to a gold file; it is kept with the index where it is better.

    Args:
        gold_file: JSON lines, as for an evaluation.
        settings: Name the index and the reader.
        split: Of the gold; None for all.
        silence: The share of answerable questions that may go without an answer, in (0, 1).
        force: Keep it also where it isn't better.
        progress: Called with questions done, questions in all and the question in hand.
        notify: Told a sentence when something takes its time.

    Raises:
        UsageError: The gold file can't be used, or the questions don't suffice.
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It can't be written.
        ModelUnavailableError: A model can't be had.
    """
    gold = read_gold(gold_file, split=split)
    _check(gold, silence)
    open_embedder(settings, notify)  # without it, words alone are searched, and scores differ
    with Ledger.writing(settings.index_path) as ledger:
        with Corpus.open(settings=settings, calibrated=False, notify=notify) as corpus:
            rows = ask_all(gold, corpus, label=gold_file.name, progress=progress).rows
            own = corpus.fit
        found = calibrated([_case(row) for row in rows], own, silence=silence, force=force)
        if not (found.better or force):
            return found
        ledger.keep(replace(ledger.manifest, fit=fits.written(found.fit)))
    return replace(found, kept=True)


def reset(settings: Settings) -> bool:
    """Go back to the reader's own constants; return whether there was anything else.

    Raises:
        IndexMissingError: There is no index.
        IndexBusyError: Another process is writing it.
        StoreUnavailableError: It can't be written.
    """
    with Ledger.writing(settings.index_path) as ledger:
        had = bool(ledger.manifest.fit)
        ledger.keep(replace(ledger.manifest, fit=""))
    return had


def _case(row: Row) -> Case:
    right = row.answerable and row.measures["first_citation"] == 1.0
    return Case(row.answerable, row.score, right)


def _check(gold: Sequence[Gold], silence: float) -> None:
    """Check that the questions suffice.

    Raises:
        UsageError: They don't.
    """
    answerable = sum(item.answerable for item in gold)
    needed = math.ceil(1 / silence - 1e-9) - 1
    hint = (
        f"Needed: {LEAST_QUESTIONS} questions or more, some that the documents answer and some "
        'that they don\'t ("answers": []); 100 of each make the figures steady.'
    )
    if len(gold) < LEAST_QUESTIONS:
        raise UsageError(f"{len(gold)} questions are too few to calibrate with.", hint=hint)
    if answerable in (0, len(gold)):
        none = "answerable" if answerable == 0 else "unanswerable"
        raise UsageError(f"None of the {len(gold)} questions is {none}.", hint=hint)
    if answerable < needed:
        raise UsageError(
            f"{answerable} answerable questions can't tell where {silence:.1%} of them lie.",
            hint=f"Add some, up to {needed}, or let more go without an answer: --silence.",
        )
