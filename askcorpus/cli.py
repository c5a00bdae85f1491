"""The command line: stdout is data, stderr is narration, the exit code says what happened.

    0 answered · 1 no answer · 2 usage or configuration · 3 index missing or made by another model
    or format · 4 model or store unavailable · 5 some files failed · 6 evaluation regression
    130 interrupted · 141 broken pipe

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from askcorpus import __version__
from askcorpus.console import (
    NobodyReadsError,
    ProgressLine,
    emit,
    narrate,
    prepare_streams,
    terminal_style,
)
from askcorpus.errors import AskcorpusError, FilesFailedError, RegressionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from askcorpus.config import Setting, Settings

Params = dict[str, Any]


class Program(click.Group):
    """The group of commands, listed in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order in which they were added."""
        del ctx
        return list(self.commands)


class QuestionCommand(click.Command):
    """A command whose question may begin with a dash."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; one with a dash in front and a space inside is a question."""
        for at, arg in enumerate(args):
            first = arg.split()[0] if arg.split() else ""
            if arg == "--":
                break
            if arg.startswith("-") and first != arg and "=" not in first:
                args = [*args[:at], *args[at + 1 :], "--", arg]
                break
        return super().parse_args(ctx, args)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="askcorpus")
@click.option(
    "--index", metavar="DIR", help="Directory of the index (else $ASKCORPUS_INDEX, ./index)."
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

    Runs offline. English only.
    """
    ctx.obj = {"index": index, "file": file}


def settings_options(*names: str) -> Callable[[Any], Any]:
    """Return a decorator that adds the options of these settings, and those of the group."""
    options = {
        "model": click.option(
            "--model", metavar="NAME", help="Embedding model: a name or a folder."
        ),
        "threads": click.option("--threads", type=int, metavar="N", help="Threads for the models."),
        "dense": click.option(
            "--dense", metavar="WAY", help="Vector search: auto, chroma or exact."
        ),
        "k": click.option("-k", type=int, metavar="N", help="Passages listed with the answer."),
        "boilerplate": click.option(
            "--boilerplate/--no-boilerplate",
            default=None,
            help="Whether boilerplate is left out of search (the default).",
        ),
        "index": click.option("--index", metavar="DIR", help="Directory of the index."),
        "config": click.option(
            "--config",
            "file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Read this configuration instead of your own.",
        ),
    }

    def decorate(command: Any) -> Any:
        for name in reversed((*names, "index", "config")):
            command = options[name](command)
        return command

    return decorate


def load_settings(
    ctx: click.Context, params: Params, *names: str
) -> tuple[Settings, list[Setting]]:
    """Return the settings after flags; --index and --config may stand before the command too."""
    from askcorpus import config

    flags = {name: params[name] for name in names}
    own = params.get("index")
    flags["index"] = ctx.obj["index"] if own is None else own
    return config.load(flags, file=params.get("file") or ctx.obj["file"])


@program.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--rebuild", is_flag=True, help="Drop what another model or folder left in the index."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@settings_options("model", "threads", "boilerplate")
@click.pass_context
def index(ctx: click.Context, /, folder: Path, rebuild: bool, as_json: bool, **params: Any) -> None:
    """Bring the index in step with a folder of documents."""
    from askcorpus.corpus import Corpus
    from askcorpus.render import report_text

    settings, _ = load_settings(ctx, params, "model", "threads", "boilerplate")
    with (
        ProgressLine() as progress,
        Corpus.build(
            folder, settings=settings, rebuild=rebuild, progress=progress, notify=narrate
        ) as corpus,
    ):
        report = corpus.report
    assert report is not None  # for the type checker: build has just set it
    narrate(report_text(report).rstrip("\n"))
    if as_json:
        emit(json.dumps(asdict(report), default=dict, ensure_ascii=False, indent=2) + "\n")
    if report.failed:
        raise FilesFailedError(
            f"{len(report.failed)} files could not be read; the rest is indexed.",
            hint="The lines above say why.",
        )


@program.command(cls=QuestionCommand)
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--file", "files", multiple=True, metavar="GLOB", help="Only documents that match; repeatable."
)
@click.option("--after", metavar="DATE", help="Only documents dated on or after YYYY-MM-DD.")
@click.option("--before", metavar="DATE", help="Only documents dated on or before YYYY-MM-DD.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the answer as JSON (docs/answer-schema.json)."
)
@click.option("--explain", is_flag=True, help="Show every score of every passage.")
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
    **params: Any,
) -> None:
    """Answer a QUESTION; `-` reads it from standard input."""
    from askcorpus.corpus import Corpus
    from askcorpus.render import answer_text

    text = " ".join(question)
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace") if sys.stdin else ""
    settings, _ = load_settings(ctx, params, "k", "model", "threads", "dense")
    with Corpus.open(settings=settings, one_shot=True, notify=narrate) as corpus:
        answer = corpus.ask(text, files=files, after=after, before=before)
    for note in answer.notes:
        narrate(note)
    if as_json:
        emit(json.dumps(answer.to_dict(), ensure_ascii=False) + "\n")
    else:
        emit(answer_text(answer, terminal_style(), explain=explain))
    ctx.exit(0 if answer.outcome == "answered" else 1)


@program.command()
@click.argument("document")
@click.option("--boilerplate", "marked", is_flag=True, help="List what was marked as boilerplate.")
@settings_options()
@click.pass_context
def show(ctx: click.Context, /, document: str, marked: bool, **params: Any) -> None:
    """Show a DOCUMENT as it was indexed, or the part around DOCUMENT:LINE."""
    from askcorpus.corpus import Corpus
    from askcorpus.render import boilerplate_text, document_text
    from askcorpus.text import line_starts

    settings, _ = load_settings(ctx, params)
    name, colon, line = document.rpartition(":")
    with Corpus.open(settings=settings) as corpus:
        numbered = bool(colon) and line.isdecimal()
        found = corpus.document(name if numbered else document)
    if marked:
        emit(boilerplate_text(found))
    else:
        around = int(line[:9]) if numbered else None
        last = len(line_starts(found.text))
        if around is not None and not 1 <= around <= last:
            raise UsageError(f"{name} has {last} lines.", hint=f"Show one from 1 to {last}.")
        emit(document_text(found, terminal_style(), around=around))


@program.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@settings_options()
@click.pass_context
def status(ctx: click.Context, /, as_json: bool, **params: Any) -> None:
    """Say what the index holds, what was left out and why."""
    from askcorpus.corpus import Corpus
    from askcorpus.render import status_text

    settings, _ = load_settings(ctx, params)
    with Corpus.open(settings=settings) as corpus:
        found = corpus.status()
    emit(json.dumps(asdict(found), ensure_ascii=False) + "\n" if as_json else status_text(found))


@program.command()
@settings_options("model", "threads")
@click.pass_context
def doctor(ctx: click.Context, /, **params: Any) -> None:
    """Load and run each part, and say which one doesn't work."""
    from askcorpus.doctor import examine

    settings, _ = load_settings(ctx, params, "model", "threads")
    worst = 0
    for check in examine(settings):
        emit(f"{'ok  ' if check.error is None else 'FAIL'}  {check.name}: {check.detail}\n")
        if check.error is not None:
            worst = worst or check.error.exit_code
            if check.error.hint:
                emit(f"      {check.error.hint}\n")
    ctx.exit(worst)


@program.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@settings_options()
@click.pass_context
def show_config(ctx: click.Context, /, as_json: bool, **params: Any) -> None:
    """Show each setting and where it came from."""
    from askcorpus import config

    _, found = load_settings(ctx, params)
    if as_json:
        emit(json.dumps([asdict(setting) for setting in found], ensure_ascii=False) + "\n")
        return
    for setting in found:
        emit(f"{setting.name} = {json.dumps(setting.value)}  ({setting.source})\n")
    emit(f"\nconfiguration file: {config.config_file()}\nmodel cache: {config.cache_dir()}\n")


@program.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--split", metavar="NAME", help="Only questions of this split: dev or test.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["gold", "squad"]),
    default="gold",
    help="gold: JSON lines, asked of the index. squad: SQuAD 1.1 or 2.0, each question asked of "
    "its own paragraph.",
)
@click.option(
    "--open", "is_open", is_flag=True, help="With squad: ask over all the file's paragraphs."
)
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="A seeded sample.")
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Results of an earlier run (--json); exit 6 where this one is worse.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@settings_options("model", "threads", "dense")
@click.pass_context
def evaluate(
    ctx: click.Context,
    /,
    gold: Path,
    split: str | None,
    kind: str,
    is_open: bool,
    sample: int | None,
    baseline: Path | None,
    as_json: bool,
    **params: Any,
) -> None:
    """Ask every question of a GOLD file and measure the answers."""
    from askcorpus import evaluate as evaluation
    from askcorpus import squad

    if kind == "gold" and is_open:
        raise UsageError("--open is for SQuAD files.", hint="Add: --format squad")
    if kind == "squad" and split is not None:
        raise UsageError("A SQuAD file has no splits.", hint="Leave --split out, or use --sample.")
    if kind == "squad" and baseline is not None and not is_open:
        raise UsageError("--baseline compares answers.", hint="Add: --open")
    settings, _ = load_settings(ctx, params, "model", "threads", "dense")
    results: evaluation.Results | squad.OwnResults
    with ProgressLine() as progress:
        if kind == "gold":
            results = evaluation.run(
                gold, settings, split=split, size=sample, progress=progress, notify=narrate
            )
        else:
            measure = squad.over_all if is_open else squad.own
            results = measure(gold, settings, size=sample, progress=progress, notify=narrate)
    emit(json.dumps(results.to_dict(), ensure_ascii=False) + "\n" if as_json else results.table())
    if baseline is not None and isinstance(results, evaluation.Results):
        comparison = evaluation.compare(evaluation.load(baseline), results)
        narrate(comparison.table().rstrip("\n"))
        if comparison.regressions:
            raise RegressionError(
                f"Worse than {baseline}: {', '.join(comparison.regressions)}.",
                hint="Look at the intervals above.",
            )


@program.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for a SHELL."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # for the type checker: click knows the three
    emit(kind(program, {}, "askcorpus", "_ASKCORPUS_COMPLETE").source() + "\n")


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
