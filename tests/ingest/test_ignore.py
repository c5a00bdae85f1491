"""Ignore files mean what pathspec has them mean, and take their time in proportion."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from askcorpus.ingest import ignore
from askcorpus.ingest.walk import FileEntry, walk

if TYPE_CHECKING:
    from pathlib import Path

# Few stars, since pathspec's time grows with them; no `a/**`, which pathspec takes for `a` itself.
_NAME = st.text("ab*?.", min_size=1, max_size=4).filter(lambda name: "**" not in name)
_LINE = st.tuples(
    st.sampled_from(["", "!", "#", "/", "**/", "!**/"]),
    st.lists(_NAME | st.sampled_from(["[ab]", "[!a]", "\\*"]), min_size=1, max_size=3),
    st.sampled_from(["", "/", " "]),
).map(lambda parts: parts[0] + "/".join(parts[1]) + parts[2])
_FOUND = st.text("ab.", min_size=1, max_size=4).filter(lambda name: name.strip("."))
_PATH = st.lists(_FOUND, min_size=1, max_size=4).map("/".join)


@given(st.lists(_LINE, max_size=4), _PATH)
@example(["a/**/b"], "a/b")
@example(["a/**/b"], "a/a/a/b")
@example(["a/", "!a/b"], "a/b")
@example(["!a", "a/"], "b/a")
@example(["*", "!*.a", "b/"], "b/b.a")
@example(["**"], "a/b")
@example(["[a", "\\"], "[a")
@example(["!"], "a")
@example(["//"], "a/b")
def test_patterns_mean_what_pathspec_says(lines: list[str], path: str) -> None:
    spec = GitIgnoreSpec.from_lines(line for line in lines if ignore.is_pattern(line))
    assert ignore.matches(path, lines) == spec.match_file(path)


def test_what_lies_in_a_folder_is_not_the_folder(tmp_path: Path) -> None:
    for name in ("kept/a.txt", "kept/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    (tmp_path / ".gitignore").write_text("kept/**\n!kept/a.txt\n")
    assert [entry.path for entry in walk(tmp_path)] == ["kept/a.txt"]  # as git has it


def test_no_ignore_file_takes_its_time(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*a" * 25 + "b\n" + "*a?" * 80 + "b\n" + "**/a/" * 400)
    (tmp_path / ("a" * 200 + ".txt")).write_text("words")
    began = time.process_time()
    assert all(isinstance(entry, FileEntry) for entry in walk(tmp_path))
    assert time.process_time() - began < 1
