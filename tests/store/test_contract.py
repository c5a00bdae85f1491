"""The contract of the port Store, held by every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from askcorpus.errors import IndexMismatchError
from askcorpus.records import Document, Passage
from askcorpus.store import generations
from askcorpus.store.chroma import ChromaStore
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from tests.store.kit import DIM, add, unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from askcorpus.ports import Ids, Store, Vectors

DOCUMENTS, EACH = 30, 10
COUNT = DOCUMENTS * EACH
TWINS = (5, 48, 271)  # rows that hold the same vector: ids 6, 49 and 272


def vectors() -> Vectors:
    matrix = unit(1, COUNT)
    matrix[list(TWINS)] = matrix[TWINS[0]]
    return matrix


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.create(tmp_path_factory.mktemp("index")) as made:
        matrix = vectors()
        for at in range(0, COUNT, EACH):
            texts = [f"passage {number}" for number in range(at, at + EACH)]
            add(made, f"{at}.txt", texts, matrix[at : at + EACH])
        yield made


@pytest.fixture(scope="module", params=["exact", "chroma"])
def store(request: pytest.FixtureRequest, ledger: Ledger) -> Iterator[Store]:
    if request.param == "exact":
        yield ExactStore(*ledger.vectors())
        return
    generations.build(ledger)
    opened = ChromaStore.open(ledger)
    yield opened
    opened.close()


def ids(*numbers: int) -> Ids:
    return np.array(numbers, dtype=np.int64)


def test_hits_and_scores_are_those_of_cosine_similarity(store: Store) -> None:
    matrix = vectors().astype(np.float64)
    for question in unit(2, 20):
        cosines = matrix @ question.astype(np.float64)
        best = sorted(range(COUNT), key=lambda row: (-cosines[row], row))[:10]
        hits = store.search(question, 10)
        assert [number for number, _ in hits] == [row + 1 for row in best]
        np.testing.assert_allclose([score for _, score in hits], cosines[best], atol=1e-6)


def test_hits_are_plain_numbers(store: Store) -> None:
    assert {(type(n), type(score)) for n, score in store.search(unit(2, 1)[0], 5)} == {(int, float)}


def test_a_passage_finds_itself_with_similarity_one(store: Store) -> None:
    ((number, score),) = store.search(vectors()[17], 1)
    assert number == 18
    assert score == pytest.approx(1.0, abs=1e-6)
    assert score <= 1.0


def test_ties_break_on_the_passage_id(store: Store) -> None:
    hits = store.search(vectors()[TWINS[0]], 3)
    assert [number for number, _ in hits] == [row + 1 for row in TWINS]
    assert len({score for _, score in hits}) == 1
    assert [number for number, _ in store.search(vectors()[TWINS[0]], 2)] == [6, 49]


def test_k_is_an_upper_bound(store: Store) -> None:
    assert len(store.search(unit(2, 1)[0], COUNT + 50)) == COUNT
    assert store.search(unit(2, 1)[0], 0) == []


def test_the_only_allowed_passage_is_found_though_it_ranks_last(store: Store) -> None:
    question = unit(2, 1)[0]
    last = int(np.argmin(vectors() @ question)) + 1
    assert [number for number, _ in store.search(question, 3, allowed=ids(last))] == [last]


def test_allowed_passages_are_ranked_as_ever(store: Store) -> None:
    question = unit(2, 1)[0]
    allowed = ids(*range(1, COUNT, 7))
    among = [hit for hit in store.search(question, COUNT) if hit[0] in allowed][:5]
    assert store.search(question, 5, allowed=allowed) == among


def test_allowed_passages_that_are_not_there_do_not_matter(store: Store) -> None:
    found = store.search(unit(2, 1)[0], 5, allowed=ids(3, COUNT + 1, COUNT + 2))
    assert [number for number, _ in found] == [3]
    assert store.search(unit(2, 1)[0], 5, allowed=ids()) == []


@pytest.mark.parametrize("width", [DIM - 1, DIM + 1, 0])
def test_a_vector_of_another_width_is_refused(store: Store, width: int) -> None:
    with pytest.raises(IndexMismatchError, match=f"{DIM} numbers") as caught:
        store.search(np.ones(width, dtype=np.float32), 5)
    assert caught.value.hint


def test_an_empty_index_has_no_hits() -> None:
    empty = ExactStore(ids(), np.empty((0, 0), dtype=np.float32))
    assert empty.search(unit(2, 1)[0], 5) == []


def test_ties_hold_where_a_matrix_product_would_untie_them() -> None:
    matrix = np.repeat(unit(4, 1, 384), 1003, axis=0)
    store = ExactStore(np.arange(1, 1004), matrix)
    for question in unit(5, 20, 384):
        for k in (2, 500):
            assert [number for number, _ in store.search(question, k)] == list(range(1, k + 1))


def test_chroma_finds_what_exact_search_finds_among_5000_passages(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(200, 64))
    rows = centres[rng.integers(0, 200, 5_000)] + rng.normal(scale=0.7, size=(5_000, 64))
    queries = centres + rng.normal(scale=0.7, size=centres.shape)
    rows, queries = (m / np.linalg.norm(m, axis=1, keepdims=True) for m in (rows, queries))
    text = "".join(f"Passage {n:04}.\n" for n in range(5_000))
    document = Document("a.txt", text, "A", "", len(text), 0)
    passages = [
        Passage("a.txt", at, at + 13, text[at : at + 13], line=1 + at // 14)
        for at in range(0, len(text), 14)
    ]
    with Ledger.create(tmp_path / "index") as ledger:
        hashes = [n.to_bytes(4, "big") for n in range(5_000)]
        ledger.replace(document, passages, rows.astype(np.float32), hashes)
        generations.build(ledger)
        exact, chroma = ExactStore(*ledger.vectors()), ChromaStore.open(ledger)
        shared = []
        for query in queries.astype(np.float32):
            best = {n for n, _ in exact.search(query, 10)}
            shared.append(len(best & {n for n, _ in chroma.search(query, 10)}) / 10)
        chroma.close()
    assert np.mean(shared) >= 0.98
