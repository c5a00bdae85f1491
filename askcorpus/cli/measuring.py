"""Measuring: `askcorpus eval` and `askcorpus calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from askcorpus.cli.console import ProgressLine, emit, narrate
from askcorpus.cli.options import load_settings, settings_options
from askcorpus.errors import RegressionError, UsageError


@click.command("eval")
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
    from askcorpus.evaluate import squad
    from askcorpus.render import json_text

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
    emit(json_text(results.to_dict()) if as_json else results.table())
    if baseline is not None and isinstance(results, evaluation.Results):
        comparison = evaluation.compare(evaluation.load(baseline), results)
        narrate(comparison.table().rstrip("\n"))
        if comparison.regressions:
            raise RegressionError(
                f"Worse than {baseline}: {', '.join(comparison.regressions)}.",
                hint="Look at the intervals above.",
            )


@click.command()
@click.argument("gold", type=click.Path(path_type=Path), required=False)
@click.option("--split", metavar="NAME", help="Only questions of this split.")
@click.option(
    "--silence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Share of the answerable questions that may go without an answer (default 0.15).",
)
@click.option("--force", is_flag=True, help="Keep the fit also where it isn't better.")
@click.option("--reset", is_flag=True, help="Go back to what is shipped.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@settings_options("model", "threads", "dense")
@click.pass_context
def calibrate(ctx: click.Context, /, *, gold: Path | None, **params: Any) -> None:
    """Fit what counts as an answer to your own questions, and keep it with the index.

    GOLD is a file as for `eval`: at least 20 questions, some of which the documents don't answer.
    """
    from askcorpus.evaluate import calibrate as tool
    from askcorpus.render import json_text

    if (gold is None) != params["reset"]:
        raise UsageError("Give a GOLD file, or --reset alone.", hint="Run: askcorpus calibrate -h")
    settings, _ = load_settings(ctx, params, "model", "threads", "dense")
    if gold is None:
        had = tool.reset(settings)
        narrate("What is shipped counts again." if had else "There was no calibration.")
        return
    with ProgressLine() as progress:
        found = tool.run(
            gold,
            settings,
            split=params["split"],
            silence=params["silence"] or tool.SILENCE,
            force=params["force"],
            progress=progress,
            notify=narrate,
        )
    as_json = params["as_json"]
    emit(json_text(found.to_dict()) if as_json else found.table())
    better = "Better" if found.better else "Not better"
    kept = "Kept with the index." if found.better else "Kept all the same."
    done = kept if found.kept else "Nothing has changed; --force keeps it all the same."
    narrate(f"{better} than what is shipped. {found.reason} {done}")
