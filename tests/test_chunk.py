from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askcorpus.chunk import (
    MAX_SECTION_CHARS,
    chunk,
    count_tokens,
    embedding_text,
    encoding,
)
from askcorpus.records import Boilerplate, Document, Heading
from askcorpus.text import line_starts
from tests.conftest import SEEDS
from tests.fuzzing import limited

if TYPE_CHECKING:
    from pathlib import Path


def document(text: str, **known: object) -> Document:
    facts = {"path": "a.txt", "title": "", "sha256": "", "size": 0, "mtime_ns": 0, **known}
    return Document(text=text, **facts)  # type: ignore[arg-type]


def prose(sentences: int) -> str:
    return " ".join(
        f"Sentence number {n} says that the harbour is closed." for n in range(sentences)
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
@settings(max_examples=100, deadline=None)
def test_each_passage_is_an_exact_slice_and_none_is_too_long(text: str) -> None:
    for passage in chunk(document(text), max_tokens=40, overlap=1):
        assert text[passage.start : passage.end] == passage.text
        assert count_tokens(passage.text) <= 40 or len(passage.text) == 1


@given(st.text(alphabet="ab. \r\n", max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_word_is_lost_between_passages(text: str) -> None:
    covered: set[int] = set()
    for passage in chunk(document(text), max_tokens=32, overlap=1):
        covered.update(range(passage.start, passage.end))
    assert all(at in covered for at, char in enumerate(text) if not char.isspace())


def test_passages_are_whole_sentences_of_even_length() -> None:
    text = prose(60)
    passages = chunk(document(text), max_tokens=150, overlap=1)
    assert all(p.text.startswith("Sentence") and p.text.endswith(".") for p in passages)
    lengths = [count_tokens(p.text) for p in passages]
    assert max(lengths) <= 150
    assert min(lengths) >= 75


def test_neighbours_share_one_sentence() -> None:
    text = prose(40)
    passages = chunk(document(text), max_tokens=100, overlap=1)
    shared = [text[b.start : a.end] for a, b in pairwise(passages)]
    assert len(shared) > 2
    assert all(part.count(".") == 1 for part in shared)


def test_an_endless_sentence_is_split_between_words() -> None:
    text = "word " * 5000
    passages = chunk(document(text), max_tokens=100, overlap=1)
    assert all(count_tokens(p.text) <= 100 for p in passages)
    assert all(p.text.startswith("word") and p.text.endswith("word") for p in passages)


def test_no_passage_crosses_a_heading_and_each_knows_the_headings_above() -> None:
    text = "# Ports\n\nAll ports.\n\n## Hull\n\nHull is open.\n\n# Roads\n\nRoads are shut.\n"
    places = [
        (text.index(h), text.index(h) + len(h), n)
        for h, n in [("# Ports", 1), ("## Hull", 2), ("# Roads", 1)]
    ]
    passages = chunk(
        document(text, headings=tuple(Heading(*place) for place in places)),
        max_tokens=100,
        overlap=1,
    )
    assert [(p.text.split("\n")[0], p.heading) for p in passages] == [
        ("# Ports", "Ports"),
        ("## Hull", "Ports › Hull"),
        ("# Roads", "Roads"),
    ]


def test_boilerplate_is_in_no_passage() -> None:
    text = "The port is closed.\n\nShare this article\n\nIt opens on Monday."
    low = text.index("Share")
    mark = Boilerplate(low, low + len("Share this article"), "social")
    passages = chunk(document(text, boilerplate=(mark,)), max_tokens=100, overlap=1)
    assert [p.text for p in passages] == ["The port is closed.", "It opens on Monday."]


def test_line_numbers_count_crlf_and_cr_once() -> None:
    text = "One.\r\n\r\nTwo.\r\rThree."
    passages = chunk(document(text), max_tokens=4, overlap=0)
    assert [(p.text, p.line) for p in passages] == [("One.", 1), ("Two.", 3), ("Three.", 5)]


def test_a_passage_that_the_embedder_cannot_read_whole_is_halved() -> None:
    text = prose(20)
    passages = chunk(
        document(text, title="T"),
        max_tokens=200,
        overlap=0,
        fits=lambda texts: [len(t) <= 300 for t in texts],
    )
    assert all(len(embedding_text("T", p)) <= 300 for p in passages)
    assert "".join(p.text for p in passages).replace(" ", "") == text.replace(" ", "")


def test_a_joined_emoji_is_not_torn() -> None:
    family = "👩\u200d👩\u200d👧\u200d👦"
    passages = chunk(document(family * 60), max_tokens=40, overlap=0)
    assert len(passages) > 1
    assert all(p.text[0] != "\u200d" and p.text[-1] != "\u200d" for p in passages)


@pytest.mark.parametrize(
    "text", ["<|endoftext|> and <|fim_prefix|>", " " * 1_000_000, "é" * 25_000]
)
def test_counting_survives_special_tokens_and_endless_runs(text: str) -> None:
    assert count_tokens(text) > 0


def test_the_encoding_works_offline_and_keeps_every_byte() -> None:
    text = "Pyongyang “denied” it — naïve 😀 \x00\r\n"
    own = encoding()
    assert own.decode(own.encode_ordinary(text)) == text
    assert own.n_vocab == 16_384


@pytest.mark.parametrize("path", sorted(SEEDS.iterdir()), ids=lambda path: path.stem)
def test_lines_of_the_seeds_are_the_files_own(path: Path) -> None:
    text = path.read_bytes().decode()
    lines = text.split("\n")
    starts = line_starts(text)
    for passage in chunk(document(text), max_tokens=150, overlap=1):
        first = passage.text.split("\n")[0]
        assert first in lines[passage.line - 1]
        assert starts[passage.line - 1] <= passage.start


@pytest.mark.parametrize("mark", ["\u0301", "\u200d", "a\u0301\u0301"])
def test_endless_combining_marks_are_cut_in_bounded_time(mark: str) -> None:
    text = "a" + mark * 30_000
    with limited():
        passages = chunk(document(text), max_tokens=100, overlap=0)
    assert "".join(p.text for p in passages) == text


def test_sentences_that_grow_by_being_joined_stay_within_the_limit() -> None:
    text = "Paid 3.\n" * 400 + " ".join(f"{n}. 4." for n in range(400))
    for size in range(20, 60):
        found = chunk(document(text), max_tokens=size, overlap=1)
        assert max(count_tokens(p.text) for p in found) <= size


def test_a_title_that_fills_the_window_ends_the_halving() -> None:
    passages = chunk(
        document(prose(3), title="T"),
        max_tokens=100,
        overlap=0,
        fits=lambda texts: [False] * len(texts),
    )
    assert passages
    assert min(len(p.text) for p in passages) > 1


def test_a_title_in_another_script_leaves_room_for_the_passage() -> None:
    passage = chunk(document("The port is shut."), max_tokens=100, overlap=0)[0]
    prefix = embedding_text("각" * 500, passage).split("\n")[0]
    assert 40 < len(prefix) <= 54  # each is three of the model's tokens


def test_a_long_heading_is_not_copied_whole_to_each_passage() -> None:
    text = "h" * 5_000 + "\n\nThe port is shut."
    passages = chunk(document(text, headings=(Heading(0, 5_000, 1),)), max_tokens=100, overlap=0)
    assert {len(p.heading) for p in passages} == {300}


def test_a_very_long_section_is_cut_at_a_paragraph() -> None:
    text = "\n\n".join([prose(40)] * 200)
    passages = chunk(document(text), max_tokens=150, overlap=0)
    assert len(text) > MAX_SECTION_CHARS
    assert all(p.text.startswith("Sentence") and p.text.endswith(".") for p in passages)
