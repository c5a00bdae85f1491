"""`askcorpus history`: lists, shows, exports, renames and deletes the chat's conversations."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from askcorpus.cli.console import emit, narrate, terminal_style
from askcorpus.cli.options import load_settings
from askcorpus.cli.verifying import verdicts_text
from askcorpus.errors import UsageError
from askcorpus.text import middle_cut, one_line, shortened

if TYPE_CHECKING:
    from askcorpus.history import Conversation, Summary
    from askcorpus.history.export import Format

MIN_ROOM = 30
"""Columns that a conversation's title and facts have at least."""
_NUMBER = click.IntRange(1, 2**63 - 1)


@click.group(invoke_without_command=True)
@click.option("--search", metavar="WORDS", help="Only conversations that hold all these words.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_context
def history(ctx: click.Context, /, *, search: str | None, as_json: bool) -> None:
    """List the conversations that are kept, the newest first."""
    if ctx.invoked_subcommand is not None:
        return
    from askcorpus.history import Found, Sessions
    from askcorpus.render import json_text

    with Sessions() as sessions:
        found = [Found(summary, 0, "") for summary in sessions.summaries()]
        if search is not None:
            found = sessions.search(search)
    if as_json:
        rows = [asdict(f if search is not None else f.conversation) for f in found]
        emit(json_text(rows, indent=2))
    else:
        for each in found:
            emit(_line(each.conversation))
            if each.n:
                said = f"        turn {each.n}: {one_line(each.excerpt)}"
                emit(f"{shortened(said, _width())}\n")
    if not found:
        said = "The history is empty." if search is None else "No conversation holds these words."
        narrate(said)
        ctx.exit(0 if search is None else 1)


@history.command()
@click.argument("number", metavar="ID", type=_NUMBER)
@click.option("--verify", is_flag=True, help="Hold each quote against its file as it reads now.")
@click.pass_context
def show(ctx: click.Context, /, *, number: int, verify: bool) -> None:
    """Show the conversation ID with its answers, as they were given."""
    from askcorpus.render import answer_text
    from askcorpus.verify import check, kept

    conversation = _kept(number)
    style = terminal_style()
    emit(f"{style.bold(one_line(conversation.title))}\n{style.dim(_place(conversation))}\n")
    for turn in conversation.turns:
        question, understood = one_line(turn.question), one_line(turn.query.text)
        meant = f"{style.dim(f'  understood as: {understood}')}\n" if understood != question else ""
        emit(f"\n> {question}  {style.dim(_local(turn.asked))}\n{meant}\n")
        for note in turn.answer.notes:
            emit(f"note: {one_line(note)}\n")
        emit(answer_text(turn.answer, style))
    if verify:
        report = check(kept(conversation), load_settings(ctx, {})[0])
        narrate(verdicts_text(report).rstrip("\n"))
        ctx.exit(0 if report.ok else 1)


@history.command()
@click.argument("number", metavar="ID", type=_NUMBER)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json", "html"]),
    help="Else what the file's name says, else md.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write this file instead of stdout.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
def export(*, number: int, form: Format | None, output: Path | None, force: bool) -> None:
    """Write the conversation ID as Markdown, JSON (docs/export-schema.json) or an HTML page."""
    from askcorpus.history.export import exported, format_of, save

    text = exported(_kept(number), form or format_of(output or Path()))
    if output is None or str(output) == "-":
        emit(text)
    else:
        save(text, output, force=force)
        narrate(f"Written to {output}.")


@history.command()
@click.argument("number", metavar="ID", type=_NUMBER)
@click.argument("name", nargs=-1, required=True)
def rename(*, number: int, name: tuple[str, ...]) -> None:
    """Give the conversation ID a NAME instead of its first question."""
    from askcorpus.history import Sessions

    with Sessions() as sessions:
        sessions.rename(number, " ".join(name))


@history.command()
@click.argument("number", metavar="ID", type=_NUMBER)
@click.option("--yes", is_flag=True, help="Don't ask first.")
def delete(*, number: int, yes: bool) -> None:
    """Delete the conversation ID for good; what was exported stays."""
    from askcorpus.history import Sessions

    with Sessions() as sessions:
        # Not the conversation itself: a damaged one is the very one to delete.
        titles = {summary.id: summary.title for summary in sessions.summaries()}
        if number not in titles:
            sessions.delete(number)  # which says that there is none
        title = shortened(one_line(titles[number]), 60)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("Nobody can be asked here.", hint="Add --yes to delete it.")
            if not click.confirm(f"Delete {title!r} for good?", err=True):
                return
        sessions.delete(number)
    narrate(f"Deleted {title!r}.")


def _kept(number: int) -> Conversation:
    from askcorpus.history import Sessions

    with Sessions() as sessions:
        return sessions.conversation(number)


def _line(summary: Summary) -> str:
    """Return a conversation on one line: number, time of the last turn, title, size, index."""
    from askcorpus.render import counted

    head = f"{summary.id:>4}  {_local(summary.last)}  "
    room = max(MIN_ROOM, _width() - len(head) - 2)
    facts = f"{counted(summary.turns, 'turn')} · {one_line(summary.index)}"
    facts = middle_cut(facts, room // 2)
    title = shortened(one_line(summary.title), room - len(facts))
    return f"{head}{title}  {terminal_style().dim(facts)}\n"


def _width() -> int:
    """Return how many columns a line may have: the terminal's, or 120 where there is none."""
    import shutil

    return shutil.get_terminal_size((120, 24)).columns


def _place(conversation: Conversation) -> str:
    return one_line(f"{conversation.root} · index {conversation.index}")


def _local(asked: str) -> str:
    """Return a time as the user's clock showed it."""
    try:
        return f"{datetime.fromisoformat(asked).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):  # a damaged row is shown as it is
        return one_line(asked)
