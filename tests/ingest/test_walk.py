from __future__ import annotations

import os
import random
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from askcorpus.errors import UsageError
from askcorpus.ingest import FileEntry, Selection, read, walk
from askcorpus.records import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(root: Path, *names: str, text: str = "words") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def paths(root: Path, *exclude: Path) -> list[str]:
    return [entry.path for entry in walk(root, exclude=exclude) if isinstance(entry, FileEntry)]


def skipped(root: Path) -> dict[str, str]:
    return {entry.path: entry.reason for entry in walk(root) if isinstance(entry, Skipped)}


def test_files_come_in_order_with_what_is_known_of_them(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.md", "a/b/c.HTML", "c.text")
    assert paths(tmp_path) == ["a/b/c.HTML", "a/z.md", "b.txt", "c.text"]
    entry = next(walk(tmp_path))
    assert isinstance(entry, FileEntry)
    status = (tmp_path / "a/b/c.HTML").stat()
    assert (entry.size, entry.mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert entry.absolute == tmp_path / "a/b/c.HTML"


def test_a_missing_folder_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no folder .*nowhere") as caught:
        walk(tmp_path / "nowhere")
    assert caught.value.hint


def test_a_file_in_the_folders_place_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    with pytest.raises(UsageError, match="is a file, not a folder") as caught:
        walk(tmp_path / "a.txt")
    assert caught.value.hint == "Give the folder that the file is in."


def test_an_empty_folder_yields_nothing(tmp_path: Path) -> None:
    assert list(walk(tmp_path)) == []


def test_hidden_files_and_folders_are_passed_over_in_silence(tmp_path: Path) -> None:
    write(tmp_path, ".git/a.txt", ".hidden.txt", "seen.txt")
    assert [entry.path for entry in walk(tmp_path)] == ["seen.txt"]


def test_a_hidden_root_is_walked(tmp_path: Path) -> None:
    write(tmp_path, ".notes/a.txt")
    assert paths(tmp_path / ".notes") == ["a.txt"]


def test_unknown_formats_are_accounted_for(tmp_path: Path) -> None:
    write(tmp_path, "a.XYZ", "README")
    assert skipped(tmp_path) == {
        "a.XYZ": "no reader for .xyz files yet",
        "README": "no reader for files without a suffix yet",
    }


def test_the_index_is_never_walked(tmp_path: Path) -> None:
    write(tmp_path, "index/a.txt", "indexes/a.txt", "b.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "index/a.txt")
    assert [e.path for e in walk(tmp_path, exclude=[tmp_path / "x/../index"])] == [
        "b.txt",
        "indexes/a.txt",
    ]


def test_what_is_no_file_is_skipped_unopened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "null.txt").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket is limited to some 100 bytes
        server.bind("socket.txt")
        os.chdir(here)
    assert skipped(tmp_path) == {
        "pipe.txt": "a named pipe, not a file",
        "socket.txt": "a socket, not a file",
        "null.txt": "a link that leaves the folder",
    }


def test_links_that_leave_the_folder_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.txt", "inside/a.txt")
    inside = tmp_path / "inside"
    (inside / "file.txt").symlink_to(tmp_path / "outside/secret.txt")
    (inside / "folder").symlink_to("../outside")
    assert paths(inside) == ["a.txt"]
    assert skipped(inside) == {
        "file.txt": "a link that leaves the folder",
        "folder": "a link that leaves the folder",
    }


def test_loops_and_links_to_nothing_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a/b.txt")
    (tmp_path / "a/up").symlink_to("..")
    (tmp_path / "gone.txt").symlink_to("nothing")
    (tmp_path / "self.txt").symlink_to("self.txt")
    assert paths(tmp_path) == ["a/b.txt"]
    assert skipped(tmp_path) == {
        "a/up": "a link to a folder",
        "gone.txt": "a link to nothing",
        "self.txt": "a link that leads back to itself",
    }


def test_a_link_to_a_file_inside_is_read_under_its_own_name(tmp_path: Path) -> None:
    write(tmp_path, ".store/x.txt", text="some words")
    (tmp_path / "a.txt").symlink_to(".store/x.txt")
    (entry,) = walk(tmp_path)
    assert isinstance(entry, FileEntry)
    found = read(entry)
    assert not isinstance(found, Skipped)
    assert (found.path, found.text) == ("a.txt", "some words")


def test_a_root_that_is_a_link_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "real/a.txt")
    (tmp_path / "link").symlink_to("real")
    assert paths(tmp_path / "link") == ["a.txt"]


def test_a_name_that_is_not_utf8_is_skipped_with_a_printable_path(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("x")
    assert skipped(tmp_path) == {"caf\\xe9.txt": "its name is not valid UTF-8"}


def test_names_with_control_characters_are_kept(tmp_path: Path) -> None:
    write(tmp_path, "a\nb.txt", "c\x1b[2Jd.txt")
    assert paths(tmp_path) == ["a\nb.txt", "c\x1b[2Jd.txt"]


def test_folders_deeper_than_pythons_stack_are_walked(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
        Path("a.txt").write_text("x")
        assert paths(tmp_path) == ["d/" * 1200 + "a.txt"]
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # too deep for pytest


@pytest.fixture
def private() -> Iterator[Path]:
    """Yield a folder whose permissions hold for this process, even where tests run as root."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        write(root, "warm-up.txt", "locked.txt", "closed/a.txt", "open/b.txt")
        list(walk(root))  # imports what may be out of reach later
        (root / "warm-up.txt").unlink()
        (root / "locked.txt").chmod(0)
        (root / "closed").chmod(0)
        if os.geteuid():
            yield root
        else:
            os.seteuid(65534)
            try:
                yield root
            finally:
                os.seteuid(0)
        (root / "closed").chmod(0o755)


def test_an_unreadable_folder_has_failed_and_the_rest_is_found(private: Path) -> None:
    assert Skipped("closed/", "permission denied", failed=True) in list(walk(private))
    assert paths(private) == ["locked.txt", "open/b.txt"]


def test_an_unreadable_file_has_failed(private: Path) -> None:
    entry = next(e for e in walk(private) if isinstance(e, FileEntry))
    assert read(entry) == Skipped("locked.txt", "permission denied", failed=True)


def test_a_root_that_may_not_be_listed_is_a_usage_error(private: Path) -> None:
    with pytest.raises(UsageError, match="permission denied"):
        walk(private / "closed")


def test_ignore_files_name_what_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "draft.txt", "build/x.txt", "sub/build/y.txt", "sub/keep.txt")
    (tmp_path / ".gitignore").write_text("# comment\n/build/\ndraft*\n[z-\n")
    (tmp_path / ".askcorpusignore").write_text("sub/build\r\n")
    assert [entry.path for entry in walk(tmp_path)] == ["a.txt", "sub/keep.txt"]


def test_our_ignore_file_wins_over_gits(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    (tmp_path / ".gitignore").write_text("*.txt\n")
    (tmp_path / ".askcorpusignore").write_text("!a.txt\n")
    assert paths(tmp_path) == ["a.txt"]


def test_inner_rules_win_but_bring_nothing_back_from_an_ignored_folder(tmp_path: Path) -> None:
    write(tmp_path, "out/a.txt", "in/a.txt", "in/b.txt", "c.md")
    (tmp_path / ".gitignore").write_text("*.txt\nout/\n!out/a.txt\n")
    (tmp_path / "in/.gitignore").write_text("!a.txt\n")
    assert paths(tmp_path) == ["c.md", "in/a.txt"]


def test_a_folder_brought_back_does_not_bring_back_what_is_in_it(tmp_path: Path) -> None:
    write(tmp_path, "in/a/x.md", "in/a/y.txt")
    (tmp_path / ".gitignore").write_text("*.md\n")
    (tmp_path / "in/.gitignore").write_text("!a/\n")
    assert paths(tmp_path) == ["in/a/y.txt"]


def test_an_ignore_file_that_is_a_link_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "rules").write_text("*.txt\n")
    (tmp_path / ".gitignore").symlink_to("rules")
    assert paths(tmp_path) == ["a.txt"]


PIECES = ["*", "**", "a", "b", "foo", "foo.txt", "*.txt", "*.md", "?", "f*", "[ab]", "b.md"]


def pattern(chosen: random.Random) -> str:
    body = "/".join(chosen.choice(PIECES) for _ in range(chosen.randint(1, 3)))
    before = chosen.choice(["", "", "/", "!", "!/"])
    return before + body + chosen.choice(["", "", "/"])


@pytest.mark.parametrize("seed", range(12))
def test_random_rules_mean_what_they_mean_to_git(tmp_path: Path, seed: int) -> None:
    chosen = random.Random(seed)
    folders = ["", "a/", "a/b/", "foo/", "foo/a/", "foo/foo/", "b/foo/a/"]
    for folder in folders:
        write(tmp_path, *(folder + name for name in ("foo.txt", "b.md", "x.text", "a.txt")))
        if folder in ("", "foo/") or chosen.random() < 0.3:
            rules = "\n".join(pattern(chosen) for _ in range(chosen.randint(1, 4)))
            (tmp_path / folder / ".gitignore").write_text(rules + "\n")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    git = ["git", "-C", str(tmp_path)]
    try:
        subprocess.run([*git, "init", "-q"], check=True, env=environment)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    listed = subprocess.run(
        [*git, "ls-files", "-o", "--exclude-per-directory=.gitignore"],
        check=True, env=environment, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert sorted(paths(tmp_path)) == sorted(p for p in listed if not p.endswith(".gitignore"))


def test_another_index_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "ledger.sqlite3").write_bytes(b"")
    (tmp_path / "old" / "README.md").write_text("Built data.")
    (tmp_path / "a.txt").write_text("Text.")
    assert [entry.path for entry in walk(tmp_path)] == ["a.txt"]


def test_a_malformed_pattern_of_a_selection_lets_nothing_in(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.")
    assert list(walk(tmp_path, selection=Selection(include=("!",)))) == []
    assert len(list(walk(tmp_path, selection=Selection(include=("!", "*.txt"))))) == 1
