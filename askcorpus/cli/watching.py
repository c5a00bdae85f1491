"""`askcorpus watch`: keeps an index in step with its folders until it is stopped."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from askcorpus.cli.console import ProgressLine, emit, narrate
from askcorpus.cli.options import load_settings, settings_options
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from askcorpus.records import FileReport, IndexReport

_FLAGS = ("model", "threads", "dense", "boilerplate")
# Names and reasons that one run may write.
NAMED, EXPLAINED = 3, 10


@click.command()
@click.option(
    "--poll",
    is_flag=True,
    help="Look for changes from time to time, as for a network drive that others write to.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what each run did as a line of JSON.")
@settings_options(*_FLAGS)
@click.pass_context
def watch(ctx: click.Context, /, poll: bool, as_json: bool, **params: Any) -> None:
    """Keep the index in step with its folders until Ctrl+C.

    Where a folder, or most of its files, are gone, nothing is changed until they are back.
    """
    from askcorpus.render import command
    from askcorpus.watch import follow

    settings, _ = load_settings(ctx, params, *_FLAGS)
    ran = False

    def report(done: IndexReport) -> None:
        nonlocal ran
        said = lines(done, command("status", settings.index_path), first=not ran)
        for line in said:
            _say(line)
        if not ran:
            _say(f"Watching {', '.join(map(one_line, done.folders))}. Ctrl+C ends it.")
        if as_json and (said or not ran):
            emit(_json(done))
        ran = True

    with _ended_by(signal.SIGTERM, signal.SIGHUP):
        follow(
            settings,
            stop=threading.Event(),  # never set: a signal ends it
            tell=_say,
            report=report,
            drawn=ProgressLine,
            poll=poll,
        )


def lines(report: IndexReport, status: str, *, first: bool) -> list[str]:
    """Return what a run did: nothing where it changed nothing and failed at nothing new.

    Args:
        report: Of which `files` holds what is new.
        status: The command that lists what was left out.
        first: Whether it is the first run, of which what is left out by design isn't listed.
    """
    from askcorpus.render import holdings

    by_state: dict[str, list[FileReport]] = {}
    for file in report.files:
        by_state.setdefault(file.state, []).append(file)
    parts = [
        _counted(by_state[verb], verb, names=not first)
        for verb in ("indexed", "removed")
        if verb in by_state
    ]
    left_out = by_state.get("failed", []) + ([] if first else by_state.get("skipped", []))
    said = [_left_out(file) for file in left_out[:EXPLAINED]]
    if len(left_out) > EXPLAINED:
        said.append(f"{len(left_out) - EXPLAINED} more left out. Run: {status}")
    if parts or first:
        said.append(f"{', '.join(parts) or 'nothing has changed'}: {holdings(report)}.")
    return [*said, *(one_line(note) for note in report.notes)]


def _counted(files: list[FileReport], verb: str, *, names: bool) -> str:
    shown = [one_line(file.path) for file in files[:NAMED]] if names else []
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return f"{len(files)} {verb}" + (f" ({', '.join(shown)}{more})" if shown else "")


def _left_out(file: FileReport) -> str:
    verdict = "failed" if file.state == "failed" else "left out"
    return f"{one_line(file.path)} {verdict}: {one_line(file.reason)}"


def _json(report: IndexReport) -> str:
    return json.dumps(asdict(report), default=dict) + "\n"


def _say(text: str) -> None:
    narrate(f"{time.strftime('%H:%M:%S')} {text}")


@contextmanager
def _ended_by(*numbers: signal.Signals) -> Iterator[None]:
    """Let the signals end what is run inside as Ctrl+C does, and then the process, as they would.

    Ctrl+C is the end that was announced: nothing is said of it, and the code is that of a shell.
    Whatever is going on is given up where it is; what was committed is kept.
    """
    came: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        if not came:
            raise click.exceptions.Exit(130) from None
        sys.stdout.flush()
        signal.signal(came[0], signal.SIG_DFL)
        os.kill(os.getpid(), came[0])
