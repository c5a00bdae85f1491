"""What is installed and set: `askcorpus doctor`, `config` and `completion`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from askcorpus.cli.console import emit, narrate
from askcorpus.cli.options import load_settings, settings_options

if TYPE_CHECKING:
    from askcorpus.config import Settings


@click.command()
@click.option(
    "--offline", is_flag=True, help="Index and ask a sample without a network; list what tried it."
)
@settings_options("model", "threads")
@click.pass_context
def doctor(ctx: click.Context, /, offline: bool, **params: Any) -> None:
    """Load and run each part, and say which one doesn't work."""
    from askcorpus.doctor import examine

    settings, _ = load_settings(ctx, params, "model", "threads")
    if offline:
        ctx.exit(_examine_offline(settings))
    worst = 0
    for check in examine(settings):
        emit(f"{'ok  ' if check.error is None else 'FAIL'}  {check.name}: {check.detail}\n")
        if check.error is not None:
            worst = worst or check.error.exit_code
            if check.error.hint:
                emit(f"      {check.error.hint}\n")
    ctx.exit(worst)


def _examine_offline(settings: Settings) -> int:
    """Print what tried to reach a network; return the exit code."""
    from askcorpus.doctor.offline import examine
    from askcorpus.doctor.offline.report import report

    narrate("Indexing and asking a sample without a network, about 10 s …")
    found = examine(settings)
    emit(report(found))
    return found.error.exit_code if found.error else 0


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@settings_options()
@click.pass_context
def show_config(ctx: click.Context, /, as_json: bool, **params: Any) -> None:
    """Show each setting and where it came from."""
    from askcorpus import config
    from askcorpus.render import json_text

    _, found = load_settings(ctx, params)
    if as_json:
        emit(json_text([asdict(setting) for setting in found]))
        return
    for setting in found:
        emit(f"{setting.name} = {json.dumps(setting.value)}  ({setting.source})\n")
    emit(f"\nconfiguration file: {config.config_file()}\nmodel cache: {config.cache_dir()}\n")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> None:
    """Print the completion script for a SHELL."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # for the type checker: click knows the three
    emit(kind(ctx.find_root().command, {}, "askcorpus", "_ASKCORPUS_COMPLETE").source() + "\n")
