"""Passages that the readers' tests share."""

from __future__ import annotations

from askcorpus.records import Hit, Passage

TEXT = (
    "The mayor, Ann Lee, paid $12,000 for the deal (about 5% of the budget) on 3 May 1999. "
    "“Never again”, said Bob in the U.S. Senate.\n\n"
    "It rained because the wind from the west was cold. Zoë’s house\x00 flooded 🌊 twice."
)


OTHER = "Officials denied the deal. Nobody paid 7 dollars, and the mayor (68) stayed at home."


def hit(text: str, rank: int = 1, *, at: int = 0, path: str = "a.txt") -> Hit:
    passage = Passage(path, at, at + len(text), text, line=1, id=rank)
    return Hit(passage, score=1 / rank, rank=rank, scores={"dense": 0.5, "focus": 0.5})
