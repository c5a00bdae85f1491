"""The ledger: what goes in comes out, in whole files, filtered inside the legs."""

from __future__ import annotations

import signal
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askcorpus import sqlite
from askcorpus.errors import (
    IndexBusyError,
    IndexMismatchError,
    IndexMissingError,
    StoreUnavailableError,
    UsageError,
)
from askcorpus.question.query import Query
from askcorpus.records import Boilerplate, Document, Heading, Passage, Skipped
from askcorpus.store import ledger as ledger_module
from askcorpus.store.files import LEDGER, missing
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from askcorpus.store.manifest import Manifest
from askcorpus.store.schema import FORMAT
from tests.store.kit import UNPRIVILEGED, add, fill, make_readonly, noted, output, python, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "index") as made:
        yield made


def texts(ledger: Ledger, found: list[tuple[int, float]]) -> list[str]:
    passages = ledger.passages([number for number, _ in found])
    return [passages[number].text for number, _ in found]


# What goes in comes out.


def test_a_document_comes_back_as_it_was(ledger: Ledger) -> None:
    document = Document(
        path="Ünïcode/a b.txt",
        text="One\r\n\r\n😀 two 𝔘\tthree\r",
        title="Tïtle",
        sha256="ab" * 32,
        size=12,
        mtime_ns=1_700_000_000_123_456_789,
        date="2014-07-27",
        byline="Dave",
        boilerplate=(Boilerplate(0, 3, "share"),),
        headings=(Heading(0, 3, 2),),
        extracted=True,
    )
    ledger.replace(document, [], unit(1, 0), [])
    assert ledger.document(document.path) == document


def test_passages_stay_slices_with_crlf_emoji_and_astral_characters(ledger: Ledger) -> None:
    text = "A\r\nnaïve 😀😀 café 𝔘𝔫𝔦\r\nend"
    cuts = [(0, 1), (3, 11), (12, len(text))]
    passages = [Passage("a", start, end, text[start:end], 1, "H") for start, end in cuts]
    document = Document(path="a", text=text, title="", sha256="", size=0, mtime_ns=0)
    ledger.replace(document, passages, unit(1, 3), [b"1", b"2", b"3"])
    found = ledger.passages([1, 2, 3, 99])
    assert [found[number] for number in (1, 2, 3)] == [
        Passage("a", start, end, text[start:end], 1, "H", id=number)
        for number, (start, end) in enumerate(cuts, 1)
    ]
    assert list(found) == [1, 2, 3]
    assert texts(ledger, ledger.lexical(["naive"], 5)) == ["naïve 😀😀"]


def test_more_passages_than_sqlite_takes_variables_are_read_at_once(ledger: Ledger) -> None:
    add(ledger, "a", [f"word{n}" for n in range(1200)])
    assert len(ledger.passages(range(1, 1201))) == 1200
    hashes = [f"a:{n}".encode() for n in range(1200)]
    assert set(ledger.known_vectors([*hashes, b"unknown"])) == set(hashes)


def test_vectors_come_in_the_order_of_the_ids(ledger: Ledger) -> None:
    matrix = unit(3, 4)
    add(ledger, "a", ["x", "y"], matrix[:2])
    add(ledger, "b", ["z", "w"], matrix[2:])
    ids, found = ledger.vectors()
    assert ids.tolist() == [1, 2, 3, 4]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, matrix)
    ids, found = ledger.vectors([4, 99, 2])
    assert ids.tolist() == [2, 4]
    np.testing.assert_array_equal(found, matrix[[1, 3]])
    assert ledger.vectors(after=1, upto=3)[0].tolist() == [2, 3]


def test_known_vectors_are_found_by_their_hash(ledger: Ledger) -> None:
    matrix = unit(3, 2)
    add(ledger, "a", ["x", "y"], matrix)
    found = ledger.known_vectors([b"a:1", b"a:7"])
    assert list(found) == [b"a:1"]
    np.testing.assert_array_equal(found[b"a:1"], matrix[1])


def test_document_rows_hold_all_but_the_text(ledger: Ledger) -> None:
    marks = (Boilerplate(0, 3, "share"), Boilerplate(5, 9, "menu"))
    document = Document(
        path="a", text="0123456789", title="T", sha256="s", size=3, mtime_ns=4, boilerplate=marks
    )
    passages = [Passage("a", 3, 5, "34", 1), Passage("a", 9, 10, "9", 1)]
    ledger.replace(document, passages, unit(1, 2), [b"1", b"2"])
    (row,) = ledger.documents()
    assert (row.path, row.sha256, row.size, row.mtime_ns, row.title) == ("a", "s", 3, 4, "T")
    assert (row.date, row.passages, row.boilerplate) == (None, 2, 7)


# Replacing, removing, skipping.


def test_replacing_a_document_leaves_nothing_of_the_old_one(ledger: Ledger) -> None:
    add(ledger, "a", ["old apple", "old pear"])
    add(ledger, "a", ["new plum"])
    assert ledger.lexical(["apple", "pear", "old"], 9) == []
    assert ledger.vectors()[0].tolist() == [3]
    assert ledger.counts == (1, 1, 0)
    assert ledger.known_vectors([b"a:1"]) == {}


def test_ids_are_never_given_twice(ledger: Ledger) -> None:
    add(ledger, "a", ["x", "y"])
    ledger.remove(["a"])
    assert ledger.watermark == 0
    add(ledger, "b", ["z"])
    assert ledger.watermark == 3


def test_removing_forgets_the_document_and_its_words(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"])
    add(ledger, "b", ["apple"])
    ledger.remove(["a", "unknown"])
    assert ledger.paths == ["b"]
    assert texts(ledger, ledger.lexical(["apple"], 9)) == ["apple"]
    with pytest.raises(UsageError, match="'a'"):
        ledger.document("a")


def test_a_path_is_a_document_or_skipped_but_not_both(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"])
    ledger.skip(Skipped("a", "binary"), size=5, mtime_ns=6)
    assert ledger.paths == []
    assert ledger.skipped() == [(Skipped("a", "binary"), 5, 6)]
    add(ledger, "a", ["apple"])
    assert ledger.skipped() == []


def test_a_document_whose_file_fails_stays_as_it_was_read(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"])
    ledger.skip(Skipped("a", "permission denied", failed=True), size=5, mtime_ns=6)
    assert ledger.paths == ["a"]
    assert [found.skipped.reason for found in ledger.skipped()] == ["permission denied"]
    add(ledger, "a", ["apple"])
    assert ledger.skipped() == []


def test_moving_the_root_up_changes_every_path_at_once(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"])
    add(ledger, "sub/a", ["pear"])  # what the first one's path becomes
    ledger.skip(Skipped("sub/sub/a", "binary"), size=5, mtime_ns=6)
    ledger.rebase("sub/")
    assert ledger.paths == ["sub/a", "sub/sub/a"]
    assert ledger.document("sub/a").text == "apple"
    assert ledger.skipped()[0].skipped.path == "sub/sub/sub/a"


def test_a_name_that_is_not_utf8_can_be_skipped_twice(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.skip(Skipped("bad\udcff.txt", "its name is not UTF-8"), size=1, mtime_ns=1)
    assert ledger.counts.skipped == 1


def test_a_failed_replacement_changes_nothing(ledger: Ledger) -> None:
    add(ledger, "a", ["good", "fine"])
    with pytest.raises(StoreUnavailableError):
        add(ledger, "a", ["new", "lone \ud800 surrogate"])
    assert [p.text for p in ledger.passages([1, 2]).values()] == ["good", "fine"]
    assert ledger.counts == (1, 2, 0)


def test_equal_text_in_two_files_is_two_passages(ledger: Ledger) -> None:
    vector = unit(1, 1)
    add(ledger, "a", ["the deal was denied"], vector)
    add(ledger, "b", ["the deal was denied"], vector)
    found = ledger.passages([number for number, _ in ledger.lexical(["deal"], 9)])
    assert sorted(p.path for p in found.values()) == ["a", "b"]
    assert len(ledger.vectors()[0]) == 2


def test_names_that_differ_by_case_or_space_are_different_files(ledger: Ledger) -> None:
    names = ["A b.txt", "A_b.txt", "a b.txt", "a%20b.txt"]
    for name in names:
        add(ledger, name, ["x"])
    assert ledger.paths == sorted(names)


def test_vectors_of_another_width_are_refused_until_the_index_is_empty(ledger: Ledger) -> None:
    add(ledger, "a", ["x"], unit(1, 1, 8))
    with pytest.raises(IndexMismatchError, match="8 numbers, not 4"):
        add(ledger, "b", ["y"], unit(1, 1, 4))
    assert ledger.paths == ["a"]
    ledger.remove(["a"])
    add(ledger, "b", ["y"], unit(1, 1, 4))
    assert ledger.manifest.dim == 4


def test_clearing_forgets_every_file_and_keeps_the_notes(ledger: Ledger) -> None:
    fill(ledger, documents=3)
    ledger.skip(Skipped("z", "binary"), size=1, mtime_ns=1)
    ledger.keep(replace(ledger.manifest, model="m"))
    ledger.clear()
    assert ledger.counts == (0, 0, 0)
    assert (ledger.manifest.model, ledger.manifest.dim) == ("m", None)
    assert len(ledger.vectors()[0]) == 0
    assert ledger.lexical(["passage"], 9) == []
    add(ledger, "a", ["x"])
    assert ledger.watermark == 31


# The lexical leg and the filters.


def test_a_word_is_found_by_its_stem_and_without_its_accents(ledger: Ledger) -> None:
    add(ledger, "a", ["They denied the résumés.", "Nothing here."])
    assert texts(ledger, ledger.lexical(["denying"], 9)) == ["They denied the résumés."]
    assert texts(ledger, ledger.lexical(["resume"], 9)) == ["They denied the résumés."]


def test_the_rarer_word_counts_more(ledger: Ledger) -> None:
    add(ledger, "a", ["common one", "common two", "rare three", *["filler"] * 9])
    assert texts(ledger, ledger.lexical(["common", "rare"], 1)) == ["rare three"]


def test_lexical_ties_break_on_the_id(ledger: Ledger) -> None:
    add(ledger, "a", ["apple pie"] * 30)
    assert [number for number, _ in ledger.lexical(["apple"], 7)] == [1, 2, 3, 4, 5, 6, 7]


def test_the_only_allowed_match_is_found_though_it_ranks_last(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"] * 100)
    add(ledger, "b", ["an apple in very many other words that push it down", "pear"])
    allowed = ledger.select(Query("", files=("b",))).allowed
    assert [n for n, _ in ledger.lexical(["apple"], 3, allowed=allowed)] == [101]
    assert 101 not in [n for n, _ in ledger.lexical(["apple"], 100)]


def test_scores_for_given_passages_are_those_of_the_search(ledger: Ledger) -> None:
    add(ledger, "a", ["apple pie", "apple apple", "pear"], title="Pie")
    add(ledger, "b", ["filler"] * 9)
    found = dict(ledger.lexical(["pie", "pear"], 9))
    scores = ledger.lexical_scores(["pie", "pear"], [3, 1, 5])
    assert scores == {1: found[1], 3: found[3], 5: 0.0}
    assert min(found.values()) > 0


def test_a_word_weighs_as_much_in_the_title_as_in_the_text(ledger: Ledger) -> None:
    add(ledger, "a", ["one two"], title="merger")
    add(ledger, "b", ["merger two"], title="one")
    add(ledger, "c", ["filler"] * 9)
    found = dict(ledger.lexical(["merger"], 9))
    assert found[1] == found[2] > 0


@pytest.mark.parametrize(
    "word",
    [
        '"',
        '""',
        "NEAR",
        "NEAR(a b)",
        "*",
        "a*",
        "a AND",
        "NOT",
        "text:",
        "^a",
        "(",
        "-",
        "'",
        "+",
        "\0",
        "\ud800",
        "",
        " ",
        "{title}: x",
        "passage_text",
        "OR OR",
        ";--",
    ],
)
def test_nothing_in_a_word_is_syntax(ledger: Ledger, word: str) -> None:
    add(ledger, "a", ["alpha beta", "gamma"])
    assert ledger.lexical([word], 9) == []
    assert [n for n, _ in ledger.lexical([word, "beta"], 9)] == [1]
    assert ledger.lexical_scores([word], [1]) == {1: 0.0}
    assert ledger.document_frequency([word]) == {word: 0}


@pytest.fixture(scope="module")
def alphabet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.create(tmp_path_factory.mktemp("index")) as ledger:
        add(ledger, "a", ["alpha"])
        yield ledger


@settings(max_examples=60, deadline=None)
@given(phrase=st.text() | st.sampled_from(['"', 'x" OR "alpha', "NEAR(a b)", "text:", "a*", "-"]))
def test_no_phrase_breaks_the_filters(phrase: str, alphabet: Ledger) -> None:
    (only,) = alphabet.select(Query("", phrases=(phrase,)))[:1]
    (rest,) = alphabet.select(Query("", without=(phrase,)))[:1]
    assert only is not None
    assert rest is not None
    assert sorted([*only.tolist(), *rest.tolist()]) == [1]


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.text(), max_size=8))
def test_no_words_break_the_search(words: list[str], alphabet: Ledger) -> None:
    assert 1 in dict(alphabet.lexical([*words, "alpha"], 5))
    assert set(alphabet.document_frequency(words)) == set(words)


def test_document_frequency_counts_passages_not_occurrences_or_titles(ledger: Ledger) -> None:
    add(ledger, "a", ["apple apple", "apples", "pear"], title="Pear")
    assert ledger.document_frequency(["apple", "pear", "plum"]) == {
        "apple": 2,
        "pear": 1,
        "plum": 0,
    }


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (("*.txt",), ["Note.txt", "sub/note.txt"]),
        (("note.*",), ["note.md", "sub/note.txt"]),
        (("sub/*",), ["sub/note.txt"]),
        (("[Nn]ote.md", "sub/*"), ["note.md", "sub/note.txt"]),
        (("none",), []),
    ],
)
def test_a_glob_matches_the_path_or_the_name_and_minds_case(
    ledger: Ledger, globs: tuple[str, ...], expected: list[str]
) -> None:
    for path in ("Note.txt", "note.md", "sub/note.txt"):
        add(ledger, path, ["x"])
    allowed, undated = ledger.select(Query("", files=globs))
    assert allowed is not None
    assert [p.path for p in ledger.passages(allowed).values()] == expected
    assert undated == 0


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ("2014-07-27", None, ["b", "c"]),
        (None, "2014-07-27", ["a", "b"]),
        ("2014-07-27", "2014-07-27", ["b"]),
        ("2016-01-01", None, []),
    ],
)
def test_dates_are_inclusive_and_undated_documents_are_counted(
    ledger: Ledger, after: str | None, before: str | None, expected: list[str]
) -> None:
    for path, date in (("a", "2014-07-26"), ("b", "2014-07-27"), ("c", "2015-01-01"), ("d", None)):
        add(ledger, path, ["x"], date=date)
    allowed, undated = ledger.select(Query("", after=after, before=before))
    assert allowed is not None
    assert [p.path for p in ledger.passages(allowed).values()] == expected
    assert undated == 1
    assert ledger.select(Query("", files=("a",), after=after, before=before)).undated == 0


@pytest.mark.parametrize(
    ("without", "phrases", "expected"),
    [
        ((), ("the deal",), [1, 2]),
        ((), ("THE DÉAL",), [1, 2]),
        ((), ("deals",), [3]),
        ((), ("deal the",), []),
        ((), ("Hamas",), [4]),
        ((), ("the deal", "North Korea"), [2]),
        (("deal",), (), [3, 4]),
        (("deal", "Hamas"), (), [3]),
        (("North Korea",), ("deal",), [1]),
        (("no such word",), (), [1, 2, 3, 4]),
        (("Headline",), (), [1, 2, 3, 4]),
    ],
)
def test_words_and_phrases_are_whole_words_of_the_text_in_any_case(
    ledger: Ledger, without: tuple[str, ...], phrases: tuple[str, ...], expected: list[int]
) -> None:
    texts = ["The deal.", "the deal: North Korea", "all their Deals", "Hamas’s résumé"]
    add(ledger, "a", texts, title="Headline")
    allowed, _ = ledger.select(Query("", without=without, phrases=phrases))
    assert allowed is not None
    assert allowed.tolist() == expected


def test_words_and_files_filter_together(ledger: Ledger) -> None:
    add(ledger, "a", ["apple", "pear"])
    add(ledger, "b", ["apple", "plum"])
    for words in (
        Query("", files=("b",), without=("plum",)),
        Query("", ("b",), phrases=("apple",)),
    ):
        allowed, _ = ledger.select(words)
        assert allowed is not None
        assert allowed.tolist() == [3]


def test_no_filter_allows_everything(ledger: Ledger) -> None:
    add(ledger, "a", ["x"])
    assert ledger.select(Query("anything")) == (None, 0)


# One state, one format, one owner.


def test_what_is_read_together_is_one_state(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"])
    with Ledger.open(ledger.directory) as reader:
        before = reader.revision
        with reader.reading():
            assert reader.counts.documents == 1
            add(ledger, "b", ["apple"])
            assert reader.counts.documents == 1
            assert len(reader.lexical(["apple"], 9)) == 1
        assert reader.counts.documents == 2
        assert reader.revision != before


def test_tidying_loses_nothing(ledger: Ledger) -> None:
    fill(ledger, documents=3)
    ledger.tidy()
    assert len(ledger.lexical(["passage"], 99)) == 30


def test_everything_is_for_its_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "index"
    directory.mkdir(mode=0o755)
    with Ledger.create(directory) as ledger, Ledger.open(directory) as reader:
        add(ledger, "a", ["x"])
        assert reader.counts.documents == 1
        modes = {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}
    assert modes == {LEDGER: 0o600, f"{LEDGER}-wal": 0o600, f"{LEDGER}-shm": 0o600}
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_missing_index_is_named_with_the_next_step(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "none", tmp_path / "none" / "none"):
        with pytest.raises(IndexMissingError) as caught:
            Ledger.open(directory)
        assert caught.value.message == f"No index at {directory}."
        assert caught.value.hint == f"Run: askcorpus --index {directory} index DIR"


def test_a_path_stays_a_path_and_the_usual_index_and_a_named_one_are_hinted_at_as_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", str(tmp_path))
    for directory, hint in [
        (Path("index"), "Run: askcorpus index DIR"),
        (Path("./nowhere"), "Run: askcorpus --index ./nowhere index DIR"),
        (Path("a/b"), "Run: askcorpus --index a/b index DIR"),
        (Path("../b c"), "Run: askcorpus --index '../b c' index DIR"),
        (tmp_path / "indexes" / "harbour", "Run: askcorpus --index harbour index DIR"),
    ]:
        assert missing(directory).hint == hint


def test_a_ledger_whose_maker_was_killed_at_once_is_no_index_yet(tmp_path: Path) -> None:
    (tmp_path / LEDGER).touch()
    with pytest.raises(IndexMissingError):
        Ledger.open(tmp_path)
    with Ledger.create(tmp_path) as ledger:
        assert ledger.counts == (0, 0, 0)


def test_a_directory_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(UsageError, match=r"photo\.jpg"):
        Ledger.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
    with pytest.raises(UsageError, match="is a file"):
        Ledger.create(tmp_path / "photo.jpg")
    with pytest.raises(UsageError, match="is a file"):
        Ledger.create(tmp_path / "photo.jpg" / "index")


def test_a_readme_and_a_gitignore_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    (tmp_path / ".gitignore").touch()
    Ledger.create(tmp_path).close()
    (tmp_path / "added later.txt").touch()
    Ledger.create(tmp_path).close()


def alter(ledger: Ledger, *statements: str) -> Path:
    ledger.close()
    connection = sqlite3.connect(ledger.directory / LEDGER)
    for sql in statements:
        connection.execute(sql)
    connection.commit()
    connection.close()
    return ledger.directory


@pytest.mark.parametrize("number", [0, 1, 99])
def test_another_format_is_refused(tmp_path: Path, number: int) -> None:
    directory = alter(Ledger.create(tmp_path / "index"), f"PRAGMA user_version = {number}")
    for enter in (Ledger.open, Ledger.create):
        with pytest.raises(IndexMismatchError, match="format") as caught:
            enter(directory)
        assert caught.value.hint


def former(tmp_path: Path, number: int) -> Path:
    """Return the directory of a filled ledger as an earlier format had it."""
    ledger = Ledger.create(tmp_path / "index")
    fill(ledger, documents=20)
    statements = ["DROP TABLE forgotten"]
    statements += ["ALTER TABLE documents DROP COLUMN places"] if number < 3 else []
    return alter(ledger, *statements, f"PRAGMA user_version = {number}")


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("enter", [Ledger.open, Ledger.create])
def test_an_older_format_is_migrated_with_its_vectors(
    tmp_path: Path, number: int, enter: Callable[[Path], Ledger]
) -> None:
    directory = former(tmp_path, number)
    with enter(directory) as ledger:
        assert len(ledger.paths) == 20
        ids, matrix = ledger.vectors()
        assert len(ids) == len(matrix) == ledger.counts.passages > 0
        assert ledger.document(ledger.paths[0]).places == ()
        assert noted(ledger, "format") == str(FORMAT)
    with Ledger.create(directory) as ledger:
        add(ledger, "new", ["plum"])
        assert ledger.document("new").text == "plum"


def test_an_older_format_that_somebody_writes_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "_PATIENCE_S", 0.1)
    directory = former(tmp_path, 3)
    with hold(directory), pytest.raises(IndexBusyError):
        Ledger.open(directory)


def test_a_garbled_ledger_is_unavailable(tmp_path: Path) -> None:
    Ledger.create(tmp_path).close()
    (tmp_path / LEDGER).write_bytes(b"This is not a database at all. " * 400)
    for enter in (Ledger.open, Ledger.create):
        with pytest.raises(StoreUnavailableError, match="damaged"):
            enter(tmp_path)


def test_a_ledger_garbled_inside_is_unavailable_when_read(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as ledger:
        fill(ledger, documents=20)
    with (tmp_path / LEDGER).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(8192)
        file.write(b"\xa5" * (size - 8192))
    with pytest.raises(StoreUnavailableError, match="damaged"), Ledger.open(tmp_path) as ledger:
        ledger.vectors()


def test_a_read_only_directory_is_readable(tmp_path: Path) -> None:
    directory = tmp_path / "index"
    with Ledger.create(directory) as ledger:
        fill(ledger, documents=2)
    make_readonly(directory)
    code = f"""{UNPRIVILEGED}
import sys, encodings.idna
from pathlib import Path
from askcorpus.errors import StoreUnavailableError
from askcorpus.store.ledger import Ledger
give_up_rights()
with Ledger.open(Path(sys.argv[1])) as ledger:
    print(ledger.counts.passages, len(ledger.lexical(["passage"], 99)), len(ledger.vectors()[0]))
try:
    Ledger.create(Path(sys.argv[1]))
except StoreUnavailableError as exc:
    print(exc.message)
"""
    first, second = output(python(code, directory, cwd=tmp_path)).splitlines()
    assert first == "20 20 20"
    assert second.startswith("Can't write to")


# What goes wrong with the disk, or with other processes.


def test_a_full_disk_is_named_and_loses_nothing(ledger: Ledger) -> None:
    add(ledger, "a", ["x"])
    ledger.db.rows("PRAGMA max_page_count = 40")
    with pytest.raises(StoreUnavailableError, match="disk is full"):
        add(ledger, "b", ["word " * 1000] * 100)
    assert ledger.paths == ["a"]


def test_a_reader_can_not_write(ledger: Ledger) -> None:
    with (
        Ledger.open(ledger.directory) as reader,
        pytest.raises(StoreUnavailableError, match="read-only"),
    ):
        reader.keep(Manifest(model="x"))


def test_a_locked_ledger_is_named(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    with (
        Ledger.create(ledger.directory) as other,
        ledger.db.writing(),
        pytest.raises(StoreUnavailableError, match="locked"),
    ):
        other.keep(Manifest(model="x"))


# Kill -9.

WRITER = """
import sys
from pathlib import Path
from tests.store.kit import add, unit
from askcorpus.store.ledger import Ledger
with Ledger.create(Path(sys.argv[1])) as ledger:
    for number in range(1000):
        add(ledger, f"{number % 7}.txt", [f"passage {n} of {number}" for n in range(300)])
        print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 9])
def test_a_kill_leaves_whole_files_only(tmp_path: Path, after: int) -> None:
    directory = tmp_path / "index"
    with python(WRITER, directory, cwd=tmp_path) as process:
        assert process.stdout
        for _ in range(after):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        last = max([last, *map(int, process.stdout.read().split())])
    with Ledger.create(directory) as ledger:
        rows = ledger.documents()
        assert len(rows) >= min(last + 1, 7)
        assert {row.passages for row in rows} == {300}
        ids, _ = ledger.vectors()
        assert len(ids) == 300 * len(rows) == len(ledger.lexical(["passage"], 9999))
        numbers = {row.path: set[str]() for row in rows}
        for passage in ledger.passages(ids).values():
            numbers[passage.path].add(passage.text.split()[-1])
        assert all(len(found) == 1 for found in numbers.values())
        assert str(last) in set.union(*numbers.values())
        assert ledger.db.value("PRAGMA integrity_check") == "ok"
        ledger.db.run("INSERT INTO passage_text(passage_text) VALUES ('integrity-check')")
