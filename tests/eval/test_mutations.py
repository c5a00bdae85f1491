"""The table of breaks fits the code, and the runner tells what a test notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eval.bench.mutations import TABLE, Mutation, mutations, verdict
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mutation", mutations(TABLE), ids=lambda mutation: mutation.name)
def test_each_break_stands_in_the_code_once_and_names_its_test(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1
    assert mutation.new != mutation.old
    for test in mutation.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a module of two constants, of which a test holds one."""
    (tmp_path / "numbers_of_ours.py").write_text("HELD = 1\nFREE = 2\n")
    (tmp_path / "test_held.py").write_text(
        "import numbers_of_ours\n\ndef test_held():\n    assert numbers_of_ours.HELD == 1\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("HELD = 1", "HELD = 3", "caught"),
        ("FREE = 2", "FREE = 3", "survived"),
        ("HELD = 1", "HELD = ", "pytest exits with 2"),  # no test has said anything
        (" = ", "  =  ", "its text is found 2 times"),
        ("LOST = 1", "LOST = 2", "its text is found 0 times"),
    ],
)
def test_a_break_is_caught_where_its_test_fails(
    old: str, new: str, found: str, place: Path
) -> None:
    before = (place / "numbers_of_ours.py").read_text()
    mutation = Mutation("n", "numbers_of_ours.py", old, new, ("test_held.py",))
    assert verdict(place, mutation) == found
    assert (place / "numbers_of_ours.py").read_text() == before
