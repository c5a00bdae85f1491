"""`askcorpus verify`: holds stored citations against the files on disk as they are now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from askcorpus.cli.console import ProgressLine, emit, narrate
from askcorpus.cli.options import load_settings, settings_options
from askcorpus.text import one_line

if TYPE_CHECKING:
    from askcorpus.verify import Finding, Report


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option(
    "--conversation",
    "numbers",
    multiple=True,
    type=click.IntRange(1, 10**9),
    metavar="ID",
    help="Only this conversation of the history; repeatable.",
)
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Look for the files in this folder, whatever folder was indexed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@settings_options()
@click.pass_context
def verify(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    numbers: tuple[int, ...],
    root: Path | None,
    as_json: bool,
    **params: Any,
) -> None:
    """Hold each stored citation against its file as it reads now.

    FILE is an answer (query --json) or an exported conversation (history export --format json);
    `-` is standard input. Without one, every conversation of the history is verified.

    Exits with 0 where every quote stands where it is said to stand, else with 1.
    """
    from askcorpus import verify as verification
    from askcorpus.render import json_text

    settings, _ = load_settings(ctx, params)
    claims = [claim for file in files for claim in verification.written(file)]
    unread: list[str] = []
    if numbers or not files:
        kept, unread = verification.history(numbers)
        claims += kept
    with ProgressLine() as progress:
        report = verification.check(claims, settings, root=root, unread=unread, progress=progress)
    emit(json_text(report.to_dict(), indent=2) if as_json else verdicts_text(report))
    for note in (*report.unread, *report.notes):
        narrate(note)
    ctx.exit(0 if report.ok else 1)


def verdicts_text(report: Report) -> str:
    """Return a line for each citation that isn't ok, and one with the counts."""
    lines = [_line(finding) for finding in report.findings if finding.verdict != "ok"]
    if not report.findings:
        return "There is no citation to verify.\n"
    total = len(report.findings)
    counts = ", ".join(f"{n} {verdict}" for verdict, n in report.counts.items() if n)
    lines.append(f"{total} citation{'s' * (total != 1)}: {counts}.")
    return "\n".join(lines) + "\n"


def _line(finding: Finding) -> str:
    from askcorpus.render import address

    first, *others = finding.sources
    more = f" and {len(others)} more" if others else ""
    what = f"now {_now(finding)}" if finding.now else one_line(finding.reason)
    place = address(finding.citation)
    return f"{finding.verdict:<10}  {place}: {what}  ({one_line(first)}{more})"


def _now(finding: Finding) -> str:
    """Return where the quote stands now, by its full path where that is in another folder."""
    from askcorpus.render import address

    was, now = finding.citation, finding.now
    assert now is not None  # for the type checker: only what moved is shown so
    folder = "" if now.root == was.root else f"{one_line(now.root)}/"
    place = address(now)
    # A line says enough, unless it is the same one.
    told = bool(folder) or place != address(was)
    if not told and now.start == was.start:
        named = f"in “{now.locator}”" if now.locator else f"not in “{was.locator}”"
        return f"{place}, {one_line(named)}"
    return f"{folder}{place}" + ("" if now.line and told else f", character {now.start}")
