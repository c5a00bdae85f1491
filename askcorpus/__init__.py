"""Answers questions over a folder of documents, in their own words, cited to the character.

    from askcorpus import Corpus

    corpus = Corpus.build("seeds", index="index")
    answer = corpus.ask("who denied the deal?")
    print(answer.answer, answer.citations[0].quote)

Names are loaded when first used, so that importing the package costs next to nothing.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if sys.platform == "win32":
    raise ImportError(
        "askcorpus doesn't run on Windows, but it does in WSL, on Linux and on macOS."
    )

if TYPE_CHECKING:
    from askcorpus.answer.fit import Fit as Fit
    from askcorpus.config import Settings as Settings
    from askcorpus.corpus import Corpus as Corpus
    from askcorpus.errors import AskcorpusError as AskcorpusError
    from askcorpus.errors import ConfigError as ConfigError
    from askcorpus.errors import FilesGoneError as FilesGoneError
    from askcorpus.errors import IndexBusyError as IndexBusyError
    from askcorpus.errors import IndexMismatchError as IndexMismatchError
    from askcorpus.errors import IndexMissingError as IndexMissingError
    from askcorpus.errors import IndexUnusableError as IndexUnusableError
    from askcorpus.errors import ModelUnavailableError as ModelUnavailableError
    from askcorpus.errors import StoreUnavailableError as StoreUnavailableError
    from askcorpus.errors import UnavailableError as UnavailableError
    from askcorpus.errors import UsageError as UsageError
    from askcorpus.question.query import Chip as Chip
    from askcorpus.question.query import Query as Query
    from askcorpus.question.query import Understanding as Understanding
    from askcorpus.question.understand import understand as understand
    from askcorpus.records import Alternative as Alternative
    from askcorpus.records import Answer as Answer
    from askcorpus.records import Boilerplate as Boilerplate
    from askcorpus.records import Citation as Citation
    from askcorpus.records import Document as Document
    from askcorpus.records import FileReport as FileReport
    from askcorpus.records import Heading as Heading
    from askcorpus.records import Hit as Hit
    from askcorpus.records import IndexReport as IndexReport
    from askcorpus.records import Note as Note
    from askcorpus.records import Passage as Passage
    from askcorpus.records import Place as Place
    from askcorpus.records import Reading as Reading
    from askcorpus.records import Skipped as Skipped
    from askcorpus.records import Span as Span
    from askcorpus.records import SpanRef as SpanRef
    from askcorpus.records import Status as Status
    from askcorpus.records import Thresholds as Thresholds

__version__ = "0.1.0"

_HOMES = {
    "Settings": "config",
    "Corpus": "corpus",
    "Fit": "answer.fit",
    "AskcorpusError": "errors",
    "UsageError": "errors",
    "ConfigError": "errors",
    "FilesGoneError": "errors",
    "IndexUnusableError": "errors",
    "IndexMissingError": "errors",
    "IndexMismatchError": "errors",
    "UnavailableError": "errors",
    "ModelUnavailableError": "errors",
    "StoreUnavailableError": "errors",
    "IndexBusyError": "errors",
    "Chip": "question.query",
    "Query": "question.query",
    "Understanding": "question.query",
    "understand": "question.understand",
    "Alternative": "records",
    "Answer": "records",
    "Boilerplate": "records",
    "Citation": "records",
    "Document": "records",
    "FileReport": "records",
    "Heading": "records",
    "Hit": "records",
    "IndexReport": "records",
    "Note": "records",
    "Passage": "records",
    "Place": "records",
    "Reading": "records",
    "Skipped": "records",
    "Span": "records",
    "SpanRef": "records",
    "Status": "records",
    "Thresholds": "records",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 (the names are strings)


def __dir__() -> list[str]:
    """Return the public names, loaded or not, for whoever completes them."""
    return sorted(__all__)


if not TYPE_CHECKING:  # a type checker would take any name for a public one

    def __getattr__(name: str) -> Any:
        """Return a public name from the module that defines it."""
        if name not in _HOMES:
            raise AttributeError(f"module 'askcorpus' has no attribute {name!r}")
        return getattr(import_module(f"askcorpus.{_HOMES[name]}"), name)
