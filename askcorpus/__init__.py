"""Answers questions over a folder of documents, in their own words, cited to the character.

    from askcorpus import Corpus

    corpus = Corpus.build("seeds", index="index")
    answer = corpus.ask("who denied the deal?")
    print(answer.answer, answer.citations[0].quote)

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from askcorpus.config import Settings as Settings
    from askcorpus.corpus import Corpus as Corpus
    from askcorpus.errors import AskcorpusError as AskcorpusError
    from askcorpus.question.query import Query as Query
    from askcorpus.question.understand import understand as understand
    from askcorpus.records import Answer as Answer
    from askcorpus.records import Citation as Citation
    from askcorpus.records import Document as Document
    from askcorpus.records import Hit as Hit
    from askcorpus.records import IndexReport as IndexReport
    from askcorpus.records import Passage as Passage
    from askcorpus.records import Span as Span
    from askcorpus.records import Thresholds as Thresholds

__version__ = "0.1.0"

_HOMES = {
    "Settings": "config",
    "Corpus": "corpus",
    "AskcorpusError": "errors",
    "Answer": "records",
    "Citation": "records",
    "Document": "records",
    "Hit": "records",
    "IndexReport": "records",
    "Passage": "records",
    "Query": "question.query",
    "understand": "question.understand",
    "Span": "records",
    "Thresholds": "records",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 (the names are strings)


def __getattr__(name: str) -> Any:
    """Return a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'askcorpus' has no attribute {name!r}")
    return getattr(import_module(f"askcorpus.{_HOMES[name]}"), name)
