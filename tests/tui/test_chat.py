"""Asking: what is sent, what comes back, and what happens in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from askcorpus.question.query import Query, Understanding
from askcorpus.render import NO_ANSWER
from askcorpus.tui.bar import QuestionBar
from askcorpus.tui.source import SourceView
from askcorpus.tui.transcript import Transcript
from askcorpus.tui.turns import Turn
from tests.tui.conftest import BREAD, DENIED, NARROW, Chat, drive, made_answer

if TYPE_CHECKING:
    from pathlib import Path


def bar(chat: Chat) -> QuestionBar:
    return chat.screen.query_one(QuestionBar)


def test_enter_asks_and_the_answer_is_shown_with_its_citation(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.type(DENIED)
        await chat.press("enter")
        await chat.settle()
        assert chat.turns[0].answer is not None
        assert chat.turns[0].answer.outcome == "answered"
        shown = chat.text()
        assert "● the government in Pyongyang" in shown
        assert "[1] 003_9fc9a04fbe07ce2f.txt:14" in shown

    drive(seeds_index, scenario)


def test_typing_works_before_the_models_are_loaded(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.type(DENIED)
        assert bar(chat).text == DENIED
        await chat.press("enter")
        chat.release()
        await chat.settle()
        assert chat.turns[0].state == "answered"

    drive(seeds_index, scenario, held=True)


def test_the_head_says_what_is_ready(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        assert "ready: 5 documents, 33 passages" in chat.text()

    drive(seeds_index, scenario)


def test_keys_that_come_in_one_burst_keep_their_order(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        for key, char in [("a", "a"), ("ctrl+j", "\n"), ("b", "b"), ("enter", "\r"), ("c", "c")]:
            chat.app.post_message(events.Key(key, char))
        await chat.painted()
        await chat.settle()
        assert [turn.question for turn in chat.turns] == ["a\nb"]
        assert bar(chat).text == "c"

    drive(seeds_index, scenario)


def test_an_empty_question_is_not_asked(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.press("space", "enter")
        assert chat.turns == []

    drive(seeds_index, scenario)


def test_letters_and_digits_are_text_in_the_bar(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.type("yYeogj1?n")
        assert bar(chat).text == "yYeogj1?n"
        assert chat.app.screen is chat.screen

    drive(seeds_index, scenario)


def test_no_answer_is_told_in_words_and_by_its_sign(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.ask(BREAD)
        assert f"○ {NO_ANSWER['none']}" in chat.text()

    drive(seeds_index, scenario)


def test_a_nearest_passage_is_not_shown_as_an_answer(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await chat.ask("which bank financed the deal?")
        assert turn.answer is not None
        assert turn.answer.outcome == "related"
        assert f"◐ {NO_ANSWER['related']}" in chat.text()

    drive(seeds_index, scenario)


def test_what_the_chat_advises_is_a_key_and_no_command(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.ask('who denied the "frozen harbour"?')
        assert "searched, as u does." in chat.text()
        assert "only with" not in chat.text()
        await chat.ask("who denied it? file:*.pdf")
        assert "ctrl+o lists the documents." in chat.text()
        assert "askcorpus status" not in chat.text()

    drive(seeds_index, scenario)


def test_up_brings_back_earlier_questions_and_down_the_draft(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        bar(chat).remember("first")
        bar(chat).remember("second")
        await chat.type("draft")
        await chat.press("up")
        assert bar(chat).text == "second"
        await chat.press("up", "up")
        assert bar(chat).text == "first"
        await chat.press("down", "down")
        assert bar(chat).text == "draft"

    drive(seeds_index, scenario)


def test_up_moves_inside_a_question_of_several_lines_first(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        bar(chat).remember("earlier")
        await chat.press("a", "ctrl+j", "b", "up")
        assert bar(chat).text == "a\nb"
        await chat.press("up")
        assert bar(chat).text == "earlier"

    drive(seeds_index, scenario)


def test_ctrl_r_finds_an_earlier_question_by_its_words(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        for text in ("who paid [bold]?", "where is the mill?", "who was paid?"):
            bar(chat).remember(text)
        await chat.press("ctrl+r")
        await chat.type("paid who")
        await chat.press("down", "enter")
        assert bar(chat).text == "who paid [bold]?"

    drive(seeds_index, scenario)


def test_a_second_question_waits_visibly_and_is_answered(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.hold()
        for text in (DENIED, BREAD):
            bar(chat).put(text)
            bar(chat).send()
        await chat.painted()
        states = [turn.state for turn in chat.turns]
        assert states == ["asking", "waiting"]
        assert "waiting for the question before" in chat.text()
        chat.release()
        await chat.settle()
        assert [turn.state for turn in chat.turns] == ["answered", "answered"]

    drive(seeds_index, scenario)


def test_escape_cancels_and_the_late_result_is_dropped(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.hold()
        bar(chat).put(DENIED)
        bar(chat).send()
        await chat.painted()
        await chat.press("escape")
        await chat.settle()
        assert chat.turns[0].state == "cancelled"
        chat.release()
        await chat.app.desk.status()  # comes after the cancelled question
        await chat.painted()
        assert chat.turns[0].answer is None
        assert "– cancelled" in chat.text()
        assert (await chat.ask(BREAD)).state == "answered"

    drive(seeds_index, scenario)


def test_ctrl_n_begins_a_new_conversation(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.shows(made_answer(seeds_index))
        await chat.press("ctrl+n")
        await chat.settle()
        assert chat.turns == []
        assert "Ask about your documents." in chat.text()
        assert (await chat.ask(DENIED)).state == "answered"

    drive(seeds_index, scenario)


def test_ctrl_q_leaves_while_a_question_is_asked(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.hold()
        bar(chat).put(DENIED)
        bar(chat).send()
        await chat.painted()
        await chat.press("ctrl+q")
        assert not chat.app.is_running

    drive(seeds_index, scenario)


def test_tab_goes_round_bar_transcript_and_source(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        turn = await chat.shows(made_answer(seeds_index))
        await chat.screen.open_citation(turn, 1, focus=False)
        await chat.painted()
        seen = []
        for _ in range(3):
            await chat.press("tab")
            seen.append(type(chat.screen.focused))
        assert set(seen) == {Transcript, SourceView, QuestionBar}

    drive(seeds_index, scenario)


def test_a_resize_while_answering_loses_nothing(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        await chat.hold()
        bar(chat).put(DENIED)
        bar(chat).send()
        await chat.painted()
        await chat.pilot.resize_terminal(*NARROW)
        await chat.pilot.resize_terminal(40, 10)
        chat.release()
        await chat.pilot.resize_terminal(120, 40)
        await chat.settle()
        assert chat.turns[0].state == "answered"
        assert "● the government in Pyongyang" in chat.text()

    drive(seeds_index, scenario)


def test_a_pasted_page_is_asked_and_shown_in_short(seeds_index: Path) -> None:
    async def scenario(chat: Chat) -> None:
        page = "who denied the deal? " * 5_000
        chat.app.post_message(events.Paste(page))
        await chat.painted()
        assert bar(chat).text == page
        await chat.press("enter")
        await chat.settle()
        assert chat.turns[0].question == page.strip()
        assert chat.turns[0].state in ("answered", "failed")
        assert "… (104,999" in chat.text()

    drive(seeds_index, scenario)


def test_a_conversation_of_two_hundred_turns_is_folded_and_nothing_is_lost(
    seeds_index: Path,
) -> None:
    async def scenario(chat: Chat) -> None:
        answer = made_answer(seeds_index)
        asked = [Query("q", understood=Understanding(f"question {n}")) for n in range(200)]
        kept = [Turn.kept(query, answer) for query in asked]
        await chat.screen.transcript.fill(kept)
        await chat.painted()
        assert len(chat.turns) == 200
        assert sum(turn.unfolded for turn in chat.turns) < 20
        chat.screen.transcript.focus()
        await chat.press("g")
        shown = chat.text()
        assert "question 0" in shown
        assert "● the government in Pyongyang" in shown
        await chat.press("G", "k")
        assert "question 198" in chat.text()

    drive(seeds_index, scenario)
