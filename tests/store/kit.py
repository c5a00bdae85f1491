"""What the store's tests share: small indexes with known vectors. No tests in here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.records import Document, Passage
from askcorpus.sqlite import Database
from askcorpus.store import mark, schema
from askcorpus.store.files import LEDGER

if TYPE_CHECKING:
    from askcorpus.ports import Vectors
    from askcorpus.store.ledger import Ledger

DIM = 16


def unit(seed: int, n: int, dim: int = DIM) -> Vectors:
    """Return n random directions, (n, dim) float32, always the same ones."""
    matrix = np.random.default_rng(seed).normal(size=(n, dim))
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix, dtype=np.float32)


def add(
    ledger: Ledger,
    path: str,
    texts: list[str],
    vectors: Vectors | None = None,
    *,
    date: str | None = None,
    title: str = "",
) -> None:
    """Put a document made of these passages, one a line, in the ledger."""
    text = "\n".join(texts)
    passages, at = [], 0
    for number, part in enumerate(texts, 1):
        passages.append(Passage(path=path, start=at, end=at + len(part), text=part, line=number))
        at += len(part) + 1
    document = Document(
        path=path, text=text, title=title, sha256="0" * 64, size=1, mtime_ns=2, date=date
    )
    if vectors is None:
        vectors = unit(len(path), len(texts))
    hashes = [f"{path}:{number}".encode() for number in range(len(texts))]
    ledger.replace(document, passages, vectors, hashes)


def note(ledger: Ledger, key: str, text: str | bytes) -> None:
    """Write a text of the manifest as it is, whatever it says."""
    ledger.db.run("REPLACE INTO meta VALUES (?, ?)", (key, text))


def noted(ledger: Ledger, key: str) -> str | None:
    """Return a text of the manifest as it stands."""
    found: str | None = ledger.db.value("SELECT value FROM meta WHERE key = ?", (key,))
    return found


def fill(ledger: Ledger, documents: int = 30, each: int = 10) -> None:
    """Add documents `0.txt`, `1.txt`, … with passages "passage N", vectors all distinct."""
    matrix = unit(1, documents * each)
    for number in range(documents):
        low, high = number * each, (number + 1) * each
        texts = [f"passage {at}" for at in range(low, high)]
        add(ledger, f"{number}.txt", texts, matrix[low:high])


def copied(index: Path, to: Path) -> Path:
    """Copy an index, and let the copy count as made here as well."""
    shutil.copytree(index, to)
    own(to)
    return to


def own(index: Path) -> None:
    """Let an index count as made here."""
    with closing(Database(index / LEDGER, schema.WORDS, writable=True)) as db:
        db.run("REPLACE INTO meta VALUES ('mark', ?)", (mark.made(db.path),))


def python(
    code: str, *arguments: object, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start the code in a process of its own, which finds askcorpus and this module."""
    root = str(Path(__file__).absolute().parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": root} | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output(process: subprocess.Popen[str]) -> str:
    """Return what the process printed, once it has ended well."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


# Begins a program that may read but not write: for root, permissions are no obstacle.
UNPRIVILEGED = """
import os
def give_up_rights():
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
"""


def make_readonly(directory: Path) -> None:
    """Let everybody read the directory and nobody write in it."""
    for path in [directory, *directory.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in directory.parents:  # pytest's own folders are for their owner only
        if parent.name.startswith("pytest-") or "pytest-of-" in str(parent):
            parent.chmod(parent.stat().st_mode | 0o055)
