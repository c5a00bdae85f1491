"""Chroma as a derived index: in step with the ledger, replaced when sick, never hijacked."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from askcorpus.config import data_dir
from askcorpus.errors import StoreUnavailableError
from askcorpus.store import chroma, generations
from askcorpus.store.chroma import ChromaStore
from askcorpus.store.exact import ExactStore
from askcorpus.store.files import CHROMA
from askcorpus.store.ledger import Ledger
from tests.store.kit import (
    UNPRIVILEGED,
    add,
    copied,
    fill,
    make_readonly,
    note,
    noted,
    output,
    python,
    unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 1200  # past the 1,000 after which Chroma writes its HNSW files
EACH = 40


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of 30 documents with its Chroma directory; tests take a copy."""
    directory = tmp_path_factory.mktemp("built") / "index"
    with Ledger.create(directory) as ledger:
        fill(ledger, COUNT // EACH, EACH)
        generations.build(ledger)
    return directory


@pytest.fixture
def ledger(built: Path, tmp_path: Path) -> Iterator[Ledger]:
    copied(built, tmp_path / "index")
    with Ledger.create(tmp_path / "index") as opened:
        yield opened


@pytest.fixture
def store(ledger: Ledger) -> Iterator[ChromaStore]:
    opened = ChromaStore.open(ledger)
    yield opened
    opened.close()


def files(ledger: Ledger) -> Path:
    """Return the directory of the HNSW files."""
    (found,) = (path for path in (ledger.directory / CHROMA / "000001").iterdir() if path.is_dir())
    return found


# In step with the ledger.


def test_passages_above_the_watermark_are_found(ledger: Ledger, store: ChromaStore) -> None:
    question = unit(7, 1)[0]
    add(ledger, "new.txt", ["new"], question[None, :])
    hits = store.search(question, 3)
    assert hits == ExactStore(*ledger.vectors()).search(question, 3)
    assert hits[0][0] == COUNT + 1
    ledger.remove(["new.txt"])
    assert COUNT + 1 not in dict(store.search(question, 3))


def test_deleted_passages_never_come_back_and_others_take_their_place(
    ledger: Ledger, store: ChromaStore
) -> None:
    question = unit(7, 1)[0]
    nearest = [number for number, _ in store.search(question, 200)]
    gone = sorted({passage.path for passage in ledger.passages(nearest).values()})[:27]
    ledger.remove(gone)
    assert ledger.counts.documents == 3
    for k in (1, 5, 150):
        hits = store.search(question, k)
        assert hits == ExactStore(*ledger.vectors()).search(question, k)
        assert len(hits) == min(k, 3 * EACH)


def test_a_replaced_document_is_found_by_its_new_text_only(
    ledger: Ledger, store: ChromaStore
) -> None:
    old = ledger.vectors([1])[1][0]
    add(ledger, "0.txt", ["rewritten"], unit(9, 1))
    assert 1 not in dict(store.search(old, COUNT))
    ((number, _),) = store.search(unit(9, 1)[0], 1)
    assert ledger.passages([number])[number].text == "rewritten"


@pytest.mark.parametrize("few", [0, 1000])
def test_a_filter_reaches_new_passages_and_misses_deleted_ones(
    ledger: Ledger, store: ChromaStore, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_FEW", few)
    allowed = np.array([3, EACH + 1, COUNT + 1], dtype=np.int64)
    question = unit(7, 1)[0]
    assert sorted(dict(store.search(question, 9, allowed=allowed))) == [3, EACH + 1]
    add(ledger, "new.txt", ["new"], question[None, :])
    ledger.remove(["1.txt"])
    hits = store.search(question, 9, allowed=allowed)
    assert [number for number, _ in hits] == [COUNT + 1, 3]


def test_an_emptied_index_has_no_hits(ledger: Ledger, store: ChromaStore) -> None:
    ledger.clear()
    assert store.search(unit(7, 1)[0], 5) == []
    assert not generations.needs_rebuild(ledger)


# When the next directory is due.


def test_nothing_is_due_before_the_first_passage(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "index") as empty:
        assert not generations.needs_rebuild(empty)
        generations.build(empty)
        assert empty.manifest.generation is None
        add(empty, "a", ["x"])
        assert generations.needs_rebuild(empty)


@pytest.mark.parametrize("removed", [0, 1])
def test_the_next_is_due_past_a_tenth_of_newer_and_deleted(ledger: Ledger, removed: int) -> None:
    assert not generations.needs_rebuild(ledger)
    ledger.remove(["0.txt"] * removed)
    add(ledger, "new.txt", ["new"] * (COUNT // 10 - EACH * removed))
    assert not generations.needs_rebuild(ledger)
    add(ledger, "one more.txt", ["new"])
    assert generations.needs_rebuild(ledger)


def test_the_next_is_due_past_twenty_thousand_newer(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert generations.MOST_NEWER == 20_000
    monkeypatch.setattr(generations, "MOST_NEWER", 5)
    add(ledger, "new.txt", ["new"] * 5)
    assert not generations.needs_rebuild(ledger)
    add(ledger, "one more.txt", ["new"])
    assert generations.needs_rebuild(ledger)


def test_the_next_replaces_a_sick_one_and_the_last_but_one_goes(ledger: Ledger) -> None:
    home = ledger.directory / CHROMA
    (home / "000000").mkdir()  # left by an indexer that was killed
    (files(ledger) / "header.bin").write_bytes(b"")
    assert generations.needs_rebuild(ledger)
    generations.build(ledger)
    assert sorted(path.name for path in home.iterdir()) == ["000001", "000002"]
    assert not generations.needs_rebuild(ledger)
    store = ChromaStore.open(ledger)
    assert store.name == "000002"
    assert len(store.search(unit(7, 1)[0], 5)) == 5
    store.close()


def test_a_directory_that_fails_its_probe_is_never_named(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = generations._run_child

    def spoilt(task: str, index: Path, target: Path, watermark: int) -> None:
        if task == "probe":
            for path in target.rglob("header.bin"):
                path.write_bytes(b"\xff" * 100)
            for path in target.rglob("length.bin"):
                path.write_bytes(b"\xff" * 400)
        else:  # built already: a copy saves the time
            shutil.copytree(target.with_name("000001"), target, dirs_exist_ok=True)
            return
        run(task, index, target, watermark)

    monkeypatch.setattr(generations, "_run_child", spoilt)
    before = ledger.manifest.generation
    with pytest.raises(StoreUnavailableError, match="failed its probe") as caught:
        generations.build(ledger)
    assert caught.value.hint
    assert ledger.manifest.generation == before
    assert not (ledger.directory / CHROMA / "000002").exists()


def test_what_failed_its_probe_is_not_built_again_until_much_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = generations._run_child

    def altered(task: str, *arguments: Any) -> None:
        run(task, *arguments)
        if task == "build":
            vector = unit(99, 1)[0].tobytes()
            small.db.run("UPDATE vectors SET vector = ? WHERE passage = 17", (vector,))

    with Ledger.create(tmp_path / "index") as small:
        fill(small, 4, EACH)
        monkeypatch.setattr(generations, "_run_child", altered)
        with pytest.raises(StoreUnavailableError, match="not those of the ledger"):
            generations.build(small)
        assert not generations.needs_rebuild(small)
        add(small, "new.txt", ["new"] * (EACH // 2))
        assert generations.needs_rebuild(small)
        monkeypatch.undo()
        generations.build(small)
        assert not generations.needs_rebuild(small)
        # What was refused once counts no longer.
        small.keep(replace(small.manifest, generation=None))
        assert generations.needs_rebuild(small)


def test_a_directory_with_other_vectors_fails_its_probe(ledger: Ledger) -> None:
    vector = unit(99, 1)[0].tobytes()
    ledger.db.run("UPDATE vectors SET vector = ? WHERE passage = 17", (vector,))
    target = ledger.directory / CHROMA / "000001"
    with pytest.raises(StoreUnavailableError, match="1 vectors are not those of the ledger"):
        generations._run_child("probe", ledger.directory, target, COUNT)


def test_many_equal_texts_are_one_in_the_graph_and_all_of_them_are_found(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "index") as ledger:
        matrix = unit(3, EACH)
        for copy in range(60):  # a folder with sixty backups of itself
            add(ledger, f"{copy}.txt", [f"passage {at}" for at in range(EACH)], matrix)
        ledger.db.run(f"UPDATE passages SET hash = CAST((id - 1) % {EACH} AS BLOB)")
        generations.build(ledger)
        generation = ledger.manifest.generation
        assert generation
        assert (generation.count, generation.distinct) == (60 * EACH, EACH)
        ledger.remove(["0.txt"])  # the first of each text
        store = ChromaStore.open(ledger)
        for k in (5, 59, 100):
            assert store.search(matrix[7], k) == ExactStore(*ledger.vectors()).search(matrix[7], k)
        store.close()


def test_a_directory_of_an_older_program_is_built_anew(ledger: Ledger) -> None:
    written = json.loads(noted(ledger, "chroma") or "")
    del written["distinct"]
    note(ledger, "chroma", json.dumps(written))
    assert ledger.manifest.generation is None
    assert generations.needs_rebuild(ledger)
    generations.build(ledger)
    ChromaStore.open(ledger).close()
    assert [path.name for path in (ledger.directory / CHROMA).iterdir()] == ["000002"]


# Sick directories.


# What ends a process (SIGSEGV) or loses hits in silence, where Chroma is let near it.
@pytest.mark.parametrize(
    "sickness", ["missing", "no hnsw", "garbled", "truncated", "pickle", "header", "database"]
)
def test_a_sick_directory_is_refused_before_chroma_sees_it(ledger: Ledger, sickness: str) -> None:
    directory = ledger.directory / CHROMA / "000001"
    level0 = files(ledger) / "data_level0.bin"
    if sickness == "missing":
        shutil.rmtree(directory)
    elif sickness == "no hnsw":
        shutil.rmtree(files(ledger))
    elif sickness == "garbled":
        level0.write_bytes(b"\xff" * level0.stat().st_size)
    elif sickness == "truncated":
        os.truncate(level0, level0.stat().st_size // 2)
    elif sickness == "pickle":
        os.truncate(files(ledger) / "index_metadata.pickle", 100)
    elif sickness == "header":
        os.truncate(files(ledger) / "header.bin", 10)
    else:
        (directory / "chroma.sqlite3").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreUnavailableError, match="000001") as caught:
        ChromaStore.open(ledger)
    assert caught.value.hint
    assert generations.needs_rebuild(ledger)


def test_an_index_without_a_directory_says_so(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "index") as ledger:
        add(ledger, "a", ["x"])
        with pytest.raises(StoreUnavailableError, match="no vector index yet"):
            ChromaStore.open(ledger)


def test_a_directory_that_lacks_passages_is_refused(ledger: Ledger) -> None:
    written = json.loads(noted(ledger, "chroma") or "")
    note(ledger, "chroma", json.dumps(written | {"distinct": COUNT + 1}))
    with pytest.raises(StoreUnavailableError, match="lacks passages"):
        ChromaStore.open(ledger)


def test_a_read_only_disk_is_refused_and_exact_search_still_answers(ledger: Ledger) -> None:
    directory = ledger.directory
    ledger.close()
    make_readonly(directory)
    make_readonly(data_dir())  # it holds the key, without which the index is none of ours
    code = f"""{UNPRIVILEGED}
import sys
from pathlib import Path
import chromadb, chromadb.api.rust, chromadb.telemetry.product.posthog, numpy as np
from askcorpus.errors import StoreUnavailableError
from askcorpus.store.chroma import ChromaStore
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
give_up_rights()
with Ledger.open(Path(sys.argv[1])) as ledger:
    try:
        ChromaStore.open(ledger)
    except StoreUnavailableError as exc:
        print(exc.message)
    print(len(ExactStore(*ledger.vectors()).search(np.ones({unit(1, 1).shape[1]}, "float32"), 5)))
"""
    refused, found = output(python(code, directory, cwd=directory.parent)).splitlines()
    assert "000001" in refused
    assert "readonly" in refused or "read-only" in refused
    assert found == "5"


def test_whatever_chroma_raises_is_translated(tmp_path: Path) -> None:
    import chromadb.errors

    class Panic(BaseException):
        """Like pyo3's PanicException."""

    raised: list[BaseException] = [
        error("why")
        for error in vars(chromadb.errors).values()
        if isinstance(error, type) and issubclass(error, Exception)
    ]
    assert len(raised) >= 10
    raised += [error("why") for error in (ValueError, TypeError, OSError, ImportError, Panic)]
    for error in raised:
        with pytest.raises(StoreUnavailableError) as caught, chroma._translated(tmp_path):
            raise error
        assert caught.value.message.endswith(".")
        assert caught.value.hint
    with pytest.raises(KeyboardInterrupt), chroma._translated(tmp_path):
        raise KeyboardInterrupt


# Privacy and hijacking.


def test_chroma_files_are_for_their_owner_only_and_hold_no_text(ledger: Ledger) -> None:
    for path in (ledger.directory / CHROMA).rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
        assert path.is_dir() or b"passage 17" not in path.read_bytes()


HIJACKED = """
import os, sys
from pathlib import Path
from askcorpus.store import generations
from askcorpus.store.chroma import ChromaStore
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from tests.store.kit import add, copied, unit
before = dict(os.environ)
with Ledger.create(Path("index")) as ledger:
    add(ledger, "a", ["x", "y", "z"], unit(1, 3))
    generations.build(ledger)
    store = ChromaStore.open(ledger)
    exact = ExactStore(*ledger.vectors())
    print(store.search(unit(2, 1)[0], 3) == exact.search(unit(2, 1)[0], 3))
print(os.environ == before, os.getcwd() == sys.argv[1])
from chromadb.config import Settings
print(Settings(_env_file=None).allow_reset)
"""


def test_an_env_file_and_the_environment_change_nothing(tmp_path: Path) -> None:
    from chromadb.config import Settings

    hijack = {"CHROMA_API_IMPL": "chromadb.api.fastapi.FastAPI", "ALLOW_RESET": "notabool"}
    everything = dict.fromkeys(Settings.model_fields, "nonsense") | hijack
    lines = [f"{name}={value}" for name, value in hijack.items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "CHROMA_SERVER_HOST=evil.example", ""]))
    process = python(HIJACKED, tmp_path, cwd=tmp_path, env=everything)
    out, err = process.communicate(timeout=120)
    assert out.split() == ["True", "True", "True"], err
    # Its last line shows that all this would have had an effect.
    assert process.returncode == 1
    assert "SettingsError" in err
