"""What is forgotten is gone from every file and stays away; real index, real Chroma."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings, sqlite
from askcorpus.errors import StoreUnavailableError, UsageError
from askcorpus.forget import forget, readmit, remove
from askcorpus.history import Sessions, Turn
from askcorpus.question.query import Query
from askcorpus.store.ledger import Ledger
from tests import watched

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.config import Dense
    from askcorpus.records import IndexReport

SECRET = "Quillfeather"
TEXT = f"Inspector {SECRET} signed the Brockenhurst contract in the presence of two witnesses."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with documents and their index, Chroma's included, which tests copy."""
    place = tmp_path_factory.mktemp("made")
    folder = place / "docs"
    (folder / "cases").mkdir(parents=True)
    (folder / "cases" / "secret.txt").write_text(f"{TEXT}\n" * 3)
    for number in range(30):
        (folder / f"{number}.txt").write_text(f"Inspector N{number} closed mine {number}.")
    Corpus.build(folder, settings=settings(place, "chroma")).close()
    return place


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory with a folder of documents, its index, and a history of its own."""
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", str(tmp_path / "data"))
    watched.copy(made, tmp_path / "documents", tmp_path / "index")
    return tmp_path


def settings(home: Path, dense: Dense = "auto") -> Settings:
    return Settings(model="hashing", index=str(home / "index"), dense=dense)


def sync(home: Path, *folders: Path) -> IndexReport:
    return Corpus.sync(*folders, settings=settings(home))


def converse(home: Path) -> None:
    """Ask about the secret and something else, and keep the conversation."""
    with Corpus.open(settings=settings(home)) as corpus, Sessions() as sessions:
        session = sessions.begin(index=home / "index", root=home / "documents")
        for question in (f"Who is Inspector {SECRET}?", "Who closed mine 7?"):
            answer = corpus.ask(question, files=["secret.txt" if SECRET in question else "7.txt"])
            session.add(Turn(question, Query(question), answer))


def holding(home: Path, *words: str) -> list[str]:
    """Return the files of the index and the data directory in which one of the words stands."""
    files = [p for d in ("index", "data") for p in (home / d).rglob("*") if p.is_file()]
    assert files
    wanted = [form for word in words for form in (word.encode(), word.lower().encode())]
    return [str(p) for p in files if any(form in p.read_bytes() for form in wanted)]


@pytest.mark.parametrize("dense", ["auto", "chroma"])
def test_no_byte_of_a_forgotten_document_is_left_in_any_file(home: Path, dense: Dense) -> None:
    converse(home)
    before = holding(home, SECRET)
    assert any("ledger.sqlite3" in name for name in before)
    assert any("data" in name for name in before)
    found = forget(settings(home, dense), ["cases/secret.txt"])
    assert found.paths == ("cases/secret.txt",)
    assert found.turns == 1
    # "brockenhurst": its stem stood in the full-text index and in the vocabulary.
    assert holding(home, SECRET, "quillfeath", "brockenhurst", "secret.txt") == []


def test_chroma_is_wiped_where_it_is_not_used(home: Path) -> None:
    assert (home / "index" / "chroma").exists()
    forget(settings(home), ["cases/secret.txt"])
    assert not (home / "index" / "chroma").exists()


def test_chroma_is_built_anew_without_it_where_it_is_used(home: Path) -> None:
    with Ledger.open(home / "index") as ledger:
        before = {p.name for p in (home / "index" / "chroma").iterdir()}
        vector = ledger.vectors()[1][0].tobytes()
    assert vector
    forget(settings(home, "chroma"), ["cases/secret.txt"])
    after = {p.name for p in (home / "index" / "chroma").iterdir()}
    assert len(after) == 1
    assert not after & before
    with Corpus.open(settings=settings(home, "chroma")) as corpus:
        answer = corpus.ask("Who closed mine 7?")
        assert answer.notes == ()
        assert answer.citations[0].path == "7.txt"


def test_a_forgotten_file_stays_away_under_any_name(home: Path) -> None:
    forget(settings(home), ["secret.txt"])
    (home / "documents" / "copy.txt").write_text(f"{TEXT}\n" * 3)
    report = sync(home)
    states = {file.path: (file.state, file.reason) for file in report.files}
    for path in ("cases/secret.txt", "copy.txt"):
        assert states[path][0] == "skipped"
        assert "forget --undo" in states[path][1]
    assert holding(home, SECRET) == []
    (home / "documents" / "cases" / "secret.txt").write_text(f"{TEXT} And it was void.")
    assert sync(home).documents == 30  # a changed text at the same place stays away too


def test_what_was_forgotten_can_be_let_in_again(home: Path) -> None:
    forget(settings(home), ["cases/secret.txt"])
    assert readmit(home / "index", ["cases/secret.txt"]) == 1
    assert sync(home).documents == 31
    with pytest.raises(UsageError, match="not forgotten"):
        readmit(home / "index", ["cases/secret.txt"])


def test_a_rebuild_does_not_bring_it_back(home: Path) -> None:
    forget(settings(home), ["cases/secret.txt"])
    with Corpus.build(home / "documents", settings=settings(home), rebuild=True) as corpus:
        assert "cases/secret.txt" not in corpus.paths()


def test_a_folder_stands_for_what_is_in_it(home: Path) -> None:
    (home / "documents" / "cases" / "more.txt").write_text("More of the case.")
    sync(home)
    found = forget(settings(home), ["cases/"])
    assert found.paths == ("cases/more.txt", "cases/secret.txt")


def test_exact_copies_are_forgotten_too(home: Path) -> None:
    shutil.copy(home / "documents" / "cases" / "secret.txt", home / "documents" / "copy.txt")
    sync(home)
    found = forget(settings(home), ["cases/secret.txt"])
    assert (found.paths, found.copies) == (("cases/secret.txt", "copy.txt"), ("copy.txt",))
    assert holding(home, SECRET) == []


def test_what_a_forgotten_file_holds_later_stays_away_too(home: Path) -> None:
    secret = home / "documents" / "cases" / "secret.txt"
    forget(settings(home), ["cases/secret.txt"])
    secret.write_text(f"{TEXT} And it was void.")
    sync(home)
    secret.rename(home / "documents" / "renamed.txt")
    assert sync(home).documents == 30


def test_a_folder_is_let_in_again_as_it_was_forgotten(home: Path) -> None:
    forget(settings(home), ["cases"])
    assert readmit(home / "index", ["cases"]) == 1
    assert sync(home).documents == 31


def test_what_was_begun_can_be_finished_by_the_same_command(home: Path) -> None:
    converse(home)
    remove(home / "index", ["cases"])  # and then the process was killed
    assert forget(settings(home), ["cases"]).paths == ()
    assert [name for name in holding(home, SECRET) if "index" in name] == []


def test_the_next_sync_wipes_what_an_interrupted_forget_left(home: Path) -> None:
    remove(home / "index", ["cases/secret.txt"])
    with Ledger.open(home / "index") as ledger:
        assert ledger.manifest.unwiped
    sync(home)
    with Ledger.open(home / "index") as ledger:
        assert not ledger.manifest.unwiped
    assert holding(home, SECRET, "secret.txt") == []


def test_text_that_a_document_no_longer_had_is_wiped_with_it(home: Path) -> None:
    secret = home / "documents" / "cases" / "secret.txt"
    secret.write_text("Nothing of it is left.")
    sync(home)
    forget(settings(home), ["cases/secret.txt"])
    assert holding(home, SECRET) == []


def test_an_answer_from_before_a_folder_joined_that_found_nothing_is_forgotten(home: Path) -> None:
    with Sessions() as sessions:
        session = sessions.begin(index=home / "index", root=home / "documents")
        with Corpus.open(settings=settings(home)) as corpus:
            session.add(Turn("mine 7?", Query("mine 7?"), corpus.ask("mine 7?", files=["7.txt"])))
        other = home / "other"
        other.mkdir()
        (other / "new.txt").write_text("New text.")
        sync(home, home / "documents", other)
        with Corpus.open(settings=settings(home)) as corpus:
            question = "Who fed the tiger in the moonlit zoo?"
            answer = replace(corpus.ask(question, files=["secret.txt"]), citations=())
            assert any(SECRET in hit.passage.text for hit in answer.passages)
            session.add(Turn(question, Query(question), answer, root=str(home)))
    forget(settings(home), ["documents/cases/secret.txt"])
    assert holding(home, SECRET) == []


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused(home: Path, name: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        forget(settings(home), [name])


def test_a_name_that_can_be_two_documents_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "documents" / "secret.txt").write_text("Another one.")
    sync(home)
    monkeypatch.chdir(home / "documents" / "cases")
    with pytest.raises(UsageError, match="can be 2") as caught:
        forget(settings(home), ["secret.txt"])
    assert str(home / "documents" / "cases" / "secret.txt") in caught.value.hint
    assert forget(settings(home), ["../secret.txt"]).paths == ("secret.txt",)


def test_an_unknown_or_ambiguous_name_forgets_nothing(home: Path) -> None:
    (home / "documents" / "other").mkdir()
    (home / "documents" / "other" / "secret.txt").write_text("Another secret.")
    sync(home)
    for name in ("nowhere.txt", "secret.txt"):
        with pytest.raises(UsageError):
            forget(settings(home), ["7.txt", name])
    with Corpus.open(settings=settings(home)) as corpus:
        assert len(corpus.paths()) == 32


def test_a_path_from_the_current_folder_is_understood(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    assert forget(settings(home), ["documents/cases/secret.txt"]).turns == 0


def test_a_reader_in_the_way_is_said_and_the_wiping_can_be_done_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.2)
    reader = Ledger.open(home / "index")
    with reader, reader.reading():
        assert reader.paths
        with pytest.raises(StoreUnavailableError, match="wiped"):
            forget(settings(home), ["cases/secret.txt"])
    with Corpus.open(settings=settings(home)) as corpus:
        assert "cases/secret.txt" not in corpus.paths()
    forget(settings(home), ["7.txt"])
    assert holding(home, SECRET) == []


def test_a_conversation_from_before_another_folder_joined_is_forgotten_too(home: Path) -> None:
    converse(home)
    other = home / "other"
    other.mkdir()
    (other / "new.txt").write_text("New text.")
    sync(home, home / "documents", other)
    assert forget(settings(home), ["documents/cases/secret.txt"]).turns == 1
    assert holding(home, SECRET) == []
