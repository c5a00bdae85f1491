"""Words that say no, and words that turn what is said around.

Two lists, one inside the other. To say no is to claim the contrary: "Zenith did not submit a bid"
answers a question about Zenith's bid. A claim, a doubt or a condition turns a phrase around as
well, but it is no answer to whoever asks for the thing itself.
"""

from __future__ import annotations

import re

from askcorpus.language.words import fold, stem

_NO = (
    r"not|never|no|nobody|none|nothing|neither|nor|cannot|\w+n['’]t|refus\w+|declin\w+(?= to\b)|"
    r"fail(?:s|ed)?"
)
_TURN = (
    r"without|unless|if|den(?:y|ies|ied|ying|ial)|reject\w*|dismiss\w*|false\w*|untrue|wrong\w*|"
    r"baseless|hoax|fake|fabricat\w+|alleg\w+|accus\w+|claim\w*|purport\w*|rumou?r\w*|suspect\w*|"
    r"cleared|acquitted|instead|contrary|(?:would|could|might) have"
)
_DENYING = re.compile(rf"\b(?:{_NO})\b", re.IGNORECASE)
_TURNING = re.compile(rf"\b(?:{_NO}|{_TURN})\b", re.IGNORECASE)


def denying(text: str) -> frozenset[str]:
    """Return the stems of the words that say no in a text."""
    return _stems(_DENYING, text)


def turning(text: str) -> frozenset[str]:
    """Return the stems of the words in a text that turn a phrase around, or take it back."""
    return _stems(_TURNING, text)


def _stems(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    return frozenset(stem(fold(word)) for word in pattern.findall(text))
