"""The whole pipeline on real parts: real files, real model, real SQLite, real Chroma."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings, ingest
from askcorpus.errors import (
    IndexMismatchError,
    IndexMissingError,
    ModelUnavailableError,
    UsageError,
)
from askcorpus.ingest.sandbox import Limits, Worker
from tests.conftest import ROOT, SEEDS
from tests.doubles import LetterEmbedder, OverlapReader
from tests.store.kit import copied

if TYPE_CHECKING:
    from askcorpus.config import Dense

HASHING = Settings(model="hashing")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a small folder of documents."""
    place = tmp_path / "documents"
    place.mkdir()
    (place / "port.txt").write_text(
        "Port news\n\nMay 3, 2020\n\nThe mayor closed the harbour on Monday because of ice.\n"
    )
    (place / "road.txt").write_text("Road news\n\nThe bridge costs 40 million dollars.\n")
    return place


def test_a_reader_and_an_embedder_are_given_as_objects(folder: Path, tmp_path: Path) -> None:
    index, question = tmp_path / "index", "Why was the harbour closed?"
    reader, embedder = OverlapReader(), LetterEmbedder()
    with Corpus.build(folder, index=index, reader=reader, embedder=embedder) as corpus:
        built = corpus.ask(question)
        assert corpus.status().model == "letters@1"
        assert corpus.fit.reader == "overlap"
    with Corpus.open(index, reader=reader, embedder=embedder) as corpus:
        opened = corpus.ask(question)
        assert corpus.fit.thresholds == OverlapReader.thresholds
    assert opened.citations == built.citations
    assert "ice" in built.citations[0].quote
    assert not opened.notes


def test_a_given_reader_answers_as_a_named_one(seeds_index: Path) -> None:
    named = Settings(reader="tests.doubles:OverlapReader")
    with (
        Corpus.open(seeds_index, settings=named) as one,
        Corpus.open(seeds_index, settings=Settings(), reader=OverlapReader()) as two,
    ):
        assert one.read("who denied the deal?").spans == two.read("who denied the deal?").spans
        assert one.fit == two.fit


def test_a_given_embedder_is_held_against_the_index(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    with pytest.raises(IndexMismatchError):
        Corpus.build(folder, index=index, settings=HASHING, embedder=LetterEmbedder())
    with (
        Corpus.open(index, settings=HASHING, embedder=LetterEmbedder()) as corpus,
        pytest.raises(IndexMismatchError, match="letters@1"),
    ):
        corpus.ask("Why was the harbour closed?")


def test_who_denied_the_deal_is_answered_and_cited(seeds_index: Path) -> None:
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        answer = corpus.ask("who denied the deal?")
    assert answer.outcome == "answered"
    assert answer.citations[0].path == "003_9fc9a04fbe07ce2f.txt"
    assert "denied" in answer.citations[0].quote


def test_every_quote_stands_in_the_file_itself(seeds_index: Path) -> None:
    questions = ["who denied the deal?", "how many rockets were fired?", "What is Ramadan?"]
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        for question in questions:
            answer = corpus.ask(question)
            for citation in answer.citations:
                text = (SEEDS / citation.path).read_bytes().decode()
                assert text[citation.start : citation.end] == citation.quote
                assert citation.line is not None
                assert citation.quote.split("\n")[0] in text.split("\n")[citation.line - 1]
            for span in answer.spans:
                text = (SEEDS / answer.citations[span.n - 1].path).read_bytes().decode()
                assert text[span.start : span.end].casefold() == (answer.answer or "").casefold()


@pytest.fixture(scope="module")
def chroma_index(seeds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of the seeds with its Chroma directory; tests only read it."""
    index = tmp_path_factory.mktemp("chroma") / "index"
    shutil.copytree(seeds_index, index)
    Corpus.build(index=index, settings=Settings(dense="chroma")).close()
    return index


def test_exact_search_and_chroma_give_identical_hits(chroma_index: Path) -> None:
    hits = []
    for dense in ("exact", "chroma"):
        settings = replace(Settings(), dense=dense)
        with Corpus.open(chroma_index, settings=settings) as corpus:
            assert corpus.status().dense == dense
            answer = corpus.ask("Which country supplied the tunnels' builders?", k=10)
            assert answer.notes == ()
            hits.append([(hit.passage.id, round(hit.score, 4)) for hit in answer.passages])
    assert hits[0] == hits[1]


def test_boilerplate_is_never_cited(seeds_index: Path) -> None:
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        answer = corpus.ask("How do I sign up to the free daily newsletter?")
        for citation in answer.citations:
            marks = corpus.document(citation.path).boilerplate
            assert not any(m.start < citation.end and citation.start < m.end for m in marks)


def test_indexing_again_reads_and_embeds_nothing(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    report = Corpus.sync(folder, index=index, settings=HASHING)
    assert report.embedded == 0
    assert {file.state for file in report.files} == {"unchanged"}


def test_building_is_bringing_in_step_and_opening(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    with Corpus.build(folder, index=index, settings=HASHING) as corpus:
        assert corpus.report is not None
        assert {file.state for file in corpus.report.files} == {"indexed"}
        assert corpus.ask("who closed the harbour?").passages[0].passage.path == "port.txt"
    with Corpus.open(index, settings=HASHING) as corpus:
        assert corpus.report is None


def test_a_missing_index_is_said_before_a_model_is_loaded(tmp_path: Path) -> None:
    nowhere = Settings(model=str(tmp_path / "no model"), index=str(tmp_path / "index"))
    for way in (Corpus.build, Corpus.sync):
        with pytest.raises(IndexMissingError):
            way(settings=nowhere)


def test_a_changed_file_is_read_and_a_deleted_one_forgotten(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    (folder / "port.txt").write_text("The governor reopened the harbour.")
    (folder / "road.txt").unlink()
    with Corpus.build(folder, index=index, settings=HASHING) as corpus:
        assert corpus.report is not None
        assert {(f.path, f.state) for f in corpus.report.files} == {
            ("port.txt", "indexed"),
            ("road.txt", "removed"),
        }
        assert corpus.status().documents == 1
        hits = corpus.ask("who reopened the harbour?").passages
    assert [hit.passage.text for hit in hits] == ["The governor reopened the harbour."]


def test_other_chunking_cuts_again_but_embeds_only_what_is_new(
    folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    wider = Settings(model="hashing", chunk_tokens=200)
    with Corpus.build(folder, index=index, settings=wider) as corpus:
        assert corpus.report is not None
        assert [file.state for file in corpus.report.files] == ["indexed", "indexed"]
        assert corpus.report.embedded == 0


def test_another_model_or_folder_is_refused_unless_rebuilt(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("Something else.")
    with pytest.raises(IndexMismatchError, match="documents"):
        Corpus.build(other, index=index, settings=HASHING)
    with pytest.raises(IndexMismatchError, match="hashing"):
        Corpus.build(folder, index=index, settings=Settings())
    with (
        Corpus.open(index, settings=Settings()) as corpus,
        pytest.raises(IndexMismatchError, match="hashing"),
    ):
        corpus.ask("who closed the harbour?")
    with Corpus.build(other, index=index, settings=HASHING, rebuild=True) as corpus:
        assert corpus.status().documents == 1


def test_filters_apply_before_the_top_k(folder: Path, tmp_path: Path) -> None:
    for number in range(80):
        (folder / f"noise{number}.txt").write_text(f"The mayor closed the harbour, part {number}.")
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    with Corpus.open(index, settings=HASHING) as corpus:
        answer = corpus.ask("who closed the harbour?", files=["road*"])
        assert {hit.passage.path for hit in answer.passages} == {"road.txt"}
        dated = corpus.ask("who closed the harbour?", after="2020-05-03", before="2020-05-03")
    assert {hit.passage.path for hit in dated.passages} == {"port.txt"}
    assert any("81 documents state no date" in note for note in dated.notes)


def test_a_changed_or_missing_source_is_said(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    with Corpus.open(index, settings=HASHING) as corpus:
        question = "who closed the harbour on Monday because of ice?"
        assert corpus.ask(question).notes == ()
        (folder / "port.txt").write_text("Nobody closed anything.")
        assert any("has changed" in note for note in corpus.ask(question).notes)
        (folder / "port.txt").unlink()
        answer = corpus.ask(question)
    assert any("is gone" in note for note in answer.notes)
    assert answer.citations[0].quote.startswith("The mayor")


def test_without_the_model_words_answer_and_it_is_said(
    seeds_index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    absent = Settings(model=str(tmp_path / "all-MiniLM-L6-v2"))
    with Corpus.open(seeds_index, settings=absent) as corpus:
        answer = corpus.ask("who denied the deal?")
    assert answer.passages[0].passage.path == "003_9fc9a04fbe07ce2f.txt"
    assert any("Only words are searched" in note for note in answer.notes)


def test_a_missing_model_that_the_index_was_not_made_with_is_an_error(
    seeds_index: Path, tmp_path: Path
) -> None:
    absent = Settings(model=str(tmp_path / "absent"))
    with (
        Corpus.open(seeds_index, settings=absent) as corpus,
        pytest.raises(ModelUnavailableError),
    ):
        corpus.ask("who denied the deal?")


@pytest.mark.parametrize("question", ["", "  \n", "\x00"])
def test_an_empty_question_is_a_usage_error(seeds_index: Path, question: str) -> None:
    with Corpus.open(seeds_index, settings=Settings()) as corpus, pytest.raises(UsageError):
        corpus.ask(question)


def test_a_hundred_kilobytes_are_a_question(seeds_index: Path) -> None:
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        answer = corpus.ask("who denied the deal? " + "word " * 20_000)
    assert len(answer.passages) == 5


def test_no_index_is_said_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError) as caught:
        Corpus.open(tmp_path, settings=Settings())
    assert caught.value.hint == f"Run: askcorpus --index {tmp_path} index DIR"


@pytest.mark.parametrize("kind", ["missing", "empty", "file", "binary only"])
def test_a_folder_without_documents_changes_nothing(
    kind: str, folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("text")
    elif kind != "missing":
        place.mkdir()
        if kind == "binary only":
            (place / "image.png").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(UsageError):
        Corpus.build(place, index=index, settings=HASHING)
    with Corpus.open(index, settings=HASHING) as corpus:
        assert corpus.status().documents == 2


def test_a_killed_indexer_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    documents, index = tmp_path / "documents", tmp_path / "index"
    documents.mkdir()
    for number in range(400):
        (documents / f"{number:03}.txt").write_text(
            f"Report {number}\n\nInspector {number} closed mine {number} in May.\n" * 3
        )
    code = (
        "import sys; from pathlib import Path; from askcorpus import Corpus, Settings\n"
        "folder, index = map(Path, sys.argv[1:])\n"
        "Corpus.build(folder, index=index, settings=Settings(model='hashing'))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(documents), str(index)])
    ledger = index / "ledger.sqlite3-wal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (ledger.exists() and ledger.stat().st_size > 500_000):
        time.sleep(0.005)
    child.kill()
    child.wait()
    with Corpus.open(index, settings=HASHING) as corpus:
        before = corpus.status()
        assert 0 < before.documents < 400
        assert not before.complete
        answer = corpus.ask("Who closed mine 1?")
        assert any("interrupted" in note for note in answer.notes)
        assert answer.passages
    with Corpus.build(documents, index=index, settings=HASHING) as corpus:
        assert corpus.report is not None
        unchanged = sum(file.state == "unchanged" for file in corpus.report.files)
        assert unchanged == before.documents
        after = corpus.status()
    assert (after.documents, after.complete) == (400, True)


def test_the_answer_matches_its_published_schema(seeds_index: Path) -> None:
    import jsonschema

    schema = json.loads((ROOT / "docs" / "answer-schema.json").read_text())
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        for question in ("who denied the deal?", "Who invented the telephone?"):
            jsonschema.validate(corpus.ask(question).to_dict(), schema)


def test_a_dotenv_file_in_the_current_folder_changes_nothing(
    chroma_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\nALLOW_RESET=no\n")
    monkeypatch.chdir(tmp_path)
    index = tmp_path / "copy"
    copied(chroma_index, index)
    with Corpus.open(index, settings=Settings(dense="chroma")) as corpus:
        answer = corpus.ask("who denied the deal?")
    assert answer.notes == ()
    assert Path.cwd() == tmp_path
    assert "CHROMA_API_IMPL" not in os.environ


def test_an_open_corpus_sees_what_another_process_indexes(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    ways: list[tuple[Dense, str]] = [("chroma", "lighthouse"), ("exact", "windmill")]
    for dense, thing in ways:
        settings = replace(HASHING, dense=dense)
        Corpus.build(folder, index=index, settings=settings).close()
        with Corpus.open(index, settings=settings) as corpus:
            question = f"Who painted the {thing}?"
            assert not any(thing in hit.passage.text for hit in corpus.ask(question).passages)
            (folder / f"{thing}.txt").write_text(f"The keeper painted the {thing}.")
            Corpus.build(folder, index=index, settings=settings).close()
            found = corpus.ask(question)
            assert found.notes == ()
            assert found.passages[0].passage.path == f"{thing}.txt"


def test_a_renamed_file_keeps_its_vectors(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Corpus.build(folder, index=index, settings=HASHING).close()
    (folder / "port.txt").rename(folder / "harbour.txt")
    with Corpus.build(folder, index=index, settings=HASHING) as corpus:
        assert corpus.report is not None
        assert corpus.report.embedded == 0
        assert corpus.status().documents == 2


def test_a_sick_vector_index_is_said_and_the_next_indexing_mends_it(
    folder: Path, tmp_path: Path
) -> None:
    index, settings = tmp_path / "index", replace(HASHING, dense="chroma")
    Corpus.build(folder, index=index, settings=settings).close()
    shutil.rmtree(next((index / "chroma").iterdir()))
    with Corpus.open(index, settings=settings) as corpus:
        answer = corpus.ask("who closed the harbour?")
        assert answer.passages[0].passage.path == "port.txt"
        assert any("searched exactly" in note for note in answer.notes)
        assert any(f"--index {index} sync --dense chroma" in note for note in answer.notes)
    Corpus.build(folder, index=index, settings=settings).close()
    with Corpus.open(index, settings=settings) as corpus:
        assert corpus.ask("who closed the harbour?").notes == ()


def test_a_file_that_takes_too_long_is_not_tried_again_until_it_changes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    (folder / "bad.rtf").write_bytes(b"{\\rtf1 " + b"a" * 50_000)
    with Worker(Limits(seconds=0.0001)) as hasty:
        monkeypatch.setattr(ingest, "shared", lambda: hasty)
        report = Corpus.sync(folder, index=index, settings=HASHING)
        assert [file.path for file in report.failed] == ["bad.rtf"]
    monkeypatch.undo()
    report = Corpus.sync(index=index, settings=HASHING)
    assert [file.path for file in report.failed] == ["bad.rtf"]
    report = Corpus.sync(folder, index=index, settings=HASHING)  # named: tried again
    assert report.failed == ()
