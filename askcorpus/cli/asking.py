"""Asking: `askcorpus query` and `askcorpus chat`."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from askcorpus.cli.console import emit, narrate, terminal_style
from askcorpus.cli.options import QuestionCommand, load_settings, settings_options
from askcorpus.errors import UsageError


@click.command(cls=QuestionCommand)
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--file", "files", multiple=True, metavar="GLOB", help="Only documents that match; repeatable."
)
@click.option(
    "--after",
    metavar="DATE",
    help="Only documents dated from DATE on: YYYY-MM-DD, YYYY-MM or YYYY.",
)
@click.option(
    "--before",
    metavar="DATE",
    help="Only documents dated up to and including DATE: YYYY-MM-DD, YYYY-MM or YYYY.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the answer as JSON (docs/answer-schema.json)."
)
@click.option("--explain", is_flag=True, help="Show every score of every passage.")
@click.option("--no-filters", "literal", is_flag=True, help="Take the QUESTION as it stands.")
@settings_options("k", "model", "threads", "dense")
@click.pass_context
def query(
    ctx: click.Context,
    /,
    question: tuple[str, ...],
    files: tuple[str, ...],
    after: str | None,
    before: str | None,
    as_json: bool,
    explain: bool,
    literal: bool,
    **params: Any,
) -> None:
    """Answer a QUESTION; `-` reads it from standard input.

    Filters may stand in it: file:*.txt after:2014-07 before:2014 -word "exact phrase"
    """
    from askcorpus.corpus import Corpus
    from askcorpus.question.filters import described
    from askcorpus.question.understand import understand
    from askcorpus.render import answer_text, json_text

    text = " ".join(question)
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace") if sys.stdin else ""
    typed = understand(text, literal=literal)
    if typed.is_filtered:
        narrate(f"Filtered: {described(typed)}. To take it as text: --no-filters")
    asked = understand(text, literal=literal, files=files, after=after, before=before)
    settings, _ = load_settings(ctx, params, "k", "model", "threads", "dense")
    with Corpus.open(settings=settings, notify=narrate) as corpus:
        answer = corpus.ask(asked)
    for note in answer.notes:
        narrate(note)
    if as_json:
        emit(json_text(answer.to_dict()))
    else:
        emit(answer_text(answer, terminal_style(), explain=explain))
    ctx.exit(0 if answer.outcome == "answered" else 1)


@click.command()
@click.option("--inline", is_flag=True, help="Below the prompt, not on the whole terminal.")
@settings_options("k", "model", "threads", "dense", "history")
@click.pass_context
def chat(ctx: click.Context, /, inline: bool, **params: Any) -> None:
    """Ask in a terminal chat, the cited documents beside the answers."""
    settings, _ = load_settings(ctx, params, *params.keys() - {"index", "file"})
    # A server's page is a terminal too, at the other end of pipes that Textual draws into.
    if not os.environ.get("TEXTUAL_DRIVER") and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The chat needs a terminal.", hint='Run: askcorpus query "…"')
    from askcorpus import tui

    tui.run(settings, inline=inline)
