"""The form of a model's input, as the template in its tokenizer.json has it.

    BERT      [CLS] question [SEP] passage [SEP]
    RoBERTa   <s> question </s></s> passage </s>

Two short texts are joined once, and what the template put around them is the frame of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus.read.model.pairs import Frame, PairTokenizer, Pieces

if TYPE_CHECKING:
    from askcorpus.onnx import Tokenizer


class TemplateTokenizer(PairTokenizer):
    """A tokenizer whose tokens may begin with the space before them."""

    def pieces(self, text: str) -> Pieces:
        """Return the text's tokens, without special ones; no range begins with white space."""
        ids, offsets = self.located(text)
        for at, (low, high) in enumerate(offsets):
            if low < high and text[low].isspace():
                inner = text[low:high].lstrip()
                offsets[at] = (high - len(inner), high)
        return Pieces(ids, offsets)


def template_frame(tokenizer: Tokenizer, *, no_answer: object) -> Frame:
    """Return the frame that the definition's own template puts around two texts.

    Args:
        tokenizer: Of the model.
        no_answer: Name of the token that stands for "no answer", where the model says it; the
            first special token otherwise.
    """
    rows = tokenizer.joined("a", "a")
    owners = [owner for *_, owner in rows]
    if 0 not in owners or 1 not in owners or owners.index(0) > owners.index(1):
        raise ValueError("its template doesn't put a question before a passage")
    bounds = [owners.index(0), _after(owners, 0), owners.index(1), _after(owners, 1), len(rows)]
    lows = [0, *bounds[:-1]]
    parts = [rows[low:high] for low, high in zip(lows, bounds, strict=True)]
    before, between, after = (tuple(number for number, *_ in parts[n]) for n in (0, 2, 4))
    first, question, second, passage, last = (part[0][1] if part else 0 for part in parts)
    named = no_answer.get("content") if isinstance(no_answer, dict) else no_answer
    stands = tokenizer.number(named) if isinstance(named, str) else None
    if stands in after and stands not in before:
        place = after.index(stands) - len(after)
    elif before:
        place = before.index(stands) if stands in before else 0
    else:
        raise ValueError('its template has no token in front, to stand for "no answer"')
    return Frame(before, between, after, (first, question, second, passage, last), place)


def _after(owners: list[int | None], text: int) -> int:
    """Return the index after the last token of a text."""
    return len(owners) - owners[::-1].index(text)
