"""What an index says of itself: every value comes back, and garbage is a damaged index."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from askcorpus.errors import StoreUnavailableError
from askcorpus.store.ledger import Ledger
from askcorpus.store.manifest import Cut, Generation, Manifest
from tests.store.kit import add, note, noted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL = Manifest(
    root="/docs",
    folders=("a/", "b/c/"),
    include=("*.pdf",),
    exclude=("old/",),
    max_bytes=2_000_000,
    fields=("title", "author.name"),
    model="potion@0123456789ab/int8",
    cut=Cut("cl100k_base, 256 tokens, 1 sentences shared, boilerplate marked", 2, "title"),
    complete=True,
    dim=256,
    fit='{"scale": 1.0}',
    generation=Generation("000012", 30, 29, 28, 256, {"a/data.bin": "ff"}),
    last=11,
    refused=(25, 24),
    ours=True,
    unwiped=True,
)
# The texts of format 4, as every program writes them that knows it.
FORMAT_4 = {
    "root": "/docs",
    "scope": '{"folders": ["a/", "b/c/"], "selection": {"include": ["*.pdf"], "exclude": ["old/"], '
    '"max_bytes": 2000000, "fields": ["title", "author.name"]}}',
    "model": "potion@0123456789ab/int8",
    "chunking": "cl100k_base, 256 tokens, 1 sentences shared, boilerplate marked",
    "extraction": "2",
    "fields": "title",
    "complete": "1",
    "dim": "256",
    "fit": '{"scale": 1.0}',
    "chroma": '{"name": "000012", "watermark": 30, "count": 29, "distinct": 28, "dim": 256, '
    '"digests": {"a/data.bin": "ff"}}',
    "chroma_last": "000011",
    "chroma_refused": "[25, 24]",
    "unwiped": "1",
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "index") as ledger:
        yield ledger


def test_all_that_is_kept_comes_back_in_another_process(ledger: Ledger) -> None:
    ledger.keep(FULL)
    with Ledger.open(ledger.directory) as reader:
        assert reader.manifest == FULL


def test_it_is_written_as_format_4_has_it(ledger: Ledger) -> None:
    ledger.keep(FULL)
    assert {key: noted(ledger, key) for key in FORMAT_4} == FORMAT_4


def test_what_says_the_same_is_not_written_again(ledger: Ledger) -> None:
    for key, text in FORMAT_4.items():
        note(ledger, key, text)
    assert ledger.manifest == FULL
    before = ledger.revision
    ledger.keep(ledger.manifest)
    assert ledger.revision == before


def test_a_new_index_says_nothing_yet(ledger: Ledger) -> None:
    assert ledger.manifest == Manifest(ours=True)
    ledger.keep(FULL)
    ledger.keep(Manifest())
    left = {key: text for key in FORMAT_4 if (text := noted(ledger, key)) is not None}
    assert left == {"complete": "0"}


def test_empty_texts_say_the_same_as_none(ledger: Ledger) -> None:
    for key in ("fields", "fit", "chroma", "chroma_refused", "unwiped"):
        note(ledger, key, "")
    assert ledger.manifest == Manifest(ours=True)


def test_it_is_read_once_for_each_revision(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    connect = sqlite3.connect

    def traced(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    ledger.keep(FULL)
    with Ledger.open(ledger.directory) as reader:
        for _ in range(3):
            assert reader.manifest.complete
        assert sum("FROM meta" in sql for sql in seen) == 1
        ledger.keep(replace(FULL, complete=False))
        assert not reader.manifest.complete


def test_what_was_rolled_back_was_never_said(ledger: Ledger) -> None:
    ledger.keep(FULL)

    def fail() -> None:
        with ledger.db.writing():
            ledger.keep(replace(FULL, model="other"))
            assert ledger.manifest.model == "other"
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ledger.manifest == FULL


SCOPES: tuple[Any, ...] = (
    [],
    "text",
    {"folders": "a/"},
    {"folders": []},
    {"folders": [1]},
    {"folders": ["a\0/"]},
    {"folders": ["\ud800/"]},
    {"selection": []},
    {"selection": {"include": "*.pdf"}},
    {"selection": {"fields": [None]}},
    {"selection": {"max_bytes": "2"}},
    {"selection": {"max_bytes": True}},
)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *(("scope", json.dumps(scope)) for scope in SCOPES),
        ("scope", "{"),
        ("scope", "[" * 100_000),
        ("root", "relative"),
        ("root", "/a\0b"),
        ("root", b"/bytes"),
        ("dim", ""),
        ("dim", "wide"),
        ("dim", "0"),
        ("dim", "-3"),
        ("dim", "9" * 5000),
    ],
    ids=str,
)
def test_garbage_is_a_damaged_index(ledger: Ledger, key: str, text: str | bytes) -> None:
    ledger.keep(FULL)
    note(ledger, key, text)
    with pytest.raises(StoreUnavailableError, match="it is damaged"):
        _ = ledger.manifest


GENERATIONS: tuple[dict[str, Any], ...] = (
    {"name": "../../elsewhere"},
    {"name": "²"},
    {"name": 12},
    {"watermark": "30"},
    {"dim": None},
    {"digests": []},
    {"digests": {"a": 1}},
    {"more": 1},
)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        "[]",
        "{}",
        *(json.dumps(json.loads(FORMAT_4["chroma"]) | part) for part in GENERATIONS),
    ],
)
def test_a_garbled_vector_index_is_none(ledger: Ledger, text: str) -> None:
    ledger.keep(FULL)
    note(ledger, "chroma", text)
    assert ledger.manifest == replace(FULL, generation=None)


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '["1", 2]', "[1, 2, 3]"])
def test_a_garbled_refusal_is_none(ledger: Ledger, text: str) -> None:
    ledger.keep(FULL)
    note(ledger, "chroma_refused", text)
    note(ledger, "chroma_last", "many")
    assert ledger.manifest == replace(FULL, refused=None, last=0)


@pytest.mark.parametrize(
    ("model", "label"), [("potion@01/int8", "potion"), ("a@b@01/int8", "a@b"), ("hashing", "")]
)
def test_a_model_is_known_by_its_label(model: str, label: str) -> None:
    assert Manifest(model=model).label == label


def test_another_model_is_a_mismatch_and_says_what_to_do(tmp_path: Path) -> None:
    assert Manifest().mismatch("any", tmp_path) is None
    assert FULL.mismatch(FULL.model, tmp_path) is None
    asked = FULL.mismatch("other", tmp_path)
    assert asked is not None
    assert asked.message == f"The index was made with the model {FULL.model}, not other."
    assert f"--index {tmp_path} index DIR --rebuild" in asked.hint
    written = FULL.mismatch("other", tmp_path, writing=True)
    assert written is not None
    assert written.message == f"The index at {tmp_path} was made with the model {FULL.model}."


def test_a_width_that_is_not_the_vectors_is_a_damaged_index(ledger: Ledger) -> None:
    add(ledger, "a", ["apple"])
    note(ledger, "dim", "3")
    with pytest.raises(StoreUnavailableError, match="it is damaged"):
        ledger.vectors()


def test_the_width_is_noted_with_the_first_vector(ledger: Ledger) -> None:
    ledger.keep(replace(FULL, dim=None))
    add(ledger, "a", ["apple"])
    assert ledger.manifest == replace(FULL, dim=ledger.manifest.dim)
    assert ledger.manifest.dim is not None
