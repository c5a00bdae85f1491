"""Asks every question of a gold file and measures the answers.

Gold is JSON lines: {"id", "question", "answers": [...], "support": [{"path", "start", "end"}]},
optionally "answerable", "split", "kind" and "tags". The denominator is all gold, whether or not
what a question needs has reached the index.

Measures, each a mean over questions:
    exact_match, f1     best over the accepted answers, SQuAD's normalisation; answerable
                        questions only, and silence scores 0 (Rajpurkar et al., 2016)
    recall@k, mrr       a passage counts when it holds at least half of a supporting range
    first_citation      the first quote shown, as an answer or as the nearest passage, supports
    answered_right      the question was answered, and its first quote supports
    abstention_recall   unanswerable questions that were not answered
    wrongly_silent      answerable questions that were not answered (lower is better)
and over all quotes shown with answers: citation_precision; over all silences:
abstention_precision.

    measures    what is measured: answers, silence, intervals
    squad       the same for any file in SQuAD's JSON
    calibrate/  fits what counts as an answer to a user's own questions
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import asdict, dataclass, field
from statistics import mean
from typing import TYPE_CHECKING, Any, TypeVar

from askcorpus.corpus import Corpus
from askcorpus.errors import UsageError
from askcorpus.evaluate.measures import exact_match, interval, normalise, percentiles, token_f1

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from askcorpus.config import Settings
    from askcorpus.records import Answer
    from askcorpus.sync.run import Progress

Item = TypeVar("Item")
DEPTH = 10
LOWER_IS_BETTER = {"wrongly_silent"}


@dataclass(frozen=True, slots=True)
class Gold:
    """One question with every answer that is accepted and every place that supports one."""

    id: str
    question: str
    answers: tuple[str, ...]
    support: tuple[tuple[str, int, int], ...]
    """(path, start, end); empty where only the answers' words can be checked."""
    answerable: bool
    split: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """How one question came out; measures that don't apply to it are absent."""

    id: str
    answerable: bool
    outcome: str
    answer: str | None
    band: str | None
    quotes: int
    """Quotes shown with an answer."""
    right_quotes: int
    score: float
    """Probability of the best span, whether or not it was shown."""
    seconds: float
    measures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """Every row of one run."""

    gold: str
    model: str
    rows: tuple[Row, ...]

    def measures(self) -> dict[str, float]:
        """Return each measure's mean over the questions that it applies to."""
        names = dict.fromkeys(name for row in self.rows for name in row.measures)
        found = {
            name: mean(row.measures[name] for row in self.rows if name in row.measures)
            for name in names
        }
        quotes = sum(row.quotes for row in self.rows)
        silent = [row for row in self.rows if row.outcome != "answered"]
        if quotes:
            found["citation_precision"] = sum(row.right_quotes for row in self.rows) / quotes
        if silent:
            found["abstention_precision"] = mean(not row.answerable for row in silent)
        for band in ("strong", "fair", "weak"):
            own = [row for row in self.rows if row.band == band]
            if own:
                found[f"right_when_{band}"] = mean(
                    row.measures.get("answered_right", 0.0) for row in own
                )
        return found

    def latency_ms(self) -> dict[str, float]:
        """Return the median and the 95th percentile of a question's time."""
        return percentiles([row.seconds * 1000 for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain data, rows included, for `load`."""
        return {
            "version": 1,
            "gold": self.gold,
            "model": self.model,
            "questions": len(self.rows),
            "answerable": sum(row.answerable for row in self.rows),
            "measures": self.measures(),
            "latency_ms": self.latency_ms(),
            "rows": [asdict(row) for row in self.rows],
        }

    def table(self) -> str:
        """Return the measures as a table with 95% bootstrap intervals."""
        answerable = sum(row.answerable for row in self.rows)
        lines = [
            f"{len(self.rows)} questions, {answerable} answerable, "
            f"{len(self.rows) - answerable} not; model {self.model}",
            "",
        ]
        for name, value in self.measures().items():
            per_row = [row.measures[name] for row in self.rows if name in row.measures]
            low_high = "[{:.3f}, {:.3f}]".format(*interval(per_row)) if per_row else ""
            lines.append(f"{name:<22} {value:.3f}  {low_high}".rstrip())
        lines.append(
            "latency                p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**self.latency_ms())
        )
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences between two runs over the questions that both asked."""

    differences: dict[str, tuple[float, float, float]]
    """By measure: mean difference (new minus old) and its 95% interval."""

    @property
    def regressions(self) -> list[str]:
        """The measures whose whole interval lies on the worse side."""
        return [
            name
            for name, (_, low, high) in self.differences.items()
            if (low > 0 if name in LOWER_IS_BETTER else high < 0)
        ]

    def table(self) -> str:
        """Return the differences as a table."""
        return "".join(
            f"{name:<22} {value:+.3f}  [{low:+.3f}, {high:+.3f}]\n"
            for name, (value, low, high) in self.differences.items()
        )


def read_gold(path: Path, *, split: str | None = None) -> list[Gold]:
    """Return the questions of a gold file, of one split or of all.

    Raises:
        UsageError: The file is missing, a line isn't right, or no question is left.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"Can't read the gold file {path}.", hint="Check its name.") from exc
    gold = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            gold.append(_gold(json.loads(line), number))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise UsageError(
                f"Line {number} of {path} is not a gold question: {type(exc).__name__}: {exc}.",
                hint='Needed: {"question": "…", "answers": ["…"]}.',
            ) from exc
    chosen = [item for item in gold if split in (None, item.split)]
    if not chosen:
        raise UsageError(f"No questions in {path}.", hint="Check the file and --split.")
    return chosen


def _gold(item: dict[str, Any], number: int) -> Gold:
    if not isinstance(item["answers"], list):
        raise TypeError("answers must be a list")
    answers = tuple(str(answer) for answer in item["answers"])
    support = tuple((s["path"], int(s["start"]), int(s["end"])) for s in item.get("support", []))
    return Gold(
        id=str(item.get("id", number)),
        question=str(item["question"]),
        answers=answers,
        support=support,
        answerable=bool(item.get("answerable", bool(answers))),
        split=str(item.get("split", "")),
    )


def run(
    gold_file: Path,
    settings: Settings,
    *,
    split: str | None = None,
    size: int | None = None,
    progress: Progress | None = None,
    notify: Callable[[str], None] | None = None,
) -> Results:
    """Return how the index that the settings name answers a gold file.

    Args:
        gold_file: JSON lines.
        settings: Name the index.
        split: Only questions of this split.
        size: Of a seeded sample; None for all.
        progress: Called with questions done, questions in all and the question in hand.
        notify: Called with a sentence when something takes its time.

    Raises:
        UsageError: The gold file can't be used.
        IndexMissingError: There is no index.
    """
    gold = sample(read_gold(gold_file, split=split), size)
    with Corpus.open(settings=settings, notify=notify) as corpus:
        return ask_all(gold, corpus, label=gold_file.name, progress=progress)


def ask_all(
    gold: Sequence[Gold], corpus: Corpus, *, label: str, progress: Progress | None = None
) -> Results:
    """Return how a corpus answers every question."""
    corpus.warm()
    rows = []
    for done, item in enumerate(gold):
        if progress:
            progress(done, len(gold), item.question)
        rows.append(_row(item, corpus))
    return Results(gold=label, model=corpus.status().model, rows=tuple(rows))


def sample(items: Sequence[Item], size: int | None) -> Sequence[Item]:
    """Return a seeded sample in a fixed order; all where the size is None or larger."""
    if size is None or size >= len(items):
        return items
    return random.Random(0).sample(items, size)  # noqa: S311 (the same sample each time)


def load(path: Path) -> Results:
    """Return results that were saved with `--json`.

    Raises:
        UsageError: They can't be read.
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row(**row) for row in saved["rows"])
        return Results(gold=saved["gold"], model=saved["model"], rows=rows)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise UsageError(
            f"{path} doesn't hold results of an evaluation.", hint="Make one with: eval --json"
        ) from exc


def compare(old: Results, new: Results) -> Comparison:
    """Return the paired differences with bootstrap intervals.

    Raises:
        UsageError: The two runs share no question.
    """
    before = {row.id: row for row in old.rows}
    pairs = [(before[row.id], row) for row in new.rows if row.id in before]
    if not pairs:
        raise UsageError("The two runs share no question.", hint="Compare runs of the same gold.")
    names = dict.fromkeys(name for _, row in pairs for name in row.measures)
    differences = {}
    for name in names:
        changes = [
            b.measures[name] - a.measures[name]
            for a, b in pairs
            if name in a.measures and name in b.measures
        ]
        if changes:
            differences[name] = (mean(changes), *interval(changes))
    return Comparison(differences)


def _row(item: Gold, corpus: Corpus) -> Row:
    began = time.perf_counter()
    answer = corpus.ask(item.question, k=DEPTH)
    seconds = time.perf_counter() - began
    verdicts = [_supports(item, c.path, c.start, c.end, c.quote) for c in answer.citations]
    answered = answer.outcome == "answered"
    return Row(
        id=item.id,
        answerable=item.answerable,
        outcome=answer.outcome,
        answer=answer.answer,
        band=answer.band,
        quotes=len(verdicts) if answered else 0,
        right_quotes=sum(verdicts) if answered else 0,
        score=answer.scores.get("probability", 0.0),
        seconds=seconds,
        measures=dict(_measures(item, answer, verdicts)),
    )


def _measures(item: Gold, answer: Answer, verdicts: list[bool]) -> Iterator[tuple[str, float]]:
    answered = answer.outcome == "answered"
    if not item.answerable:
        yield "abstention_recall", float(not answered)
        return
    said = answer.answer or ""
    yield "exact_match", max((exact_match(said, gold) for gold in item.answers), default=0.0)
    yield "f1", max((token_f1(said, gold) for gold in item.answers), default=0.0)
    places = [h.passage for h in answer.passages]
    holds = [_supports(item, p.path, p.start, p.end, p.text) for p in places]
    rank = holds.index(True) + 1 if True in holds else None
    for k in (1, 5, 10):
        yield f"recall@{k}", float(rank is not None and rank <= k)
    yield "mrr", 1 / rank if rank else 0.0
    right = bool(verdicts and verdicts[0])
    yield "first_citation", float(right)
    yield "answered_right", float(answered and right)
    yield "wrongly_silent", float(not answered)


def _supports(item: Gold, path: str, start: int, end: int, text: str) -> bool:
    """Return whether a range holds at least half of a supporting one, or else an answer's words."""
    if item.support:
        return any(
            path == where and 2 * (min(end, high) - max(start, low)) >= high - low
            for where, low, high in item.support
        )
    said = f" {normalise(text)} "
    return any(f" {normalise(answer)} " in said for answer in item.answers)
