"""The index and its documents: `askcorpus index`, `sync`, `show`, `status`, `forget`."""

from __future__ import annotations

from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from askcorpus.cli.console import ProgressLine, emit, narrate, terminal_style
from askcorpus.cli.options import load_settings, settings_options
from askcorpus.errors import AskcorpusError, FilesFailedError, UsageError
from askcorpus.text import one_line

if TYPE_CHECKING:
    from askcorpus.cli.options import Params
    from askcorpus.corpus import Corpus
    from askcorpus.records import Document
    from askcorpus.sync.scope import Selection

_FLAGS = ("model", "threads", "dense", "boilerplate")


def _report_options(command: Any) -> Any:
    """Add the options of the commands that bring an index in step."""
    options = (
        click.option("--yes", is_flag=True, help="Also where a folder or most files are gone."),
        click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
        settings_options(*_FLAGS),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--rebuild", is_flag=True, help="Drop what another model or folder left in the index."
)
@click.option(
    "--include", multiple=True, metavar="GLOB", help="Only files that match, from now on."
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="No files that match, from now on.")
@click.option(
    "--max-size", type=click.FloatRange(0, 64, min_open=True), metavar="MB", help="No larger files."
)
@click.option("--fields", metavar="NAMES", help="Of JSON only these, as: title,author.name")
@click.option("--all-files", is_flag=True, help="Drop what these four said before.")
@_report_options
@click.pass_context
def index(
    ctx: click.Context,
    /,
    folders: tuple[Path, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    max_size: float | None,
    fields: str | None,
    all_files: bool,
    **params: Any,
) -> None:
    """Bring the index in step with one or more folders of documents.

    A folder that is new to the index joins those that it has. Globs are those of .gitignore.
    """
    from askcorpus.sync.scope import ALL, of_index, selected

    if max_size is not None and isnan(max_size):
        raise UsageError("--max-size is not a number.", hint="Give megabytes, such as 20.")
    selection = None
    names = [name.strip() for name in (fields or "").split(",") if name.strip()]
    if all_files or include or exclude or names or max_size is not None:
        settings, _ = load_settings(ctx, params, *_FLAGS)
        known = None if all_files else of_index(settings.index_path)
        base = known.selection if known else ALL
        selection = selected(base, include=include, exclude=exclude, max_mb=max_size, fields=names)
    rebuild = params.pop("rebuild")
    _bring_in_step(ctx, params, *folders, selection=selection, rebuild=rebuild)


@click.command()
@_report_options
@click.pass_context
def sync(ctx: click.Context, /, **params: Any) -> None:
    """Bring the index in step with the folders that it has."""
    _bring_in_step(ctx, params)


def _bring_in_step(
    ctx: click.Context,
    params: Params,
    *folders: Path,
    selection: Selection | None = None,
    rebuild: bool = False,
) -> None:
    from askcorpus.corpus import Corpus
    from askcorpus.render import json_text, report_text

    settings, _ = load_settings(ctx, params, *_FLAGS)
    with ProgressLine() as progress:
        report = Corpus.sync(
            *folders,
            settings=settings,
            selection=selection,
            rebuild=rebuild,
            yes=params["yes"],
            progress=progress,
            notify=narrate,
        )
    narrate(report_text(report).rstrip("\n"))
    if params["as_json"]:
        emit(json_text(asdict(report), indent=2))
    if report.failed:
        count = len(report.failed)
        raise FilesFailedError(
            f"{count} file{'s' * (count != 1)} could not be read; the rest is indexed.",
            hint="The lines above say why.",
        )


@click.command()
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Let forgotten files in again, at the next sync.")
@settings_options()
@click.pass_context
def forget(ctx: click.Context, /, names: tuple[str, ...], undo: bool, **params: Any) -> None:
    """Forget documents: no byte of them stays in the index or the history.

    The files stay where they are and aren't indexed again. A folder stands for all that is in it.
    """
    settings, _ = load_settings(ctx, params)
    if undo:
        from askcorpus.forget import readmit
        from askcorpus.render import command

        count = readmit(settings.index_path, names)
        narrate(f"{count} let in again. Run: {command('sync', settings.index_path)}")
        return
    from askcorpus.forget import forget as forget_documents
    from askcorpus.render import counted

    found = forget_documents(settings, names)
    for path in found.paths:
        emit(f"{one_line(path)}\n")
    if not found.paths:
        narrate("That was forgotten already.")
        return
    copies = f" ({len(found.copies)} of them exact copies)" if found.copies else ""
    narrate(
        f"{len(found.paths)} forgotten{copies}, with "
        f"{counted(found.turns, 'turn')} of kept conversations."
    )


@click.command()
@click.argument("document")
@click.option("--boilerplate", "marked", is_flag=True, help="List what was marked as boilerplate.")
@settings_options()
@click.pass_context
def show(ctx: click.Context, /, document: str, marked: bool, **params: Any) -> None:
    """Show a DOCUMENT as it was indexed, or the part around DOCUMENT:LINE or "DOCUMENT (p. 3)"."""
    from askcorpus.corpus import Corpus
    from askcorpus.render import boilerplate_text, counted, document_text
    from askcorpus.text import line_starts

    settings, _ = load_settings(ctx, params)
    with Corpus.open(settings=settings) as corpus:
        found, around = _part(corpus, document)
    if marked:
        emit(boilerplate_text(found))
    else:
        last = len(line_starts(found.text))
        if around is not None and not 1 <= around <= last:
            raise UsageError(
                f"{one_line(found.path)} has {counted(last, 'line')}.",
                hint=f"Show one from 1 to {last}.",
            )
        emit(document_text(found, terminal_style(), around=around))


def _part(corpus: Corpus, typed: str) -> tuple[Document, int | None]:
    """Return the document that was named, and the line, where a line or a place in it was."""
    from askcorpus.render import line_at

    name, colon, line = typed.rpartition(":")
    if colon and line.isdecimal():
        return corpus.document(name), int(line[:9])
    try:
        return corpus.document(typed), None
    except UsageError:
        name, bracket, locator = typed.removesuffix(")").partition(" (")
        if not bracket:
            raise
    found = corpus.document(name)
    around = line_at(found, locator)
    if around is None:
        raise UsageError(
            f"{one_line(name)} has no {one_line(locator)}.",
            hint="Leave it out to see the whole document.",
        )
    return found, around


@click.command()
@click.option("--files", is_flag=True, help="List the documents instead.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@settings_options()
@click.pass_context
def status(ctx: click.Context, /, files: bool, as_json: bool, **params: Any) -> None:
    """Say what the index holds, what was left out and why."""
    from askcorpus.corpus import Corpus
    from askcorpus.render import json_text, status_text

    settings, _ = load_settings(ctx, params)
    if files:
        from askcorpus.sync.run import contents

        rows, _ = contents(settings.index_path)
        names = "".join(f"{one_line(row.path)}\n" for row in rows)
        emit(json_text([asdict(row) for row in rows]) if as_json else names)
        return
    with Corpus.open(settings=settings) as corpus:
        found = corpus.status()
    emit(json_text(asdict(found)) if as_json else status_text(found))


@click.command()
def indexes() -> None:
    """List the indexes that are known by name (--index NAME)."""
    from askcorpus.config import named_indexes
    from askcorpus.corpus import Corpus
    from askcorpus.render import counted

    home = named_indexes()
    for place in sorted(home.iterdir()) if home.is_dir() else ():
        try:
            with Corpus.open(place) as corpus:
                found = corpus.status()
            folders = one_line(", ".join(found.folders))
            emit(f"{one_line(place.name)}  {counted(found.documents, 'document')} of {folders}\n")
        except AskcorpusError as exc:
            narrate(f"{one_line(place.name)}: {exc.message}")
