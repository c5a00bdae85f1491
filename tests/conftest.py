"""What all tests share: no user configuration, no network, one built index of the seeds."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from askcorpus.config import data_dir
from askcorpus.store import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shell lets what it starts in the background ignore Ctrl+C; the programs that the tests start
# and interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something of the machine's load, and nothing of the code.
settings.register_profile("any load", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any load")

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"


@pytest.fixture(autouse=True, scope="session")
def mark_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the key of this session's indexes; where no test runs, it is the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data-home")))
        mark.made(Path(__file__))
        yield data_dir() / mark.KEY


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    mark_key: Path,
) -> None:
    """Hide the user's settings, configuration and history; keep the cache of exported models."""
    for name in list(os.environ):
        if name.startswith("ASKCORPUS_") and name != "ASKCORPUS_CACHE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data-home")))
    data_dir().mkdir(parents=True, mode=0o700)
    shutil.copy(mark_key, data_dir())


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Let every attempt to connect beyond this machine fail the test that makes it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        # By number only: a name would have to be looked up first.
        host = address[0] if isinstance(address, tuple) else None
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to connect to {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of the seeds, built once; tests only read it."""
    from askcorpus import Corpus, Settings

    index = tmp_path_factory.mktemp("seeds") / "index"
    Corpus.build(SEEDS, index=index, settings=Settings()).close()
    return index
