"""askcorpus as a library: what a notebook shows, what bad arguments come to, docs/python.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

import askcorpus
from askcorpus import Answer, Citation, Corpus, Document, Note, Passage, Settings, UsageError
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
MARKUP = "<script>alert(1)</script> & co"


@pytest.fixture(scope="module")
def corpus(seeds_index: Path) -> Iterator[Corpus]:
    with Corpus.open(seeds_index, settings=Settings()) as opened:
        yield opened


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_the_programs_of_the_page_run(
    program: str, seeds_index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index").symlink_to(seeds_index)
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    if "Corpus.build" in program:
        (tmp_path / "index").unlink()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=False, env=None, timeout=300
    )
    said = capfd.readouterr()
    assert (done.returncode, said.err) == (0, "")
    assert said.out.strip()


def test_an_answer_is_one_line_in_a_notebook_and_says_where_it_stands(corpus: Corpus) -> None:
    answer = corpus.ask("who denied the deal?")
    assert repr(answer).startswith("<Answer to 'who denied the deal?': answered strong, ")
    assert f"{answer.citations[0].path} [{answer.citations[0].start}:" in repr(answer)
    assert repr(Answer("who?", "none")) == "<Answer to 'who?': none>"
    assert len(repr(Answer("who? " * 900, "none"))) < 120


def test_a_notebook_shows_foreign_text_as_text() -> None:
    cited = Citation(1, "/r", MARKUP, 0, 9, MARKUP, MARKUP, None, None, MARKUP)
    answer = Answer(
        MARKUP, "answered", MARKUP, MARKUP, "fair", citations=(cited,), notes=(Note(MARKUP),)
    )
    shown = answer._repr_html_()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 7


def test_documents_passages_and_the_corpus_are_one_line(corpus: Corpus) -> None:
    document = next(iter(corpus))
    assert repr(document).startswith(f"<Document {document.path!r} ")
    assert [each.path for each in corpus] == corpus.paths()
    hits = corpus.search("who denied the deal?", k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert all(len(repr(hit.passage)) < 140 for hit in hits)
    assert "5 documents, 33 passages" in repr(corpus)
    assert repr(Passage("a", 0, 3, "a\nb", 1)) == "<Passage 'a' [0:3] 'a b'>"
    assert repr(Document("a", "x" * 2000, "T", "", 0, 0)) == "<Document 'a' 'T', 2,000 characters>"


def test_search_finds_what_is_read(corpus: Corpus) -> None:
    found = corpus.search("who denied the deal?")
    assert found == corpus.read("who denied the deal?").hits


def test_an_answer_says_how_probable_it_is_in_json_too(corpus: Corpus) -> None:
    answer = corpus.ask("who denied the deal?")
    assert answer.probability is not None
    assert answer.probability >= corpus.fit.thresholds.strong
    back = Answer.from_dict(answer.to_dict())
    assert back.probability == pytest.approx(answer.probability, abs=1e-4)
    older = {k: v for k, v in answer.to_dict().items() if k != "probability"}
    assert Answer.from_dict(older).probability is None


@pytest.mark.parametrize("question", [None, b"who?", 3, ["who?"]])
def test_what_is_no_question_is_said(question: Any, corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="is no question"):
        corpus.ask(question)


@pytest.mark.parametrize(
    "options",
    [{"k": "3"}, {"k": 0}, {"files": 3}, {"files": [b"a"]}, {"without": [None]}, {"after": 3}],
)
def test_bad_arguments_are_usage_errors(options: dict[str, Any], corpus: Corpus) -> None:
    with pytest.raises(UsageError):
        corpus.ask("who denied the deal?", **options)


def test_a_number_of_passages_is_checked_wherever_it_is_given(corpus: Corpus) -> None:
    for ask in (corpus.search, corpus.read):
        with pytest.raises(UsageError, match="k is 51"):
            ask("who?", k=51)


def test_a_path_is_a_glob_too(corpus: Corpus) -> None:
    answer = corpus.ask("who denied the deal?", files=Path("003*"))  # type: ignore[arg-type]
    assert answer.outcome == "answered"


def test_a_closed_corpus_says_so_and_may_be_closed_again(seeds_index: Path) -> None:
    corpus = Corpus.open(seeds_index, settings=Settings())
    corpus.close()
    corpus.close()
    assert repr(corpus) == "<Corpus, closed>"
    for use in (lambda: corpus.ask("who?"), corpus.paths, corpus.status):
        with pytest.raises(UsageError, match="closed"):
            use()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system doesn't fork")
@pytest.mark.parametrize("dense", ["chroma", "exact"])
def test_a_forked_process_asks_an_index_that_was_asked_before(
    dense: Literal["chroma", "exact"], tmp_path: Path
) -> None:
    # In a program of its own: a fork of the tests' many threads would be another matter.
    program = f"""
import os, signal
from askcorpus import Corpus, Settings
settings = Settings(dense={dense!r})
with Corpus.build({str(ROOT / "seeds")!r}, index={str(tmp_path)!r}, settings=settings) as corpus:
    before = corpus.ask("who denied the deal?")
    child = os.fork()
    if not child:
        signal.alarm(60)  # a child that hangs ends by a signal
        os._exit(corpus.ask("who denied the deal?").citations != before.citations)
    status = os.waitpid(child, 0)[1]
    assert corpus.ask("who denied the deal?").citations == before.citations
    raise SystemExit(os.waitstatus_to_exitcode(status))
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=300)
    assert done.returncode == 0


def test_public_names_are_listed_and_others_are_errors_to_a_type_checker(tmp_path: Path) -> None:
    assert set(dir(askcorpus)) == set(askcorpus.__all__)
    program = tmp_path / "program.py"
    program.write_text("import askcorpus\nprint(askcorpus.nothing)\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'has no attribute "nothing"' in done.stdout
