from __future__ import annotations

import pytest

from askcorpus.errors import UsageError
from askcorpus.question.checks import checked
from askcorpus.question.kind import analyse
from askcorpus.question.lengths import MAX_CHARS, MAX_TERMS
from askcorpus.question.query import Query
from askcorpus.question.understand import understand
from askcorpus.records import Answer

DENIED = Answer(
    "who denied the deal?",
    "answered",
    answer="the government of North Korea",
    sentence="The deal was denied by the government of North Korea.",
)


def test_a_line_gives_up_its_filters_and_is_filled_in_from_what_was_said() -> None:
    query = understand("when did they deny it? after:2014 -Iran", [DENIED], files=["*.txt"])
    assert query.text == "when did the government of North Korea deny the deal?"
    assert (query.files, query.after, query.without) == (("*.txt",), "2014-01-01", ("Iran",))
    assert query.typed == "when did they deny it? after:2014 -Iran"
    assert query.understood
    assert [chip.text for chip in query.understood.chips] == ["after:2014", "-Iran"]
    assert query.is_rephrased
    assert query.is_filtered


def test_a_literal_line_is_asked_to_the_letter() -> None:
    line = 'when did they "deny" it after:2014?'
    query = understand(line, [DENIED], literal=True)
    assert query == Query(line)
    assert not query.is_completed


def test_of_the_dates_in_a_line_and_beside_it_the_narrower_counts() -> None:
    query = understand("who? after:2014 before:2016", after="2015-03", before="2020")
    assert (query.after, query.before) == ("2015-03-01", "2016-12-31")
    with pytest.raises(UsageError, match="2016-01-01 is later than 2015-12-31"):
        understand("who? before:2015", after="2016")


def test_how_a_line_was_understood_makes_no_other_question_of_it() -> None:
    assert understand("who denied it?") == Query("who denied it?")


def test_corrected_slips_are_remembered_beside_what_was_typed() -> None:
    query = understand("who dnied it?").corrected("who denied it?", [("dnied", "denied")])
    assert query.text == "who denied it?"
    assert query.typed == "who dnied it?"
    assert query.understood
    assert query.understood.slips == (("dnied", "denied"),)
    plain = Query("who?")
    assert plain.corrected("who?", []) is plain


def test_filters_of_a_query_and_those_beside_it_count_together() -> None:
    asked = Query("who?", files=("/root/a.txt",), without=("Iran",), after="2014-01-01")
    query = checked(
        asked, "/root", files="./b.txt", without="Iraq", dates=("2015", None), phrases=["the deal"]
    )
    assert query.files == ("a.txt", "b.txt")
    assert query.without == ("Iran", "Iraq")
    assert query.phrases == ("the deal",)
    assert (query.after, query.before) == ("2015-01-01", None)


@pytest.mark.parametrize("question", ["?!", "😀😀", "— …"])
def test_a_question_without_words_is_a_usage_error(question: str) -> None:
    with pytest.raises(UsageError, match="no word"):
        checked(question, "/root")


def test_an_empty_question_and_an_endless_one_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="empty"):
        checked(Query(" \x00 "), "/root")
    with pytest.raises(UsageError, match="characters"):
        checked("w " * MAX_CHARS, "/root")


def test_the_terms_are_distinct_content_words_in_order() -> None:
    assert analyse("Who denied the DEAL, the deal?").terms == ("denied", "deal")
    assert analyse("who was it?").terms == ("who", "was", "it")
    assert len(analyse(" ".join(f"w{n}" for n in range(30_000))).terms) == MAX_TERMS


def test_an_analysis_knows_every_word_and_stem_beyond_the_terms() -> None:
    found = analyse("What did Ann Lee say in Paris about the 1999 deals?")
    assert found.kind == "what"
    assert found.names == {"ann", "lee", "paris", "1999"}
    assert found.words[:2] == ("what", "did")
    assert {"deal", "what", "pari"} <= found.stems
    assert found.content == {"ann", "lee", "paris", "1999", "deals"}
    assert found.content_stems == {"ann", "lee", "pari", "1999", "deal"}
