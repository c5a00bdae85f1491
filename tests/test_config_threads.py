"""How many threads the models may use."""

from __future__ import annotations

import os

import pytest

from askcorpus import Settings


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (3, 3), (4, 4), (64, 4), (None, 1)])
def test_the_models_use_the_cores_and_at_most_four_of_them(
    cores: int | None, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert Settings().worker_threads == threads


def test_threads_that_are_set_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Settings(threads=7).worker_threads == 7
