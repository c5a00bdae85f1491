"""The index and its documents: `askcorpus index`, `show` and `status`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from askcorpus.cli.options import load_settings, settings_options
from askcorpus.console import ProgressLine, emit, narrate, terminal_style
from askcorpus.errors import FilesFailedError, UsageError


@click.command()
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


@click.command()
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


@click.command()
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
