"""Breaks the code in one place at a time and sees whether the tests notice.

python -m eval.bench.mutations [--only NAME]

`mutations.toml` names the breaks: a file, a text that stands in it exactly once, what is put in
its place, and the tests that must fail then. Each is made in a temporary copy, where only those
tests run; before that, all of them must pass there. Exit 1 where a break goes unnoticed, where
its text isn't found exactly once, or where its tests don't run to an end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_suffix(".toml")
COPIED = ("askcorpus", "tests", "eval", "training", "seeds", "pyproject.toml", "README.md")
TIMEOUT_S = 300
# What pytest exits with: https://docs.pytest.org/en/stable/reference/exit-codes.html
PASSED, FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Mutation:
    """One place where the code is broken."""

    name: str
    file: str
    """From the repository's root."""
    old: str
    new: str
    tests: tuple[str, ...]
    """Files or node ids, of which one must fail."""


def mutations(table: Path) -> list[Mutation]:
    """Return the breaks of a table, in its order."""
    rows = tomllib.loads(table.read_text(encoding="utf-8"))
    return [Mutation(name, **{**row, "tests": tuple(row["tests"])}) for name, row in rows.items()]


def copied(place: Path) -> Path:
    """Copy what the tests need into a folder; return it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, place / name)
    return place


def tested(place: Path, tests: Sequence[str]) -> tuple[int | None, str]:
    """Return what pytest exits with in a copy, None where it takes too long, and what it says."""
    env = os.environ | {
        "PYTHONPATH": str(place),
        # It is told from its source by second and size, and a break often changes neither.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # loading them takes longer than most of the tests
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=place,
            env=env,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


def verdict(place: Path, mutation: Mutation) -> str:
    """Return what came of one break: "caught", "survived", or why that can't be said."""
    file = place / mutation.file
    whole = file.read_text(encoding="utf-8") if file.is_file() else ""
    found = whole.count(mutation.old)
    if found != 1:
        return f"its text is found {found} times"
    file.write_text(whole.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        code, _ = tested(place, mutation.tests)
    finally:
        file.write_text(whole, encoding="utf-8")
    if code is None:
        return "timed out"
    return {PASSED: "survived", FAILED: "caught"}.get(code, f"pytest exits with {code}")


def main() -> int:
    """Print what came of each break."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="those whose name holds this")
    args = parser.parse_args()
    chosen = [each for each in mutations(TABLE) if not args.only or args.only in each.name]
    if not chosen:
        parser.error(f"no mutation is called {args.only}")
    with tempfile.TemporaryDirectory() as scratch:
        place = copied(Path(scratch))
        code, said = tested(place, sorted({test for each in chosen for test in each.tests}))
        if code != PASSED:
            sys.stderr.write(f"{said}\nThe tests fail as things are.\n")
            return 1
        others = 0
        for each in chosen:
            began = perf_counter()
            found = verdict(place, each)
            others += found != "caught"
            print(f"{found:9} {each.name:52} {perf_counter() - began:5.1f} s  {each.tests[0]}")
        print(f"{len(chosen) - others} of {len(chosen)} caught")
    return int(others > 0)


if __name__ == "__main__":
    sys.exit(main())
