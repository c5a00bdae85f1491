"""The Makefile's way to a PyTorch without CUDA, over an index made for the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "torch-2.13.0+cpu"
pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or sys.platform != "linux", reason="needs make, on Linux"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment of its own, empty at first; making one takes longest here."""
    folder = tmp_path_factory.mktemp("install") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """Serve an index that has nothing but a CPU build of torch."""
    folder = tmp_path / "index" / "torch"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / f"{NAME}-py3-none-any.whl", "w") as wheel:
        about = f"{NAME}.dist-info"
        wheel.writestr("torch/__init__.py", "")
        wheel.writestr(
            f"{about}/METADATA",
            "Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0+cpu\nRequires-Dist: nowhere\n",
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", f"torch/__init__.py,,\n{about}/METADATA,,\n")
    (folder / "index.html").write_text(f'<a href="{NAME}-py3-none-any.whl">{NAME}</a>')
    handler = partial(Quiet, directory=str(tmp_path / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def cpu_torch(venv: Path, index: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        ["make", "--silent", "cpu-torch", f"VENV={venv}", f"TORCH_INDEX={index}"],
        cwd=ROOT,
        env={**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def installed(venv: Path) -> str:
    code = (
        "import importlib.metadata as m; print([d.version for d in m.distributions(name='torch')])"
    )
    done = subprocess.run(
        [venv / "bin" / "python", "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_an_index_out_of_reach_is_said_and_costs_little(venv: Path) -> None:
    began = time.monotonic()
    done = cpu_torch(venv, "http://127.0.0.1:9/")
    assert done.returncode == 0
    assert "taking the default one" in done.stderr
    assert installed(venv) == "[]"
    assert time.monotonic() - began < 60


def test_the_cpu_build_is_taken_where_its_index_is_reached(venv: Path, index: str) -> None:
    done = cpu_torch(venv, index)
    assert (done.returncode, done.stderr) == (0, "")
    assert installed(venv) == "['2.13.0+cpu']"
