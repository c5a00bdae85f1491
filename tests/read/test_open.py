"""Readers by name and as objects: what each keeps of the port's promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from askcorpus import Corpus, Settings, Thresholds
from askcorpus.errors import ConfigError
from askcorpus.read.open import adapted, open_reader
from askcorpus.records import NEUTRAL, Span
from tests.doubles import OverlapReader
from tests.read.passages import OTHER, TEXT, hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from askcorpus.ports import Reader
    from askcorpus.records import Hit


class Half:
    """A reader that states nothing of itself and is never sure: the first hit's first words."""

    def read(self, _question: str, hits: Sequence[Hit]) -> list[Span]:
        first = [each.passage for each in hits[:1] if each.passage.text[:20].strip()]
        return [
            Span(p, p.start, p.start + 20, p.text[:20], p.start, p.start + 20, 0.31) for p in first
        ]


class Sure(Half):
    """The same, which knows what its scores are worth."""

    identity = "sure@1"
    thresholds = Thresholds(related=0.1, answered=0.2, fair=0.25, strong=0.3)


def opened(name: str) -> Reader:
    return open_reader(Settings(reader=name))


READERS = {
    "ours": lambda: opened("span"),
    "named": lambda: opened("tests.doubles:OverlapReader"),
    "named, states nothing": lambda: opened("tests.read.test_open:Half"),
    "given": lambda: adapted(OverlapReader()),
    "given, states nothing": lambda: adapted(Half()),
}


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    made: Reader = READERS[request.param]()
    return made


# The contract.


@pytest.mark.parametrize("question", ["Who paid for the deal?", "Why did it rain?", "🌊?\x00"])
def test_spans_are_slices_inside_their_quotes_best_first(reader: Reader, question: str) -> None:
    spans = reader.read(question, [hit(TEXT, 1, at=100), hit(OTHER, 2, at=7, path="b.txt")])
    assert spans
    for span in spans:
        own = span.passage
        assert own.text[span.start - own.start : span.end - own.start] == span.text
        assert own.start <= span.sentence_start <= span.start < span.end <= span.sentence_end
        assert 0 <= span.score <= 1
    assert [s.score for s in spans] == sorted((s.score for s in spans), reverse=True)


def test_no_hits_and_empty_ones_give_no_spans(reader: Reader) -> None:
    assert reader.read("Who?", []) == []
    assert reader.read("Who?", [hit("")]) == []


def test_a_reader_says_what_it_is_and_what_its_scores_are_worth(reader: Reader) -> None:
    assert reader.identity
    assert isinstance(reader.thresholds, Thresholds)


# What the user's own leave out.


@pytest.mark.parametrize("by_name", [True, False], ids=["named", "given"])
def test_what_a_reader_does_not_state_is_neutral_and_its_name(by_name: bool) -> None:  # noqa: FBT001
    name = "tests.read.test_open:Half"
    half, sure = (
        (opened(name), opened(name.replace("Half", "Sure")))
        if by_name
        else (
            adapted(Half()),
            adapted(Sure()),
        )
    )
    assert (half.identity, half.thresholds) == (name, NEUTRAL)
    assert (sure.identity, sure.thresholds) == ("sure@1", Sure.thresholds)


@pytest.mark.parametrize(
    ("reader", "outcome", "band"), [("Half", "related", None), ("Sure", "answered", "strong")]
)
def test_a_score_is_held_to_the_readers_own_thresholds(
    seeds_index: Path, reader: str, outcome: str, band: str | None
) -> None:
    settings = Settings(
        index=str(seeds_index), reader=f"tests.read.test_open:{reader}", dense="exact"
    )
    with Corpus.open(settings=settings) as corpus:
        answer = corpus.ask("What does North Korea deny?")
    assert (answer.outcome, answer.band) == (outcome, band)


class Mute:
    """A plug-in that lacks what a reader needs."""

    read = "not a method"


class Vague(Half):
    """One whose thresholds aren't any."""

    thresholds = 0.5


class Broken:
    """One that can't be made."""

    def __init__(self) -> None:
        raise RuntimeError("no licence")


@pytest.mark.parametrize(
    ("reader", "complaint"),
    [
        ("Mute", "has no method read"),
        ("Vague", "thresholds of the reader .* are 0.5"),
        ("Broken", "can't be made: RuntimeError: no licence"),
        ("Absent", "can't be made: AttributeError"),
    ],
)
def test_a_plugin_that_is_no_reader_is_told(reader: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        opened(f"tests.read.test_open:{reader}")


@pytest.mark.parametrize("reader", [Mute(), Vague(), object()], ids=lambda r: type(r).__name__)
def test_an_object_that_is_no_reader_is_told(reader: Any) -> None:
    with pytest.raises(ConfigError, match=type(reader).__name__):
        adapted(reader)
