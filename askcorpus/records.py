"""The frozen records that flow between the stages, and nothing else.

Every offset is a half-open range of characters of a document's text, so that
`document.text[x.start:x.end] == x.text` holds for each Passage and Span, and for each Citation
with `quote` in place of `text`. Identity is place (path and offsets), never content.
A higher score is better everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Outcome = Literal["answered", "related", "none"]
Band = Literal["strong", "fair", "weak"]
NoteKind = Literal[
    "slip",  # a word of the question was read as another
    "indexing",  # the index isn't complete
    "interrupted",
    "elsewhere",  # the index came from somebody else
    "search",  # a way of searching was missing
    "filter",  # nothing passes the filters
    "undated",  # documents were left out for want of a date
    "calibration",  # the one in the index isn't used
    "changed",  # a cited file isn't as it was
    "gone",
    "removed",  # a cited document isn't in the index any more
    "renewed",  # a cited document was indexed anew
    "kept",  # read back from an answer's JSON, which holds the sentence alone
]


class Note(str):
    """A remark for the user: one sentence, which also says as data what it is about."""

    __slots__ = ("kind", "path")

    kind: NoteKind
    path: str
    """The document that it is about; empty where it is about none."""

    def __new__(cls, text: str, kind: NoteKind = "kept", path: str = "") -> Note:
        """Return the sentence with its facts; `render.note` has the words."""
        made = super().__new__(cls, text)
        made.kind, made.path = kind, path
        return made


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A range of a document's text that is not content, and why it was taken for that."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's range in the text; `level` runs from 1 (outermost) to 6."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the original holds the text from `start` up to the next place, in its own terms."""

    start: int
    label: str
    """Such as "p. 3", "slide 4" or "sheet Sales, row 14"."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file's text, kept as it was read, with what the text states about itself."""

    path: str
    """Relative to the indexed folder, with forward slashes."""
    text: str
    title: str
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    size: int
    """Bytes of the file."""
    mtime_ns: int
    date: str | None = None
    """ISO 8601 date (YYYY-MM-DD) that the document states, or None."""
    byline: str | None = None
    boilerplate: tuple[Boilerplate, ...] = ()
    headings: tuple[Heading, ...] = ()
    extracted: bool = False
    """True where `text` was extracted from a format, so that its lines aren't the file's."""
    places: tuple[Place, ...] = ()
    """In order; empty where the format has no pages, slides or rows."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that isn't in the index, and why; `failed` where it should have been."""

    path: str
    reason: str
    failed: bool = False
    """True for a permission, crash or time-out; False for what is left out by design."""
    lasting: bool = False
    """True where it failed for what is in it, and the same bytes would fail again."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An exact slice of a document: what is embedded, searched and cited."""

    path: str
    start: int
    end: int
    text: str
    line: int
    """1-based line of the document's text on which the passage starts."""
    heading: str = ""
    """The headings above it, outermost first, joined by " › "; empty where there are none."""
    id: int = 0
    """Row number in the ledger, growing only; 0 before the passage is stored."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval ranked."""

    passage: Passage
    score: float
    """Fused score in [0, 1]."""
    rank: int
    """1 for the best."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """What each leg said, for `--explain`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a passage's document that a reader proposes as the answer."""

    passage: Passage
    start: int
    end: int
    text: str
    sentence_start: int
    """The sentence or two that the span stands in: what is quoted."""
    sentence_end: int
    score: float
    """Probability in [0, 1] that the span answers the question."""
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities in [0, 1] that divide the outcomes and the bands."""

    related: float
    """Below it nothing here is near enough to show."""
    answered: float
    """Below it the nearest passage is shown, but not as an answer."""
    fair: float
    strong: float


NEUTRAL = Thresholds(related=0.05, answered=0.5, fair=0.7, strong=0.9)
"""For a reader that wasn't tuned: it answers where it holds a span likelier right than not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, before it is decided whether that is an answer."""

    understood: str
    """The question as it was read, slips corrected."""
    hits: list[Hit]
    """Best first."""
    spans: list[Span]
    """Of the first hits, most probable first."""
    notes: list[Note] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """By stage."""


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


@dataclass(frozen=True, slots=True)
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

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, version 1 of the schema in docs/answer-schema.json."""
        return {
            "version": 1,
            "question": self.question,
            "outcome": self.outcome,
            "answer": self.answer,
            "sentence": self.sentence,
            "band": self.band,
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


def _kept(text: str, paths: Sequence[str]) -> Note:
    """Return a note of an answer's JSON; one about a cited document begins with its path."""
    about = next((path for path in paths if text.startswith(f"{path} ")), "")
    return Note(text, path=about)


def _made(kind: type[Any], data: Mapping[str, Any]) -> Any:
    """Return a record from those of the keys that are its fields."""
    return kind(**{part.name: data[part.name] for part in fields(kind) if part.name in data})


@dataclass(frozen=True, slots=True)
class FileReport:
    """What indexing did with one file."""

    path: str
    state: Literal["indexed", "unchanged", "renamed", "skipped", "failed", "removed"]
    passages: int = 0
    reused: int = 0
    """Passages whose vectors were taken over instead of embedded again."""
    boilerplate: int = 0
    """Characters marked as boilerplate."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run of indexing did."""

    root: str
    """The folder, or the deepest one that holds all of them."""
    folders: tuple[str, ...]
    """Absolute paths."""
    files: tuple[FileReport, ...]
    documents: int
    """In the index now."""
    passages: int
    """In the index now."""
    embedded: int
    """Passages embedded in this run."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that should be in the index and aren't."""
        return tuple(file for file in self.files if file.state == "failed")


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and what it was made with."""

    directory: str
    root: str
    """What the documents' paths are relative to."""
    folders: tuple[str, ...]
    """Absolute paths of what is indexed; the root itself where it is one folder."""
    model: str
    chunking: str
    documents: int
    passages: int
    complete: bool
    """False where indexing was interrupted."""
    dense: str
    """How vectors are searched: "chroma" or "exact"."""
    skipped: tuple[tuple[str, str], ...]
    """(path, reason) of each file that was left out."""
    undated: int
    """Documents that state no date."""
    wanted: str = ""
    """Which of the folders' files are wanted, in words; empty for all."""
    calibration: str = ""
    """What the thresholds were fitted on; empty where they are the reader's own."""
