"""One indexer at a time, and a dead one is no obstacle."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from askcorpus.errors import IndexBusyError, UsageError
from askcorpus.store.files import LOCK
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from tests.store.kit import add, python

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, time
from pathlib import Path
from askcorpus.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_indexer_is_told_who_is_at_work(tmp_path: Path) -> None:
    directory = tmp_path / "index"
    with python(HOLDER, directory, cwd=tmp_path) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(IndexBusyError) as caught, hold(directory):
            pass
        assert f"by process {owner.pid} (since 2" in caught.value.message
        assert caught.value.hint
        owner.send_signal(signal.SIGKILL)
    assert (directory / LOCK).read_text().startswith(f"{owner.pid} ")
    with hold(directory):  # what the dead owner wrote means nothing
        pass


def test_the_lock_is_given_back_and_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="inside"), hold(tmp_path):
            raise ValueError("inside")
    assert (tmp_path / LOCK).stat().st_mode & 0o777 == 0o600


def test_the_same_process_can_not_hold_it_twice(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(IndexBusyError), hold(tmp_path):
        pass


def test_readers_need_no_lock(tmp_path: Path) -> None:
    with hold(tmp_path), Ledger.create(tmp_path) as ledger:
        add(ledger, "a", ["x"])
        with Ledger.open(tmp_path) as reader:
            assert reader.paths == ["a"]


def test_no_lock_is_left_in_a_directory_that_is_not_an_index(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(UsageError), hold(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
