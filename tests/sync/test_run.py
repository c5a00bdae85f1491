"""What a run says of each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus import Corpus, Settings
from askcorpus.sync.run import contents
from tests.ingest.made import LEFT, column, make_pdf

if TYPE_CHECKING:
    from pathlib import Path


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
