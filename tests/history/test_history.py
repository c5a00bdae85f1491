from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.config import data_dir
from askcorpus.errors import StoreUnavailableError, UsageError
from askcorpus.history import Sessions, Turn
from askcorpus.history.database import MIGRATIONS, WORDS, migrate
from askcorpus.question.query import Query
from askcorpus.records import Alternative, Answer, Citation, Hit, Passage, SpanRef
from askcorpus.sqlite import Database
from tests.history.turns import ROOT, answer, turn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def begun(sessions: Sessions, *questions: str) -> int:
    session = sessions.begin(index="/index", root=ROOT)
    for question in questions:
        session.add(turn(question))
    return session.id


def bytes_kept(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.iterdir())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sessions(place: Path) -> Iterator[Sessions]:
    with Sessions(place) as opened:
        yield opened


names = st.text(max_size=20)
offsets = st.integers(0, 10**6)
citations = st.builds(
    Citation,
    st.integers(1, 9),
    names,
    names,
    offsets,
    offsets,
    names,
    names,
    st.none() | names,
    st.none() | offsets,
    st.none() | names,
)
passages = st.builds(Passage, names, offsets, offsets, names, st.just(0))
scores = st.floats(0, 1).map(lambda value: round(value, 4))
answers = st.builds(
    Answer,
    question=names,
    outcome=st.sampled_from(["answered", "related", "none"]),
    answer=st.none() | names,
    sentence=st.none() | names,
    band=st.sampled_from([None, "strong", "fair", "weak"]),
    spans=st.lists(st.builds(SpanRef, st.integers(1, 9), offsets, offsets)).map(tuple),
    citations=st.lists(citations).map(tuple),
    also=st.lists(st.builds(Alternative, names, st.integers(1, 9))).map(tuple),
    passages=st.lists(st.builds(Hit, passages, scores, st.integers(1, 9))).map(tuple),
    notes=st.lists(names).map(tuple),
    seconds=st.dictionaries(names, scores),
)


@given(answers)
def test_an_answer_comes_back_from_its_dictionary(made: Answer) -> None:
    assert Answer.from_dict(made.to_dict()) == made


def test_a_key_that_a_later_program_added_is_passed_over() -> None:
    data = answer().to_dict()
    data["citations"][0]["quote_sha256"] = "0"
    data["mood"] = "good"
    assert Answer.from_dict(data) == answer()


@pytest.mark.parametrize("damage", [{"version": 2}, {"citations": [{"n": 1}]}, {"spans": None}])
def test_what_is_no_answer_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="version 1"):
        Answer.from_dict(answer().to_dict() | damage)


def test_a_conversation_is_shown_again_as_it_was(place: Path) -> None:
    query = Query("who closed the harbour?", ("port*",), "2014-01-01", None)
    asked = Turn("who closed it?", query, answer(), "2014-07-27T12:00:00+00:00")
    with Sessions(place) as sessions:
        session = sessions.begin(index="/index", root=ROOT)
        session.add(asked)
    with Sessions(place) as sessions:
        found = sessions.conversation(session.id)
    assert found.turns == (asked,)
    assert (found.index, found.root, found.title) == ("/index", ROOT, "who closed it?")


@given(question=st.text(max_size=30), quote=st.text(max_size=30))
def test_any_text_is_kept_to_the_character(
    tmp_path_factory: pytest.TempPathFactory, question: str, quote: str
) -> None:
    # One history for all the examples: each adds a conversation.
    place = tmp_path_factory.getbasetemp() / "any-text"
    with Sessions(place) as sessions:
        session = sessions.begin(index="/index", root=ROOT)
        session.add(Turn(question, Query(question), answer(text=quote)))
        assert sessions.conversation(session.id).turns == tuple(session.turns)


def test_half_a_surrogate_pair_is_kept_as_its_number(sessions: Sessions) -> None:
    number = begun(sessions, "who\ud800?")
    assert sessions.conversation(number).title == "who\\ud800?"


def test_the_newest_conversation_is_listed_first_with_its_size(sessions: Sessions) -> None:
    begun(sessions, "first?")
    begun(sessions, "second?", "third?")
    listed = [(s.title, s.turns, s.index) for s in sessions.summaries()]
    assert listed == [("second?", 2, "/index"), ("first?", 1, "/index")]


def test_a_resumed_conversation_goes_on(place: Path) -> None:
    with Sessions(place) as sessions:
        number = begun(sessions, "first?")
    with Sessions(place) as sessions:
        session = sessions.resume(number)
        session.add(turn("second?"))
        assert [t.question for t in sessions.conversation(number).turns] == ["first?", "second?"]
        assert len(sessions.summaries()) == 1


def test_a_search_finds_questions_quotes_and_names(sessions: Sessions) -> None:
    first = begun(sessions, "hello?", "who painted the lighthouse?")
    session = sessions.begin(index="/index", root=ROOT)
    session.add(turn("why?", text="Nobody was told about the windmill."))
    sessions.rename(session.id, "Northern case")
    found = {
        words: [(f.conversation.id, f.n) for f in sessions.search(words)]
        for words in ("painting lighthouses", "windm", "northern case", "zebra", 'a "b" OR *')
    }
    assert found["painting lighthouses"] == [(first, 2)]
    assert found["windm"] == [(session.id, 1)]
    assert found["northern case"] == [(session.id, 0)]
    assert found["zebra"] == found['a "b" OR *'] == []


def test_a_search_needs_a_word(sessions: Sessions) -> None:
    with pytest.raises(UsageError, match="no word"):
        sessions.search("?!")


def test_a_name_replaces_the_title(sessions: Sessions) -> None:
    number = begun(sessions, "first?")
    sessions.rename(number, " The harbour ")
    assert sessions.summaries()[0].title == "The harbour"
    assert sessions.conversation(number).title == "The harbour"


def test_a_number_that_is_not_there_is_said(sessions: Sessions) -> None:
    begun(sessions, "first?")
    for act in (sessions.conversation, sessions.resume, sessions.delete):
        with pytest.raises(UsageError, match="no conversation 9"):
            act(9)
    with pytest.raises(UsageError, match="no conversation 9"):
        sessions.rename(9, "x")


def test_nothing_is_written_before_the_first_turn(sessions: Sessions, place: Path) -> None:
    sessions.begin(index="/index", root=ROOT)
    assert sessions.summaries() == []
    assert sessions.forget_documents(ROOT, ["port.txt"]) == 0
    assert not place.exists()


def test_without_history_no_file_is_made(place: Path) -> None:
    with Sessions(place, keep=False) as sessions:
        session = sessions.begin(index="/index", root=ROOT)
        session.add(turn())
    assert not place.exists()
    assert len(session.conversation().turns) == 1


@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_every_file_is_its_owners_whatever_the_umask(place: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with Sessions(place) as sessions:
            begun(sessions, "first?")
            modes = {file.name: file.stat().st_mode & 0o777 for file in place.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("sessions.db", "sessions.db-wal", "sessions.db-shm"), 0o600)
    assert place.stat().st_mode & 0o777 == 0o700


def test_a_file_that_was_open_to_others_is_closed_to_them(place: Path) -> None:
    with Sessions(place) as sessions:
        begun(sessions, "first?")
    sessions.path.chmod(0o644)
    with Sessions(place) as sessions:
        sessions.summaries()
    assert sessions.path.stat().st_mode & 0o777 == 0o600


def test_a_directory_with_other_files_keeps_its_mode(place: Path) -> None:
    place.mkdir()
    place.chmod(0o755)
    (place / "other.txt").write_text("not ours")
    with Sessions(place) as sessions:
        begun(sessions, "first?")
    assert place.stat().st_mode & 0o777 == 0o755


def test_a_forgotten_document_leaves_no_byte(sessions: Sessions, place: Path) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    session.add(turn("first?", text="A zanzibarian corsair was seen."))
    session.add(turn("second?", path="secret.txt", text="The quetzalcoatl ledger names Ulfheimr."))
    begun(sessions, "third?")
    before = bytes_kept(place)
    assert b"quetzalcoatl" in before
    assert sessions.forget_documents(ROOT, ["secret.txt"]) == 1
    after = bytes_kept(place)
    assert b"zanzibarian" in after
    for word in (b"quetzalcoatl", b"uetzalcoatl", b"ulfheimr", b"Ulfheimr", b"secret.txt"):
        assert word not in after
    # The full text shares the beginnings of neighbouring words, so that bytes don't tell all.
    with sqlite3.connect(sessions.path) as db:
        db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'words', 'row')")
        terms = {row[0] for row in db.execute("SELECT term FROM terms")}
    db.close()
    assert "zanzibarian" in terms
    assert not {term for term in terms if term.startswith(("quetz", "ulf", "secret"))}
    assert [t.question for t in sessions.conversation(session.id).turns] == ["first?"]
    assert [t.question for t in session.turns] == ["first?"]


def test_a_follow_up_on_a_forgotten_document_goes_with_it(sessions: Sessions) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    session.add(turn("before?", "before what?"))
    session.add(turn("who?", path="secret.txt"))
    session.add(turn("and where?", "where is Ulfheimr?"))
    session.add(turn("what of the port?"))
    assert sessions.forget_documents(ROOT, ["secret.txt"]) == 2
    left = [t.question for t in sessions.conversation(session.id).turns]
    assert left == ["before?", "what of the port?"]


def test_a_passage_beneath_an_answer_is_forgotten_too(sessions: Sessions, place: Path) -> None:
    hit = Hit(Passage("secret.txt", 0, 8, "Ulfheimr", 0), 0.5, 1)
    none = Answer("who?", "none", passages=(hit,))
    sessions.begin(index="/index", root=ROOT).add(Turn("who?", Query("who?"), none))
    assert sessions.forget_documents(ROOT, ["secret.txt"]) == 1
    assert b"Ulfheimr" not in bytes_kept(place)
    assert sessions.summaries() == []


def test_the_same_path_in_another_folder_is_not_forgotten(sessions: Sessions) -> None:
    begun(sessions, "first?")
    assert sessions.forget_documents("/elsewhere", ["port.txt"]) == 0
    assert len(sessions.summaries()) == 1


def test_a_damaged_answer_is_no_obstacle_to_forgetting(sessions: Sessions) -> None:
    number = begun(sessions, "first?", "second?")
    with sqlite3.connect(sessions.path) as db:
        db.execute("UPDATE turns SET answer = 'nonsense' WHERE id = 1")
    db.close()
    with pytest.raises(StoreUnavailableError, match="is damaged"):
        sessions.conversation(number)
    assert sessions.forget_documents(ROOT, ["port.txt"]) == 2


def test_a_deleted_conversation_leaves_no_byte(sessions: Sessions, place: Path) -> None:
    number = begun(sessions, "who is Ulfheimr?")
    begun(sessions, "second?")
    sessions.rename(number, "Zanzibarian case")
    sessions.delete(number)
    assert [s.title for s in sessions.summaries()] == ["second?"]
    assert not {word for word in (b"lfheimr", b"anzibarian") if word in bytes_kept(place)}


def test_traces_that_another_process_still_reads_are_said(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askcorpus.sqlite.BUSY_TIMEOUT_S", 0.05)
    number = begun(sessions, "who is Ulfheimr?")
    reader = sqlite3.connect(sessions.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM turns").fetchone()
    sessions.close()  # the time-out is read at the next opening
    with pytest.raises(StoreUnavailableError, match="traces are left") as caught:
        sessions.delete(number)
    assert "Close the other askcorpus" in caught.value.hint
    reader.close()
    assert sessions.forget_documents("/anything", ["at all"]) == 0
    assert b"Ulfheimr" not in bytes_kept(sessions.path.parent)


def test_a_full_disk_loses_no_turn(sessions: Sessions) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    session.add(turn("first?"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sessions.close()
    resource.setrlimit(resource.RLIMIT_FSIZE, (sessions.path.stat().st_size // 2, hard))
    try:
        with pytest.raises(StoreUnavailableError) as caught:
            session.add(turn("second?", text="x" * 500_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.message.startswith("Can't use the history at")
    assert caught.value.hint
    assert len(session.turns) == 2
    session.add(turn("third?"))
    kept = [t.question for t in sessions.conversation(session.id).turns]
    assert kept == ["first?", "second?", "third?"]


def test_a_failure_in_the_middle_of_writing_keeps_nothing_of_it(sessions: Sessions) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    unwritable = replace(answer(), notes=(object(),))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        session.add(Turn("first?", Query("first?"), unwritable))
    begun(sessions, "second?")
    assert [(s.title, s.turns) for s in sessions.summaries()] == [("second?", 1)]


def test_a_damaged_history_is_moved_aside_and_nothing_is_lost(
    sessions: Sessions, place: Path
) -> None:
    place.mkdir()
    sessions.path.write_bytes(b"This is no database at all. " * 100)
    session = sessions.begin(index="/index", root=ROOT)
    with pytest.raises(StoreUnavailableError, match="damaged") as caught:
        session.add(turn("first?"))
    assert caught.value.hint == "Move it aside; a new one is made."
    sessions.path.rename(place / "aside.db")
    session.add(turn("second?"))
    assert len(sessions.conversation(session.id).turns) == 2


def test_a_history_that_is_moved_while_open_is_made_anew(sessions: Sessions, place: Path) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    session.add(turn("first?"))
    for file in list(place.iterdir()):
        file.rename(place.parent / file.name)
    session.add(turn("second?"))
    assert [t.question for t in sessions.conversation(session.id).turns] == ["second?"]


def test_a_directory_that_cannot_be_is_one_sentence_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Sessions(tmp_path / "file" / "data") as sessions:
        session = sessions.begin(index="/index", root=ROOT)
        with pytest.raises(StoreUnavailableError, match="not a directory") as caught:
            session.add(turn())
    assert "ASKCORPUS_DATA_DIR" in caught.value.hint
    assert len(session.turns) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_directory_is_said(place: Path) -> None:
    place.mkdir(mode=0o500)
    session = Sessions(place).begin(index="/index", root=ROOT)
    with pytest.raises(StoreUnavailableError, match="denied"):
        session.add(turn())
    assert len(session.turns) == 1


def test_another_programs_file_is_left_alone(sessions: Sessions, place: Path) -> None:
    place.mkdir()
    with sqlite3.connect(sessions.path) as db:
        db.execute("CREATE TABLE theirs(x)")
    db.close()
    with pytest.raises(StoreUnavailableError, match="isn't a history"):
        begun(sessions, "first?")


def test_a_newer_format_is_not_touched(sessions: Sessions) -> None:
    begun(sessions, "first?")
    sessions.close()
    with sqlite3.connect(sessions.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreUnavailableError, match="format 99") as caught:
        sessions.summaries()
    assert caught.value.hint == "Update askcorpus."


def test_an_older_format_is_brought_forward_with_its_turns(sessions: Sessions) -> None:
    number = begun(sessions, "first?")
    sessions.close()
    db = Database(sessions.path, WORDS, writable=True)
    migrate(db, [*MIGRATIONS, ["ALTER TABLE turns ADD COLUMN mood TEXT"]])
    assert db.rows("SELECT question, mood FROM turns") == [("first?", None)]
    assert db.user_version == len(MIGRATIONS) + 1
    db.close()
    assert number == 1


def test_a_migration_that_fails_changes_nothing(sessions: Sessions) -> None:
    begun(sessions, "first?")
    sessions.close()
    db = Database(sessions.path, WORDS, writable=True)
    with pytest.raises(StoreUnavailableError):
        migrate(db, [*MIGRATIONS, ["DELETE FROM turns", "NONSENSE"]])
    db.close()
    assert sessions.summaries()[0].turns == 1


def test_threads_share_one_conversation(sessions: Sessions) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    threads = [threading.Thread(target=session.add, args=(turn(f"{n}?"),)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = sorted(t.question for t in sessions.conversation(session.id).turns)
    assert kept == sorted(f"{n}?" for n in range(16))


WRITER = """
import sys
from tests.history.test_history import Sessions
from tests.history.turns import turn
with Sessions(sys.argv[1]) as sessions:
    session = sessions.begin(index="/index", root="/documents")
    for n in range(int(sys.argv[2])):
        session.add(turn(f"{n}?"))
        print(n, flush=True)
"""


def writer(place: Path, turns: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(place), str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_write_at_the_same_time(sessions: Sessions, place: Path) -> None:
    both = [writer(place, 20), writer(place, 20)]
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert [summary.turns for summary in sessions.summaries()] == [20, 20]


def test_a_kill_loses_at_most_the_turn_in_flight(sessions: Sessions, place: Path) -> None:
    process = writer(place, 100_000)
    assert process.stdout is not None
    for _ in range(10):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    said = 10 + len(process.communicate()[0].splitlines())
    summary = sessions.summaries()[0]
    assert said <= summary.turns <= said + 1
    assert len(sessions.conversation(summary.id).turns) == summary.turns


def test_what_was_deleted_meanwhile_is_not_kept_again(sessions: Sessions, place: Path) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    session.add(turn("first?"))
    with Sessions(place) as other:
        other.delete(session.id)
    session.add(turn("second?"))
    assert [t.question for t in sessions.conversation(session.id).turns] == ["second?"]


def test_the_place_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "platform"))
    assert data_dir() == tmp_path / "platform" / "askcorpus"
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", str(tmp_path / "mine"))
    assert Sessions().path == tmp_path / "mine" / "sessions.db"


def test_a_turn_without_quotes_is_kept(sessions: Sessions) -> None:
    session = sessions.begin(index="/index", root=ROOT)
    silent = replace(turn(), answer=Answer("who?", "none"))
    session.add(silent)
    assert sessions.conversation(session.id).turns == (silent,)
