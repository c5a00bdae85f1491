"""What the trained reader reads and keeps, with a network that points at given words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from askcorpus.read.judge import NAMES, Calibration
from askcorpus.read.model.pairs import PairTokenizer
from askcorpus.read.span import SpanReader
from askcorpus.records import Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from askcorpus.read.model.pairs import Logits, Pair

BY_MARGIN = Calibration(-5.0, {**dict.fromkeys(NAMES, 0.0), "margin": 0.5})


class Pointer:
    """A network whose logits are those of the words, and -9 for any other one; 0 for no answer.

    Args:
        starts: The start logits.
        ends: The end logits; those of `starts` where None.
    """

    identity = "pointer"
    window = 200

    def __init__(self, starts: Mapping[str, float], ends: Mapping[str, float] | None = None):
        from tokenizers import Tokenizer, models, pre_tokenizers

        self._starts, self._ends = starts, starts if ends is None else ends
        self._words = ["[CLS]", "[SEP]", "[UNK]", *dict.fromkeys([*starts, *self._ends])]
        numbers = {word: n for n, word in enumerate(self._words)}
        built = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
        built.pre_tokenizer = pre_tokenizers.Whitespace()
        self.tokenizer = PairTokenizer(built.to_str().encode(), label="The tokenizer")

    def logits(self, pair: Pair) -> tuple[Logits, Logits]:
        words = [self._words[n] for n in pair.ids]
        start, end = (
            np.array([0.0 if word == "[CLS]" else logits.get(word, -9.0) for word in words])
            for logits in (self._starts, self._ends)
        )
        return start.astype(np.float32), end.astype(np.float32)


def read(question: str, model: Pointer, *texts: str) -> list[str]:
    """Return what is proposed, best first."""
    hits = [
        Hit(Passage(f"{n}.txt", 0, len(text), text, line=1, id=n), 1 / n, n)
        for n, text in enumerate(texts, start=1)
    ]
    return [span.text for span in SpanReader(model, BY_MARGIN, threads=1).read(question, hits)]


NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def test_the_eighth_passage_may_still_answer_and_the_ninth_may_not() -> None:
    model = Pointer({word: float(n) for n, word in enumerate(NUMBERS)})
    found = read("Which is it?", model, *(f"It was {word}." for word in NUMBERS))
    assert found[0] == "eight"
    assert "nine" not in found


def test_four_places_of_a_passage_may_answer() -> None:
    model = Pointer({word: 9.0 - n for n, word in enumerate(NUMBERS)})
    text = " ".join(f"It was {word}." for word in NUMBERS)
    assert read("Which is it?", model, text) == list(NUMBERS[:4])


FELL = "It fell because of heavy rain in May."


@pytest.mark.parametrize(
    ("question", "last", "said"),
    [
        ("Why did it fall?", "rain", FELL),
        ("Why did it fall?", "in", "heavy rain in"),
        ("What made it fall?", "rain", "heavy rain"),
    ],
)
def test_a_reason_of_under_three_words_becomes_its_sentence(
    question: str, last: str, said: str
) -> None:
    assert read(question, Pointer({"heavy": 5.0}, {last: 5.0}), FELL)[0] == said


def test_a_span_may_run_over_two_sentences_and_not_over_three() -> None:
    text = "It rained. It snowed. It froze."
    two, three = (Pointer({"rained": 5.0}, {last: 5.0}) for last in ("snowed", "froze"))
    assert read("What?", two, text)[0] == "rained. It snowed"
    assert not any("froze" in said for said in read("What?", three, text))


def test_the_likelier_of_two_passages_is_first_and_a_tie_keeps_their_order() -> None:
    model = Pointer({"one": 2.0, "two": 3.0, "three": 3.0})
    found = read("Which?", model, "It was one.", "It was two.", "It was three.")
    assert found[:3] == ["two", "three", "one"]
