"""An index that follows its folders: real files, real events, real processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any

import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli.watching import lines
from askcorpus.errors import IndexMissingError
from askcorpus.records import FileReport, IndexReport
from askcorpus.store.lock import hold
from askcorpus.watch import Pace, follow
from tests import watched
from tests.watched import SHIPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_S = 30.0
QUICK = Pace(quiet_s=0.05, floor_s=0.1, tick_s=0.05, poll_s=0.1, retry_s=0.1)
IDLE_S = 0.6
"""Within which a run that isn't due would have come: several times all of these."""
MILL = "The mill at Holmen burned down in 1911.\n"
UNSHARE = ["unshare", "--user", "--map-root-user"]


@dataclass
class Watching:
    """A thread that follows an index's folders, and what it has told so far."""

    index: Path
    poll: bool = False
    pace: Pace = QUICK
    reports: list[IndexReport] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            follow(
                Settings(index=str(self.index), model="hashing"),
                stop=self.stop,
                tell=lambda text: self._note(self.said, text),
                report=lambda report: self._note(self.reports, report),
                poll=self.poll,
                pace=self.pace,
            )
        except BaseException as exc:  # noqa: BLE001 (the test looks at it)
            self._note([], exc)
            self.error = exc

    def _note(self, where: list[Any], what: object) -> None:
        with self._news:
            where.append(what)
            self._news.notify_all()

    def until(self, holds: Callable[[], object], within_s: float = DEADLINE_S) -> bool:
        """Wait for what is told to make something true; return whether it did in time."""
        with self._news:
            return bool(self._news.wait_for(holds, within_s))

    def done(self, state: str, path: str) -> bool:
        """Return whether a run did this with a file, within the time."""
        return self.until(lambda: (state, path) in self.events)

    def runs(self, count: int) -> bool:
        """Return whether there have been so many runs, within the time."""
        return self.until(lambda: len(self.reports) >= count)

    @property
    def events(self) -> list[tuple[str, str]]:
        return [(file.state, file.path) for report in self.reports for file in report.files]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with documents and their index, which tests copy."""
    return watched.make(tmp_path_factory.mktemp("watched"), model="hashing")


@pytest.fixture
def docs(made: Path, tmp_path: Path) -> Path:
    """Return a folder of documents whose index is beside it."""
    return watched.copy(made, tmp_path / "docs", tmp_path / "index")


@pytest.fixture
def watching(docs: Path) -> Iterator[Watching]:
    """Return a watching thread that has done its first run."""
    with Watching(docs.parent / "index") as watching:
        assert watching.until(lambda: watching.reports)
        yield watching


def paths(index: Path) -> list[str]:
    with Corpus.open(settings=Settings(index=str(index), model="hashing")) as corpus:
        return corpus.paths()


def test_what_changed_before_it_began_is_taken_in_first(docs: Path) -> None:
    (docs / "mill.txt").write_text(MILL)
    with Watching(docs.parent / "index") as watching:
        assert watching.until(lambda: watching.reports)
        assert watching.events == [("indexed", "mill.txt")]


def test_a_new_file_a_changed_one_and_a_deleted_one_are_followed(
    docs: Path, watching: Watching
) -> None:
    (docs / "mill.txt").write_text(MILL)
    assert watching.done("indexed", "mill.txt")
    (docs / "0.txt").write_text(MILL)
    assert watching.done("indexed", "0.txt")
    (docs / "mill.txt").unlink()
    assert watching.done("removed", "mill.txt")
    assert len(paths(watching.index)) == SHIPS


def test_a_folder_that_is_moved_in_is_followed_from_then_on(docs: Path, watching: Watching) -> None:
    outside = docs.parent / "outside"
    outside.mkdir()
    (outside / "mill.txt").write_text(MILL)
    outside.rename(docs / "inside")
    assert watching.done("indexed", "inside/mill.txt")
    (docs / "inside" / "bridge.txt").write_text("The bridge fell in 2001.\n")
    assert watching.done("indexed", "inside/bridge.txt")


def test_a_burst_of_files_becomes_few_runs(docs: Path, watching: Watching) -> None:
    for number in range(1000):
        (docs / f"b{number}.txt").write_text(f"Barge {number} was built in Odense.\n")
    assert watching.until(lambda: sum(state == "indexed" for state, _ in watching.events) == 1000)
    assert len(watching.reports) <= 10


def test_between_two_runs_there_is_time_for_something_else(docs: Path) -> None:
    times = []
    with Watching(docs.parent / "index", pace=replace(QUICK, floor_s=0.3)) as watching:
        for number in range(4):
            assert watching.runs(number + 1)
            times.append(time.monotonic())
            (docs / f"mill{number}.txt").write_text(MILL)
    assert times[-1] - times[0] > 0.9


def test_an_editor_that_renames_over_the_file_has_changed_it_once(
    docs: Path, watching: Watching
) -> None:
    for text in ("The mill closed.\n", "The mill opened again.\n", MILL):
        (docs / "0.txt~1").write_text(text)
        (docs / "0.txt~1").replace(docs / "0.txt")
    assert watching.done("indexed", "0.txt")
    (docs / "last.txt").write_text(MILL)
    assert watching.done("indexed", "last.txt")
    assert watching.events == [("indexed", "0.txt"), ("indexed", "last.txt")]


def test_an_index_inside_its_folder_does_not_set_itself_off(made: Path, tmp_path: Path) -> None:
    docs = watched.copy(made, tmp_path / "docs", tmp_path / "docs" / "index")
    with Watching(docs / "index") as watching:
        assert watching.until(lambda: watching.reports)
        (docs / "mill.txt").write_text(MILL)
        assert watching.done("indexed", "mill.txt")
        assert not watching.until(lambda: len(watching.reports) > 2, within_s=IDLE_S)


def test_hidden_and_ignored_files_cause_no_run(docs: Path, watching: Watching) -> None:
    (docs / ".askcorpusignore").write_text("*.log\n")
    (docs / ".git").mkdir()
    (docs / ".git" / "notes.txt").write_text(MILL)
    (docs / "server.log").write_text(MILL)
    assert not watching.until(lambda: len(watching.reports) > 1, within_s=IDLE_S)


def test_what_an_ignore_file_shuts_out_leaves_the_index(docs: Path, watching: Watching) -> None:
    (docs / ".askcorpusignore").write_text("0.txt\n")
    assert watching.done("removed", "0.txt")


def test_a_file_that_is_left_out_is_told_once(docs: Path, watching: Watching) -> None:
    (docs / "tool.exe").write_bytes(b"MZ")
    assert watching.done("skipped", "tool.exe")
    (docs / "mill.txt").write_text(MILL)
    assert watching.done("indexed", "mill.txt")
    assert watching.events.count(("skipped", "tool.exe")) == 1


def test_a_name_that_is_not_utf8_does_not_stop_it(docs: Path, watching: Watching) -> None:
    with open(os.fsencode(docs) + b"/b\xff.txt", "w") as file:  # noqa: PTH123 (a name of bytes)
        file.write(MILL)
    (docs / "mill.txt").write_text(MILL)
    assert watching.done("indexed", "mill.txt")
    assert not watching.said


def test_a_folder_that_goes_away_changes_nothing_until_it_is_back(
    docs: Path, watching: Watching
) -> None:
    away = docs.rename(docs.parent / "away")
    assert watching.until(lambda: watching.said)
    assert "nothing was changed" in watching.said[0]
    (away / "mill.txt").write_text(MILL)
    away.rename(docs)
    assert watching.done("indexed", "mill.txt")
    assert watching.said[1:] == ["The index is in step again."]
    assert watching.events == [("indexed", "mill.txt")]


def test_a_folder_that_is_missing_at_the_start_is_waited_for(docs: Path) -> None:
    away = docs.rename(docs.parent / "away")
    with Watching(docs.parent / "index") as watching:
        assert watching.until(lambda: watching.said)
        assert len(paths(watching.index)) == SHIPS
        away.rename(docs)
        assert watching.until(lambda: watching.reports)
        (docs / "mill.txt").write_text(MILL)
        assert watching.done("indexed", "mill.txt")


def test_most_files_gone_is_told_once_and_nothing_is_removed(
    docs: Path, watching: Watching
) -> None:
    for number in range(40):
        (docs / f"{number}.txt").unlink()
    assert watching.until(lambda: watching.said)
    (docs / "50.txt").write_text(MILL)
    assert not watching.until(lambda: len(watching.said) > 1 or watching.events, within_s=IDLE_S)
    assert len(paths(watching.index)) == SHIPS


def test_an_index_that_another_process_writes_is_tried_again(
    docs: Path, watching: Watching
) -> None:
    with hold(watching.index):
        (docs / "mill.txt").write_text(MILL)
        assert watching.until(lambda: any("being indexed" in text for text in watching.said))
    assert watching.done("indexed", "mill.txt")
    assert len([text for text in watching.said if "being indexed" in text]) == 1


def test_an_index_that_is_deleted_and_made_anew_is_followed(
    docs: Path, made: Path, watching: Watching
) -> None:
    shutil.rmtree(watching.index)
    (docs / "mill.txt").write_text(MILL)
    assert watching.until(lambda: any("No index" in text for text in watching.said))
    watched.copy(made, docs.parent / "anew", docs.parent / "index2")
    (docs.parent / "index2").rename(watching.index)
    (docs.parent / "anew" / "bridge.txt").write_text("The bridge fell in 2001.\n")
    assert watching.done("indexed", "bridge.txt")


def test_a_folder_that_joins_the_index_is_followed_too(docs: Path, watching: Watching) -> None:
    more = docs.parent / "more"
    more.mkdir()
    (more / "mill.txt").write_text(MILL)
    settings = Settings(index=str(watching.index), model="hashing")
    Corpus.build(docs, more, settings=settings).close()
    (more / "bridge.txt").write_text("The bridge fell in 2001.\n")
    assert watching.done("indexed", "more/bridge.txt")


def test_without_events_the_folders_are_looked_through(docs: Path) -> None:
    with Watching(docs.parent / "index", poll=True) as watching:
        assert watching.until(lambda: watching.reports)
        (docs / "mill.txt").write_text(MILL)
        assert watching.done("indexed", "mill.txt")
        assert len(watching.reports) == 2


def test_a_missing_index_is_said_at_once(tmp_path: Path) -> None:
    with Watching(tmp_path / "none") as watching:
        assert watching.until(lambda: watching.error or not watching._thread.is_alive())
    assert isinstance(watching.error, IndexMissingError)


def test_a_run_that_changed_nothing_says_nothing() -> None:
    report = IndexReport("/d", ("/d",), (), 6, 6, 0)
    assert lines(report, "askcorpus status", first=False) == []
    assert lines(report, "askcorpus status", first=True) == [
        "nothing has changed: 6 documents, 6 passages."
    ]


def test_names_are_shown_without_control_sequences() -> None:
    files = (FileReport("a\x1b[31m.txt", "indexed"), FileReport("b\n.txt", "failed", reason="r\r"))
    (failed, counted) = lines(
        IndexReport("/d", ("/d",), files, 1, 1, 1), "askcorpus status", first=False
    )
    assert "\x1b" not in counted
    assert "\n" not in failed
    assert "\r" not in failed


# The command itself.


def started(index: Path, *before: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "askcorpus", "--index", str(index), "watch"]
    return subprocess.Popen(
        [*before, *command, "--model", "hashing"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def read_to(stream: IO[str] | None, words: str) -> str:
    """Return what a process has said up to the line with these words; it ends with them."""
    assert stream is not None
    said = ""
    for line in stream:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was not said, but: {said}")


def test_each_run_is_a_line(docs: Path) -> None:
    with started(docs.parent / "index") as process:
        read_to(process.stderr, "Ctrl+C ends it")
        (docs / "mill.txt").write_text(MILL)
        read_to(process.stderr, "1 indexed (mill.txt): 61 documents, 61 passages.")
        process.terminate()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)]
)
def test_a_signal_ends_the_command(docs: Path, number: signal.Signals, code: int) -> None:
    with started(docs.parent / "index") as process:
        read_to(process.stderr, "Ctrl+C ends it")
        process.send_signal(number)
        assert process.wait(DEADLINE_S) == code
        rest = process.stderr.read() if process.stderr else ""
    assert rest.strip() == ""


# Follows an index's folders as the command does, without its pause of three seconds.
FOLLOWING = """
import sys, threading
from askcorpus import Settings
from askcorpus.watch import Pace, follow
follow(
    Settings(index=sys.argv[1], model="hashing"),
    stop=threading.Event(),
    tell=print,
    report=lambda report: print(report.documents, flush=True),
    pace=Pace(quiet_s=0.05, floor_s=0.2),
)
"""


def test_killed_in_a_burst_it_loses_nothing(docs: Path) -> None:
    index = docs.parent / "index"
    command = [sys.executable, "-c", FOLLOWING, str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        read_to(process.stdout, str(SHIPS))
        for number in range(300):
            (docs / f"b{number}.txt").write_text(f"Barge {number} was built in Odense.\n")
        while len(paths(index)) < SHIPS + 20:  # it is in the midst of them
            assert process.poll() is None
        process.kill()
    before = len(paths(index))
    settings = Settings(index=str(index), model="hashing")
    with Corpus.build(settings=settings) as corpus:
        assert corpus.report is not None
        states = [file.state for file in corpus.report.files]
        assert states.count("unchanged") == before
        assert len(corpus.paths()) == SHIPS + 300


def test_too_few_watches_are_said_and_done_without(docs: Path) -> None:
    # In a user namespace of its own the limit can be lowered for this process alone.
    lowered = "echo 2 > /proc/sys/user/max_inotify_watches && exec"
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*UNSHARE, "sh", "-c", f"{lowered} true"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("no user namespaces here")
    for name in ("one", "two", "three"):
        (docs / name).mkdir()
    with started(docs.parent / "index", *UNSHARE, "sh", "-c", f'{lowered} "$@"', "sh") as process:
        said = read_to(process.stderr, "Ctrl+C ends it")
        process.terminate()
    assert "looked through every 10 s instead" in said
    assert "sysctl fs.inotify.max_user_watches" in said
