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

from askcorpus.globs import Glob

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

IGNORE_FILES = (".gitignore", ".askcorpusignore")
MAX_IGNORE_BYTES = 1_000_000


class Pattern(NamedTuple):
    """One line, taken apart."""

    runs: tuple[tuple[Glob, ...], ...]
    """Names that follow each other; between two runs any number of folders may lie."""
    only_folders: bool
    include: bool
    """Whether it ignores; False for a `!pattern`, which takes that back."""

    def is_of(self, names: Sequence[str], *, is_dir: bool) -> bool:
        """Return whether the path that these names make is meant itself."""
        if self.only_folders and not is_dir:
            return False
        first, *others = self.runs
        if not _stand(first, names, 0):
            return False
        if not others:
            return len(names) == len(first)
        *inner, last = others
        at, end = len(first), len(names) - len(last)
        for run in inner:  # the first place is as good as any, so that none is tried twice
            places = range(at, end - len(run) + 1)
            at = next((p + len(run) for p in places if _stand(run, names, p)), end + 1)
        return at <= end and _stand(last, names, end)


class Rules(NamedTuple):
    """The rules of one ignore file; they apply to paths below `base`."""

    base: str
    """Relative to the root: empty, or ending with a slash."""
    patterns: tuple[Pattern, ...]
    """The last line first, because the last one that matches decides."""


def load(file: Path, base: str) -> Rules:
    """Return the rules of one ignore file.

    Raises:
        OSError: The file is there but can't be read.
    """
    return Rules(base, patterns(_lines(file)))


def matches(path: str, wanted: Sequence[str]) -> bool:
    """Return whether a file, or a folder above it, matches git's patterns; malformed ones don't.

    What is said of the file itself goes before what is said of a folder.
    """
    names = path.split("/")
    folders = [names[:depth] for depth in range(1, len(names))]
    above: bool | None = None
    for pattern in _parsed(tuple(wanted)):
        if pattern.is_of(names, is_dir=False):
            return pattern.include
        if above is None and any(pattern.is_of(folder, is_dir=True) for folder in folders):
            above = pattern.include
    return bool(above)


def is_pattern(line: str) -> bool:
    """Return whether a line means something: it isn't empty, a comment or malformed."""
    return bool(patterns([line]))


@cache
def _parsed(wanted: tuple[str, ...]) -> tuple[Pattern, ...]:
    return patterns(wanted)


def ignored(path: str, rules: Sequence[Rules], *, is_dir: bool) -> bool:
    """Return whether a path is ignored, given that no folder above it is.

    Args:
        path: Relative to the root, without a final slash.
        rules: Weakest first: an outer folder's before an inner one's.
        is_dir: Whether the path is a folder; some patterns match folders only.
    """
    for base, patterns in reversed(rules):
        names = path[len(base) :].split("/")
        for pattern in patterns:
            if pattern.is_of(names, is_dir=is_dir):
                return pattern.include
    return False


def _stand(run: Sequence[Glob], names: Sequence[str], at: int) -> bool:
    """Return whether a run of names is found from one of them on."""
    if at + len(run) > len(names):
        return False
    return all(glob.matches(names[at + n]) for n, glob in enumerate(run))


def _lines(file: Path) -> list[str]:
    if not stat.S_ISREG(file.lstat().st_mode):  # as in git, no link: its target may be anywhere
        return []
    with file.open("rb") as stream:
        data = stream.read(MAX_IGNORE_BYTES)
    return os.fsdecode(data.removeprefix(b"\xef\xbb\xbf")).splitlines()


def patterns(lines: Sequence[str]) -> tuple[Pattern, ...]:
    """Return the patterns that mean something, the last first; git passes over the others too."""
    return tuple(filter(None, map(_pattern, reversed(lines))))


def _pattern(line: str) -> Pattern | None:
    """Return what a line means; None for an empty one, a comment and a malformed one."""
    line = line if line.endswith("\\ ") else line.rstrip()
    names = line.removeprefix("!").split("/")
    only_folders = names[-1] == ""
    names = names[:-1] if only_folders else names
    if line.startswith("#") or names in ([], [""]):
        return None
    if len(names) == 1:
        names = ["**", *names]  # a name alone is meant at any depth
    elif names[0] == "":
        names = names[1:]
    if names[-1] == "**":
        names = [*names, "*"]  # whatever lies in a folder, not the folder
    runs: list[list[Glob]] = [[]]
    try:
        for name in names:
            if name == "**":
                runs.append([])
            else:
                runs[-1].append(Glob(name, escapes=True))
    except ValueError:
        return None
    return Pattern(tuple(map(tuple, runs)), only_folders, include=not line.startswith("!"))
