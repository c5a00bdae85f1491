"""Commands for editors and what is put on the clipboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from askcorpus.errors import UnavailableError
from askcorpus.records import Answer, Citation
from askcorpus.render import NO_ANSWER
from askcorpus.tui.outside import editor_command, markdown, original, plain
from tests.tui.conftest import made_answer

FILE = Path("/d/a b.txt")


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vim", ["vim", "+12", "/d/a b.txt"]),
        ("emacs -nw", ["emacs", "-nw", "+12", "/d/a b.txt"]),
        ("/usr/bin/hx", ["/usr/bin/hx", "/d/a b.txt:12"]),
        ("code --wait", ["code", "--wait", "--goto", "/d/a b.txt:12"]),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(editor: str, command: list[str]) -> None:
    assert editor_command(FILE, 12, {"EDITOR": editor}) == command


def test_a_text_without_lines_of_its_own_is_opened_at_its_beginning() -> None:
    assert editor_command(FILE, None, {"EDITOR": "vim"}) == ["vim", "/d/a b.txt"]


def test_visual_goes_before_editor() -> None:
    assert editor_command(FILE, None, {"EDITOR": "ed", "VISUAL": "vim"})[0] == "vim"


def test_an_editor_that_is_no_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnavailableError, match="no editor"):
        editor_command(FILE, 1, {"EDITOR": "'"})


def cited(root: Path | str, path: str) -> Citation:
    return Citation(1, str(root), path, 0, 1, "a", "A", None, 1, None)


def test_a_cited_file_is_opened_by_its_absolute_path(tmp_path: Path) -> None:
    (tmp_path / "+a.txt").write_text("a")
    assert original(cited(tmp_path, "+a.txt")) == tmp_path / "+a.txt"


@pytest.mark.parametrize(
    ("root", "path", "reason"),
    [
        ("", "+!touch x.txt", "absolute"),  # what vim would run
        ("+!touch x||", "a.txt", "absolute"),
        (".", "a.txt", "absolute"),
        ("{here}", "../a.txt", "leads out"),
        ("{here}", "/etc/hosts.txt", "leads out"),
        ("{here}", "link.txt", "leaves the folder"),
        ("{here}", "run.desktop", "no reader"),
        ("{here}", "pipe.txt", "not a plain file"),
        ("{here}", "gone.txt", "no such file"),
        ("{here}", "a\0.txt", "leads out"),
    ],
)
def test_what_an_index_names_is_no_option_and_nothing_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, path: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "run.desktop", "+!touch x.txt"):
        (tmp_path / name).write_text("a")
    (tmp_path / "+!touch x||").mkdir()
    (tmp_path / "+!touch x||" / "a.txt").write_text("a")
    (tmp_path / "link.txt").symlink_to("/etc/hosts")
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnavailableError, match=reason):
        original(cited(root.format(here=tmp_path), path))


def test_the_answer_is_copied_without_control_characters() -> None:
    answer = Answer("q", "answered", answer="a\x1b[31mb")
    assert plain(answer) == "a\ufffd[31mb"


def test_no_answer_is_copied_as_its_words() -> None:
    assert plain(Answer("q", "none")) == NO_ANSWER["none"]


def test_markdown_keeps_signs_of_the_text_from_becoming_markup(seeds_index: Path) -> None:
    text = markdown(made_answer(seeds_index, question="*who* <denied>?"))
    assert text.startswith("**\\*who\\* \\<denied\\>?**\n")
    assert "isolate \\[North Korea\\]" in text
    assert "> the government in Pyongyang flatly denied" in text


def test_an_address_in_a_copied_answer_is_no_link() -> None:
    hostile = "see https://evil.example/a or www.evil.example &lt;b&gt; $x$"
    citation = Citation(1, "/d", "http.//evil.example.txt", 0, 1, hostile, hostile, None, 1, None)
    text = markdown(Answer(hostile, "answered", answer=hostile, citations=(citation,)))
    for live in ("https:", "www.", " &lt", " $x"):
        assert live not in text


def test_the_native_clipboard_is_used_where_there_is_one(tmp_path: Path) -> None:
    kept, tool = tmp_path / "kept", tmp_path / "xclip"
    tool.write_text(f"#!/bin/sh\ncat > {kept}\n")
    tool.chmod(0o755)
    code = "from askcorpus.tui.outside import native_copy; print(native_copy('Müller paid'))"

    def copied(**environ: str) -> str:
        clean = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "DISPLAY")}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**clean, **environ},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    path = f"{tmp_path}:/usr/bin:/bin"
    assert copied(PATH=path, DISPLAY=":0", TEXTUAL_DRIVER="web") == "False"
    assert not kept.exists()
    assert copied(PATH=path, DISPLAY=":0") == "True"
    assert kept.read_text(encoding="utf-8") == "Müller paid"
    assert copied(PATH="/nowhere") == "False"
