"""Filters in a question: what is one, what is text, and what they leave to be searched."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from askcorpus.errors import UsageError
from askcorpus.language.words import words
from askcorpus.question.filters import complete, described, narrowed, parse
from askcorpus.question.query import Query
from askcorpus.question.understand import understand

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = 'who denied it file:*.txt after:2014-07-01 before:2014-08 -"arms deal" -word "the talks"'
PIECES = [
    "who",
    "denied",
    "the deal?",
    "file:*.txt",
    'file:"two words.txt"',
    "after:2014",
    "before:2020-02",
    "-Iran",
    '-"North Korea"',
    '"exact phrase"',
    "“curly phrase”",
    "-",
    "file:",
    '"',
    "-5",
    "20-year-old",
]


def test_every_kind_of_filter_is_read_and_the_question_is_left() -> None:
    found = parse(WHOLE)
    assert found.text == 'who denied it "the talks"'
    assert found.files == ("*.txt",)
    assert (found.after, found.before) == ("2014-07-01", "2014-08-31")
    assert found.without == ("arms deal", "word")
    assert found.phrases == ("the talks",)


@pytest.mark.parametrize(
    "text",
    [
        "what is the 20-year-old suspect's name?",
        "re: the deal",
        "is it -5 degrees?",
        "file: missing",
        "after: the war",
        "see http://example.org/a-b?after=2014",
        "file:///etc/passwd",
        "the deal - who denied it?",
        "the deal – who denied it?",
        "-who",
        "-why did he close it?",
        "what does --json do",
        'who said "we fight',
        "who said “we fight",
        'is it 6" or 7" wide',
        'an empty "" pair',
        'only marks "?!"',
        "profile:x is no filter",
        "12 -14 people",
        "  spaces   stay \n as they are ",
    ],
)
def test_what_only_looks_like_a_filter_is_text(text: str) -> None:
    assert parse(text) == Query(text)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("the deal -Iran?", "the deal?"),
        ("-Iran the deal", "the deal"),
        ("who denied it before:2014?", "who denied it?"),
        ("(file:a.txt) who?", "who?"),
        ("who -“Gaza Strip” denied?", "who denied?"),
        ("AFTER:2014 who?", "who?"),
    ],
)
def test_no_gap_and_no_stray_mark_is_left(text: str, question: str) -> None:
    assert parse(text).text == question


@pytest.mark.parametrize(
    ("value", "after", "before"),
    [
        ("2014", "2014-01-01", "2014-12-31"),
        ("2014-02", "2014-02-01", "2014-02-28"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2014-07-27", "2014-07-27", "2014-07-27"),
    ],
)
def test_a_year_and_a_month_count_whole(value: str, after: str, before: str) -> None:
    assert parse(f"who after:{value}").after == after
    assert parse(f"who before:{value}").before == before


@pytest.mark.parametrize(
    ("typed", "named", "nearest"),
    [
        ("after:yesterday", "'yesterday'", "after:2014-07-27"),
        ("after:2014/7/1", "'2014/7/1'", "after:2014-07-01."),
        ("before:31.12.2014", "'31.12.2014'", "before:2014-12-31."),
        ("after:2014-02-30", "'2014-02-30'", "after:2014-02-28."),
        ("before:2014-13", "'2014-13'", "before:"),
        ("after:0000", "'0000'", "after:"),
        ("after:٢٠١٤", "'٢٠١٤'", "after:"),
    ],
)
def test_a_date_that_is_none_is_named_with_the_nearest_form(
    typed: str, named: str, nearest: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parse(f"who denied it {typed}")
    assert caught.value.message == f"{named} is not a date."
    assert nearest in caught.value.hint


def test_dates_the_wrong_way_round_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="2015-01-01 is later than 2014-12-31"):
        parse("who after:2015 before:2014")


def test_of_several_dates_the_narrowest_counts() -> None:
    found = narrowed(parse("who after:2014 before:2016"), after=["2015-03"], before=["2020", None])
    assert (found.after, found.before) == ("2015-03-01", "2016-12-31")


def test_filters_are_described_safe_for_a_terminal() -> None:
    said = described(parse('file:\x1b[2J.txt -Iran "the\tdeal" after:2014 x'))
    assert said == "in \ufffd[2J.txt, from 2014-01-01, with “the deal”, without “Iran”"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("before:2018", "up to and including 2018"),
        ("before:2018-12-31", "up to and including 2018"),
        ("before:2016-02", "up to and including 2016-02"),
        ("before:2016-02-28", "up to and including 2016-02-28"),
    ],
)
def test_the_last_day_is_said_to_be_among_them(typed: str, said: str) -> None:
    assert described(parse(f"what happened {typed}")) == said


def test_of_many_phrases_few_are_named_in_short() -> None:
    quotes = " ".join(f'"he said {number} {"and " * 40}"' for number in (1, 1, 2, 3, 4, 5))
    said = described(parse(f"who? {quotes}"))
    assert said.count("with “") == 3
    assert said.endswith(", and 2 more")
    assert len(said) < 250


@settings(max_examples=300, deadline=None)
@given(text=st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=6)).map(" ".join))
def test_question_and_chips_cover_the_text(text: str) -> None:
    try:
        found = parse(text)
    except UsageError:
        assume(False)  # noqa: FBT003
    assert found.understood
    chips = found.understood.chips
    at, outside = 0, []
    for chip in chips:
        assert text[chip.start : chip.end] == chip.text
        assert chip.start >= at
        at = chip.end
    at = 0
    for chip in (chip for chip in chips if chip.kind != "phrase"):
        outside += words(text[at : chip.start])
        at = chip.end
    assert words(found.text) == outside + words(text[at:])


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_characters='-:"“”„')))
def test_a_plain_question_comes_back_unchanged(text: str) -> None:
    assert parse(text) == Query(text)


@settings(max_examples=100, deadline=None)
@given(text=st.text(), cursor=st.integers(-5, 50), paths=st.lists(st.text(), max_size=5))
def test_completing_never_fails_and_stays_in_the_text(
    text: str, cursor: int, paths: list[str]
) -> None:
    for start, end, _ in complete(text, cursor, paths):
        assert 0 <= start <= end <= len(text)


def test_a_path_is_completed_from_any_part_of_it_and_quoted_where_it_must_be() -> None:
    paths = ["a.txt", "letters/Note one.txt", "letters/b.md"]
    text = "who file:no signed?"
    assert complete(text, 11, paths) == [(4, 11, 'file:"letters/Note one.txt"')]
    assert [new for _, _, new in complete("file:le", 7, paths)] == [
        "file:letters/*",
        'file:"letters/Note one.txt"',
        "file:letters/b.md",
    ]
    assert parse(complete(text, 11, paths)[0][2]).files == ("letters/Note one.txt",)


def test_a_keyword_is_completed_from_its_second_letter() -> None:
    assert complete("who be", 6, []) == [(4, 6, "before:")]
    assert complete("who b", 5, []) == []


# What they leave to be searched.


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scratch = tmp_path_factory.mktemp("ports")
    (scratch / "documents").mkdir()
    for name, text in {
        "ice.txt": "Port\n\nMay 3, 2020\n\nThe mayor closed the harbour because of ice.\n",
        "road.txt": "The mayor closed the café road on Tuesday because of mud.\n",
        "roads.txt": "The mayor closed two roads on Friday because of snow.\n",
    }.items():
        (scratch / "documents" / name).write_text(text)
    Corpus.build(
        scratch / "documents", index=scratch / "index", settings=Settings(model="hashing")
    ).close()
    return scratch / "index"


def searched(index: Path, **filters: object) -> set[str]:
    with Corpus.open(index, settings=Settings(model="hashing")) as corpus:
        answer = corpus.ask("what did the mayor close?", **filters)  # type: ignore[arg-type]
    return {hit.passage.path for hit in answer.passages}


def test_passages_with_a_word_are_left_out_whole_words_only(ports: Path) -> None:
    assert searched(ports, without="road") == {"ice.txt", "roads.txt"}
    assert searched(ports, without=["CAFE", "snow"]) == {"ice.txt"}


def test_only_passages_with_the_phrase_are_searched(ports: Path) -> None:
    assert searched(ports, phrases=["because of"]) == {"ice.txt", "road.txt", "roads.txt"}
    assert searched(ports, phrases=["Café road", "mud"]) == {"road.txt"}
    assert searched(ports, phrases="road cafe") == set()


def test_quotation_marks_that_nothing_fulfils_are_only_quotation_marks(ports: Path) -> None:
    with Corpus.open(ports, settings=Settings(model="hashing")) as corpus:
        for line, paths in {
            'who closed the "frozen harbour"?': {"ice.txt", "road.txt", "roads.txt"},
            'who closed the "frozen harbour"? file:r*': {"road.txt", "roads.txt"},
            'who closed the "café road"?': {"road.txt"},
        }.items():
            answer = corpus.ask(understand(line))
            assert {hit.passage.path for hit in answer.passages} == paths
            said = [note.kind for note in answer.notes]
            assert ("quotes" in said) == ("frozen" in line)
        nothing = corpus.ask(understand('who closed the "frozen harbour"? file:*.pdf'))
        assert [note.kind for note in nothing.notes] == ["filter"]
        assert not corpus.ask("who closed it?", phrases="frozen harbour").passages


def test_dates_are_taken_as_dates_and_as_years(ports: Path) -> None:
    day = datetime.date(2020, 5, 3)
    moment = datetime.datetime(2020, 5, 3, 12, tzinfo=datetime.UTC)
    assert searched(ports, after=day, before=moment) == {"ice.txt"}
    assert searched(ports, after="2020", before="2020-05") == {"ice.txt"}
    assert searched(ports, after="2021") == set()


@pytest.mark.parametrize("k", [0, 51, -1])
def test_k_outside_its_range_is_a_usage_error(ports: Path, k: int) -> None:
    with pytest.raises(UsageError, match=f"k is {k}"):
        searched(ports, k=k)


def test_a_phrase_without_a_word_is_a_usage_error(ports: Path) -> None:
    with pytest.raises(UsageError, match="holds no word"):
        searched(ports, phrases=["?!"])


def called(index: Path, *args: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--index", str(index), "query", "--model", "hashing", *args])
    return int(left.value.code or 0)


def test_the_command_says_what_it_took_for_a_filter(
    ports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    called(ports, "--json", "what did the mayor close? -road file:r*")
    out, err = capsys.readouterr()
    assert json.loads(out)["question"] == "what did the mayor close?"
    assert {hit["path"] for hit in json.loads(out)["passages"]} == {"roads.txt"}
    assert "in r*, without “road”" in err
    assert "--no-filters" in err


def test_the_command_takes_the_question_as_text_if_told_so(
    ports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    called(ports, "--json", "--no-filters", "what did the mayor close? -road")
    out, err = capsys.readouterr()
    assert json.loads(out)["question"] == "what did the mayor close? -road"
    assert "Filtered" not in err


@pytest.mark.parametrize("question", ["file:*.txt", "-Iran after:2014"])
def test_filters_alone_are_an_empty_question(
    ports: Path, question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(ports, "--", question) == 2
    assert "The question is empty." in capsys.readouterr().err
