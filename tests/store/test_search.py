"""Which vector store searches, and when it is opened again; real ledgers, real Chroma."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from askcorpus import Settings
from askcorpus.store import generations, search
from askcorpus.store.chroma import ChromaStore
from askcorpus.store.exact import ExactStore
from askcorpus.store.files import CHROMA
from askcorpus.store.ledger import Ledger
from askcorpus.store.search import VectorSearch
from tests.store.kit import add, copied, fill, note, noted, unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from askcorpus.config import Dense

COUNT = 1200  # past the 1,000 after which Chroma writes its HNSW files


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index with its Chroma directory; tests take a copy."""
    directory = tmp_path_factory.mktemp("built") / "index"
    with Ledger.create(directory) as ledger:
        fill(ledger, 30, COUNT // 30)
        generations.build(ledger)
    return directory


@pytest.fixture
def ledger(built: Path, tmp_path: Path) -> Iterator[Ledger]:
    copied(built, tmp_path / "index")
    with Ledger.create(tmp_path / "index") as opened:
        yield opened


@pytest.fixture
def vectors(ledger: Ledger) -> Iterator[VectorSearch]:
    """Return the search of a chat that stays open, by Chroma."""
    opened = VectorSearch(ledger, Settings(dense="chroma"))
    yield opened
    opened.close()


@pytest.fixture
def damaged(ledger: Ledger) -> Path:
    """Damage the Chroma directory; return a sound copy of it."""
    directory = ledger.directory / CHROMA / "000001"
    sound = shutil.copytree(directory, ledger.directory / CHROMA / "000002")
    (found,) = directory.rglob("data_level0.bin")
    found.write_bytes(b"\xff" * found.stat().st_size)
    return sound


def test_chroma_stays_open_while_the_ledger_moves_on(ledger: Ledger, vectors: VectorSearch) -> None:
    store = vectors.store()
    assert isinstance(store, ChromaStore)
    add(ledger, "new.txt", ["new"], unit(7, 1))
    assert vectors.store() is store
    assert store.search(unit(7, 1)[0], 1)[0][0] == COUNT + 1
    assert vectors.notes == []


@pytest.mark.usefixtures("damaged")
def test_what_stands_in_for_a_damaged_directory_is_loaded_once(vectors: VectorSearch) -> None:
    store = vectors.store()
    assert isinstance(store, ExactStore)
    (note,) = vectors.notes
    assert "damaged" in note
    assert "Vectors are searched exactly." in note
    assert vectors.store() is store
    assert vectors.notes == [note]


def test_what_stands_in_follows_the_ledger_and_tries_no_directory_twice(
    ledger: Ledger, vectors: VectorSearch, damaged: Path
) -> None:
    vectors.store()
    notes = vectors.notes
    directory = damaged.with_name("000001")
    shutil.rmtree(directory)
    shutil.copytree(damaged, directory)  # sound again, which isn't looked for
    add(ledger, "new.txt", ["new"], unit(7, 1))
    store = vectors.store()
    assert isinstance(store, ExactStore)
    assert store.search(unit(7, 1)[0], 1)[0][0] == COUNT + 1
    assert vectors.notes == notes


def test_another_directory_ends_the_standing_in(
    ledger: Ledger, vectors: VectorSearch, damaged: Path
) -> None:
    vectors.store()
    named = json.loads(noted(ledger, "chroma") or "")
    note(ledger, "chroma", json.dumps(named | {"name": damaged.name}))
    store = vectors.store()
    assert isinstance(store, ChromaStore)
    assert store.name == damaged.name
    assert vectors.notes == []


def test_a_small_index_needs_no_chroma(ledger: Ledger) -> None:
    small = VectorSearch(ledger, Settings())
    assert isinstance(small.store(), ExactStore)
    assert (small.searched, small.notes) == ("exact", [])


def test_an_index_that_grows_is_searched_by_chroma(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert search.EXACT_PASSAGES == 20_000
    monkeypatch.setattr(search, "EXACT_PASSAGES", COUNT)
    opened = VectorSearch(ledger, Settings())
    assert isinstance(opened.store(), ExactStore)
    add(ledger, "new.txt", ["new"])
    assert isinstance(opened.store(), ChromaStore)
    assert opened.searched == "chroma"
    opened.close()


@pytest.mark.parametrize(
    ("dense", "most", "names"),
    [("auto", 4, []), ("auto", 3, [CHROMA]), ("chroma", 4, [CHROMA]), ("exact", 3, [])],
)
def test_chroma_is_built_where_it_will_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense: Dense, most: int, names: list[str]
) -> None:
    monkeypatch.setattr(search, "EXACT_PASSAGES", most)
    with Ledger.create(tmp_path / "index") as ledger:
        fill(ledger, 2, 2)
        search.prepare(ledger, Settings(dense=dense))
        assert bool(ledger.manifest.generation) == bool(names)
    assert [path.name for path in tmp_path.glob(f"index/{CHROMA}")] == names
