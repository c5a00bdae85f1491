"""Puts lines between a passage's sentences that are no answers, as real documents have them.

Section numbers, heads of letters and minutes, page numbers, signatures: a reader that learnt from
an encyclopaedia's paragraphs takes them for answers, since a number or a name stands there alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.windows import sentence_ranges

if TYPE_CHECKING:
    import random

SHARE = 0.12
_TOPICS = (
    "General provisions,Payment,Term and termination,Security,Liability,Insurance,Notices,"
    "Definitions,Background,Findings,Method,Results,Discussion,Next steps,Open questions,Budget,"
    "Staffing,Summary,Attendance,Any other business,Maintenance,Deliverables,Confidentiality"
).split(",")
_FIRST = "Anna,Brian,Carla,David,Elena,Farid,Grace,Hugo,Irene,Jamal,Karen,Leon,Mina,Noah".split(",")
_LAST = "Adams,Becker,Chen,Diaz,Evans,Fischer,Gupta,Hughes,Ito,Jensen,Kowalski,Lopez".split(",")
_OFFICES = "Director,Secretary,Chair,Clerk,Counsel,Managing Partner,Registrar,Editor".split(",")
_MONTHS = (
    "January,February,March,April,May,June,July,August,September,October,November,December"
).split(",")


def distracted(
    passage: str, answer: tuple[int, int], rng: random.Random
) -> tuple[str, tuple[int, int]]:
    """Return the passage with one to three such lines, and where the answer stands in it now.

    Args:
        passage: Of whole sentences.
        answer: A half-open range of the passage; no line is put inside it.
        rng: Decides which lines, and before which sentences.
    """
    places = [low for low, _ in sentence_ranges(passage) if not answer[0] < low < answer[1]]
    chosen = sorted(rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))))
    parts, at, shift = [], 0, 0
    for place in chosen:
        line = _line(rng) + "\n"
        before = passage[at:place].rstrip(" ")
        dropped = place - at - len(before)
        parts += [before, "\n" if before and not before.endswith("\n") else "", line]
        moved = sum(len(part) for part in parts[-2:]) - dropped
        if place <= answer[0]:
            shift += moved
        at = place
    return "".join([*parts, passage[at:]]), (answer[0] + shift, answer[1] + shift)


def _line(rng: random.Random) -> str:
    """Return a heading, a label, a page number or a signature."""
    topic, office = rng.choice(_TOPICS), rng.choice(_OFFICES)
    name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    day = f"{rng.randint(1, 28)} {rng.choice(_MONTHS)} {rng.randint(1960, 2026)}"
    low, high = rng.randint(1, 19), rng.randint(1, 9)
    return rng.choice(
        (
            f"{low}. {topic}",
            f"{low}.{high} {topic}",
            f"{low}.{high}.{rng.randint(1, 9)} {topic.upper()}",
            f"ARTICLE {low}: {topic.upper()}",
            f"Section {low}({rng.choice('abcdef')})",
            f"§ {low} {topic}",
            f"({rng.choice('abcdefgh')}) {topic}:",
            topic.upper(),
            f"Page {low} of {low + high}",
            f"- {low} -",
            f"Date: {day}",
            day,
            f"From: {name}, {office}",
            f"To: {name}",
            f"Re: {topic}",
            f"Ref. {rng.randint(100, 9999)}/{rng.randint(10, 26)}",
            f"Signed: {name}",
            f"{name}\n{office}",
            f"PRESENT: {name} ({office}), {rng.choice(_FIRST)} {rng.choice(_LAST)}",
            f"Table {low}",
        )
    )
