"""Makes questions that their passage doesn't answer, the way the product meets them.

Six kinds, as shares of the answerable questions (together about 28% of all examples):

    near      BM25 ranks the passage high for the question: same article, or another
    cut       the right paragraph, without the sentence that holds the answer and without its text
    swapped   the right passage, the question's name or number exchanged for a neighbour's
    mismatch  a paragraph drawn at random
    opposite  the right passage, a word of the question turned into its opposite
    squad2    SQuAD 2.0's own unanswerable questions, which come with the items
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from training.bm25 import Bm25, terms
from training.windows import sentence_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from training.sources import Item

NEAR_SAME = 0.11
NEAR_OTHER = 0.08
CUT = 0.05
SWAPPED = 0.12
MISMATCH = 0.015
OPPOSITE = 0.012
_NEAR_RANKS = 15
_MIN_CUT_CHARS = 120

_NUMBER = re.compile(r"(?<!\w)\d[\d,.]*(?!\w)")
_NAME = re.compile(r"(?<!^)(?<=\s)[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")


@dataclass(frozen=True, slots=True)
class Example:
    """What one training row is cut from."""

    question: str
    context: str
    start: int
    end: int
    """The answer's range or, where nothing answers, what the window should hold."""
    kind: str
    """`answer`, or the kind of negative."""
    head: str = ""
    """The name of the document that the context is from."""


def examples(items: Sequence[Item], *, seed: int) -> list[Example]:
    """Return a row for each item, and the negatives made from the answerable ones."""
    rng = random.Random(seed)
    rows = [plain(item) for item in items]
    answerable = [item for item in items if item.answerable]
    pool = list({item.context: item.article for item in items}.items())
    rows += _near(answerable, pool, rng)
    rows += _collected(answerable, CUT, lambda item: _cut(item, rng), rng)
    entities = _by_article(answerable)
    rows += _collected(answerable, SWAPPED, lambda item: _swapped(item, entities, rng), rng)
    rows += _collected(answerable, MISMATCH, lambda item: _mismatch(item, pool, rng), rng)
    rows += _collected(answerable, OPPOSITE, lambda item: _opposite(item, rng), rng)
    heads = {item.context: item.head for item in items}
    return [replace(row, head=heads[row.context]) if row.context in heads else row for row in rows]


def plain(item: Item) -> Example:
    """Return a row that asks the item as it is."""
    if item.answerable:
        return Example(item.question, item.context, item.start, item.end, "answer", item.head)
    if item.start == item.end:
        return _aimed(item.question, item.context, "squad2")
    return Example(item.question, item.context, item.start, item.end, "squad2", item.head)


def holds(context: str, answer: str) -> bool:
    """Return whether the answer's words stand in the context, case and punctuation aside."""
    return f" {_words(answer)} " in f" {_words(context)} "


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _collected(
    items: Sequence[Item],
    share: float,
    make: Callable[[Item], Example | None],
    rng: random.Random,
) -> list[Example]:
    """Return what can be made of randomly ordered items, up to a share of their number."""
    made: list[Example] = []
    wanted = round(share * len(items))
    for item in rng.sample(items, len(items)):
        if len(made) >= wanted:
            break
        row = make(item)
        if row is not None:
            made.append(row)
    return made


def _near(
    items: Sequence[Item], pool: Sequence[tuple[str, str]], rng: random.Random
) -> list[Example]:
    index = Bm25([context for context, _ in pool])

    def near(item: Item, same: str) -> Example | None:
        found = [
            pool[i][0]
            for i in index.search(item.question, _NEAR_RANKS)
            if (pool[i][1] == item.article) is bool(same)
            and pool[i][0] != item.context
            and not holds(pool[i][0], item.answer)
        ]
        kind = same or "near-other"
        return _aimed(item.question, rng.choice(found[:5]), kind) if found else None

    return [
        *_collected(items, NEAR_SAME, lambda item: near(item, "near-same"), rng),
        *_collected(items, NEAR_OTHER, lambda item: near(item, ""), rng),
    ]


def _aimed(question: str, context: str, kind: str) -> Example:
    """Return a negative whose window holds the sentence most like the question."""
    asked = set(terms(question))
    ranges = sentence_ranges(context) or [(0, len(context))]
    best = max(ranges, key=lambda r: len(asked & set(terms(context[r[0] : r[1]]))))
    return Example(question, context, *best, kind)


def _cut(item: Item, rng: random.Random) -> Example | None:
    touched = [r for r in sentence_ranges(item.context) if r[0] < item.end and r[1] > item.start]
    if not touched:
        return None
    sides = [item.context[: touched[0][0]].rstrip(), item.context[touched[-1][1] :].lstrip()]
    sides = [s for s in sides if len(s) >= _MIN_CUT_CHARS and not holds(s, item.answer)]
    return _aimed(item.question, rng.choice(sides), "cut") if sides else None


Entities = dict[tuple[str, str], list[str]]


def _by_article(items: Sequence[Item]) -> Entities:
    """Return, for each article and sort of entity, those that its questions name."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for item in items:
        for sort, pattern in (("number", _NUMBER), ("name", _NAME)):
            found[item.article, sort].update(pattern.findall(item.question))
    return {key: sorted(names) for key, names in found.items()}


def _swapped(item: Item, entities: Entities, rng: random.Random) -> Example | None:
    """Return the item with one entity exchanged, if the passage hangs on that entity."""
    for sort, pattern in (("number", _NUMBER), ("name", _NAME)):
        matches = [m for m in pattern.finditer(item.question) if holds(item.context, m.group())]
        if not matches:
            continue
        match = rng.choice(matches)
        others = [
            other
            for other in entities[item.article, sort]
            if not holds(other, match.group()) and not holds(match.group(), other)
        ]
        if others:
            low, high = match.span()
            question = item.question[:low] + rng.choice(others) + item.question[high:]
            return Example(question, item.context, item.start, item.end, "swapped")
    return None


def _mismatch(item: Item, pool: Sequence[tuple[str, str]], rng: random.Random) -> Example | None:
    context, article = rng.choice(pool)
    if article == item.article or holds(context, item.answer):
        return None
    return _aimed(item.question, context, "mismatch")


_OPPOSITES: dict[str, str] = {}
for _pair in (
    "first/last oldest/youngest largest/smallest biggest/smallest before/after north/south "
    "east/west northern/southern eastern/western highest/lowest most/least minimum/maximum "
    "male/female men/women boys/girls public/private senior/junior internal/external upper/lower "
    "increase/decrease increased/decreased began/ended start/finish started/stopped "
    "earliest/latest old/new buy/sell bought/sold win/lose won/lost import/export "
    "imports/exports present/absent hot/cold wet/dry high/low long/short strong/weak left/right "
    "inside/outside above/below more/less better/worse best/worst father/mother son/daughter "
    "brother/sister king/queen husband/wife accepted/rejected supported/opposed allies/enemies "
    "victory/defeat rise/fall rural/urban summer/winter morning/evening birth/death born/died "
    "arrived/left gain/loss major/minor positive/negative teacher/student doctor/patient "
    "landlord/tenant employer/employee buyer/seller lender/borrower plaintiff/defendant "
    "full-time/part-time permanent/temporary"
).split():
    _one, _other = _pair.split("/")
    _OPPOSITES.setdefault(_one, _other)
    _OPPOSITES.setdefault(_other, _one)


def _opposite(item: Item, rng: random.Random) -> Example | None:
    """Return the item with one word turned round, if the passage never uses the opposite."""
    found = [
        (match.span(), other)
        for match in re.finditer(r"[A-Za-z-]+", item.question)
        if (other := _OPPOSITES.get(match.group().lower())) and not holds(item.context, other)
    ]
    if not found:
        return None
    (low, high), other = rng.choice(found)
    question = item.question[:low] + other + item.question[high:]
    return Example(question, item.context, item.start, item.end, "opposite")
