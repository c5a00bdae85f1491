"""Every format from the folder to the answer: a citation says where the original holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from askcorpus.ingest import FileEntry, read, walk
from askcorpus.records import Document, Skipped
from tests.ingest.made import (
    EPUB,
    LEFT,
    SHOW,
    column,
    make_docx,
    make_message,
    make_pdf,
    make_xlsx,
    make_zip,
    p,
)
from tests.ingest.made_msg import BODY, HEAD, make_msg

if TYPE_CHECKING:
    from pathlib import Path

PARADE = "The annual parade of Elmford was cancelled because of heavy rain and high winds."
PDF = make_pdf(
    [column(LEFT), column(["The harbour bridge was opened by", "Margaret Hobbs, a retired nurse."])]
)
FILES = {
    "bridge.pdf": PDF,
    "parade.docx": make_docx(p("Town news", "H1") + p(PARADE)),
    "pay.xlsx": make_xlsx({"Wages": [["Name", "Post"], ["Ivan Petrov", "lighthouse keeper"]]}),
    "talk.pptx": SHOW,
    "tunnels.epub": make_zip(EPUB),
    "deal.eml": make_message("Zenith paid four million for the café.").as_bytes(),
    "mill.msg": make_msg({**HEAD, BODY: "The old mill was sold to Greta Lindqvist."}),
    "list.csv": b"Name,Post\nOlga Reyes,beekeeper\n",
    "broken.pdf": b"%PDF-1.7 broken",
    "locked.docx": b"\xd0\xcf\x11\xe0" + bytes(600),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "folder"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    place = folder.parent / "index"
    Corpus.build(folder, index=place, settings=Settings()).close()
    return place


@pytest.mark.parametrize(
    ("question", "path", "locator", "words"),
    [
        ("Who opened the harbour bridge?", "bridge.pdf", "p. 2", "Margaret Hobbs"),
        ("Why was the parade of Elmford cancelled?", "parade.docx", "Town news", "heavy rain"),
        ("Who is the lighthouse keeper?", "pay.xlsx", "sheet Wages, row 2", "Ivan Petrov"),
        ("Who is the beekeeper?", "list.csv", "row 2", "Olga Reyes"),
        ("How much did Zenith pay for the café?", "deal.eml", "The café deal", "four million"),
        ("Who bought the old mill?", "mill.msg", "The café deal", "Greta Lindqvist"),
    ],
)
def test_a_citation_says_where_the_original_holds_it(
    index: Path, question: str, path: str, locator: str, words: str
) -> None:
    with Corpus.open(index, settings=Settings()) as corpus:
        answer = corpus.ask(question, files=path)
        first = answer.citations[0]
        document = corpus.document(path)
    assert (first.path, first.locator, first.line) == (path, locator, None)
    assert words in first.quote
    assert document.text[first.start : first.end] == first.quote
    assert document.extracted


def test_what_could_not_be_read_is_listed_with_its_reason(index: Path) -> None:
    with Corpus.open(index, settings=Settings()) as corpus:
        skipped = dict(corpus.status().skipped)
    assert skipped == {
        "broken.pdf": "not a PDF that can be opened: it is damaged or something else",
        "locked.docx": "it needs a password, or is in an old binary format",
    }


@pytest.mark.parametrize(
    ("name", "words"), [("bridge.pdf", "The harbour bridge"), ("parade.docx", "Town news")]
)
def test_a_document_is_shown_as_it_was_indexed(
    index: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--index", str(index), "show", name])
    assert not ended.value.code
    assert words in capsys.readouterr().out


def test_an_answer_names_the_page(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--index", str(index), "query", "Who opened the harbour bridge?"])
    assert "bridge.pdf (p. 2)" in capsys.readouterr().out


def test_pages_and_rows_are_kept_in_the_index(index: Path) -> None:
    with Corpus.open(index, settings=Settings()) as corpus:
        labels = [place.label for place in corpus.document("pay.xlsx").places]
    assert labels == ["sheet Wages", "sheet Wages, row 1", "sheet Wages, row 2"]


def test_ranges_of_every_format_are_within_its_text(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    entries = [entry for entry in walk(tmp_path) if isinstance(entry, FileEntry)]
    found = [read(entry) for entry in entries]
    assert len(found) == len(FILES)
    for document in found:
        if isinstance(document, Skipped):
            continue
        assert isinstance(document, Document)
        starts = [place.start for place in document.places]
        assert starts == sorted(set(starts))
        for start, end in [(h.start, h.end) for h in document.headings]:
            assert document.text[start:end].strip() == document.text[start:end] != ""
        assert all(start < len(document.text) for start in starts)
