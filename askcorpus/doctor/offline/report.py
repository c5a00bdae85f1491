"""Says what was watched and what was seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askcorpus.doctor.offline import Verdict


def report(verdict: Verdict) -> str:
    """Return the verdict as lines for a terminal; never claims what wasn't watched."""
    return "".join(f"{line}\n" for line in _lines(verdict))


def _lines(verdict: Verdict) -> Iterator[str]:
    for what, reason in (("Python code", verdict.python), ("native code", verdict.native)):
        if reason:
            yield _line("note", what, f"NOT watched ({reason})")
        else:
            yield _line("ok", what, "watched; a connection made as a trial was refused and seen")
    count = f"{len(verdict.programs)} processes of Python"
    state = "ok" if verdict.done else "FAIL"
    yield _line(state, "sample", f"{verdict.done or 'not finished'}; {count}")
    error = verdict.error
    if error is None:
        whose = "; native code wasn't watched" if verdict.native else ""
        yield _line("ok", "network", f"nothing tried to reach one{whose}")
        return
    yield _line("FAIL", "network" if verdict.attempts else "check", error.message)
    for attempt, times in Counter(verdict.attempts).items():
        where = f" at {attempt.place}" if attempt.place else ""
        often = f" ({times} times)" if times > 1 else ""
        yield _line("", f"{attempt.what}, from {attempt.program}{where}{often}")
    if error.hint:
        yield _line("", error.hint)


def _line(state: str, *parts: str) -> str:
    return f"{state:4}  {one_line(': '.join(parts))}"
