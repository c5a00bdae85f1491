"""Which indexes count as this user's own, and what doesn't count in another one."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.config import data_dir
from askcorpus.render import note
from askcorpus.store import mark
from askcorpus.store.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

ELSEWHERE = note("elsewhere")
SETTINGS = Settings(dense="chroma", model="hashing")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return an index of two documents, with a Chroma directory."""
    (tmp_path / "documents").mkdir()
    for name, text in {"a.txt": "The mine was closed by Ann.", "b.txt": "Bob met Ann."}.items():
        (tmp_path / "documents" / name).write_text(text)
    sync(tmp_path / "index", tmp_path / "documents")
    return tmp_path / "index"


def sync(index: Path, *folders: Path) -> dict[str, str]:
    """Bring an index in step; return the states of its files."""
    made = Corpus.build(*folders, index=index, settings=SETTINGS)
    with made as corpus:
        assert corpus.report is not None
        return {file.path: file.state for file in corpus.report.files}


def copied(index: Path) -> Path:
    return shutil.copytree(index, index.with_name("came-along"))


def notes(index: Path) -> tuple[str, ...]:
    with Corpus.open(index, settings=SETTINGS) as corpus:
        return corpus.ask("Who closed the mine?").notes


def test_an_index_made_here_is_ours_and_a_copy_is_not(index: Path) -> None:
    assert ELSEWHERE not in notes(index)
    assert ELSEWHERE in notes(copied(index))


def test_a_mark_that_needs_no_key_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ledger.sqlite3"
    file.write_bytes(b"")
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", str(tmp_path / "nothing"))
    number = str(file.stat().st_ino).encode()
    for keyless in (hashlib.blake2b(number, digest_size=16).hexdigest(), ""):
        assert not mark.is_ours(file, keyless)
    assert mark.is_ours(file, mark.made(file))


def test_an_index_that_moved_as_a_whole_stays_ours(index: Path) -> None:
    assert ELSEWHERE not in notes(index.rename(index.with_name("moved")))


def test_without_the_users_key_no_mark_counts(index: Path) -> None:
    (data_dir() / mark.KEY).unlink()
    assert ELSEWHERE in notes(index)


def test_a_chroma_directory_that_came_along_is_not_opened(index: Path) -> None:
    other = copied(index)
    with Ledger.open(index) as ledger:
        assert ledger.manifest.generation is not None
    with Ledger.open(other) as ledger:
        assert ledger.manifest.generation is None
    before = {path: path.stat().st_mtime_ns for path in (other / "chroma").rglob("*")}
    notes(other)
    assert before == {path: path.stat().st_mtime_ns for path in (other / "chroma").rglob("*")}


def test_the_first_sync_reads_every_file_again_and_builds_chroma_anew(index: Path) -> None:
    other = copied(index)
    assert sync(other) == {"a.txt": "indexed", "b.txt": "indexed"}
    with Ledger.open(other) as ledger:
        generation = ledger.manifest.generation
        assert generation is not None
    assert [path.name for path in (other / "chroma").iterdir()] == [generation.name]
    assert generation.name != "000001"
    assert ELSEWHERE not in notes(other)
    assert sync(other) == {"a.txt": "unchanged", "b.txt": "unchanged"}


def test_two_that_make_the_key_at_once_have_the_same(tmp_path: Path) -> None:
    (data_dir() / mark.KEY).unlink()
    file = tmp_path / "file"
    file.touch()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: mark.made(file), range(8)))) == 1
    assert (data_dir() / mark.KEY).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_dir().iterdir()] == [mark.KEY]


def test_where_no_key_can_be_kept_there_is_no_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", str(tmp_path / "file" / "below"))
    assert mark.made(tmp_path / "file") == ""
    assert not mark.is_ours(tmp_path / "file", "")
