"""Reading one file: what comes back, and what never gets through."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askcorpus import ingest
from askcorpus.ingest import FileEntry, read, sandbox, walk
from askcorpus.records import Document, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from askcorpus.ingest.extracted import Extracted, Unreadable


def put(root: Path, name: str, data: bytes) -> FileEntry:
    path = root / name
    path.write_bytes(data)
    status = path.stat()
    return FileEntry(name, path, status.st_size, status.st_mtime_ns)


def document(entry: FileEntry) -> Document:
    found = read(entry)
    assert isinstance(found, Document), found
    return found


def check_invariants(found: Document) -> None:
    end = 0
    for mark in found.boilerplate:
        assert end <= mark.start < mark.end <= len(found.text)
        end = mark.end
    end = 0
    for heading in found.headings:
        assert end <= heading.start < heading.end <= len(found.text)
        assert 1 <= heading.level <= 6
        end = heading.end
    assert "\0" not in found.text
    found.text.encode()  # raises where a lone surrogate is left
    found.title.encode()


def test_a_document_states_the_bytes_it_was_read_from(tmp_path: Path) -> None:
    data = b"Tunnels\r\n\r\nThe tunnels run deep.\r\n"
    entry = put(tmp_path, "a.txt", data)
    found = document(FileEntry(entry.path, entry.absolute, size=1, mtime_ns=1))
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert (found.size, found.mtime_ns) == (len(data), entry.mtime_ns)
    assert found.extracted is False


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay_as_they_are(tmp_path: Path, end: str) -> None:
    text = f"A title{end}{end}First line.{end}Second line.{end}"
    found = document(put(tmp_path, "a.txt", text.encode()))
    assert (found.text, found.title) == (text, "A title")


def test_a_file_without_a_title_is_called_by_its_name(tmp_path: Path) -> None:
    found = document(put(tmp_path, "spring notes.txt", b"It rained. It rained again.\n"))
    assert found.title == "spring notes"


def test_boilerplate_can_be_left_unmarked(tmp_path: Path) -> None:
    entry = put(tmp_path, "a.txt", b"A title\n\nSome words of content.\n\nShare this article\n")
    assert len(document(entry).boilerplate) == 1
    plain = read(entry, boilerplate=False)
    assert isinstance(plain, Document)
    assert plain.boilerplate == ()
    assert plain.title == "A title"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"text\0text", "looks binary"),
        (b"\x89PNG\r\n\x1a\n and then nothing but text", "looks binary"),
        (bytes(range(1, 32)) * 20 + b"abc", "looks binary"),
        (bytes(range(256)) * 20, "looks binary"),
    ],
)
def test_a_file_without_text_is_skipped_with_its_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    assert read(put(tmp_path, "a.txt", data)) == Skipped("a.txt", reason)


def test_a_file_over_the_limit_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "MAX_FILE_BYTES", 3_000_000)
    entry = put(tmp_path, "a.txt", b"abc")
    os.truncate(entry.absolute, 3_000_001)
    assert read(entry) == Skipped("a.txt", "larger than 3 MB")


def test_a_file_that_was_deleted_meanwhile_is_skipped(tmp_path: Path) -> None:
    entry = put(tmp_path, "a.txt", b"abc")
    entry.absolute.unlink()
    assert read(entry) == Skipped("a.txt", "it was deleted before it was read")


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    entry = put(tmp_path, "a.txt", b"abc")
    entry.absolute.unlink()
    os.mkfifo(entry.absolute)
    assert read(entry) == Skipped("a.txt", "it changed while it was read", failed=True)


def test_a_link_in_a_files_place_is_not_followed(tmp_path: Path) -> None:
    entry = put(tmp_path, "a.txt", b"abc")
    (tmp_path / "secret").write_text("a secret")
    entry.absolute.unlink()
    entry.absolute.symlink_to(tmp_path / "secret")
    assert read(entry) == Skipped("a.txt", "it changed while it was read", failed=True)


@pytest.fixture
def swapped(tmp_path: Path) -> Callable[[], Path]:
    """Return what puts a link to elsewhere in the place of a folder with `x.txt`, `root/sub`."""
    sub, outside = tmp_path / "root" / "sub", tmp_path / "outside"
    for place in (sub, outside):
        place.mkdir(parents=True)
        (place / "x.txt").write_text(f"It lies in {place.name}.")

    def swap() -> Path:
        sub.rename(tmp_path / "before")
        sub.symlink_to(outside)
        return sub

    return swap


def test_a_file_is_not_read_through_a_folder_that_became_a_link(
    tmp_path: Path, swapped: Callable[[], Path]
) -> None:
    (entry,) = walk(tmp_path / "root")
    assert isinstance(entry, FileEntry)
    assert document(entry).text == "It lies in sub."
    swapped()
    assert read(entry) == Skipped("sub/x.txt", "it changed while it was read", failed=True)


def test_what_is_listed_through_a_folder_that_became_a_link_is_not_read(
    tmp_path: Path, swapped: Callable[[], Path]
) -> None:
    (tmp_path / "root" / "a.txt").write_text("A.")
    found = walk(tmp_path / "root")
    next(found)
    swapped()
    for entry in found:
        assert isinstance(entry, FileEntry)
        assert read(entry) == Skipped("sub/x.txt", "it changed while it was read", failed=True)


def test_a_link_to_a_file_inside_is_read_through_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "x.txt").write_text("It lies deeper.")
    (tmp_path / "a.txt").symlink_to("deep/er/x.txt")
    (tmp_path / "folder").symlink_to("deep")
    (tmp_path / "b.txt").symlink_to("folder/er/x.txt")
    found = [entry for entry in walk(tmp_path) if isinstance(entry, FileEntry)]
    assert {entry.path: document(entry).text for entry in found} == dict.fromkeys(
        ("a.txt", "b.txt", "deep/er/x.txt"), "It lies deeper."
    )


def test_a_folder_on_the_way_that_may_not_be_listed_is_gone_through(tmp_path: Path) -> None:
    (tmp_path / "private" / "root").mkdir(parents=True)
    (tmp_path / "private" / "root" / "x.txt").write_text("It lies in root.")
    (entry,) = walk(tmp_path / "private" / "root")
    assert isinstance(entry, FileEntry)
    (tmp_path / "private").chmod(0o100)
    try:
        assert document(entry).text == "It lies in root."
    finally:
        (tmp_path / "private").chmod(0o700)


def changing(
    times: int, monkeypatch: pytest.MonkeyPatch, entry: FileEntry, *, same_time: bool
) -> None:
    """Let a file grow just after it was opened, so many times."""
    left = [times]
    real = os.open

    def opened(path: Path, flags: int, *, dir_fd: int | None = None) -> int:
        descriptor = real(path, flags, dir_fd=dir_fd)
        if left[0] and not flags & os.O_DIRECTORY:
            left[0] -= 1
            before = os.fstat(descriptor)

            def stated(number: int) -> os.stat_result:
                monkeypatch.setattr(os, "fstat", fstat)
                with entry.absolute.open("ab") as stream:
                    stream.write(b" more")
                if same_time:
                    os.utime(entry.absolute, ns=(before.st_mtime_ns, before.st_mtime_ns))
                return before

            fstat = os.fstat
            monkeypatch.setattr(os, "fstat", stated)
        return descriptor

    monkeypatch.setattr(os, "open", opened)


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = put(tmp_path, "a.txt", b"some words")
    changing(1, monkeypatch, entry, same_time=True)
    assert document(entry).text == "some words more"


def test_a_file_that_keeps_changing_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = put(tmp_path, "a.txt", b"some words")
    changing(2, monkeypatch, entry, same_time=False)
    assert read(entry) == Skipped("a.txt", "it changed while it was read", failed=True)


def test_a_crash_in_a_parser_is_a_failed_file_with_a_one_line_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(data: bytes) -> Extracted:
        raise RuntimeError("bad\nthing \x1b[31m")

    monkeypatch.setattr(ingest, "PARSERS", {".txt": crash})
    assert read(put(tmp_path, "a.txt", b"abc")) == Skipped(
        "a.txt",
        "its parser failed: RuntimeError: bad thing \ufffd[31m",
        failed=True,
        lasting=True,
    )


def test_a_name_with_control_sequences_is_read_like_any_other(tmp_path: Path) -> None:
    put(tmp_path, "a\nb\x1b[31m.txt", b"Some words here. And more.")
    (entry,) = walk(tmp_path)
    assert isinstance(entry, FileEntry)
    found = document(entry)
    assert found.path == "a\nb\x1b[31m.txt"
    assert found.title == "a b\ufffd[31m"


suffixes = st.sampled_from([".txt", ".md", ".html"])


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400), suffix=suffixes)
def test_no_bytes_raise_or_bring_in_bad_characters(
    data: bytes, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = read(put(tmp_path_factory.getbasetemp(), "any" + suffix, data))
    if isinstance(found, Document):
        check_invariants(found)


TOKENS = [
    *("# A", "\n", "\r\n", "\r", "---", "===", "```", "By: Ann Lee", "Share this", "Home", "News"),
    *("x", "July 27, 2014", " ", "<p>", "<h1>", "</h1>", "<div>", "\u2028", "é", "title: x", "."),
]
tokens = st.sampled_from(TOKENS)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(tokens, min_size=1, max_size=40), suffix=suffixes)
def test_ranges_are_in_order_inside_the_text_for_any_mixture(
    parts: list[str], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = "".join(parts).encode()
    found = read(put(tmp_path_factory.getbasetemp(), "mixed" + suffix, data))
    if isinstance(found, Document):
        check_invariants(found)
    else:
        assert not found.failed


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda t: "x" + t))
def test_valid_utf8_comes_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    assert document(put(tmp_path_factory.getbasetemp(), "same.txt", text.encode())).text == text


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_large_text_is_parsed_in_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    parsed: list[str] = []
    parse = sandbox.Worker.parse

    def noting(self: sandbox.Worker, path: str, *rest: Any) -> Extracted | Unreadable:
        parsed.append(path)
        return parse(self, path, *rest)

    monkeypatch.setattr(sandbox.Worker, "parse", noting)
    monkeypatch.setattr(ingest, "MAX_OWN_BYTES", 20)
    small, large = b"The port is shut.\n", b"The port is shut, they say.\n"
    assert document(put(tmp_path, name, small)).text == small.decode()
    assert parsed == []
    assert document(put(tmp_path, name, large)).text == large.decode()
    assert parsed == [name]


def test_a_text_longer_than_any_document_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askcorpus.ingest.extracted.MAX_TEXT_CHARS", 30)
    found = read(put(tmp_path, "a.txt", b"The port is shut, they all say."))
    assert found == Skipped("a.txt", "its text is longer than 20 million characters")


def test_more_headings_than_any_document_has_are_said(tmp_path: Path) -> None:
    found = read(put(tmp_path, "a.md", b"# a\n\nb\n\n" * 100_001))
    assert found == Skipped("a.md", "it has more than 100,000 headings")


def test_a_heading_as_long_as_a_page_is_a_paragraph(tmp_path: Path) -> None:
    found = document(put(tmp_path, "a.md", b"word " * 1_000 + b"\n===\n\n# Ports\n\nShut.\n"))
    assert [found.text[h.start : h.end] for h in found.headings] == ["# Ports"]


def test_a_title_is_no_longer_than_a_line(tmp_path: Path) -> None:
    found = document(put(tmp_path, "a.md", b"---\ntitle: " + b"t" * 9_000 + b"\n---\nShut.\n"))
    assert found.title == "t" * 300
