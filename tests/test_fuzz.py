"""Arbitrary bytes and lines at every seam: few of them here, many by `eval.bench.fuzz`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats import PARSERS
from askcorpus.store.ledger import Ledger
from tests import fuzzing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Few examples of what is slow; the same ones each time, so that a failure is about the change.
EXAMPLES = {"parser .html": 15, "parser .eml": 25, "parser .mbox": 25, "parser .xlsx": 25}
NAMES = [*(f"parser {suffix}" for suffix in fuzzing.SAMPLES)]
NAMES += ["parser .gz", "decode", "chunk", "question", "render", "wire"]


@pytest.fixture(scope="module")
def ledger(seeds_index: Path) -> Iterator[Ledger]:
    with Ledger.open(seeds_index) as opened:
        yield opened


@pytest.mark.parametrize("name", NAMES)
def test_any_input_is_read_or_refused_in_words(name: str, ledger: Ledger) -> None:
    holds, known = fuzzing.seams(ledger)[name]
    quick = settings(
        max_examples=EXAMPLES.get(name, 60),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # `eval.bench.fuzz` finds the smallest input, which takes long
        suppress_health_check=list(HealthCheck),
    )
    quick(given(**known)(holds))()


def test_every_seam_is_tried(ledger: Ledger) -> None:
    assert list(fuzzing.seams(ledger)) == NAMES


@pytest.mark.parametrize("suffix", fuzzing.SAMPLES)
def test_the_samples_are_valid_or_mutating_them_would_show_nothing(suffix: str) -> None:
    for sample in fuzzing.SAMPLES[suffix]:
        found = PARSERS[suffix](sample)
        assert isinstance(found, Extracted), found
