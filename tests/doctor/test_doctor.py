from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus import Settings
from askcorpus.doctor import examine

if TYPE_CHECKING:
    from pathlib import Path


def test_every_part_works_and_a_missing_index_is_no_fault(tmp_path: Path) -> None:
    checks = list(examine(Settings(index=str(tmp_path / "none"))))
    assert [check.name for check in checks if check.error] == []
    assert "No index" in checks[-1].detail


def test_a_broken_part_is_named_and_the_others_are_examined(tmp_path: Path) -> None:
    checks = list(examine(Settings(model="nope", index=str(tmp_path / "none"))))
    broken = {check.name: check.detail for check in checks if check.error}
    assert "nope" in broken["model and index"]
    assert checks[-1].name == "your index"
    assert checks[-1].error is None
