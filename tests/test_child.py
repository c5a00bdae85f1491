"""Child processes: they find this very package, get what is meant for them, and surely end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import site
import sys
from pathlib import Path
from typing import Any

import pytest

from askcorpus import child
from tests.conftest import ROOT

# A module that does what its arguments say.
ACTOR = """
import json, os, signal, subprocess, sys, time
said = {"cwd": os.getcwd(), "group": os.getpgrp(), "variables": dict(os.environ)}
task = sys.argv[1]
if task == "tell":
    import askcorpus
    said["package"] = askcorpus.__file__
    print(json.dumps(said), flush=True)
elif task == "echo":
    for line in sys.stdin:
        print(line, end="", flush=True)
elif task == "exit":
    sys.exit(int(sys.argv[2]))
elif task == "die":
    os.kill(os.getpid(), signal.SIGSEGV)
elif task == "sleep":
    time.sleep(60)
elif task == "bear":
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as own:
        print(own.pid, flush=True)
"""


@pytest.fixture(autouse=True)
def actor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "modules"
    place.mkdir()
    (place / "actor.py").write_text(ACTOR)
    monkeypatch.setenv("PYTHONPATH", str(place))
    return place


def told(**options: Any) -> dict[str, Any]:
    given = {"env": child.environment(), "piped": True, **options}
    with child.started("actor", "tell", **given) as process:
        assert process.stdout
        found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


# What it is given.


def test_it_runs_this_very_package_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(3)")  # somebody's document
    said = told(cwd=tmp_path)
    assert said["package"] == str(ROOT / "askcorpus" / "__init__.py")
    assert said["cwd"] == str(tmp_path)


def test_the_users_own_modules_come_before_ours_only_where_they_say_so(
    tmp_path: Path, actor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def roots(**options: Any) -> list[str]:
        return child.environment(**options)["PYTHONPATH"].split(os.pathsep)

    assert roots() == [str(ROOT), str(actor)]
    assert roots(before=[tmp_path]) == [str(tmp_path), str(ROOT), str(actor)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(actor), str(ROOT)]))
    assert roots() == [str(actor), str(ROOT)]
    # An empty entry would be the current folder; a relative one means ours, not the child's.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "mine", ""]))
    assert roots() == [str(ROOT), str(Path("mine").absolute())]
    monkeypatch.delenv("PYTHONPATH")
    assert roots() == [str(ROOT)]


def test_installed_packages_do_not_come_before_the_standard_library(
    actor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(ROOT)])
    assert child.environment()["PYTHONPATH"] == str(actor)


def test_a_scrubbed_environment_holds_only_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATIONS", "none")
    assert told()["variables"]["MIGRATIONS"] == "none"
    said = told(env=child.environment(scrubbed=True, GIVEN="yes"))["variables"]
    assert "MIGRATIONS" not in said
    assert said["GIVEN"] == "yes"
    assert said["PATH"] == os.environ["PATH"]


def test_a_line_holds_any_string() -> None:
    said = {"path": "caf\udce9\n\0.txt"}
    env = child.environment()
    with child.started("actor", "echo", env=env, piped=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(child.line(said))
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == said


# How it ends.


def test_how_it_ended_is_told() -> None:
    env = child.environment()
    assert child.run("actor", "exit", "0", env=env) == 0
    assert child.run("actor", "exit", "3", env=env) == 3
    assert child.run("actor", "die", env=env) == -signal.SIGSEGV
    assert child.run("actor", "sleep", env=env, timeout_s=0.2) is None


def test_an_error_on_our_side_ends_it() -> None:
    env = child.environment()
    with pytest.raises(KeyboardInterrupt), child.started("actor", "sleep", env=env) as process:
        raise KeyboardInterrupt
    assert process.returncode == -signal.SIGKILL


def test_ending_one_that_left_its_input_unread_takes_the_pipes_back() -> None:
    env = child.environment()
    process = child.start("actor", "exit", "0", env=env, piped=True)
    assert process.stdin
    process.wait()
    process.stdin.write(b"too late")  # still in the buffer
    child.end(process)
    assert process.stdin.closed
    assert process.stdout
    assert process.stdout.closed


def test_one_that_works_for_us_is_in_our_group_and_one_that_leads_is_not() -> None:
    async def leading() -> int:
        process = await child.lead(child.command("actor", "tell"), env=child.environment())
        assert process.stdout
        said: dict[str, int] = json.loads(await process.stdout.readline())
        await process.wait()
        return said["group"] - process.pid

    assert told()["group"] == os.getpgrp()
    assert asyncio.run(leading()) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_leading_process_has_started_ends_with_it() -> None:
    async def scenario() -> int:
        process = await child.lead(child.command("actor", "bear"), env=child.environment())
        assert process.stdout
        born = int(await process.stdout.readline())
        assert is_running(born)
        child.signal_group(process, signal.SIGKILL)
        # What lives on would hold its pipes open, and this would wait for that.
        assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL
        child.signal_group(process, signal.SIGKILL)  # it has ended: nothing is sent to a stranger
        for _ in range(100):
            if not is_running(born):
                break
            await asyncio.sleep(0.05)
        return born

    assert not is_running(asyncio.run(scenario()))
