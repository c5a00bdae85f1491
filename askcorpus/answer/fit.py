"""What divides the outcomes and the bands: a reader's own constants, or a fit kept with an index.

A fit is bound to the reader and the embedding model that it was made with, and counts for no
other. It stands in the index's manifest, as JSON; `askcorpus calibrate` writes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from math import exp, isfinite, log
from typing import TYPE_CHECKING

from askcorpus.records import Thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.ports import Reader
    from askcorpus.records import Span

MOST_LOGIT = 14.0
"""Log odds further out are cut to this."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Makes a reader's score a probability, and divides the outcomes and the bands by it."""

    reader: str
    """The reader that it was made with: its weights, and what weighs them."""
    model: str
    """The embedding model that it was made with."""
    questions: int
    """That it was fitted on; 0 for the reader's own constants."""
    scale: float
    """Of the log odds of the reader's score; above 0, so that the order stays."""
    bias: float
    related: float
    """Probabilities in [0, 1], as in `Thresholds`."""
    answered: float
    fair: float
    strong: float

    @property
    def thresholds(self) -> Thresholds:
        """The four probabilities."""
        return Thresholds(self.related, self.answered, self.fair, self.strong)

    def probability(self, score: float) -> float:
        """Return the probability that a span with the reader's score answers."""
        if not self.questions:
            return score
        odds = self.scale * log_odds(score) + self.bias
        return 1.0 / (1.0 + exp(-max(-700.0, min(700.0, odds))))

    def applied(self, spans: Sequence[Span]) -> list[Span]:
        """Return the spans with their probabilities, in the same order."""
        return [replace(span, score=self.probability(span.score)) for span in spans]


def log_odds(score: float) -> float:
    """Return the log odds of a probability, within `MOST_LOGIT`."""
    least = 1.0 / (1.0 + exp(MOST_LOGIT))
    inside = min(max(score, least), 1.0 - least)
    return log(inside / (1.0 - inside))


def shipped(reader: Reader, model: str) -> Fit:
    """Return the constants that come with a reader.

    Args:
        reader: As it was opened.
        model: The embedding model of the index.
    """
    own = asdict(reader.thresholds)
    return Fit(reader.identity, model, questions=0, scale=1.0, bias=0.0, **own)


def chosen(text: str, own: Fit) -> tuple[Fit, str]:
    """Return the fit to use, and a remark where the one in the index can't be.

    Args:
        text: Of the fit in the index; "" where there is none.
        own: The reader's own constants.
    """
    try:
        kept = read(text)
    except ValueError:
        return own, "The calibration in the index is garbled and isn't used. Calibrate again."
    if kept is None:
        return own, ""
    if (kept.reader, kept.model) != (own.reader, own.model):
        return own, (
            f"The calibration in the index was made with the reader {kept.reader} and isn't used. "
            "Run: askcorpus calibrate GOLD"
        )
    return kept, ""


def read(text: str) -> Fit | None:
    """Return the fit that a text is; None where that is empty.

    Raises:
        ValueError: It isn't one.
    """
    if not text:
        return None
    try:
        data = json.loads(text)
        fit = Fit(**{part.name: data[part.name] for part in fields(Fit)})
        numbers = (fit.scale, fit.bias, fit.related, fit.answered, fit.fair, fit.strong)
        sound = all(isfinite(number) for number in numbers) and fit.scale > 0 < fit.questions
    except (ValueError, KeyError, RecursionError, TypeError) as exc:
        raise ValueError(f"no fit: {exc}") from exc
    if not sound or not isinstance(fit.reader, str) or not isinstance(fit.model, str):
        raise ValueError("no fit: its values are out of range")
    return fit


def described(text: str) -> str:
    """Return what `status` says about the fit that a text is; "" where there is none."""
    try:
        fit = read(text)
    except ValueError:
        return "garbled"
    return f"fitted on {fit.questions} questions for the reader {fit.reader}" if fit else ""


def written(fit: Fit) -> str:
    """Return the text that `read` makes the same fit of."""
    return json.dumps(asdict(fit))
