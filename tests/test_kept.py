"""An index and a history that version 0.1.0 made open today, and nothing is embedded again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from askcorpus.render import note

KEPT = Path(__file__).parent / "kept"
MADE_IN = "/tmp/askcorpus-kept"
"""Only named in what is kept: nothing is there."""
WRITTEN_S = 1_560_000_000
"""The time that the index knows of its files."""
SAID = "The harbour master, Tobias Renn, closed the northern pier of Larkholm on Tuesday because "
QUOTE = f"{SAID}two of its piles had rotted."


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return a folder with copies of the documents, the index and the history."""
    shutil.copytree(KEPT / "documents", tmp_path / "documents")
    for file in (tmp_path / "documents").iterdir():
        os.utime(file, (WRITTEN_S, WRITTEN_S))
    with tarfile.open(KEPT / "made.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def moved(made: Path) -> None:
    """Let the index name the documents' copies, as if it had been made from them."""
    db = sqlite3.connect(made / "index" / "ledger.sqlite3")
    with db:
        changed = db.execute(
            "UPDATE meta SET value = ? WHERE key = 'root' AND value = ?",
            (str(made / "documents"), f"{MADE_IN}/documents"),
        ).rowcount
    db.close()
    assert changed == 1


def test_a_kept_index_answers_from_its_own_vectors(made: Path) -> None:
    with Corpus.open(made / "index", settings=Settings(dense="chroma")) as corpus:
        answer = corpus.ask("Who closed the northern pier?")
        assert corpus.status().dense == "exact"  # its Chroma directory was made elsewhere
        assert corpus.paths() == ["crossings.csv", "handbook.md", "letter.txt", "notice.txt"]
        text = corpus.document("notice.txt").text
    cited = answer.citations[0]
    assert (answer.outcome, answer.answer, answer.band) == ("answered", "Tobias Renn", "strong")
    assert (cited.path, cited.quote, cited.date) == ("notice.txt", QUOTE, "2019-03-12")
    assert text[cited.start : cited.end] == QUOTE
    assert answer.notes[0] == note("elsewhere")


def test_headings_and_rows_are_kept(made: Path) -> None:
    with Corpus.open(made / "index", settings=Settings()) as corpus:
        price = corpus.ask("What does a crossing cost?").citations[0]
        row = corpus.ask("How many passengers were there in March?").citations[0]
    assert price.locator == "Ferry handbook › Tickets"
    assert row.path == "crossings.csv"
    assert "Month: March; Crossings: 187" in row.quote


def test_a_kept_index_over_unchanged_files_is_in_step(made: Path) -> None:
    moved(made)
    with Corpus.build(index=made / "index", settings=Settings()) as corpus:
        report = corpus.report
        answer = corpus.ask("Who closed the northern pier?")
    assert report is not None
    assert {file.state for file in report.files} == {"indexed"}  # once, since it is from elsewhere
    assert (report.documents, report.passages, report.embedded) == (4, 6, 0)
    assert (answer.citations[0].quote, answer.notes) == (QUOTE, ())


def test_another_folder_with_the_same_files_takes_over_the_vectors(made: Path) -> None:
    folder = made / "documents"
    with Corpus.build(folder, index=made / "index", settings=Settings(), rebuild=True) as corpus:
        report = corpus.report
        answer = corpus.ask("Who closed the northern pier?")
    assert report is not None
    assert {file.state for file in report.files} == {"indexed"}
    assert (report.root, report.passages, report.embedded) == (str(folder), 6, 0)
    assert (answer.citations[0].quote, answer.band) == (QUOTE, "strong")


def test_only_a_changed_file_is_embedded_again(made: Path) -> None:
    moved(made)
    letter = made / "documents" / "letter.txt"
    letter.write_text(
        letter.read_text(encoding="utf-8") + "\nThe eggs are gone as well.\n", "utf-8"
    )
    with Corpus.build(index=made / "index", settings=Settings()) as corpus:
        report = corpus.report
    assert report is not None
    assert report.embedded == 1


def test_a_kept_history_is_listed_and_shown(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", str(made / "history"))

    def said(*args: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(["history", *args])
        assert left.value.code in (0, None)
        return capsys.readouterr().out

    assert "Who closed the northern pier?" in said()
    shown = said("show", "1")
    for words in (
        "why did he close it?",
        "why did Tobias Renn close the northern pier?",
        "Tobias Renn",
        "because two of its piles had rotted",
        "notice.txt",
    ):
        assert words in shown
