"""The command line as a user meets it: output, hints and exit codes, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold

if TYPE_CHECKING:
    from pathlib import Path

Run = subprocess.CompletedProcess[str]
HARBOUR = "The mayor closed the harbour on Monday because of ice.\n"


def run(*args: str | Path, cwd: Path | None = None, stdin: str = "", **env: str) -> Run:
    """Run the installed command with the test's clean environment."""
    return subprocess.run(
        [sys.executable, "-m", "askcorpus", *map(str, args)],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=cwd,
        env={**os.environ, **env},
        timeout=120,
        check=False,
    )


def called(*args: str | Path) -> int:
    """Run the command in this process, which is faster, and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main([str(arg) for arg in args])
    return int(left.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "documents"
    place.mkdir()
    (place / "port.txt").write_text(HARBOUR)
    return place


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small index, built once; a test that changes one builds its own."""
    scratch = tmp_path_factory.mktemp("harbour")
    (scratch / "documents").mkdir()
    (scratch / "documents" / "port.txt").write_text(HARBOUR)
    index = scratch / "index"
    Corpus.build(scratch / "documents", index=index, settings=Settings(model="hashing")).close()
    return index


@pytest.fixture
def hashing(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the small index; the settings name it and its model."""
    monkeypatch.setenv("ASKCORPUS_MODEL", "hashing")
    monkeypatch.setenv("ASKCORPUS_INDEX", str(harbour))
    return harbour


@pytest.fixture
def own_index(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the settings say that the index will be; the model is the quick one."""
    monkeypatch.setenv("ASKCORPUS_MODEL", "hashing")
    monkeypatch.setenv("ASKCORPUS_INDEX", str(tmp_path / "index"))
    return tmp_path / "index"


def test_query_answers_quotes_and_cites_on_stdout_alone(seeds_index: Path) -> None:
    done = run("--index", seeds_index, "query", "who denied the deal?")
    assert done.returncode == 0
    assert "003_9fc9a04fbe07ce2f.txt:" in done.stdout
    assert "denied" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_json_is_the_answer_and_nothing_else(
    seeds_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("--index", seeds_index, "query", "--json", "who", "denied", "the", "deal?") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["question"] == "who denied the deal?"
    assert answer["answer"] is not None


def test_no_answer_leaves_with_1(seeds_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("--index", seeds_index, "query", "Who baked the wedding cake of the queen?") == 1
    assert capsys.readouterr().out.startswith("No passage")


def test_the_question_comes_from_stdin_and_may_begin_with_a_dash(hashing: Path) -> None:
    done = run("query", "--json", "-", stdin="who closed the harbour?\n")
    assert json.loads(done.stdout)["question"] == "who closed the harbour?"
    for args in (["-- who closed it?"], ["--", "-who"], ["-why did he close it?", "--json"]):
        assert run("query", *args).returncode in (0, 1)


@pytest.mark.parametrize(
    ("args", "code", "message", "hint"),
    [
        (["query", ""], 2, "question is empty", "who denied"),
        (["query", "😀"], 2, "holds no word", "who denied"),
        (["query"], 2, "Missing argument", "Run: askcorpus query --help"),
        (["index"], 2, "Missing argument", "Run: askcorpus index --help"),
        (["qurey", "who closed it?"], 2, "Did you mean 'query'?", "Run: askcorpus --help"),
        (["ask", "who closed it?"], 2, "Did you mean 'query'?", "Run: askcorpus --help"),
        (["eval", "x", "--jsn"], 2, "Did you mean '--json'?", "Run: askcorpus eval --help"),
        (["query", "-why?"], 2, "No such option", "Put -- before a question"),
        (["--inline", "status"], 2, "--inline is for the chat", "--help"),
        (["query", "--nonsense", "x"], 2, "No such option", "Run: askcorpus query --help"),
        (["nonsense"], 2, "No such command", "--help"),
        (["query", "--after", "yesterday", "who?"], 2, "not a date", "2014-07-27"),
        (["query", "-k", "0", "who closed it?"], 2, "'k' is 0", "1 to 50"),
        (
            ["--index", "./nowhere", "query", "who?"],
            3,
            "No index at ./nowhere",
            "--index ./nowhere index DIR",
        ),
        (["index", "nowhere"], 2, "nowhere", ""),
        (["show", "nothing.txt"], 2, "nothing.txt", ""),
        (["--config", "no.toml", "config"], 2, "no.toml", "exists"),
        (["show", "port.txt:99"], 2, "port.txt has 2 lines", "1 to 2"),
        (["--index", "", "status"], 2, "'index' is empty", "value"),
        (["--index", "i" * 300, "status"], 2, "No directory can be called 'iii", "another"),
        (["--index", "~no-such-user/x", "status"], 2, "home directory '~no-such-user'", "in full"),
        (["--index", "a\x1b[2J", "status"], 2, r"'a\x1b[2J' is no name for an index", "plain"),
        (["index", ".", "--max-size", "nan"], 2, "--max-size is not a number", "such as 20"),
        (
            ["query", "--after", "2020-02-02", "--before", "2020-01-01", "who?"],
            2,
            "is later than",
            "Exchange",
        ),
        (["eval", "no.jsonl"], 2, "no.jsonl", "name"),
        (["query", "--dense", "best", "who closed it?"], 2, "'best'", "exact"),
    ],
)
def test_a_mistake_is_one_sentence_and_one_hint(
    args: list[str],
    code: int,
    message: str,
    hint: str,
    hashing: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert called(*args) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert hint in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_a_question_needs_no_command(hashing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("who closed the harbour?", "--json") == 0
    assert json.loads(capsys.readouterr().out)["question"] == "who closed the harbour?"
    assert called("harbour?") in (0, 1)
    assert "port.txt" in capsys.readouterr().out


def test_the_version_has_a_short_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("-V") == 0
    assert capsys.readouterr().out.startswith("askcorpus, version")


def test_an_interrupted_evaluation_says_that_nothing_was_kept(
    hashing: Path, tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    os.mkfifo(gold)
    command = [sys.executable, "-m", "askcorpus", "eval", str(gold)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with gold.open("w"):  # which waits until it is read
        child.send_signal(signal.SIGINT)
        _, narrated = child.communicate(timeout=60)
    assert child.returncode == 130
    assert narrated.strip() == "askcorpus: Interrupted.\n  Nothing was kept."


def test_another_model_leaves_with_3(hashing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("query", "--model", "all-MiniLM-L6-v2", "who closed it?") == 3
    assert "hashing" in capsys.readouterr().err


def test_another_folder_needs_rebuild(
    folder: Path, own_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("# Other\n\nThe governor opened the road.\n")
    assert called("index", folder) == 0
    assert called("index", other) == 3
    assert "--rebuild" in capsys.readouterr().err
    assert called("index", "--rebuild", other) == 0
    assert called("show", "a.md") == 0
    assert called("show", "port.txt") == 2


def test_index_refuses_a_directory_with_other_files(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    (place / "thesis.doc").write_text("precious")
    done = run("--index", place, "index", folder, ASKCORPUS_MODEL="hashing")
    assert done.returncode == 2
    assert (place / "thesis.doc").read_text() == "precious"
    assert [entry.name for entry in place.iterdir()] == ["thesis.doc"]


def test_a_binary_or_garbled_file_is_named_and_the_rest_is_indexed(
    folder: Path, own_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "picture.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "latin.txt").write_bytes("Der Bürgermeister schloss den Hafen.".encode("latin-1"))
    assert called("index", folder) == 0
    narrated = capsys.readouterr().err
    assert "picture.txt: skipped" in narrated
    assert "2 documents" in narrated


def test_an_unreadable_file_leaves_with_5_and_the_rest_is_indexed(
    folder: Path, own_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("index", folder) == 0  # what is imported late must be imported by its owner
    (folder / "secret.txt").write_text("The mayor's diary.")
    (folder / "secret.txt").chmod(0)
    (folder / "later.txt").write_text("The ferry sails again.")
    reader = 0 if os.geteuid() else 65534  # root reads everything: be somebody else
    if reader:
        for place in (folder, own_index, *own_index.rglob("*")):
            os.chown(place, reader, reader)
        for place in folder.parents[:3]:
            place.chmod(0o755)
        os.seteuid(reader)
    try:
        code = called("index", folder)
    finally:
        if reader:
            os.seteuid(0)
    narrated = capsys.readouterr().err
    assert code == 5
    assert "secret.txt: failed: permission denied" in narrated
    assert "2 documents" in narrated


def test_a_hostile_document_writes_no_escape_sequence(
    folder: Path, own_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "evil.txt").write_text(
        "The captain\x1b]0;owned\x07 burned the \x1b[31mbarn\u202e.\n" + HARBOUR * 9
    )
    assert called("index", folder) == 0
    called("query", "who burned the barn?")
    called("show", "evil.txt")
    captured = capsys.readouterr()
    assert "barn" in captured.out
    assert not set("\x1b\x07\u202e") & set(captured.out + captured.err)


def test_show_status_config_and_completion(
    hashing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("show", "port.txt:1") == 0
    assert called("show", "port.txt", "--boilerplate") == 0
    assert called("status") == 0
    assert called("status", "--json") == 0
    assert called("config") == 0
    shown = capsys.readouterr().out
    assert "The mayor closed" in shown
    assert "documents  1" in shown
    assert 'model = "hashing"  (ASKCORPUS_MODEL)' in shown
    for shell in ("bash", "zsh", "fish"):
        assert called("completion", shell) == 0
    assert "_ASKCORPUS_COMPLETE" in capsys.readouterr().out


def test_a_regression_leaves_with_6(
    hashing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    question = {"question": "who closed the harbour?", "answers": ["The mayor"]}
    gold.write_text("\n".join(json.dumps({**question, "id": n}) for n in range(30)))
    assert called("eval", gold, "--json") == 0
    results = json.loads(capsys.readouterr().out)
    for row in results["rows"]:
        row["measures"]["recall@1"] = 2.0  # better than anything can be
    old = tmp_path / "old.json"
    old.write_text(json.dumps(results))
    assert called("eval", gold, "--baseline", old) == 6
    assert "recall@1" in capsys.readouterr().err


def test_an_interrupt_leaves_with_130_and_keeps_what_was_committed(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(2000):
        (documents / f"{number}.txt").write_text(f"Inspector {number} closed mine {number}.\n" * 5)
    environment = {**os.environ, "ASKCORPUS_MODEL": "hashing"}
    command = [sys.executable, "-m", "askcorpus", "--index", str(tmp_path / "index")]
    child = subprocess.Popen(
        [*command, "index", str(documents)], stderr=subprocess.PIPE, text=True, env=environment
    )
    wal = tmp_path / "index" / "ledger.sqlite3-wal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (wal.exists() and wal.stat().st_size > 300_000):
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, narrated = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in narrated
    assert "What was committed is kept" in narrated
    done = run(
        "--index", tmp_path / "index", "query", "who closed mine 1?", ASKCORPUS_MODEL="hashing"
    )
    assert done.returncode in (0, 1)
    assert "interrupted" in done.stderr


def test_a_closed_pipe_leaves_with_141_in_silence(hashing: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)  # nobody will ever read what is written
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "askcorpus", "show", "port.txt"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 141
    assert done.stderr == ""


def test_filters_that_nothing_passes_are_said(
    hashing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("query", "--file", "*.pdf", "who closed the harbour?") == 1
    assert "No document passes these filters" in capsys.readouterr().err
    called("query", "--file", "./port.txt", "who closed the harbour?")
    assert "filters" not in capsys.readouterr().err


def test_closed_streams_and_the_current_folder_do_no_harm(hashing: Path, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("print('run from the current folder')")
    done = run("status", cwd=tmp_path)
    assert done.returncode == 0
    assert "current folder" not in done.stdout
    command = f"{sys.executable} -m askcorpus status >&- 2>&-"
    assert subprocess.run(["bash", "-c", command], check=False).returncode == 0


def test_no_usage_data_is_collected(seeds_index: Path, tmp_path: Path) -> None:
    from askcorpus.config import cache_dir

    home = tmp_path / "home"
    home.mkdir()
    done = run(
        "--index",
        seeds_index,
        "query",
        "who denied the deal?",
        HOME=str(home),
        XDG_CACHE_HOME=str(home / ".cache"),
        ASKCORPUS_CACHE_DIR=str(cache_dir()),
    )
    assert done.returncode == 0
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "options",
    [["--open"], ["--format", "squad", "--split", "dev"], ["--format", "squad", "--baseline", "x"]],
)
def test_options_of_eval_that_contradict_each_other_leave_with_2(options: list[str]) -> None:
    done = run("eval", "x.json", *options)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 2


def test_the_chat_says_that_it_needs_a_terminal() -> None:
    done = run("chat", "--no-history")
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


def test_show_understands_an_address_as_it_is_printed(
    own_index: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"Ann {number},{number * 7}\n" for number in range(1, 60))
    (folder / "staff.csv").write_text(f"Name,Paid\n{rows}")
    (folder / "page.html").write_text(
        "<html><body><article><h1>Port</h1><p>The port is old and its walls are thick.</p>"
        "<h2>Ice</h2><p>The harbour froze in May, and no ship came in.</p></article></body></html>"
    )
    assert called("index", folder) == 0
    capsys.readouterr()
    assert called("show", "staff.csv (row 40)") == 0
    shown = capsys.readouterr().out
    assert "Paid: 273" in shown
    assert "Paid: 7\n" not in shown
    assert called("show", "page.html (Port › Ice)") == 0
    assert "froze" in capsys.readouterr().out
    assert called("show", "staff.csv (row 400)") == 2
    assert "has no row 400" in capsys.readouterr().err


def test_status_lists_the_documents(hashing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("status", "--files") == 0
    assert capsys.readouterr().out == "port.txt\n"


def test_indexing_that_is_under_way_is_not_called_interrupted(
    own_index: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("index", folder) == 0
    with Ledger.create(own_index) as ledger:
        ledger.keep(replace(ledger.manifest, complete=False))
    with hold(own_index):
        assert called("query", "who closed the harbour?") == 0
    assert "under way" in capsys.readouterr().err
    assert called("query", "who closed the harbour?") == 0
    assert "interrupted" in capsys.readouterr().err


def test_what_was_forgotten_already_is_said_to_be(
    own_index: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mill.txt").write_text("The mill burned down.\n")
    assert called("index", folder) == 0
    assert called("forget", "port.txt") == 0
    assert "1 forgotten, with 0 turns" in capsys.readouterr().err
    assert called("forget", "port.txt") == 0
    assert capsys.readouterr().err == "That was forgotten already.\n"
