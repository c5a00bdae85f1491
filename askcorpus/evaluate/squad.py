"""Measures the product on a file in SQuAD's JSON, version 1.1 or 2.0.

The file's paragraphs become a folder of documents and an index of their own. Then each question is
asked over its own paragraph (`own`), or over the whole collection (`over_all`).
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, TextIO

from askcorpus.corpus import Corpus
from askcorpus.errors import UsageError
from askcorpus.evaluate import Gold, ask_all, sample
from askcorpus.evaluate.measures import (
    auc,
    best_threshold,
    exact_match,
    interval,
    percentiles,
    token_f1,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from askcorpus.config import Settings
    from askcorpus.evaluate import Results
    from askcorpus.sync.run import Progress

HINT = 'Needed: {"data": [{"title": …, "paragraphs": [{"context": …, "qas": [{"question": …}]}]}]}.'
_OPENERS: dict[str, Callable[..., TextIO]] = {".gz": gzip.open, ".xz": lzma.open}
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Squad:
    """A file's questions and, by the path that each gets, its paragraphs."""

    name: str
    questions: tuple[Gold, ...]
    paragraphs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader makes of one question and its own paragraph."""

    id: str
    answerable: bool
    answer: str
    """The most probable span, whether or not the product would show it; "" for none."""
    probability: float
    answered: bool
    """Whether the product would show it as an answer."""
    exact_match: float
    """Of the span, where the question has an answer; else 0."""
    f1: float
    seconds: float


@dataclass(frozen=True, slots=True)
class OwnResults:
    """Every question of a file, read on its own paragraph."""

    name: str
    reader: str
    rows: tuple[Read, ...]

    def measures(self) -> dict[str, float]:
        """Return each measure by its name, all but `threshold` and `auc` in percent.

        Answerable questions are always answered in `exact_match` and `f1`, as version 1.1 does.
        Where some questions have no answer, the rest follows version 2.0: silence scores 100
        there and 0 elsewhere, first as the product decides, then at the best threshold.
        """
        asked = [row for row in self.rows if row.answerable]
        silent = [row for row in self.rows if not row.answerable]
        found: dict[str, float] = {}
        if asked:
            found["exact_match"] = 100 * mean(row.exact_match for row in asked)
            found["f1"] = 100 * mean(row.f1 for row in asked)
            found["answered"] = 100 * mean(row.answered for row in asked)
        if silent:
            found |= self._version_two(asked, silent)
        return found

    def _version_two(self, asked: list[Read], silent: list[Read]) -> dict[str, float]:
        refused = [float(not row.answered) for row in silent]
        given = [row.f1 * row.answered for row in asked]
        exact = [row.exact_match * row.answered for row in asked]
        likely = [row.probability for row in asked], [row.probability for row in silent]
        best_exact, _ = best_threshold([row.exact_match for row in asked], *likely)
        best, threshold = best_threshold([row.f1 for row in asked], *likely)
        found = {
            "exact": 100 * mean([*exact, *refused]),
            "overall_f1": 100 * mean([*given, *refused]),
        }
        if asked:
            found["has_answer_exact"] = 100 * mean(exact)
            found["has_answer_f1"] = 100 * mean(given)
        found["no_answer_exact"] = 100 * mean(refused)
        found["best_exact"] = 100 * best_exact
        found["best_f1"] = 100 * best
        found["threshold"] = threshold
        if asked:
            found["auc"] = auc(*likely)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain data."""
        # JSON has no infinity: above every threshold is "never answer".
        measures = {k: v if v != float("inf") else None for k, v in self.measures().items()}
        return {
            "version": 1,
            "file": self.name,
            "reader": self.reader,
            "questions": len(self.rows),
            "answerable": sum(row.answerable for row in self.rows),
            "measures": measures,
            "latency_ms": percentiles([row.seconds * 1000 for row in self.rows]),
            "rows": [asdict(row) for row in self.rows],
        }

    def table(self) -> str:
        """Return the measures as a table, exact match and F1 with 95% bootstrap intervals."""
        asked = [row for row in self.rows if row.answerable]
        intervals = {
            "exact_match": [100 * row.exact_match for row in asked],
            "f1": [100 * row.f1 for row in asked],
        }
        lines = [
            f"{len(self.rows)} questions on their own paragraphs, {len(asked)} answerable; "
            f"reader {self.reader}",
            "",
        ]
        for name, value in self.measures().items():
            spread = intervals.get(name)
            low_high = "[{:.2f}, {:.2f}]".format(*interval(spread)) if spread else ""
            digits = 4 if name in ("threshold", "auc") else 2
            lines.append(f"{name:<18} {value:.{digits}f}  {low_high}".rstrip())
        times = percentiles([row.seconds * 1000 for row in self.rows])
        lines.append("latency            p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**times))
        return "\n".join(lines) + "\n"


def read_squad(path: Path) -> Squad:
    """Return the questions and paragraphs of a file, plain or compressed (.gz, .xz).

    A place that doesn't hold its answer isn't support; the answer's words are then looked for.

    Raises:
        UsageError: The file is missing, or isn't in SQuAD's JSON.
    """
    try:
        opened = _OPENERS.get(path.suffix, open)
        with opened(path, "rt", encoding="utf-8") as file:
            data = json.load(file)["data"]
        questions, paragraphs = [], {}
        for where, context, asked in _paragraphs(data):
            paragraphs[where] = context
            questions += [_gold(where, context, item) for item in asked]
    except OSError as exc:
        raise UsageError(f"Can't read {path}.", hint="Check its name.") from exc
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, lzma.LZMAError) as exc:
        raise UsageError(
            f"{path} is not in SQuAD's JSON: {type(exc).__name__}: {exc}.", hint=HINT
        ) from exc
    if not questions:
        raise UsageError(f"No questions in {path}.", hint=HINT)
    return Squad(path.name, tuple(questions), paragraphs)


def _paragraphs(data: list[dict[str, Any]]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    for number, article in enumerate(data):
        # Titles are names of folders here: whatever a path might mean by them is taken out.
        title = _UNSAFE.sub("_", str(article["title"]))[:60].strip("_")
        for place, paragraph in enumerate(article["paragraphs"]):
            context = str(paragraph["context"])
            yield f"{number:04}_{title}/{place:04}.txt", context, paragraph["qas"]


def _gold(where: str, context: str, item: dict[str, Any]) -> Gold:
    answers = [] if item.get("is_impossible") else item["answers"]
    held = [(str(a["text"]), int(a.get("answer_start", -1))) for a in answers]
    support = [(where, at, at + len(text)) for text, at in held if context[at:].startswith(text)]
    return Gold(
        id=str(item["id"]),
        question=str(item["question"]),
        answers=tuple(dict.fromkeys(text for text, _ in held)),
        support=tuple(dict.fromkeys(support)),
        answerable=bool(held),
        split=where,
    )


def own(
    path: Path,
    settings: Settings,
    *,
    size: int | None = None,
    progress: Progress | None = None,
    notify: Callable[[str], None] | None = None,
) -> OwnResults:
    """Return how the reader answers each question from its own paragraph.

    Args:
        path: The file.
        settings: The reader and everything else but the index.
        size: Of a seeded sample; None for all.
        progress: Called with questions done, questions in all and the question in hand.
        notify: Called with a sentence when something takes its time.

    Raises:
        UsageError: The file can't be used.
        ModelUnavailableError: A model can't be had.
    """
    held = read_squad(path)
    questions = sample([q for q in held.questions if q.question.strip()], size)
    needed = {q.split: held.paragraphs[q.split] for q in questions}
    with _indexed(replace(held, paragraphs=needed), settings, notify) as corpus:
        corpus.warm()
        rows = []
        for done, item in enumerate(questions):
            if progress:
                progress(done, len(questions), item.question)
            rows.append(_read(item, corpus))
    return OwnResults(held.name, settings.reader, tuple(rows))


def _read(item: Gold, corpus: Corpus) -> Read:
    began = time.perf_counter()
    spans = corpus.read(item.question, files=item.split).spans
    seconds = time.perf_counter() - began
    said, probability = (spans[0].text, spans[0].score) if spans else ("", 0.0)
    return Read(
        id=item.id,
        answerable=item.answerable,
        answer=said,
        probability=probability,
        answered=probability >= corpus.fit.thresholds.answered,
        exact_match=max((exact_match(said, gold) for gold in item.answers), default=0.0),
        f1=max((token_f1(said, gold) for gold in item.answers), default=0.0),
        seconds=seconds,
    )


def over_all(
    path: Path,
    settings: Settings,
    *,
    size: int | None = None,
    progress: Progress | None = None,
    notify: Callable[[str], None] | None = None,
) -> Results:
    """Return how the whole pipeline answers the questions over all of the file's paragraphs.

    Arguments and errors are those of `own`; the sample is one of questions, not of paragraphs.
    """
    held = read_squad(path)
    questions = sample([q for q in held.questions if q.question.strip()], size)
    with _indexed(held, settings, notify) as corpus:
        return ask_all(questions, corpus, label=held.name, progress=progress)


@contextmanager
def _indexed(
    held: Squad, settings: Settings, notify: Callable[[str], None] | None
) -> Iterator[Corpus]:
    """Yield an index of the paragraphs, each a document, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="askcorpus-") as scratch:
        folder = Path(scratch, "paragraphs")
        for where, context in held.paragraphs.items():
            place = folder / where
            place.parent.mkdir(parents=True, exist_ok=True)
            # No newline is translated: the file's offsets are the document's.
            place.write_text(context, encoding="utf-8", errors="replace", newline="")
        if notify:
            notify(f"Indexing {len(held.paragraphs)} paragraphs.")
        with Corpus.build(
            folder, index=Path(scratch, "index"), settings=settings, notify=notify
        ) as corpus:
            yield corpus
