"""What is ours in an index's directory is known by what it holds; what isn't stays as it is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from askcorpus.errors import AskcorpusError, UsageError
from askcorpus.store import erase
from askcorpus.store.files import prepare
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold, is_held
from tests.store.kit import add

if TYPE_CHECKING:
    from pathlib import Path


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != "ledger.sqlite3-shm"
    }


def index_in(directory: Path) -> None:
    """Do what indexing does first."""
    with hold(directory), Ledger.create(directory):
        pass


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lock", "precious"),
        ("chroma/chroma.sqlite3", "my own"),
        ("chroma/notes.txt", "precious"),
        ("chroma/000001/letter.txt", "precious"),
        ("chroma/2014/chroma.sqlite3", "precious"),
        ("chroma", "precious"),
        ("ledger.sqlite3-wal", "precious"),
        ("ledger.sqlite3-shm", "precious"),
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_what_is_not_ours_is_refused_and_stays(
    tmp_path: Path, name: str, text: str, *, known: bool
) -> None:
    if known:
        Ledger.create(tmp_path).close()
    place = tmp_path / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    before = contents(tmp_path)
    with pytest.raises(UsageError, match=name.split("/", maxsplit=1)[0]) as caught:
        index_in(tmp_path)
    assert caught.value.hint
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["lock", "chroma", "ledger.sqlite3"])
def test_a_link_is_not_ours(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    (outside / "000001").mkdir(parents=True)
    (outside / "file").touch()
    index = tmp_path / "index"
    index.mkdir()
    (index / name).symlink_to(outside if name == "chroma" else outside / "file")
    with pytest.raises(UsageError, match=name):
        index_in(index)
    assert sorted(path.name for path in outside.iterdir()) == ["000001", "file"]


def test_what_is_left_of_an_index_is_ours(tmp_path: Path) -> None:
    (tmp_path / "chroma/000001/01234567-89ab-cdef-0123-456789abcdef").mkdir(parents=True)
    (tmp_path / "chroma/000001/chroma.sqlite3").touch()
    (tmp_path / "chroma/000002").mkdir()
    (tmp_path / "chroma/.DS_Store").touch()
    (tmp_path / "lock").write_text("123 2026-01-01 12:00:00+00:00\n")
    prepare(tmp_path)


def test_forgetting_removes_our_own_directories_alone(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as ledger:
        add(ledger, "a.txt", ["one"])
        (tmp_path / "chroma/000001").mkdir(parents=True)
        (tmp_path / "chroma/000001/chroma.sqlite3").touch()
        (tmp_path / "chroma/mine").mkdir()
        erase.forget(ledger, ["a.txt"], [])
        erase.wipe(ledger)
    assert [path.name for path in (tmp_path / "chroma").iterdir()] == ["mine"]


def test_another_programs_database_stays_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as db:
        db.execute("CREATE TABLE mine(a)")
        db.commit()
    before = (tmp_path / "ledger.sqlite3").read_bytes()
    with pytest.raises(AskcorpusError):
        index_in(tmp_path)
    assert (tmp_path / "ledger.sqlite3").read_bytes() == before
    assert not (tmp_path / "ledger.sqlite3-wal").exists()


def test_a_pipe_in_the_locks_place_makes_nobody_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    assert not is_held(tmp_path)
