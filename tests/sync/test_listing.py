"""What is gone from a folder, and when that is not taken for meant; real files, real index."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.errors import FilesGoneError
from tests import watched

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.records import IndexReport

HASHING = Settings(model="hashing")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with five documents and their index, which tests copy."""
    place = tmp_path_factory.mktemp("made")
    (place / "docs" / "sub").mkdir(parents=True)
    for number in range(4):
        (place / "docs" / f"{number}.txt").write_text(f"Inspector N{number} closed the mine.")
    (place / "docs" / "sub" / "4.txt").write_text("Inspector N4 closed the mine.")
    sync(place / "docs")
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Return an indexed folder of five documents."""
    return watched.copy(made, tmp_path / "documents", tmp_path / "index")


def sync(folder: Path, *, yes: bool = False) -> IndexReport:
    index = folder.parent / "index"
    known = () if index.exists() else (folder,)
    return Corpus.sync(*known, index=index, settings=HASHING, yes=yes)


def held(folder: Path) -> int:
    with Corpus.open(folder.parent / "index", settings=HASHING) as corpus:
        return len(corpus.paths())


def lose_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def lose_content(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def lose_most(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.txt").unlink()


@pytest.mark.parametrize("lose", [lose_folder, lose_content, lose_most])
def test_what_looks_like_a_lost_disk_changes_nothing_without_yes(
    folder: Path, lose: object
) -> None:
    assert callable(lose)
    lose(folder)
    with pytest.raises(FilesGoneError, match="nothing was changed") as caught:
        sync(folder)
    assert "--yes" in caught.value.hint
    assert held(folder) == 5
    left = sync(folder, yes=True).documents
    assert left == held(folder) == len(list(folder.rglob("*.txt")))


def test_half_of_the_files_may_go(folder: Path) -> None:
    for number in range(2):
        (folder / f"{number}.txt").unlink()
    assert sync(folder).documents == 3


def test_files_that_only_moved_are_not_gone(folder: Path) -> None:
    new = folder / "archive"
    new.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").rename(new / f"{number}.txt")
    report = sync(folder)
    assert (report.documents, report.embedded) == (5, 0)
    states = sorted(file.state for file in report.files)
    assert states == ["renamed"] * 4 + ["unchanged"]
    with Corpus.open(folder.parent / "index", settings=HASHING) as corpus:
        citation = corpus.ask("Who is Inspector N2?").citations[0]
        assert citation.path == "archive/2.txt"


def test_a_renamed_file_whose_name_was_its_title_is_indexed_anew(folder: Path) -> None:
    (folder / "0.txt").rename(folder / "zero.txt")
    report = sync(folder)
    assert {f.path: f.state for f in report.files}["zero.txt"] == "indexed"
    with Corpus.open(folder.parent / "index", settings=HASHING) as corpus:
        assert corpus.document("zero.txt").title == "zero"


def test_of_two_equal_files_each_takes_one_name(folder: Path) -> None:
    (folder / "5.txt").write_text((folder / "0.txt").read_text())
    sync(folder)
    for name in ("0", "5"):
        (folder / f"{name}.txt").rename(folder / "sub" / f"{name}.txt")
    report = sync(folder)
    assert report.documents == 6
    assert [f.path for f in report.files if f.state == "renamed"] == ["sub/0.txt", "sub/5.txt"]


def test_files_that_moved_to_another_folder_of_the_index_are_not_gone(folder: Path) -> None:
    other = folder.parent / "other"
    other.mkdir()
    (other / "a.txt").write_text("Another.")
    index = folder.parent / "index"
    Corpus.build(folder, other, index=index, settings=HASHING).close()
    for number in range(4):
        (folder / f"{number}.txt").rename(other / f"{number}.txt")
    assert sync(folder).documents == 6


def test_ignored_files_are_not_gone(folder: Path) -> None:
    (folder / ".askcorpusignore").write_text("[0-3].txt\n")
    assert sync(folder).documents == 1
