"""`.gitignore` and `.askcorpusignore`, with git's semantics.

The rules of a folder hold for everything below it; a deeper folder's rules win over an outer
one's, a later line over an earlier one, and `.askcorpusignore` over the `.gitignore` beside it.
Only files inside the indexed folder count: neither those of a surrounding repository nor the
user's global excludes. As in git, what stands in an ignored folder can't be re-included.
"""

from __future__ import annotations

import os
import stat
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

IGNORE_FILES = (".gitignore", ".askcorpusignore")
MAX_IGNORE_BYTES = 1_000_000


class Rules(NamedTuple):
    """The rules of one ignore file; they apply to paths below `base`."""

    base: str
    """Relative to the root: empty, or ending with a slash."""
    patterns: tuple[GitIgnoreSpecPattern, ...]
    """The last line first, because the last one that matches decides."""


def load(file: Path, base: str) -> Rules:
    """Return the rules of one ignore file.

    Raises:
        OSError: The file is there but can't be read.
    """
    return Rules(base, patterns(_lines(file)))


def matches(path: str, wanted: Sequence[str]) -> bool:
    """Return whether a file, or a folder above it, matches git's patterns; malformed ones don't."""
    return bool(_spec(tuple(wanted)).match_file(path))


def is_pattern(line: str) -> bool:
    """Return whether a line means something: it isn't empty, a comment or malformed."""
    return bool(patterns([line]))


@cache
def _spec(wanted: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(filter(is_pattern, wanted))


def ignored(path: str, rules: Sequence[Rules], *, is_dir: bool) -> bool:
    """Return whether a path is ignored, given that no folder above it is.

    Args:
        path: Relative to the root, without a final slash.
        rules: Weakest first: an outer folder's before an inner one's.
        is_dir: Whether the path is a folder; some patterns match folders only.
    """
    for base, patterns in reversed(rules):
        below = path[len(base) :] + "/" * is_dir
        for pattern in patterns:
            if _matches_itself(pattern, below):
                return bool(pattern.include)
    return False


def _matches_itself(pattern: GitIgnoreSpecPattern, path: str) -> bool:
    """Return whether a pattern matches the path, and not merely a folder above it.

    `GitIgnoreSpec.check_file` counts a match of any parent, so that a `!folder/` of an inner file
    brings back what an outer file excludes; git (2.39) doesn't. The group `ps_d` stands where a
    folder's name ended.
    """
    result = pattern.match_file(path)
    if result is None:
        return False
    found = result.match
    if "ps_d" not in found.re.groupindex or found["ps_d"] is None:
        return True
    return bool(found.start("ps_d") == len(path) - 1)


def _lines(file: Path) -> list[str]:
    if not stat.S_ISREG(file.lstat().st_mode):  # as in git, no link: its target may be anywhere
        return []
    with file.open("rb") as stream:
        data = stream.read(MAX_IGNORE_BYTES)
    return os.fsdecode(data.removeprefix(b"\xef\xbb\xbf")).splitlines()


def patterns(lines: Sequence[str]) -> tuple[GitIgnoreSpecPattern, ...]:
    """Return the patterns that mean something, the last first; git passes over the others too."""
    from pathspec.patterns.gitignore.base import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    found = []
    for line in lines:
        try:
            pattern = GitIgnoreSpecPattern(line)
        except GitIgnorePatternError:
            continue
        if pattern.include is not None:
            found.append(pattern)
    return tuple(reversed(found))
