"""Indexing and asking reach for no network, and the check that says so can fail."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest

from askcorpus.doctor.offline import Attempt, Verdict, calls
from askcorpus.doctor.offline.report import report
from askcorpus.errors import UnavailableError
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="native code is watched on Linux only",
)

# A reader that tries its best to get out. The addresses are reserved: nobody has them.
READER = """
import ctypes, socket, subprocess, sys
from contextlib import suppress

class Reader:
    def read(self, question, hits):
        for work in (self.connect, self.send, self.look_up):
            with suppress(OSError):
                work()
        self.native()
        subprocess.run(["bash", "-c", "echo > /dev/tcp/192.0.2.3/80"], stderr=subprocess.DEVNULL)
        return []

    def connect(self):
        with socket.socket() as out:
            out.connect(("192.0.2.1", 80))

    def send(self):
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out:
            out.sendto(b"?", ("2001:db8::1", 53))

    def look_up(self):
        socket.getaddrinfo("telemetry.example.org", 443)

    def native(self):
        if sys.platform == "linux":
            address = (2).to_bytes(2, sys.byteorder) + (443).to_bytes(2, "big")
            address += socket.inet_aton("192.0.2.2") + bytes(8)
            libc = ctypes.CDLL(None)
            libc.connect(libc.socket(2, 1, 0), address, len(address))
"""


class Run(NamedTuple):
    """What `askcorpus doctor --offline` did."""

    code: int
    out: str


def run_doctor(folder: Path, reader: str = "span") -> Run:
    environment = os.environ | {
        "ASKCORPUS_MODEL": "hashing",
        "ASKCORPUS_READER": reader,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        "XDG_CONFIG_HOME": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-m", "askcorpus", "doctor", "--offline"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Run(done.returncode, done.stdout)


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Future[Run], Future[Run]]]:
    """Return the check of our own reader and that of one that tries to get out, both begun."""
    plain, outward = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("outward")
    (outward / "outward.py").write_text(READER, encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        yield pool.submit(run_doctor, plain), pool.submit(run_doctor, outward, "outward:Reader")


@pytest.fixture
def ours(checks: tuple[Future[Run], Future[Run]]) -> Run:
    return checks[0].result()


@pytest.fixture
def tried(checks: tuple[Future[Run], Future[Run]]) -> Run:
    return checks[1].result()


def test_nothing_of_ours_reaches_for_a_network(ours: Run) -> None:
    assert "ok    network: nothing tried to reach one" in ours.out
    assert "9 files of 9 formats indexed" in ours.out
    # The work itself, the parsing child, and Chroma's build and probe.
    assert "4 processes of Python" in ours.out
    assert ours.code == 0


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.connect 192.0.2.1 port 80",
        "socket.sendto 2001:db8::1 port 53",
        "socket.getaddrinfo telemetry.example.org port 443",
    ],
)
def test_what_python_code_tries_is_listed_with_its_line(tried: Run, attempt: str) -> None:
    assert f"      {attempt}, from askcorpus.doctor.offline.work at " in tried.out
    assert "outward.py:" in tried.out


@linux
def test_what_native_code_tries_is_listed(tried: Run) -> None:
    assert "      connect 192.0.2.2 port 443, from askcorpus.doctor.offline.work" in tried.out


@linux
def test_what_a_program_tries_that_was_started_is_listed(tried: Run) -> None:
    assert "      connect 192.0.2.3 port 80, from bash -c" in tried.out


def test_an_attempt_gives_the_exit_code_of_something_unavailable(tried: Run) -> None:
    assert tried.code == 4
    assert "attempts to reach a network, all refused." in tried.out


CONFINED = """
import ctypes, errno, json, socket, struct, sys
from askcorpus.doctor.offline import calls

channel = socket.socket(fileno=int(sys.argv[1]))
calls.confine(channel)
said = {}
with socket.socket() as local:
    local.bind(("127.0.0.1", 0))
    said["loopback"] = local.getsockname()[0]
one, other = socket.socketpair()
socket.send_fds(one, [b"handle"], [0])
said["pair"] = socket.recv_fds(other, 10, 1)[0].decode()
with socket.socket() as outward:
    said["bind"] = outward.connect_ex(("192.0.2.1", 80)) == errno.ECONNREFUSED
with socket.socket(socket.AF_UNIX) as service:
    said["service"] = service.connect_ex(sys.argv[2]) == errno.ECONNREFUSED
libc, plain = ctypes.CDLL(None, use_errno=True), socket.socket(type=socket.SOCK_DGRAM)
unspecified = struct.pack("=H", 0) + struct.pack(">H4s8x", 9, socket.inet_aton("127.0.0.1"))
sent = libc.sendto(plain.fileno(), b"x", 1, 0, unspecified, 16)
said["unspecified"] = (sent, ctypes.get_errno()) == (-1, errno.ECONNREFUSED)
named = ctypes.create_string_buffer(struct.pack("=H", 2) + unspecified[2:])
heads = bytearray(64 * 17)
heads[64 * 16 : 64 * 16 + 12] = struct.pack("=QI", ctypes.addressof(named), 16)
many = (ctypes.c_char * len(heads)).from_buffer(heads)
libc.sendmmsg(plain.fileno(), many, 17, 0)
calls.confine(channel)  # the kernel allows one watcher
print(json.dumps(said))
"""


@linux
def test_only_what_leads_to_a_network_is_refused_and_told(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    told: list[str] = []
    with ours, theirs, socket.socket(socket.AF_UNIX) as service:
        service.bind(str(tmp_path / "service"))
        service.listen()
        child = subprocess.Popen(
            [sys.executable, "-c", CONFINED, str(theirs.fileno()), str(tmp_path / "service")],
            pass_fds=[theirs.fileno()],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        listener, reason = calls.receive(ours)
        if listener is None:
            child.communicate()
            pytest.skip(f"no system calls can be watched here: {reason}")
        ended, end = os.pipe()
        watcher = threading.Thread(
            target=calls.watch,
            args=(listener, ended, lambda kind, to, _program: told.append(f"{kind} {to}")),
        )
        watcher.start()
        said = json.loads(child.communicate()[0])
        os.close(end)
        watcher.join()
        os.close(ended)
        # A second watcher can't be had: that is said, and nothing waits for one.
        assert calls.receive(ours) == (None, os.strerror(16).lower())
    assert said.pop("loopback") == "127.0.0.1"
    assert said == {"pair": "handle", "bind": True, "service": True, "unspecified": True}
    assert told == [
        "connect 192.0.2.1 port 80",
        "sendto 127.0.0.1 port 9",
        "sendmmsg 127.0.0.1 port 9",  # of the seventeenth message
    ]


def test_what_was_not_watched_is_not_claimed() -> None:
    said = report(Verdict("", "not on darwin arm64", ("work",), (), "9 files indexed"))
    assert "note  native code: NOT watched (not on darwin arm64)\n" in said
    assert said.endswith("nothing tried to reach one; native code wasn't watched\n")


def test_what_a_program_calls_itself_can_not_draw_on_the_terminal() -> None:
    attempts = (Attempt("connect 192.0.2.1 port 80", "evil\x1b[2J\nok    network"),) * 2
    said = report(Verdict("", "", (), attempts, "done", UnavailableError("2 attempts.")))
    assert "evil\ufffd[2J ok network (2 times)\n" in said
    assert "\x1b" not in said
