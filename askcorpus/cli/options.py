"""What several commands share: the options of settings, and how a question may be typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from askcorpus.config import Setting, Settings

Params = dict[str, Any]


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
        "history": click.option(
            "--history/--no-history",
            default=None,
            help="Whether the conversation is kept (the default).",
        ),
        "index": click.option(
            "--index", metavar="NAME|PATH", help="The index: a path, or a name of your own."
        ),
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
