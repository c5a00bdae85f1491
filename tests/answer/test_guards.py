"""The guards, on spans made by hand and on what the shipped reader really says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.answer import compose
from askcorpus.records import Document, Heading, Passage, Reading, Span, Thresholds
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from askcorpus.records import Answer

shipped = pytest.mark.skipif(
    not (ROOT / "askcorpus" / "data" / "reader" / "reader.onnx").exists(),
    reason="the reader's weights aren't in the package",
)
LIMITS = Thresholds(related=0.2, answered=0.5, fair=0.7, strong=0.9)

BIDS = """\
Three firms were asked to bid for the airport road

The ministry invited three firms in March to bid for the road. The envelopes were opened on Monday.

Zenith did not submit a bid. Two companies, Acme and Borealis, submitted bids of $3.9 million and \
$4.1 million.

Zenith, which built the first section in 2011, said that it had too much work.
"""
YARDS = """\
Two yards, two owners

The Marlin shipyard employs 840 people. It was founded in 1902.

The Pelican shipyard, across the bay, was founded in 1957. It builds ferries.

"""
FERRY = f"""{YARDS}
She is painted white, as its ferries all are, and carries 300 people.
"""
BROTHERS = """\
The Keller brothers

Martin Keller runs a bakery, opened in 1998. He is 58 and has three daughters.

Stefan Keller left the trade. He became a pilot at 23.
"""
BRANCHES = """\
# Our branches

## Norwich

Its manager is Helen Frost.

## Ipswich

Parking is free. Its manager is Colin Day.
"""


def document(text: str, title: str = "") -> Document:
    headings = tuple(
        Heading(text.index(line), text.index(line) + len(line), line.index(" "))
        for line in text.splitlines()
        if line.startswith("#")
    )
    return Document("p", text, title or text.split("\n", 1)[0], "", 0, 0, headings=headings)


def asked(question: str, phrase: str, sentence: str, text: str, score: float = 0.95) -> Answer:
    """Return what is made of one span, read in a passage that is the whole document."""
    low = text.index(sentence)
    start = text.index(phrase, low)
    passage = Passage("p", 0, len(text), text, 1, id=1)
    found = Span(passage, start, start + len(phrase), phrase, low, low + len(sentence), score)
    reading = Reading(question, [], [found])
    return compose(
        question, reading, root="/r", document=lambda _: document(text), thresholds=LIMITS
    )


SUBMITTED = "Two companies, Acme and Borealis, submitted bids of $3.9 million and $4.1 million."


def test_a_denial_is_quoted_instead_of_what_is_said_of_others() -> None:
    answer = asked("What bid did Zenith submit?", "$3.9 million", SUBMITTED, BIDS)
    assert answer.answer == "Zenith did not submit a bid."
    assert answer.band == "fair"
    assert answer.citations[0].quote == f"Zenith did not submit a bid. {SUBMITTED}"


@pytest.mark.parametrize(
    "question",
    [
        "What bids did Acme and Borealis submit?",  # the sentence has these names
        "What bids did companies submit?",  # no name
        "What bids were submitted when Zenith did not?",  # the question itself says no
    ],
)
def test_a_denial_of_something_else_changes_nothing(question: str) -> None:
    assert asked(question, "$3.9 million", SUBMITTED, BIDS).answer == "$3.9 million"


@pytest.mark.parametrize(
    ("question", "phrase", "sentence", "text", "outcome", "band"),
    [
        # Said of the other yard.
        (
            "How many people does the Pelican shipyard employ?",
            "840",
            "The Marlin shipyard employs 840 people.",
            YARDS,
            "answered",
            "weak",
        ),
        # The paragraph's first sentence has the name.
        (
            "What does the Pelican shipyard build?",
            "ferries",
            "It builds ferries.",
            YARDS,
            "answered",
            "strong",
        ),
        # A paragraph that opens with no name goes on with the one before.
        (
            "How many people does the Pelican ferry carry?",
            "300",
            "She is painted white, as its ferries all are, and carries 300 people.",
            FERRY,
            "answered",
            "strong",
        ),
        # Another of the same surname.
        (
            "How old is Stefan Keller?",
            "58",
            "He is 58 and has three daughters.",
            BROTHERS,
            "related",
            None,
        ),
        (
            "How old is Martin Keller?",
            "58",
            "He is 58 and has three daughters.",
            BROTHERS,
            "answered",
            "strong",
        ),
        # The name heads another section, or its own.
        (
            "Who manages the Ipswich branch?",
            "Helen Frost",
            "Its manager is Helen Frost.",
            BRANCHES,
            "related",
            None,
        ),
        (
            "Who manages the Ipswich branch?",
            "Colin Day",
            "Its manager is Colin Day.",
            BRANCHES,
            "answered",
            "strong",
        ),
        # The title has the name.
        (
            "How many firms were asked to bid for the airport Road?",
            "three",
            "The ministry invited three firms in March to bid for the road.",
            BIDS,
            "answered",
            "strong",
        ),
        # A year needn't be repeated.
        (
            "What did Stefan Keller become in 1998?",
            "pilot",
            "He became a pilot at 23.",
            BROTHERS,
            "answered",
            "strong",
        ),
    ],
)
def test_the_name_asked_about_must_lead_up_to_the_answer(
    question: str, phrase: str, sentence: str, text: str, outcome: str, band: str | None
) -> None:
    answer = asked(question, phrase, sentence, text)
    assert (answer.outcome, answer.band) == (outcome, band)


def test_a_fair_answer_about_another_name_is_none() -> None:
    question = "How many people does the Pelican shipyard employ?"
    sentence = "The Marlin shipyard employs 840 people."
    assert asked(question, "840", sentence, YARDS, score=0.8).outcome == "related"


def test_a_heading_is_weak_and_one_that_repeats_the_question_is_none() -> None:
    text = "# What is AutoGen?\n\nA framework.\n\n# Install AutoGen with pip\n\nEasily.\n"
    repeated = asked("What is AutoGen?", "AutoGen", "# What is AutoGen?", text)
    more = asked("How is AutoGen installed?", "with pip", "# Install AutoGen with pip", text)
    assert (repeated.outcome, more.band) == ("related", "weak")


def test_a_heading_is_not_part_of_the_quote_below_it() -> None:
    text = "# AutoGen\nAutoGen is a framework.\n"
    answer = asked("What is AutoGen?", "a framework", text.strip(), text)
    assert answer.answer == "a framework"
    assert answer.citations[0].quote == "AutoGen is a framework."


@pytest.mark.parametrize(
    "sentence",
    ["Had they won, Simon Aber would have led it.", "Were they to win, Simon Aber could have led."],
)
def test_what_would_have_been_is_not_cut_out(sentence: str) -> None:
    assert asked("Who led it?", "Simon Aber", sentence, sentence).answer == sentence


DOCUMENTS = {
    "bids.txt": BIDS,
    "yards.txt": YARDS,
    "branches.md": BRANCHES,
    "orders.csv": (
        "Item,Quantity,Price\nDesk lamp,4,$31.50\nPortable SSD,2,$89.99\nUSB hub,5,$22.80\n"
    ),
    "receipt.txt": (
        "TECHSTORE Ltd\nInvoice no. 5521\n\nLaptop stand          39.90\n"
        "Portable SSD         109.00\nWebcam                59.50\n\nTotal                208.40\n"
    ),
    "counts.csv": "Item,Quantity,Unit price\nWebcam,3,59\nPortable SSD,1,119\nMouse pad,2,8\n",
    "suppliers.csv": (
        "Item,Quantity,Price,Supplier\nDesk lamp,4,$31.50,Lumen Works\n"
        "Portable SSD,2,$89.99,Datahaus\nOffice chair,6,$210.00,Sitwell\n"
    ),
    "members.txt": (
        "The new safety committee\n\nThe members of the safety committee are:\n\n"
        "- Alice Morton (chair), from the union\n- Raj Patel, from the works council\n"
        "- Susan Grey, from the management\n"
    ),
    "autogen.md": (
        "# What is AutoGen?\n\nAutoGen is an open-source framework for AI agents.\n\n"
        "# AutoGen Studio\n\nA web interface, written in Python.\n"
    ),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder: Path = tmp_path_factory.mktemp("traps")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    index = tmp_path_factory.mktemp("index")
    with Corpus.build(folder, index=index, settings=Settings(index=str(index))) as built:
        yield built


@shipped
@pytest.mark.parametrize(
    ("question", "path", "said", "quote"),
    [
        ("What bid did Zenith submit?", "bids.txt", "Zenith did not submit a bid.", "Zenith did"),
        ("How much was the Portable SSD?", "orders.csv", "$89.99", "Item: Portable SSD"),
        ("How much was the Portable SSD?", "receipt.txt", "109.00", "Portable SSD "),
        ("How much was the webcam?", "receipt.txt", "59.50", "Webcam"),
        ("Who supplied the desk lamp?", "suppliers.csv", "Lumen Works", "Item: Desk lamp"),
        (
            "What is AutoGen?",
            "autogen.md",
            "an open-source framework for AI agents",
            "AutoGen is an",
        ),
        ("Who is the manager of the Norwich branch?", "branches.md", "Helen Frost", "Its manager"),
        ("When was the Pelican shipyard founded?", "yards.txt", "1957", "The Pelican shipyard"),
    ],
)
def test_the_reader_answers_from_the_right_sentence_or_row(
    corpus: Corpus, question: str, path: str, said: str, quote: str
) -> None:
    answer = corpus.ask(question, files=path)
    assert answer.answer == said
    assert answer.citations[0].quote.startswith(quote)


@shipped
@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("What bid did Zenith submit?", "bids.txt"),
        ("How many people does the Pelican shipyard employ?", "yards.txt"),
        ("How much was the keyboard?", "receipt.txt"),
        ("How much was the Portable SSD?", "counts.csv"),  # 1 or 119
        ("Who is the manager of the Ipswich branch?", "branches.md"),  # not Norwich's
    ],
)
def test_what_is_not_said_is_never_answered_strongly(
    corpus: Corpus, question: str, path: str
) -> None:
    assert corpus.ask(question, files=path).band != "strong"


@shipped
def test_what_names_a_row_is_no_answer(corpus: Corpus) -> None:
    spans = corpus.read("Where is Raj Patel from?", files="members.txt").spans
    assert "Raj Patel" not in [span.text for span in spans]
    assert any("works council" in span.text for span in spans)
