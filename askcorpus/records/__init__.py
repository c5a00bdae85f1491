"""The frozen records that flow between the stages, and nothing else.

document  what indexing makes of a file: Document, Passage
found     what a question finds: Hit, Span
answer    what it came to: Answer, Citation
note      remarks for the user
report    what indexing did, and what an index holds

Every offset is a half-open range of characters of a document's text, so that
`document.text[x.start:x.end] == x.text` holds for each Passage and Span, and for each Citation
with `quote` in place of `text`. Identity is place (path and offsets), never content.
A higher score is better everywhere.
"""

from askcorpus.records.answer import Alternative, Answer, Band, Citation, Outcome, SpanRef
from askcorpus.records.document import Boilerplate, Document, Heading, Passage, Place, Skipped
from askcorpus.records.found import NEUTRAL, Hit, Reading, Span, Thresholds
from askcorpus.records.note import Note, NoteKind
from askcorpus.records.report import FileReport, IndexReport, Status

__all__ = [
    "NEUTRAL",
    "Alternative",
    "Answer",
    "Band",
    "Boilerplate",
    "Citation",
    "Document",
    "FileReport",
    "Heading",
    "Hit",
    "IndexReport",
    "Note",
    "NoteKind",
    "Outcome",
    "Passage",
    "Place",
    "Reading",
    "Skipped",
    "Span",
    "SpanRef",
    "Status",
    "Thresholds",
]
