"""Bad disks and bad luck: full, read-only, closed to us, gone, and a clock that runs backwards.

All of it is real: small disks are mounted in namespaces of their own, permissions are taken away
from a process that has to mind them. Where a machine can't do that, the test is skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.errors import IndexMissingError
from askcorpus.history import Sessions
from askcorpus.store.ledger import Ledger
from tests.conftest import ROOT
from tests.history.turns import turn
from tests.store.kit import copied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS = Settings(model="hashing", reader="tests.doubles:OverlapReader", dense="exact")
COUNT = 16
"""Documents, each of about 30 kB of index."""
LITTLE = 180_000
"""Bytes: enough for an empty index, too little for one document."""
QUESTION = "why was the harbour of town3 closed?"
ANSWER = "was closed on Monday because of ice. [1]\n"

Run = subprocess.CompletedProcess[str]


def write_documents(folder: Path, *numbers: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        reports = "\n\n".join(
            f"In week {week} the crew of ship {number * 100 + week} brought timber, grain and "
            f"wool to the quay of town{number}, as the harbour master noted in his book."
            for week in range(30)
        )
        closed = f"The harbour of town{number} was closed on Monday because of ice."
        (folder / f"{number:03}.txt").write_text(f"{closed}\n\n{reports}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of documents that no test changes."""
    folder = tmp_path_factory.mktemp("shared") / "documents"
    write_documents(folder, *range(COUNT))
    return folder


@pytest.fixture(scope="module")
def complete(documents: Path) -> Path:
    """Return their index, Chroma's directory included; tests take a copy."""
    index = documents.with_name("complete")
    Corpus.build(documents, index=index, settings=replace(SETTINGS, dense="chroma")).close()
    return index


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index that holds nothing yet."""
    index = tmp_path_factory.mktemp("blank") / "index"
    Ledger.create(index).close()
    return index


@pytest.fixture
def index(complete: Path, tmp_path: Path) -> Path:
    """Return a complete index of the documents, of the test's own."""
    return copied(complete, tmp_path / "index")


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """Return another folder, with little in it."""
    folder = tmp_path / "more"
    folder.mkdir()
    for name in ("a", "b", "c"):
        text = f"The bridge of {name}town was closed on Friday because of wind."
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def run(*arguments: str | Path, before: tuple[str, ...] = ()) -> Run:
    environment = os.environ | {
        "ASKCORPUS_MODEL": SETTINGS.model,
        "ASKCORPUS_READER": SETTINGS.reader,
        "PYTHONPATH": str(ROOT),
    }
    command = [*before, sys.executable, "-m", "askcorpus", *map(str, arguments)]
    # Somewhere else than at the root: no reader is taken from the current folder.
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=ROOT / "tests", check=False
    )
    assert "Traceback" not in done.stderr
    assert "Unexpected" not in done.stderr
    return done


def complained(done: Run, message: str, hint: str) -> bool:
    """Return whether a run ended with exactly one sentence and one next step, as unavailable."""
    said = done.stderr.splitlines()[-2:]
    return done.returncode == 4 and said == [f"askcorpus: {message}", f"  {hint}"]


class Disk:
    """A small disk that only processes started here see, mounted at `place`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.index = place / "index"
        script = 'mount -t tmpfs -o size=60m small "$0" && echo mounted && exec cat'
        self._holder = subprocess.Popen(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._holder.stdout
        if self._holder.stdout.readline() != "mounted\n":
            self.close()
            pytest.skip("a disk of one's own can't be mounted here")
        target = f"--target={self._holder.pid}"
        self._inside = ("nsenter", target, "--user", "--mount", "--preserve-credentials")

    def close(self) -> None:
        """Let go of the disk, which goes with its last process."""
        self._holder.communicate()

    def run(self, *arguments: str | Path) -> Run:
        return run("--index", self.index, *arguments, before=self._inside)

    def shell(self, command: str) -> None:
        within = [*self._inside, "sh", "-euc", f'cd "$0"; {command}', str(self.place)]
        subprocess.run(within, check=True, stderr=subprocess.DEVNULL)

    def hold(self, index: Path) -> None:
        """Put a copy of an index on the disk, as one that was made there."""
        self.shell(f"cp -r {index} index")
        code = (
            "import sys, pathlib; from tests.store.kit import own; own(pathlib.Path(sys.argv[1]))"
        )
        made = [*self._inside, sys.executable, "-c", code, str(self.index)]
        subprocess.run(made, check=True, cwd=ROOT)

    def fill(self, *, left: int) -> None:
        """Leave that many bytes."""
        self.shell(f"cat /dev/zero > filler || :; truncate -s -{left} filler")

    def make_room(self) -> None:
        self.shell("rm filler")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        pytest.skip("namespaces are Linux's")
    place = tmp_path / "disk"
    place.mkdir()
    opened = Disk(place)
    yield opened
    opened.close()


def test_what_was_committed_before_the_disk_was_full_answers(
    disk: Disk, documents: Path, blank: Path
) -> None:
    disk.hold(blank)
    disk.fill(left=500_000)
    full = disk.run("index", documents)
    ledger = disk.index / "ledger.sqlite3"
    assert complained(
        full, f"Can't use {ledger}: the disk is full.", "Free some space, then run it again."
    )
    assert "interrupted" in disk.run("status").stdout
    asked = disk.run("query", "why was the harbour of town0 closed?")
    assert ANSWER in asked.stdout
    assert "Indexing was interrupted" in asked.stderr
    disk.make_room()
    whole = disk.run("index", documents)
    assert whole.returncode == 0
    assert f"{COUNT} documents" in whole.stderr
    assert " unchanged; " in whole.stderr
    assert ANSWER in disk.run("query", QUESTION).stdout


def test_an_index_that_holds_nothing_yet_has_no_answer(disk: Disk, documents: Path) -> None:
    disk.fill(left=LITTLE)
    assert disk.run("index", documents).returncode == 4
    assert "documents  0 " in disk.run("status").stdout
    for way in ("exact", "chroma"):
        asked = disk.run("query", "--dense", way, QUESTION)
        assert asked.returncode == 1
        assert asked.stdout.startswith("No passage")


def test_a_full_disk_takes_nothing_from_an_index_that_is_complete(
    disk: Disk, documents: Path, complete: Path, more: Path
) -> None:
    disk.hold(complete)
    disk.fill(left=0)
    assert complained(
        disk.run("index", documents, more),
        f"The disk of {disk.index}/lock is full.",
        "Free some space, then run it again.",
    )
    assert "state      complete" in disk.run("status").stdout
    disk.shell("truncate -s -16000 filler")  # enough to begin
    assert disk.run("index", documents, more).returncode == 4
    assert ANSWER in disk.run("query", QUESTION).stdout
    disk.make_room()
    assert disk.run("index", documents, more).returncode == 0
    late = disk.run("query", "--dense", "chroma", "why was the bridge of btown closed?")
    assert ("because of wind." in late.stdout, late.stderr) == (True, "")


def test_no_room_for_the_vector_index_is_said_and_exact_search_answers(
    disk: Disk, documents: Path, complete: Path
) -> None:
    disk.hold(complete)
    disk.shell("rm -r index/chroma")
    disk.fill(left=500_000)
    short = disk.run("index", "--dense", "chroma", documents)
    assert short.returncode == 0
    assert f"The disk of {disk.index}/chroma hasn't enough room" in short.stderr
    asked = disk.run("query", "--dense", "chroma", QUESTION)
    assert ANSWER in asked.stdout
    assert "Vectors are searched exactly." in asked.stderr
    disk.make_room()
    assert "could not be built" not in disk.run("sync", "--dense", "chroma").stderr
    disk.shell("test -d index/chroma/000002")


def test_chroma_on_a_full_disk_gives_way_to_exact_search(disk: Disk, complete: Path) -> None:
    disk.hold(complete)
    disk.fill(left=0)
    asked = disk.run("query", "--dense", "chroma", QUESTION)
    assert ANSWER in asked.stdout
    assert f"Chroma has to write to {disk.index}/chroma/000001, and its disk is full." in (
        asked.stderr
    )


def test_files_that_may_not_grow_are_a_disk_error(tmp_path: Path, documents: Path) -> None:
    index = tmp_path / "index"
    limited = ("sh", "-c", 'ulimit -f 600; exec "$0" "$@"')
    done = run("--index", index, "index", documents, before=limited)
    ledger = index / "ledger.sqlite3"
    assert complained(
        done,
        f"Can't use {ledger}: the disk reports an error.",
        "Check the disk, then run it again.",
    )
    assert "interrupted" in run("--index", index, "status").stdout


def test_a_read_only_index_answers_and_indexing_says_why_not(
    disk: Disk, documents: Path, complete: Path
) -> None:
    disk.hold(complete)
    disk.shell("mount --bind index index; mount -o remount,bind,ro index")
    assert ANSWER in disk.run("query", QUESTION).stdout
    assert disk.run("show", "003.txt:1").returncode == 0
    assert "state      complete" in disk.run("status").stdout
    assert complained(
        disk.run("index", documents),
        f"Can't write to {disk.index}/lock: read-only file system.",
        "Check its permissions, or choose another directory with --index.",
    )
    asked = disk.run("query", "--dense", "chroma", QUESTION)
    assert ANSWER in asked.stdout
    assert asked.stderr == (
        f"Chroma has to write to {disk.index}/chroma/000001, which is read-only. "
        "Vectors are searched exactly. Set dense to exact, and Chroma is left out.\n"
    )


# Indexes until some documents are in the ledger's log, and is gone.
KILLED = """
import os, signal, sys
from askcorpus import Corpus, Settings
def progress(done, total, path):
    if done == 10:
        os.kill(os.getpid(), signal.SIGKILL)
settings = Settings(model="hashing", reader="tests.doubles:OverlapReader")
Corpus.build(sys.argv[1], index=sys.argv[2], settings=settings, progress=progress)
"""


def test_a_log_that_can_not_be_folded_in_is_not_left_out_in_silence(
    disk: Disk, documents: Path, tmp_path: Path
) -> None:
    index = tmp_path / "killed"
    killed = subprocess.run([sys.executable, "-c", KILLED, documents, index], check=False)
    assert killed.returncode == -signal.SIGKILL
    (index / "ledger.sqlite3-shm").unlink()  # as a copy on a disc would be
    disk.shell(f"cp -r {index} index; mount --bind index index; mount -o remount,bind,ro index")
    assert complained(
        disk.run("query", QUESTION),
        f"Can't use {disk.index}/ledger.sqlite3: its last changes are in its log, which needs a "
        "directory that can be written.",
        "Copy the index to such a place, and ask there.",
    )
    assert "interrupted" in run("--index", index, "status").stdout


@pytest.fixture
def unprivileged() -> tuple[str, ...]:
    """Return what begins a command that has to mind permissions, as root needn't."""
    if os.geteuid():
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root minds no permissions, and setpriv isn't here")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


LOSING = """
import sys
from pathlib import Path
from askcorpus import Corpus, Settings
folder = Path(sys.argv[3])
def progress(done, total, path):
    (folder / "b.txt").chmod(0)
    (folder / "sub").chmod(0)
settings = Settings(model="hashing", reader="tests.doubles:OverlapReader", dense="exact")
with Corpus.build(*sys.argv[2:], index=sys.argv[1], settings=settings, progress=progress) as corpus:
    for file in corpus.report.failed:
        print(file.path, file.reason)
"""


def test_permissions_lost_midway_fail_those_files_alone(
    documents: Path, more: Path, index: Path, unprivileged: tuple[str, ...]
) -> None:
    (more / "sub").mkdir()
    (more / "c.txt").rename(more / "sub" / "c.txt")
    command = [*unprivileged, sys.executable, "-c", LOSING, str(index), str(documents), str(more)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line.rpartition("more/")[2] for line in done.stdout.splitlines()] == [
        "b.txt permission denied",
        "sub/c.txt permission denied",
    ]
    (more / "sub").chmod(0o755)
    (more / "b.txt").chmod(0o644)
    again = run("--index", index, "index", documents, more)
    assert again.returncode == 0
    assert f"{COUNT + 3} documents" in again.stderr


def test_documents_of_a_folder_that_can_not_be_listed_stay(
    documents: Path, more: Path, index: Path, unprivileged: tuple[str, ...]
) -> None:
    (more / "sub").mkdir()
    (more / "c.txt").rename(more / "sub" / "c.txt")
    assert states(index, documents, more)["sub/c.txt"] == "indexed"
    (more / "sub").chmod(0)
    try:
        done = run("--index", index, "sync", before=unprivileged)
    finally:
        (more / "sub").chmod(0o700)
    assert "more/sub/: failed: permission denied" in done.stderr
    assert f"{COUNT + 3} documents" in done.stderr
    assert done.returncode == 5
    asked = run("--index", index, "query", "why was the bridge of ctown closed?")
    assert "because of wind." in asked.stdout


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ("", "Can't read {index}/ledger.sqlite3: access is denied."),
        ("ledger.sqlite3", "Can't use {index}/ledger.sqlite3: it can't be opened."),
    ],
)
def test_an_index_that_may_not_be_read_is_said_to_be_there(
    index: Path, unprivileged: tuple[str, ...], lost: str, message: str
) -> None:
    (index / lost).chmod(0)
    try:
        for command in (["query", QUESTION], ["status"]):
            done = run("--index", index, *command, before=unprivileged)
            assert message.format(index=index) in done.stderr
            assert done.returncode == 4
    finally:
        (index / lost).chmod(0o700)


def test_a_vector_directory_that_may_not_be_read_costs_a_note(
    index: Path, documents: Path, unprivileged: tuple[str, ...]
) -> None:
    (index / "chroma").chmod(0)
    try:
        done = run("--index", index, "sync", "--dense", "chroma", before=unprivileged)
        asked = run("--index", index, "query", "--dense", "chroma", QUESTION, before=unprivileged)
    finally:
        (index / "chroma").chmod(0o700)
    assert done.returncode == 0
    assert f"Can't write to {index}/chroma: permission denied." in done.stderr
    assert ANSWER in asked.stdout
    assert "can't be read. Vectors are searched exactly." in asked.stderr


def states(index: Path, *folders: Path) -> dict[str, str]:
    """Return what became of each file."""
    report = Corpus.sync(*folders, index=index, settings=SETTINGS)
    return {file.path.rpartition("more/")[2]: file.state for file in report.files}


def test_files_from_another_time_are_indexed_once(documents: Path, more: Path, index: Path) -> None:
    for name, seconds in (("a", -1_000_000_000), ("b", 0), ("c", 4_000_000_000)):
        os.utime(more / f"{name}.txt", (seconds, seconds))
    first, second = states(index, documents, more), states(index, documents, more)
    assert [first[f"{name}.txt"] for name in "abc"] == ["indexed"] * 3
    assert [second[f"{name}.txt"] for name in "abc"] == ["unchanged"] * 3
    with Corpus.open(index, settings=SETTINGS) as corpus:
        assert corpus.ask("why was the bridge of ctown closed?").notes == ()


def test_a_file_that_changed_while_its_time_went_back_is_read_again(
    documents: Path, more: Path, index: Path
) -> None:
    states(index, documents, more)
    text = (more / "b.txt").read_text(encoding="utf-8")
    (more / "b.txt").write_text(text.replace("because of wind", "because of rain"))
    os.utime(more / "b.txt", (0, 0))
    question = "why was the bridge of btown closed?"
    with Corpus.open(index, settings=SETTINGS) as corpus:
        assert "b.txt has changed" in " ".join(corpus.ask(question).notes)
    assert states(index, documents, more)["b.txt"] == "indexed"
    with Corpus.open(index, settings=SETTINGS) as corpus:
        assert str(corpus.ask(question).answer).endswith("because of rain.")


def test_the_last_conversation_is_the_last_one_after_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    with Sessions(tmp_path / "data") as sessions:
        for asked in ("2031-01-01T00:00:00+00:00", "2014-01-01T00:00:00+00:00"):
            session = sessions.begin(index="/index", root="/documents")
            session.add(replace(turn(f"asked in {asked[:4]}?"), asked=asked))
        assert [listed.id for listed in sessions.summaries()] == [session.id, session.id - 1]


@pytest.mark.parametrize("way", ["exact", "chroma"])
def test_an_index_deleted_under_a_reader_answers_it_to_the_end(index: Path, way: str) -> None:
    settings = Settings(model="hashing", reader="tests.doubles:OverlapReader", dense=way)  # type: ignore[arg-type]
    with Corpus.open(index, settings=settings) as corpus:
        corpus.ask(QUESTION)
        shutil.rmtree(index)
        answer = corpus.ask("why was the harbour of town4 closed?")
        assert answer.citations[0].path == "004.txt"
    with pytest.raises(IndexMissingError):
        Corpus.open(index, settings=settings)


def test_an_index_deleted_while_it_is_made_is_missing(tmp_path: Path, documents: Path) -> None:
    index = tmp_path / "index"

    def progress(done: int, total: int, path: str) -> None:
        if done == 5:
            shutil.rmtree(index)

    with pytest.raises(IndexMissingError):
        Corpus.build(documents, index=index, settings=SETTINGS, progress=progress)


HOLDER = """
import sys
from pathlib import Path
from askcorpus.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_indexer_is_told_who_the_first_one_is(index: Path, documents: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout
        assert owner.stdout.readline() == "held\n"
        busy = run("--index", index, "index", documents)
    finally:
        owner.kill()
        owner.communicate()
    assert f"is being indexed by process {owner.pid} (since 2" in busy.stderr
    assert busy.returncode == 4
    assert run("--index", index, "index", documents).returncode == 0
