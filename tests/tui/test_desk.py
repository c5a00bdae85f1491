"""The thread that holds the corpus: order, errors, and what is given up."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from askcorpus import Settings
from askcorpus.errors import AskcorpusError, IndexMissingError
from askcorpus.tui.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(Settings(index=str(tmp_path / "none")))
    yield desk
    assert desk.close()


def test_everything_runs_on_one_thread_in_order(desk: Desk) -> None:
    seen: list[tuple[int, int]] = []

    def noted(n: int) -> None:
        seen.append((n, threading.get_ident()))

    async def scenario() -> None:
        await asyncio.gather(*(desk.run(partial(noted, n)) for n in range(5)))

    asyncio.run(scenario())
    assert [n for n, _ in seen] == [0, 1, 2, 3, 4]
    assert len({thread for _, thread in seen} | {threading.get_ident()}) == 2


def test_what_is_given_up_before_its_turn_never_runs(desk: Desk) -> None:
    ran: list[str] = []
    gate = threading.Event()

    async def scenario() -> None:
        first = asyncio.ensure_future(desk.run(gate.wait))
        second = asyncio.ensure_future(desk.run(lambda: ran.append("second")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        gate.set()
        await first
        await desk.run(lambda: ran.append("third"))

    asyncio.run(scenario())
    assert ran == ["third"]


def test_an_unexpected_exception_becomes_an_error_with_a_next_step(desk: Desk) -> None:
    def broken() -> None:
        raise RuntimeError("boom")

    with pytest.raises(AskcorpusError, match="Unexpected RuntimeError: boom") as caught:
        asyncio.run(desk.run(broken))
    assert caught.value.hint


def test_a_missing_index_is_said_as_it_is(desk: Desk) -> None:
    with pytest.raises(IndexMissingError):
        asyncio.run(desk.open())


def test_leaving_does_not_wait_for_a_long_job(tmp_path: Path) -> None:
    desk = Desk(Settings(index=str(tmp_path)))
    gate = threading.Event()

    async def scenario() -> None:
        job = asyncio.ensure_future(desk.run(gate.wait))
        await asyncio.sleep(0)
        assert not desk.close()
        gate.set()
        await job

    asyncio.run(scenario())
