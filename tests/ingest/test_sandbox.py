"""The child process that parses: what a hostile file can't do, and that the next one is read."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from askcorpus.ingest.extracted import Extracted, Unreadable
from askcorpus.ingest.sandbox import Limits, Worker, wire
from askcorpus.records import Boilerplate, Heading, Place
from tests.ingest.made import LEFT, column, make_docx, make_pdf, p

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = make_docx(p("Zenith paid."))


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    with Worker() as opened:
        yield opened


def pid(opened: Worker) -> int | None:
    return opened._child.pid if opened._child else None


def reason(found: Extracted | Unreadable) -> str:
    assert isinstance(found, Unreadable), found
    return found.reason


def test_nothing_is_started_before_it_is_needed() -> None:
    assert pid(Worker()) is None


def test_one_process_reads_file_after_file(shared: Worker) -> None:
    found = shared.parse("a.docx", GOOD)
    first = pid(shared)
    again = shared.parse("b.pdf", make_pdf([column(LEFT)]))
    assert isinstance(found, Extracted)
    assert isinstance(again, Extracted)
    assert pid(shared) == first is not None


def test_a_reason_comes_back_and_the_process_goes_on(shared: Worker) -> None:
    shared.parse("a.docx", GOOD)
    first = pid(shared)
    assert "damaged" in reason(shared.parse("a.docx", b"nothing"))
    assert pid(shared) == first


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    with Worker(Limits(seconds=0.25)) as opened:
        found = opened.parse("a.json", b"[" + b'{"a":{"b":1}},' * 3_000_000 + b"{}]")
        assert found == Unreadable("reading it took longer than 0.25 s", failed=True)
        assert isinstance(opened.parse("b.json", b'{"a": 1}'), Extracted)


def test_a_file_that_fills_the_memory_is_given_up_and_the_next_is_read() -> None:
    with Worker(Limits(memory=250_000_000)) as opened:
        large = b"[" + b"[]," * 5_000_000 + b"[]]"
        found = opened.parse("a.json", large)
        assert isinstance(found, Unreadable)
        assert "more than 0.25 GB of memory" in found.reason
        assert found.failed
        assert isinstance(opened.parse("b.json", b'{"a": 1}'), Extracted)


def test_a_process_that_was_killed_is_said_and_another_reads_the_next() -> None:
    with Worker() as opened:
        opened.parse("a.json", b"{}")
        number = pid(opened)
        assert number
        os.kill(number, signal.SIGKILL)
        found = opened.parse("b.json", b'{"a": 1}')
        assert found == Unreadable("its parser was ended (SIGKILL)", failed=True, passing=True)
        assert isinstance(opened.parse("b.json", b'{"a": 1}'), Extracted)


def test_a_process_that_ended_for_want_of_work_is_replaced_unnoticed() -> None:
    with Worker() as opened:
        opened.parse("a.json", b"{}")
        child = opened._child
        assert child
        assert child.stdin
        child.stdin.close()  # as when it has been idle: it ends by itself, with status 0
        assert child.wait() == 0
        child.stdin = open(os.devnull, "wb")  # noqa: SIM115, PTH123
        assert isinstance(opened.parse("b.json", b'{"a": 1}'), Extracted)


def test_an_interrupt_leaves_no_answer_for_the_next_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with Worker() as opened:
        opened.parse("a.json", b"{}")

        assert opened._child
        assert opened._child.stdout
        close = opened._child.stdout.close

        class Interrupted:
            def readline(self, _limit: int) -> bytes:
                raise KeyboardInterrupt

            def close(self) -> None:
                close()

        with monkeypatch.context() as patched:
            patched.setattr(opened._child, "stdout", Interrupted())
            with pytest.raises(KeyboardInterrupt):
                opened.parse("a.json", b'{"a": "first"}')
        found = opened.parse("b.json", b'{"a": "second"}')
        assert isinstance(found, Extracted)
        assert found.text == "a: second"


def test_nothing_is_printed_by_the_libraries(capfd: pytest.CaptureFixture[str]) -> None:
    with Worker() as opened:
        opened.parse("a.pdf", b"%PDF-1.4 broken")
        opened.parse("a.html", b"<html><body>")
        opened.parse("a.docx", b"PK\x03\x04 broken")
    assert capfd.readouterr() == ("", "")


def test_the_folder_one_stands_in_is_never_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    with Worker() as opened:
        assert isinstance(opened.parse("b.json", b'{"a": 1}'), Extracted)


def test_what_was_extracted_passes_whole() -> None:
    found = Extracted(
        text="Ünï😀\n\nb",
        title="T",
        date="2014-07-01",
        byline="Ann",
        headings=(Heading(0, 4, 1),),
        boilerplate=(Boilerplate(6, 7, "running header"),),
        extracted=True,
        places=(Place(0, "p. 1"), Place(6, "p. 2")),
    )
    assert wire.loads(wire.dumps(found)) == found


def test_characters_that_no_text_may_hold_are_replaced_one_by_one() -> None:
    found = wire.loads(wire.dumps(Extracted(text="a\0b\ud800c", title="\udfff")))
    assert isinstance(found, Extracted)
    assert (found.text, found.title) == ("a\ufffdb\ufffdc", "\ufffd")


GOOD_LINE = (
    '{"text": "Head body", "title": null, "date": null, "byline": null, "headings": [[0, 4, 1]], '
    '"boilerplate": [[5, 9, "x"]], "places": [[0, "p. 1"]], "extracted": true}'
)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"Head body"', "5"),
        ('"Head body"', '"a\\u0000"'),
        ('"Head body"', '"a\\ud800"'),
        ("[0, 4, 1]", "[0, 99, 1]"),
        ("[0, 4, 1]", "[-1, 4, 1]"),
        ("[0, 4, 1]", "[4, 5, 1]"),
        ("[0, 4, 1]", "[0, 4, 7]"),
        ("[0, 4, 1]", "[0, 4.0, 1]"),
        ("[0, 4, 1]", "[0, 4, 1], [2, 6, 1]"),
        ('[5, 9, "x"]', '[9, 5, "x"]'),
        ('[5, 9, "x"]', "[5, 9, 7]"),
        ('[0, "p. 1"]', '[10, "p. 1"]'),
        ('[0, "p. 1"]', '[3, "p. 1"], [2, "p. 2"]'),
        ('"extracted": true', '"extracted": 3'),
        ('"title": null', '"title": ["a"]'),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(was: str, now: str) -> None:
    assert isinstance(wire.loads(GOOD_LINE.encode()), Extracted)
    with pytest.raises((ValueError, TypeError)):
        wire.loads(GOOD_LINE.replace(was, now).encode())


def test_an_answer_that_nests_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nests"):
        wire.loads(b"[" * 100_000)
