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


class Program(click.Group):
    """The group of commands, listed in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order in which they were added."""
        del ctx
        return list(self.commands)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="askcorpus")
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
@click.pass_context
def program(ctx: click.Context, /, index: str | None, file: Path | None) -> None:
    """Answers questions over a folder of documents, in their own words, with citations.

    Without a command, opens the chat. Runs offline. English only.
    """
    ctx.obj = {"index": index, "file": file}
    if ctx.invoked_subcommand is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise click.UsageError(ctx.get_help(), ctx)
        ctx.invoke(chat, index=None, file=None, inline=False)


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
        dashed = isinstance(exc, click.NoSuchOption)
        hint = "Put -- before a question that begins with a dash." if dashed else ""
        _complain(exc.format_message(), hint or "Run: askcorpus --help")
        code = 2
    except (click.Abort, KeyboardInterrupt):
        _complain("Interrupted.", "What was committed is kept; run it again to go on.")
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


def _complain(message: str, hint: str) -> None:
    narrate(f"askcorpus: {message}")
    if hint:
        narrate(f"  {hint}")
