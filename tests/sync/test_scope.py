"""Several folders in one index, and which of their files are wanted; real files, real index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.errors import FilesGoneError, IndexMismatchError, UsageError
from askcorpus.sync.scope import selected

if TYPE_CHECKING:
    from askcorpus.records import IndexReport

HASHING = Settings(model="hashing")


def put(place: Path, **texts: str) -> Path:
    """Write text files into a folder and return it."""
    place.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (place / f"{name}.txt").write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    return put(tmp_path / "home" / "letters", ann="Ann closed the harbour.")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return put(tmp_path / "home" / "work" / "reports", ben="Ben opened the mine.")


def build(index: Path, *folders: Path, **options: object) -> IndexReport:
    return Corpus.sync(*folders, index=index, settings=HASHING, **options)  # type: ignore[arg-type]


def paths(index: Path) -> list[str]:
    with Corpus.open(index, settings=HASHING) as corpus:
        return corpus.paths()


def test_two_folders_share_an_index_and_each_quote_leads_to_its_file(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters, reports)
    with Corpus.open(tmp_path / "index", settings=HASHING) as corpus:
        for question in ("Who closed the harbour?", "Who opened the mine?"):
            citation = corpus.ask(question).citations[0]
            text = Path(citation.root, citation.path).read_text()
            assert text[citation.start : citation.end] == citation.quote
        assert corpus.status().folders == (str(letters), str(reports))


def test_a_folder_that_joins_moves_the_root_and_embeds_nothing_again(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters)
    assert paths(tmp_path / "index") == ["ann.txt"]
    report = build(tmp_path / "index", letters, reports)
    assert {file.path: file.state for file in report.files} == {
        "letters/ann.txt": "unchanged",
        "work/reports/ben.txt": "indexed",
    }
    assert paths(tmp_path / "index") == ["letters/ann.txt", "work/reports/ben.txt"]


def test_without_folders_all_known_ones_are_brought_in_step(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters, reports)
    put(letters, cid="Cid sold the orchard.")
    put(reports, dan="Dan painted the bridge.")
    report = build(tmp_path / "index")
    changed = [file.path for file in report.files if file.state == "indexed"]
    assert changed == ["letters/cid.txt", "work/reports/dan.txt"]


def test_naming_one_of_the_folders_brings_all_in_step(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters, reports)
    put(reports, dan="Dan painted the bridge.")
    report = build(tmp_path / "index", letters)
    assert [file.state for file in report.files] == ["unchanged", "unchanged", "indexed"]


def test_another_folder_alone_is_refused(letters: Path, reports: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters)
    with pytest.raises(IndexMismatchError, match="letters"):
        build(tmp_path / "index", reports)
    assert paths(tmp_path / "index") == ["ann.txt"]


def test_rebuild_makes_the_index_one_of_the_new_folder_alone(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters)
    build(tmp_path / "index", reports, rebuild=True)
    assert paths(tmp_path / "index") == ["ben.txt"]


def test_a_folder_that_was_moved_is_read_again_but_not_embedded_again(
    letters: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters)
    moved = letters.rename(tmp_path / "elsewhere")
    report = build(tmp_path / "index", moved, rebuild=True)
    assert (report.documents, report.embedded) == (1, 0)


def test_a_folder_around_an_indexed_one_takes_it_in(letters: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters)
    put(letters.parent, top="Eve wrote the will.")
    report = build(tmp_path / "index", letters.parent)
    assert {file.path: file.state for file in report.files} == {
        "letters/ann.txt": "unchanged",
        "top.txt": "indexed",
    }


def test_an_indexed_folder_that_the_outer_one_ignores_stays(letters: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters)
    put(letters.parent, top="Eve wrote the will.")
    (letters.parent / ".gitignore").write_text("letters/\n")
    assert build(tmp_path / "index", letters.parent).documents == 2
    assert paths(tmp_path / "index") == ["letters/ann.txt", "top.txt"]


def test_a_folder_inside_an_indexed_one_is_said_to_be_in_it(letters: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters.parent)
    with pytest.raises(IndexMismatchError, match="already") as caught:
        build(tmp_path / "index", letters)
    assert caught.value.hint == f"Run: askcorpus --index {tmp_path / 'index'} sync"


def test_a_pattern_that_lets_nothing_in_changes_nothing(letters: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters)
    with pytest.raises(FilesGoneError, match="nothing was changed"):
        build(tmp_path / "index", letters, selection=selected(include=["*.dpf"]))
    assert paths(tmp_path / "index") == ["ann.txt"]
    assert build(tmp_path / "index").documents == 1  # nor is the pattern kept


def test_rebuilding_over_an_empty_folder_changes_nothing(letters: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters)
    (letters / "ann.txt").unlink()
    with pytest.raises(UsageError, match="Nothing to index"):
        build(tmp_path / "index", letters, rebuild=True)
    assert paths(tmp_path / "index") == ["ann.txt"]


def test_what_is_given_replaces_only_its_own_kind() -> None:
    base = selected(include=["*.txt"], exclude=["draft*"])
    assert selected(base, max_mb=5) == selected(include=["*.txt"], exclude=["draft*"], max_mb=5)
    assert selected(base, exclude=["old/"]).include == ("*.txt",)


def test_no_document_of_another_folder_is_kept_by_a_rebuild_that_is_interrupted(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    put(letters, same="Paid 500 pounds.", more="Ann returned.")
    put(reports, same="Paid 900 pounds.")
    for place in (letters, reports):
        os.utime(place / "same.txt", (1, 1))
    build(tmp_path / "index", letters)

    def interrupt(done: int, total: int, path: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "index", reports, rebuild=True, progress=interrupt)
    assert paths(tmp_path / "index") == []
    build(tmp_path / "index")
    with Corpus.open(tmp_path / "index", settings=HASHING) as corpus:
        assert corpus.document("same.txt").text == "Paid 900 pounds."


def test_a_sync_that_finds_nothing_to_do_writes_nothing(letters: Path, tmp_path: Path) -> None:
    build(tmp_path / "index", letters)
    with Corpus.open(tmp_path / "index", settings=HASHING) as corpus:
        before = corpus.state
        build(tmp_path / "index")
        assert corpus.state == before


def test_an_excluded_file_leaves_the_index_and_stays_out(letters: Path, tmp_path: Path) -> None:
    put(letters, draft="Nobody knows.")
    build(tmp_path / "index", letters)
    build(tmp_path / "index", letters, selection=selected(exclude=["draft*"]))
    assert paths(tmp_path / "index") == ["ann.txt"]
    build(tmp_path / "index")  # the choice is the index's, not the command's
    assert paths(tmp_path / "index") == ["ann.txt"]
    build(tmp_path / "index", letters, selection=selected())
    assert paths(tmp_path / "index") == ["ann.txt", "draft.txt"]


def test_only_included_files_are_read_below_any_folder(letters: Path, tmp_path: Path) -> None:
    put(letters / "2024" / "may", ann2="Ann returned.")
    (letters / "2024" / "note.md").write_text("A note.")
    build(tmp_path / "index", letters, selection=selected(include=["*.txt"]))
    assert paths(tmp_path / "index") == ["2024/may/ann2.txt", "ann.txt"]
    build(tmp_path / "index", letters, selection=selected(include=["2024/"], exclude=["*.md"]))
    assert paths(tmp_path / "index") == ["2024/may/ann2.txt"]


def test_an_exclusion_wins_over_an_ignore_file_and_can_take_it_back(
    letters: Path, tmp_path: Path
) -> None:
    put(letters, keep="Kept.")
    (letters / ".gitignore").write_text("*.txt\n")
    build(tmp_path / "index", letters, selection=selected(exclude=["!keep.txt"]))
    assert paths(tmp_path / "index") == ["keep.txt"]


def test_a_larger_file_is_skipped_with_the_limit(letters: Path, tmp_path: Path) -> None:
    put(letters, long="word " * 1000)
    report = build(tmp_path / "index", letters, selection=selected(max_mb=0.002))
    assert [(f.path, f.reason) for f in report.files] == [
        ("long.txt", "larger than 0.002 MB"),
        ("ann.txt", ""),
    ]


@pytest.mark.parametrize("pattern", ["", "   ", "# note", "!"])
def test_a_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="no pattern"):
        selected(exclude=[pattern])


def test_a_missing_folder_leaves_the_index_when_that_is_meant(
    letters: Path, reports: Path, tmp_path: Path
) -> None:
    build(tmp_path / "index", letters, reports)
    moved = reports.rename(reports.with_name("papers"))
    report = build(tmp_path / "index", yes=True)
    assert (report.folders, report.documents) == ((str(letters),), 1)
    assert any("reports has left the index" in note for note in report.notes)
    assert build(tmp_path / "index", letters, moved).documents == 2


def test_of_json_only_the_chosen_fields_are_indexed_until_others_are(
    letters: Path, tmp_path: Path
) -> None:
    (letters / "mail.jsonl").write_text('{"id": 99, "text": "Ann paid the toll."}\n')
    build(tmp_path / "index", letters, selection=selected(fields=["text"]))
    for fields, text in ((["text"], "text: Ann paid the toll."), (["id"], "id: 99")):
        build(tmp_path / "index", letters, selection=selected(fields=fields))
        with Corpus.open(tmp_path / "index", settings=HASHING) as corpus:
            assert corpus.document("mail.jsonl").text.strip() == text
            assert corpus.status().wanted == f"of JSON {fields[0]}"
