"""The command line: stdout is data, stderr is narration, the exit code says what happened.

    0 answered · 1 no answer, or a citation that isn't ok · 2 usage or configuration · 3 index
    missing, or made by another model or format · 4 model or store unavailable · 5 some files failed
    6 evaluation regression · 130 interrupted · 141 broken pipe

    asking      `query`, `chat`
    documents   `index`, `sync`, `show`, `status`, `indexes`, `forget`
    watching    `watch`
    history     `history`
    verifying   `verify`
    measuring   `eval`, `calibrate`
    setup       `doctor`, `config`, `completion`
    web         `web`
    options     what several commands share
    console     stdout, stderr and the progress line

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from askcorpus import __version__
from askcorpus.cli.asking import chat, query
from askcorpus.cli.console import NobodyReadsError, narrate, prepare_streams
from askcorpus.cli.documents import forget, indexes, show, status, sync
from askcorpus.cli.documents import index as index_command
from askcorpus.cli.history import history
from askcorpus.cli.measuring import calibrate, evaluate
from askcorpus.cli.options import QuestionCommand
from askcorpus.cli.setup import completion, doctor, show_config
from askcorpus.cli.verifying import verify
from askcorpus.cli.watching import watch
from askcorpus.cli.web import web
from askcorpus.errors import AskcorpusError

COMMANDS = (
    index_command,
    sync,
    watch,
    query,
    chat,
    web,
    history,
    verify,
    show,
    status,
    indexes,
    forget,
    doctor,
    show_config,
    evaluate,
    calibrate,
    completion,
)


MEANT = {"ask": "query", "find": "query", "search": "query", "update": "sync", "delete": "forget"}
"""Commands that other programs have, and what they are called here."""
_COMMITTED = "What was committed is kept; run it again to go on."
KEPT = {
    "index": _COMMITTED,
    "sync": _COMMITTED,
    "forget": "Run it again to forget the rest.",
    "eval": "Nothing was kept.",
    "calibrate": "Nothing was kept.",
}
"""What an interrupted command leaves, where that needs to be said."""


class StoppedError(Exception):
    """The user has interrupted a command, which is the argument."""


class Program(click.Group):
    """The group of commands, listed in the order of use."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names; a question needs none.

        Raises:
            click.UsageError: It is neither.
        """
        first = args[0]
        if first not in self.commands and first[:1] != "-":
            if " " in first.strip() or first.endswith("?"):
                return query.name, query, args
            if first in MEANT:
                message = f"No such command {first!r}. Did you mean {MEANT[first]!r}?"
                raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command.

        Raises:
            StoppedError: The user has interrupted it.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as exc:
            raise StoppedError(ctx.invoked_subcommand or "") from exc

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order in which they were added."""
        del ctx
        return list(self.commands)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", prog_name="askcorpus")
@click.option(
    "--index", metavar="NAME|PATH", help="The index (else $ASKCORPUS_INDEX, else ./index)."
)
@click.option(
    "--config",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Read this configuration instead of your own.",
)
@click.option("--inline", is_flag=True, help="The chat below the prompt.")
@click.option("--no-history", is_flag=True, help="A chat that isn't kept.")
@click.pass_context
def program(
    ctx: click.Context, /, index: str | None, file: Path | None, *, inline: bool, no_history: bool
) -> None:
    """Answers questions over a folder of documents, in their own words, with citations.

    Without a command, opens the chat; a question in quotation marks is answered at once. Runs
    offline. English only.
    """
    ctx.obj = {"index": index, "file": file}
    if ctx.invoked_subcommand is None:
        history = False if no_history else None
        ctx.invoke(chat, index=None, file=None, inline=inline, history=history)
    elif inline or no_history:
        flag = "--inline" if inline else "--no-history"
        raise click.UsageError(f"{flag} is for the chat.", ctx)


for _command in COMMANDS:
    program.add_command(_command)


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the program and leave with the exit code that the module's docstring lists."""
    prepare_streams()
    try:
        code = program.main(argv, prog_name="askcorpus", standalone_mode=False)
    except AskcorpusError as exc:
        _complain(exc.message, exc.hint)
        code = exc.exit_code
    except click.ClickException as exc:
        _complain(exc.format_message(), _usage_hint(exc))
        code = 2
    except StoppedError as exc:
        _complain("Interrupted.", KEPT.get(str(exc), ""))
        code = 130
    except (click.Abort, KeyboardInterrupt):
        _complain("Interrupted.", "")
        code = 130
    except NobodyReadsError:
        # Nobody reads stdout any more: Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except Exception as exc:  # a traceback in front of a user is a bug, but so is silence
        if os.environ.get("ASKCORPUS_DEBUG"):
            raise
        _complain(f"Unexpected {type(exc).__name__}: {exc}", "Set ASKCORPUS_DEBUG=1 to see where.")
        code = 4
    sys.exit(code)


def _usage_hint(exc: click.ClickException) -> str:
    """Return the next step: the help of the command that was meant, or how to quote a dash."""
    ctx = exc.ctx if isinstance(exc, click.UsageError) else None
    asks = ctx is not None and isinstance(ctx.command, QuestionCommand)
    if asks and isinstance(exc, click.NoSuchOption) and exc.option_name[:2] != "--":
        return "Put -- before a question that begins with a dash."
    return f"Run: {ctx.command_path if ctx else 'askcorpus'} --help"


def _complain(message: str, hint: str) -> None:
    narrate(f"askcorpus: {message}")
    if hint:
        narrate(f"  {hint}")
