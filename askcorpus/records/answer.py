"""What one question came to."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from askcorpus.records.document import Passage
from askcorpus.records.found import Hit
from askcorpus.records.note import Note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Outcome = Literal["answered", "related", "none"]
Band = Literal["strong", "fair", "weak"]
_SHOWN = 60
"""Characters of a text in a representation."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `document.text[start:end] == quote`."""

    n: int
    """1 for the first citation shown."""
    root: str
    """The indexed folder, absolute."""
    path: str
    start: int
    end: int
    quote: str
    title: str
    date: str | None
    line: int | None
    """1-based line of the file; None where the text was extracted from a format."""
    locator: str | None
    """Another address inside the file (a heading, a page), or None."""


@dataclass(frozen=True, slots=True)
class SpanRef:
    """Where the answer stands in citation `n`'s document."""

    n: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer that was found, and the citation that holds it."""

    answer: str
    n: int


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What one question came to. "No answer" is an outcome, not an error."""

    question: str
    outcome: Outcome
    answer: str | None = None
    """The first span's slice, verbatim; None unless answered."""
    sentence: str | None = None
    """The quote of the first citation; None unless answered."""
    band: Band | None = None
    spans: tuple[SpanRef, ...] = ()
    citations: tuple[Citation, ...] = ()
    also: tuple[Alternative, ...] = ()
    passages: tuple[Hit, ...] = ()
    notes: tuple[Note, ...] = ()
    """Remarks for the user: a changed source, a leg that was missing."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """What decided: the best span's probability and the reader's numbers, for `--explain`."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    probability: float | None = None
    """In [0, 1], that the best span answers; the band follows from it. None where none was read."""

    def __repr__(self) -> str:
        """Return one line: what was asked, and what it came to."""
        said = self.answer or (self.citations[0].quote if self.citations else "")
        place = "".join(f", {c.path} [{c.start}:{c.end}]" for c in self.citations[:1])
        sure = f"{self.band}, " if self.band else ""
        found = f" {sure}{_short(said)!r}{place}" if said else ""
        return f"<Answer to {_short(self.question)!r}: {self.outcome}{found}>"

    def _repr_html_(self) -> str:
        """Return the answer for a notebook: the short answer, each quote and where it stands."""
        from html import escape

        said = f"<p><strong>{escape(self.answer)}</strong> ({self.band})</p>" if self.answer else ""
        quotes = "".join(
            f"<blockquote><p>{escape(c.quote)}</p>"
            f"<footer>{escape(c.title)}, <code>{escape(c.path)}</code>"
            f"{f' ({escape(c.locator)})' if c.locator else ''}, {c.start}–{c.end}"
            "</footer></blockquote>"
            for c in self.citations
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<p>{escape(self.question)} <em>{self.outcome}</em></p>{said}{quotes}" + (
            f"<ul>{notes}</ul>" if notes else ""
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, version 1.1 of the schema in docs/answer-schema.json."""
        return {
            "version": 1,
            "question": self.question,
            "outcome": self.outcome,
            "answer": self.answer,
            "sentence": self.sentence,
            "band": self.band,
            "probability": None if self.probability is None else round(self.probability, 4),
            "spans": [{"n": s.n, "start": s.start, "end": s.end} for s in self.spans],
            "citations": [
                {
                    "n": c.n,
                    "root": c.root,
                    "path": c.path,
                    "start": c.start,
                    "end": c.end,
                    "line": c.line,
                    "locator": c.locator,
                    "quote": c.quote,
                    "title": c.title,
                    "date": c.date,
                }
                for c in self.citations
            ],
            "also": [{"answer": a.answer, "n": a.n} for a in self.also],
            "passages": [
                {
                    "path": h.passage.path,
                    "start": h.passage.start,
                    "end": h.passage.end,
                    "text": h.passage.text,
                    "score": round(h.score, 6),
                    "rank": h.rank,
                }
                for h in self.passages
            ],
            "notes": list(self.notes),
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """Return the answer that `to_dict` wrote; keys that aren't known are passed over.

        What version 1 leaves out comes back empty: scores, a passage's line (0) and heading.

        Raises:
            ValueError: It isn't an answer of version 1.
        """
        if data.get("version") != 1:
            raise ValueError(f"not an answer of version 1 but of {data.get('version')!r}")
        try:
            paths = [citation["path"] for citation in data["citations"]]
            return cls(
                question=data["question"],
                outcome=data["outcome"],
                answer=data["answer"],
                sentence=data["sentence"],
                band=data["band"],
                probability=data.get("probability"),  # since 1.1
                spans=tuple(_made(SpanRef, span) for span in data["spans"]),
                citations=tuple(_made(Citation, citation) for citation in data["citations"]),
                also=tuple(_made(Alternative, other) for other in data["also"]),
                passages=tuple(
                    Hit(_made(Passage, {"line": 0, **hit}), hit["score"], hit["rank"])
                    for hit in data["passages"]
                ),
                notes=tuple(_kept(note, paths) for note in data["notes"]),
                seconds=dict(data["seconds"]),
            )
        except (KeyError, TypeError) as exc:
            raise ValueError(f"not an answer of version 1: {exc}") from exc


def _short(text: str) -> str:
    """Return a text on one line of a representation."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"


def _kept(text: str, paths: Sequence[str]) -> Note:
    """Return a note of an answer's JSON; one about a cited document begins with its path."""
    about = next((path for path in paths if text.startswith(f"{path} ")), "")
    return Note(text, path=about)


def _made(kind: type[Any], data: Mapping[str, Any]) -> Any:
    """Return a record from those of the keys that are its fields."""
    return kind(**{part.name: data[part.name] for part in fields(kind) if part.name in data})
