"""What a run says of each file."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from askcorpus.ingest.sandbox import shared
from askcorpus.sync.run import contents
from tests.ingest.made import LEFT, column, make_pdf

if TYPE_CHECKING:
    from pathlib import Path

HASHING = Settings(model="hashing")


def test_what_is_taken_for_a_header_is_counted_as_boilerplate(tmp_path: Path) -> None:
    pages = [
        [(72, 760, "Harbour report", 10), *column([f"{n} {text}" for text in LEFT])]
        for n in (1, 2, 3)
    ]
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "report.pdf").write_bytes(make_pdf(pages))
    for state in ("indexed", "unchanged"):
        index = tmp_path / "index"
        with Corpus.build(tmp_path / "docs", index=index, settings=Settings()) as corpus:
            report = corpus.report
        assert report is not None
        found = [(file.state, file.boilerplate) for file in report.files]
        assert found == [(state, 2 * len("Harbour report"))]
    rows, _ = contents(tmp_path / "index")
    assert [row.boilerplate for row in rows] == [2 * len("Harbour report")]


def test_a_file_whose_parser_was_killed_is_read_by_the_next_sync(tmp_path: Path) -> None:
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "a.txt").write_text("The mayor closed the harbour.")
    (docs / "b.json").write_text('{"text": "Ann denied the deal."}')
    shared().parse("c.json", b"{}")
    process = shared()._child
    assert process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    killed = Corpus.sync(docs, index=index, settings=HASHING)
    assert {file.path: file.state for file in killed.files} == {
        "a.txt": "indexed",
        "b.json": "failed",
    }
    again = Corpus.sync(index=index, settings=HASHING)
    assert {file.path: file.state for file in again.files} == {
        "a.txt": "unchanged",
        "b.json": "indexed",
    }
