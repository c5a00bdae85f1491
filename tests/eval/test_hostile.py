"""An index of hostile files: what it shows holds nothing that a terminal would obey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from eval.bench import hostile_files, hostile_folders
from eval.bench.hostile import UNSAFE

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "The harbour master of Zenith is Ann Quill.\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "folder"
    folder.mkdir()
    files = hostile_files.shown()
    del files["f.txt"], files["many.eml"]  # large; the benchmark has them
    for name, data in files.items():
        (folder / name).write_bytes(data)
    hostile_folders.names(folder)
    hostile_folders.links(folder)
    hostile_folders.special(folder)
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    place = folder.parent / "index"
    Corpus.build(folder, index=place, settings=Settings(model="hashing")).close()
    return place


@pytest.fixture(autouse=True)
def small_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKCORPUS_MODEL", "hashing")
    monkeypatch.setenv("ASKCORPUS_READER", "tests.doubles:OverlapReader")


def printed(index: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        main(["--index", str(index), *arguments])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out + shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("query", "Who is the mayor of Elmford?"),
        ("query", "--explain", "What of \x1b[31m the\x9b mayor \u202e of Elmford?"),
        ("query", "--json", "Who is the mayor of Elmford?"),
        ("query", 'file:"\x1b]0;title\x07.txt" Words of the mayor?'),
    ],
)
def test_what_is_printed_moves_no_cursor(
    index: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = printed(index, capsys, *arguments)
    assert shown
    assert not UNSAFE.search(shown.replace("\t", ""))


def test_every_document_can_be_shown_and_moves_no_cursor(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Corpus.open(index, settings=Settings(model="hashing")) as corpus:
        paths = corpus.paths()
    assert len(paths) > 20
    for path in paths:
        for more in ((), ("--boilerplate",)):
            shown = printed(index, capsys, "show", *more, "--", path)
            assert not UNSAFE.search(shown.replace("\t", "")), ascii(path)


def test_the_good_document_among_them_answers(index: Path) -> None:
    with Corpus.open(index, settings=Settings(model="hashing")) as corpus:
        answer = corpus.ask("Who is the harbour master of Zenith?")
    assert answer.citations[0].path == "good.txt"


def test_nothing_outside_the_folder_is_in_the_index(index: Path) -> None:
    with Corpus.open(index, settings=Settings(model="hashing")) as corpus:
        texts = [corpus.document(path).text for path in corpus.paths()]
    assert not any("secret of Elmford" in text or "root:x:0" in text for text in texts)
