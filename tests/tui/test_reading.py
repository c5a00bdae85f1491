"""The transcript and the source: what the keys and the mouse do there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from askcorpus import Corpus, Settings
from askcorpus.records import Document
from askcorpus.tui.bar import QuestionBar
from askcorpus.tui.keys import KEYS
from askcorpus.tui.page import Mark
from askcorpus.tui.panels import HelpScreen
from askcorpus.tui.source import SourceView
from tests.store.kit import copied
from tests.tui.conftest import DENIED, NARROW, WIDE, Chat, drive, made_answer

if TYPE_CHECKING:
    from pathlib import Path

    from textual.strip import Strip

    from askcorpus.tui.turns import Turn

CITED_LINE = " 14 ┃ But following the July 26 Telegraph report"


async def read(chat: Chat, index: Path) -> Turn:
    """Show an answer with two citations and give the transcript the focus."""
    turn = await chat.shows(made_answer(index))
    chat.screen.transcript.focus()
    await chat.painted()
    return turn


def strips(chat: Chat) -> list[Strip]:
    source = chat.screen.source
    return [source.render_line(y) for y in range(source.size.height)]


def test_an_answer_brings_its_source_up_beside_it_where_there_is_room(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.ask(DENIED)
        assert CITED_LINE in chat.text()
        assert isinstance(chat.screen.focused, QuestionBar)

    drive(seeds_index, scenario)


def test_where_it_is_narrow_a_digit_shows_the_source_alone_and_escape_leads_back(
    seeds_index: Path,
) -> None:
    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        await chat.press("1")
        await chat.settle()
        assert "┃" in chat.text()
        assert "●" not in chat.text()
        await chat.press("escape")
        assert "●" in chat.text()
        assert "┃" not in chat.text()

    drive(seeds_index, scenario, size=NARROW)


def test_brackets_walk_the_citations_round(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        seen = []
        for key in ("right_square_bracket",) * 3 + ("left_square_bracket",):
            await chat.press(key)
            await chat.settle()
            seen.append(turn.opened)
        assert seen == [1, 2, 1, 2]
        assert "[2] Hamas trying to cut an arms deal" in chat.text()

    drive(seeds_index, scenario)


def test_a_digit_without_a_citation_says_so(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        await chat.press("7")
        await chat.settle()
        assert "This answer has no citation 7." in chat.text()

    drive(seeds_index, scenario)


@pytest.mark.parametrize("size", [NARROW, WIDE, (40, 40)])
def test_neither_the_line_of_a_citation_nor_the_name_of_its_file_is_cut_off(
    seeds_index: Path, size: tuple[int, int]
) -> None:
    made = made_answer(seeds_index)
    path = "letters/" + "about-the-harbour-" * 8 + "1914.txt"
    longer = replace(made, citations=(replace(made.citations[0], path=path), made.citations[1]))

    async def scenario(chat: Chat) -> None:
        turn = await chat.shows(longer)
        assert f"1914.txt:{made.citations[0].line}" in chat.text()
        document = await chat.app.desk.document(made.citations[0].path)
        title = "North Korea Denies Secret Arms Deal With Hamas, and So Does " * 3
        document = replace(document, path=path, title=title, date="2014-07-27")
        chat.screen.show_source(open_=True)
        chat.screen.renew_source(document, turn, 1, gone=False)
        await chat.painted()
        assert "[1] North Korea" in chat.text()
        assert "1914.txt · 2014-07" in chat.text()
        head = chat.screen.query_one("#source-head")
        assert head.content_size.height == 3  # of the title two rows are enough

    drive(seeds_index, scenario, size=size)


def test_a_click_on_a_citation_opens_it(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        chips = list(turn.query(".chip"))
        await chat.pilot.click(chips[1])
        await chat.settle()
        assert turn.opened == 2

    drive(seeds_index, scenario)


def test_the_answers_words_are_marked_without_colour(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        await chat.screen.open_citation(turn, 1)
        await chat.painted()
        marked = [
            segment.text
            for strip in strips(chat)
            for segment in strip
            if segment.style and segment.style.bold and segment.style.reverse
        ]
        assert "".join(marked) == "the government in Pyongyang"

    drive(seeds_index, scenario)


def test_j_and_k_choose_the_answer_that_the_other_keys_act_on(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        first = await read(chat, seeds_index)
        second = await read(chat, seeds_index)
        assert chat.screen.transcript.current is second
        await chat.press("k")
        assert chat.screen.transcript.current is first
        await chat.press("j")
        assert chat.screen.transcript.current is second
        await chat.press("g")
        assert chat.screen.transcript.current is first
        await chat.press("G")
        assert chat.screen.transcript.current is second

    drive(seeds_index, scenario)


def test_the_source_scrolls_by_line_half_page_and_to_its_ends(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        await chat.screen.open_citation(turn, 1)
        await chat.press("g")
        source = chat.screen.source
        assert source.scroll_offset.y == 0
        await chat.press("j", "j", "k")
        assert source.scroll_offset.y == 1
        await chat.press("ctrl+d")
        assert source.scroll_offset.y == 1 + source.size.height // 2
        await chat.press("ctrl+u")
        assert source.scroll_offset.y == 1
        await chat.press("G")
        assert source.scroll_offset.y == source.max_scroll_y > 1

    drive(seeds_index, scenario, size=NARROW)


def test_y_copies_the_answer(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        await chat.press("y")
        assert chat.app.clipboard == "the government in Pyongyang"
        assert "The answer was copied." in chat.text()

    drive(seeds_index, scenario)


def test_shift_y_copies_the_answer_with_its_citations(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        await chat.press("Y")
        copied = chat.app.clipboard
        assert "> the government in Pyongyang flatly denied" in copied
        assert "003_9fc9a04fbe07ce2f.txt:14" in copied.replace("\\", "")

    drive(seeds_index, scenario)


def test_the_mouse_selects_the_documents_own_words(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        await chat.screen.open_citation(turn, 1)
        await chat.press("g")
        # From the sixth line on; the gutter is six cells wide, with the pane's padding.
        await chat.pilot.mouse_down(SourceView, offset=(6, 5))
        await chat.pilot.hover(SourceView, offset=(6 + 23, 5))
        await chat.pilot.mouse_up(SourceView, offset=(6 + 23, 5))
        await chat.press("y")
        assert chat.app.clipboard.strip() == "The government of North"

    drive(seeds_index, scenario)


def test_words_are_found_counted_and_walked(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        await chat.screen.open_citation(turn, 1)
        await chat.press("g", "ctrl+f")
        chat.screen.query_one("#find", Input).value = "north  KOREA"
        await chat.painted()
        assert "1 of 10" in chat.text()
        await chat.press("enter", "n")
        assert "2 of 10" in chat.text()
        await chat.press("N", "N")
        assert "10 of 10" in chat.text()
        await chat.press("escape")

    drive(seeds_index, scenario)


def test_escape_closes_the_find_row_and_goes_back_to_the_source(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        await chat.screen.open_citation(turn, 1)
        await chat.press("ctrl+f", "escape")
        assert not chat.screen.query_one("#find-row").display
        assert chat.screen.focused is chat.screen.source

    drive(seeds_index, scenario)


def test_help_explains_the_keys_of_the_focused_pane_first(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        for key in ("f1", "question_mark"):
            await chat.press(key)
            assert isinstance(chat.app.screen, HelpScreen)
            shown = chat.text()
            assert "Copy the answer with its citations, as Markdown." in shown
            reading = shown.index("In the transcript and the source")
            assert reading < shown.index("In the question bar")
            await chat.press("escape")
            assert not isinstance(chat.app.screen, HelpScreen)

    drive(seeds_index, scenario)


def test_the_palette_offers_every_action_and_runs_it(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        offered = {command.title for command in chat.app.get_system_commands(chat.screen)}
        assert offered == {key.help.rstrip(".") for key in KEYS if key.palette}
        await chat.press("ctrl+p")
        await chat.type("copy the answer with")
        await chat.settle()
        await chat.press("down", "enter")
        await chat.settle()
        assert "flatly denied" in chat.app.clipboard

    drive(seeds_index, scenario)


def test_the_footer_names_at_most_six_keys_wherever_the_focus_is(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await read(chat, seeds_index)
        await chat.screen.open_citation(turn, 1)
        for pane in ("question", "transcript", "source"):
            chat.screen.query_one(f"#{pane}").focus()
            await chat.painted()
            active = chat.screen.active_bindings.values()
            assert 4 <= len({each.binding.action for each in active if each.binding.show}) <= 6

    drive(seeds_index, scenario)


def test_a_document_of_five_megabytes_is_shown_at_its_passage(seeds_index: Path) -> None:
    line = "The inspector visited the mill and wrote about the weather.\n"
    needle = "The recipe was written by Magnus Sandvik.\n"
    text = line * 45_000 + needle + line * 45_000
    document = Document("big.txt", text, "Big", "0" * 64, len(text), 0)
    at = text.index(needle)

    async def scenario(chat: Chat) -> None:
        chat.screen.show_source(open_=True)
        chat.screen.source.show(document, Mark(at, at + len(needle) - 1, "quote"), [])
        await chat.settle()
        assert "45001 ┃ The recipe was written by Magnus Sandvik." in chat.text()

    drive(seeds_index, scenario)


def test_what_has_become_of_a_source_is_said_beside_its_citation(
    seeds_index: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "port.txt").write_text("The mayor closed the harbour on Monday because of ice.\n")
    Corpus.build(folder, index=tmp_path / "index", settings=Settings()).close()
    (folder / "port.txt").unlink()

    async def scenario(chat: Chat) -> None:
        turn = await chat.ask("who closed the harbour?")
        classes = [set(child.classes) & {"quote", "chip", "note"} for child in turn.children]
        at = classes.index({"chip"})
        assert classes[at + 1] == {"note"}
        assert "! port.txt is gone since it was indexed" in chat.text()
        assert "as it was indexed" in chat.text()

    drive(tmp_path / "index", scenario)


def test_an_index_that_is_deleted_under_the_chat_leaves_it_standing(
    seeds_index: Path, tmp_path: Path
) -> None:
    copied(seeds_index, tmp_path / "index")

    async def scenario(chat: Chat) -> None:
        shutil.rmtree(tmp_path / "index")
        turn = await chat.ask(DENIED)
        assert turn.state in ("answered", "failed")
        assert chat.app.is_running

    drive(tmp_path / "index", scenario)


def test_without_an_editor_the_user_is_told(
    seeds_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor")
    monkeypatch.delenv("VISUAL", raising=False)

    async def scenario(chat: Chat) -> None:
        await read(chat, seeds_index)
        await chat.press("e")
        assert "The editor can't be started" in chat.text()

    drive(seeds_index, scenario)


HOSTILE = {
    "markup.txt": (
        "Zenith [bold red]Report[/] [/nonsense]\n\n"
        "The company Zenith paid $4.2 million to [link=x]Orion[/link] [@click=app.quit]now[/].\n"
    ),
    "escape.txt": (
        "Escape\n\nThe captain of the ship Aurora was \x1b[31mHarald Berg\x1b[0m"
        "\x1b]52;c;aGk=\x07 of Bergen.\x9b2J\n"
    ),
    "rtl.txt": "Left\n\nThe minister of fisheries is \u202e\u2067Anna Lund\u2069, it says.\n",
}


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scratch = tmp_path_factory.mktemp("hostile")
    (scratch / "documents").mkdir()
    for name, text in HOSTILE.items():
        (scratch / "documents" / name).write_text(text)
    Corpus.build(scratch / "documents", index=scratch / "index", settings=Settings()).close()
    return scratch / "index"


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("how much did Zenith pay?", "[@click=app.quit]now[/]"),
        ("who was the captain of the Aurora?", "\ufffd]52;c;aGk=\ufffd of Bergen"),
        ("who is the minister of fisheries?", "\ufffd\ufffdAnna Lund\ufffd"),
        ("[/] [bold]who[/bold] \x1b[31m\u202epaid?", "[/] [bold]who[/bold] \ufffd[31m\ufffdpaid?"),
    ],
)
def test_text_from_documents_and_questions_is_only_text(
    hostile_index: Path, question: str, shown: str
) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.ask(question)
        screen = chat.text()
        assert shown in screen
        assert not set(screen) & set("\x1b\x07\x9b\u202e\u2067\u2069")

    drive(hostile_index, scenario)


def test_nothing_heavy_is_imported_before_the_first_picture() -> None:
    heavy = {"chromadb", "onnxruntime", "numpy", "sqlite3", "torch", "askcorpus.corpus"}
    code = f"import sys, askcorpus.tui.app; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == ""
