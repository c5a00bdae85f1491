"""Many vectors as near as each other come in the order of their passages."""

from __future__ import annotations

import numpy as np
import pytest

from askcorpus.store.exact import ExactStore


@pytest.mark.parametrize("k", [1, 7, 150, 400])
def test_hundreds_of_ties_break_on_the_passage(k: int) -> None:
    rng = np.random.default_rng(0)
    nearer = rng.random(400) < 0.5
    matrix = np.where(nearer[:, None], [0.8, 0.6], [0.6, 0.8]).astype(np.float32)
    ids = np.arange(400, dtype=np.int64) * 3 + 1
    found = ExactStore(ids, matrix).search(np.array([1.0, 0.0], np.float32), k)
    assert [n for n, _ in found] == [*ids[nearer].tolist(), *ids[~nearer].tolist()][:k]
