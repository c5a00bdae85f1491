"""What a fit is worth beside the reader's own constants, and whether that is more than chance."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from statistics import mean
from typing import TYPE_CHECKING, Any

from askcorpus.answer.fit import Fit, log_odds
from askcorpus.evaluate.calibrate.fitting import FOLDS, crossed, fitted
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.evaluate.calibrate.fitting import Case

BANDS = ("strong", "fair", "weak")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted, and what it is worth."""

    fit: Fit
    answerable: int
    silence: float
    before: dict[str, float]
    """Measures with the reader's own constants."""
    after: dict[str, float]
    """The same with the fit: each fold is judged by what was fitted on the others."""
    better: bool
    reason: str
    """Why it is or isn't better, in a sentence."""
    kept: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    def table(self) -> str:
        """Return the measures side by side, ending in a newline."""
        fit, asked = self.fit, self.fit.questions
        lines = [
            f"{asked} questions, {self.answerable} answerable, {asked - self.answerable} not; "
            f"reader {one_line(fit.reader)}",
            "",
            f"{'':<22}shipped  fitted ({FOLDS} folds)",
        ]
        for name in dict.fromkeys([*self.before, *self.after]):
            told = [f"{m[name]:.3f}" if name in m else "–" for m in (self.before, self.after)]
            lines.append(f"{name:<22}{told[0]:<7}  {told[1]}")
        lines += [
            "",
            f"answered from {fit.answered:.3f}, related from {fit.related:.3f}, "
            f"fair from {fit.fair:.2f}, strong from {fit.strong:.2f}; "
            f"scale {fit.scale:.3f}, bias {fit.bias:+.3f}",
        ]
        return "\n".join(lines) + "\n"


def calibrated(
    cases: Sequence[Case], own: Fit, *, silence: float, force: bool = False
) -> Calibration:
    """Return the fit to all cases, both sets of measures, and whether it is better.

    Where the fitted line between answers and silence is no better, the reader's own is tried with
    the fitted bands.

    Args:
        cases: Of every question.
        own: The reader's own constants.
        silence: The share of answerable questions that may go without an answer.
        force: The fitted line is wanted even so.
    """
    found = _tried(cases, own, silence, line=silence)
    if found.better or force:
        return found
    bands = _tried(cases, own, silence, line=None)
    reason = f"{bands.reason} Where silence begins stays as it was."
    return replace(bands, reason=reason) if bands.better else found


def _tried(cases: Sequence[Case], own: Fit, silence: float, *, line: float | None) -> Calibration:
    """Return what comes of one way to fit; the line is that of `fitted`."""
    judges = crossed(cases, own, silence=line)
    better, reason = _verdict(cases, own, judges, silence)
    return Calibration(
        fit=fitted(cases, own, silence=line),
        answerable=sum(case.answerable for case in cases),
        silence=silence,
        before=measures(cases, [own] * len(cases)),
        after=measures(cases, judges),
        better=better,
        reason=reason,
    )


def measures(cases: Sequence[Case], judges: Sequence[Fit]) -> dict[str, float]:
    """Return the measures of the cases, each judged by its own fit; as in an evaluation.

    `log_loss` is that of the probability of being right, in nats; a band that is never given has
    no measure.
    """
    judged = list(zip(cases, judges, strict=True))
    silent = [(case, _silent(case, fit)) for case, fit in judged]
    found = {
        "abstention_recall": mean(held for case, held in silent if not case.answerable),
        "wrongly_silent": mean(held for case, held in silent if case.answerable),
        "answered_right": mean(case.right and not held for case, held in silent if case.answerable),
    }
    for band in BANDS:
        own = [case.right for case, fit in judged if _band(case, fit) == band]
        if own:
            found[f"right_when_{band}"] = mean(own)
    found["log_loss"] = mean(_log_loss(case, fit) for case, fit in judged)
    return found


def _band(case: Case, fit: Fit) -> str | None:
    """Return how sure the answer sounds, or None for silence."""
    probability = fit.probability(case.score)
    if probability < fit.answered:
        return None
    return BANDS[(probability < fit.strong) + (probability < fit.fair)]


def _silent(case: Case, fit: Fit) -> bool:
    return _band(case, fit) is None


def _log_loss(case: Case, fit: Fit) -> float:
    odds = log_odds(fit.probability(case.score))
    return math.log1p(math.exp(-odds if case.right else odds))


def _verdict(
    cases: Sequence[Case], own: Fit, judges: Sequence[Fit], silence: float
) -> tuple[bool, str]:
    """Return whether the fits are better than the reader's own constants, and why.

    Silence within the stated share, give or take its standard error, is no loss where abstention
    gains.
    """
    pairs = list(zip(cases, judges, strict=True))
    asked = [(case, fit) for case, fit in pairs if case.answerable]
    others = [(case, fit) for case, fit in pairs if not case.answerable]
    limit = silence + math.sqrt(silence * (1 - silence) / len(asked))
    was = mean(_silent(case, own) for case, _ in asked)
    now = mean(_silent(case, fit) for case, fit in asked)
    held = [_silent(case, fit) - _silent(case, own) for case, fit in asked]
    refused = [_silent(case, fit) - _silent(case, own) for case, fit in others]
    surer = [_log_loss(case, own) - _log_loss(case, fit) for case, fit in pairs]
    checks = (
        (was > limit and (now <= limit or _lost(held)), True, "Fewer answers are held back."),
        (now > limit, False, "More answers are held back than allowed."),
        (_gained(refused), True, "More unanswerable questions are met with silence."),
        (_lost(refused), False, "Fewer unanswerable questions are met with silence."),
        (_gained([-each for each in held]), True, "Fewer answers are held back, at no loss."),
        (_lost([-each for each in held]), False, "More answers are held back, and little gained."),
        (_gained(surer), True, "The bands say better how sure to be."),
    )
    chance = (False, "No difference is larger than chance would make it.")
    return next(((better, why) for holds, better, why in checks if holds), chance)


def _gained(differences: Sequence[float]) -> bool:
    """Return whether the sum is above 0 by more than chance gives in one of twenty cases."""
    return sum(differences) > 1.64 * _error(differences)


def _lost(differences: Sequence[float]) -> bool:
    """Return whether the sum is below 0 by more than its standard error: caution comes first."""
    return sum(differences) < -_error(differences)


def _error(differences: Sequence[float]) -> float:
    return math.sqrt(sum(each * each for each in differences))
