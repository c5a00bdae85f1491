"""What keeps a document out that holds the very bytes of one that is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus.forget import named
from askcorpus.store import erase
from askcorpus.store.ledger import Ledger
from askcorpus.store.manifest import Manifest
from tests.store.kit import add

if TYPE_CHECKING:
    from pathlib import Path


def test_a_copy_is_kept_out_by_its_place_too(tmp_path: Path) -> None:
    with Ledger.create(tmp_path) as ledger:
        ledger.keep(Manifest(root="/r"))
        add(ledger, "secret.txt", ["The contract was signed."])
        add(ledger, "copy.txt", ["The contract was signed."])
    found = named(tmp_path, ["secret.txt"])
    assert (found.paths, found.copies) == (("secret.txt", "copy.txt"), ("copy.txt",))
    # Or what the copy holds later would be indexed.
    assert {erase.place("/r", path) for path in found.paths} <= found.fingerprints
    assert erase.content("0" * 64) in found.fingerprints
