"""Starting and leaving, on a real pseudo-terminal; themes and keys of the user's own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pytest
from rich.color import Color, ColorSystem

from askcorpus import Settings
from askcorpus.errors import ConfigError
from askcorpus.tui import keymap, memory, themes
from askcorpus.tui.app import ChatApp
from askcorpus.tui.bar import QuestionBar
from askcorpus.tui.keys import KEYS
from askcorpus.tui.memory import Memory
from tests.tui.conftest import Chat, drive, made_answer

if TYPE_CHECKING:
    from pathlib import Path

    from textual.theme import Theme

TIMEOUT_S = 60.0


def on_terminal(command: list[str], wanted: str, keys: bytes) -> tuple[int, str]:
    """Run a command on a terminal, press the keys once it shows the words; return code and text."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    seen = b""
    ends = time.monotonic() + TIMEOUT_S
    pressed = False
    while select.select([terminal], [], [], max(0.0, ends - time.monotonic()))[0]:
        try:
            seen += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not pressed and wanted.encode() in seen:
            os.write(terminal, keys)
            pressed = True
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode(errors="replace")


@pytest.mark.parametrize("words", [[], ["--inline"], ["chat", "--inline", "--no-history"]])
def test_on_a_terminal_the_chat_opens_and_ctrl_q_leaves_it(
    seeds_index: Path, words: list[str]
) -> None:
    command = [sys.executable, "-m", "askcorpus", "--index", str(seeds_index), *words]
    code, seen = on_terminal(command, "ready:", b"\x11")
    assert code == 0
    assert "5 documents, 33 passages" in seen
    assert "Traceback" not in seen


def test_with_no_color_no_colour_is_written(
    seeds_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    command = [sys.executable, "-m", "askcorpus", "--index", str(seeds_index)]
    code, seen = on_terminal(command, "ready:", b"\x11")
    assert code == 0
    assert not re.search(r"\x1b\[[0-9;]*[34]8;[25];", seen)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "askcorpus", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize("words", [[], ["chat"], ["--inline"]])
def test_without_a_terminal_the_chat_says_what_to_run_instead(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr == ('askcorpus: The chat needs a terminal.\n  Run: askcorpus query "…"\n')


def test_the_theme_is_remembered(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        chat.app.theme = "ansi-dark"
        await chat.painted()

    drive(seeds_index, scenario)
    assert memory.load() == Memory("ansi-dark")


@pytest.mark.parametrize(
    ("colours", "system", "reds"),
    [("standard", ColorSystem.STANDARD, {1, 9}), ("256", ColorSystem.EIGHT_BIT, {52, 88, 124})],
)
@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_where_colours_are_few_the_accent_is_not_red(
    theme: Theme, colours: str, system: ColorSystem, reds: set[int]
) -> None:
    shown = themes.fitted(theme, colours)
    assert shown.accent is not None
    assert shown.background is not None
    mixed = themes.quote_background(shown.background, shown.accent)
    for colour in (shown.accent, shown.variables.get(themes.QUOTE, mixed)):
        assert Color.parse(colour).downgrade(system).number not in reds


def test_the_theme_is_found_again_wherever_the_process_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", "remembered-here")
    monkeypatch.chdir(tmp_path)
    memory.save(Memory("ansi-dark"))
    monkeypatch.chdir("elsewhere")
    assert memory.load() == Memory("ansi-dark")


def test_a_theme_that_is_no_more_is_not_missed() -> None:
    app = ChatApp(Settings(), Memory("gone"))
    assert app.theme == Memory().theme
    app.desk.close()


@pytest.mark.parametrize("text", ["", "[]", '{"theme": 3}', "\x00"])
def test_a_damaged_memory_is_no_memory(text: str) -> None:
    memory.place().parent.mkdir(parents=True)
    memory.place().write_text(text)
    assert memory.load() == Memory()


def test_where_nothing_can_be_remembered_the_chat_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    memory.save(Memory("ansi-light"))
    assert memory.load() == Memory()


# Keys.


def bound(text: str) -> dict[str, str]:
    keymap.place().parent.mkdir(parents=True, exist_ok=True)
    keymap.place().write_text(text, encoding="utf-8")
    return keymap.load()


def test_actions_have_ids_of_their_own_and_texts() -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert all(key.help for key in KEYS if key.palette)


def test_without_a_file_no_key_is_bound_otherwise() -> None:
    assert keymap.load() == {}


def test_a_preset_and_keys_of_the_users_own_are_joined() -> None:
    found = bound('preset = "vim"\n[keys]\ncopy = "c"\nfind = "f7"\n')
    assert found["source.down"] == "ctrl+d,ctrl+f"
    assert (found["copy"], found["find"]) == ("c", "f7")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[keys]\ncopyy = 'c'", "no action 'copyy'"),
        ("[keys]\ncopy = 3", "not text"),
        ("[keys]\nnew = 'x'", "can't be bound to 'x'"),
        ("preset = 'emacs'", "no preset 'emacs'"),
        ("colour = 'red'", "Unknown setting 'colour'"),
        ("keys = 3", "no table"),
        ("[keys", "Can't read"),
    ],
)
def test_a_mistake_in_the_keys_is_said_with_a_next_step(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        bound(text)
    assert caught.value.hint


def test_a_bound_key_acts_and_the_help_names_it(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.shows(made_answer(seeds_index))
        chat.screen.transcript.focus()
        await chat.press("y")
        assert chat.app.clipboard == ""
        await chat.press("c")
        assert chat.app.clipboard == "the government in Pyongyang"
        await chat.press("f1")
        assert "c             Copy the answer" in chat.text()

    drive(seeds_index, scenario, keys={"copy": "c"})


def test_the_key_that_sends_can_be_another(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.press("a", "enter")
        assert chat.turns == []
        assert chat.screen.query_one(QuestionBar).text == "a\n"
        await chat.press("ctrl+t")
        await chat.settle()
        assert [turn.question for turn in chat.turns] == ["a"]

    drive(seeds_index, scenario, keys={"send": "ctrl+t", "newline": "enter"})
