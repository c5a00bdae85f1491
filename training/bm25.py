"""A small in-memory BM25: finds the paragraphs that a retriever would take for the right one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    """a an and are as at be been by can did do does for from had has have he her his how i in is
    it its many much of on or she that the their them there they this to was were what when where
    which who whom whose why will with would""".split()
)
_K1, _B = 1.2, 0.75  # the usual ones; nothing here hangs on them


def terms(text: str) -> list[str]:
    """Return the text's lower-cased words, in order, without the commonest."""
    return [word for word in _WORD.findall(text.casefold()) if word not in _STOP]


class Bm25:
    """Inverted lists with BM25 weights over a fixed set of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        held: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = np.zeros(len(texts), np.float32)
        for i, text in enumerate(texts):
            words = terms(text)
            lengths[i] = len(words)
            for word, count in Counter(words).items():
                held[word].append((i, count))
        self._size = len(texts)
        norm = _K1 * (1 - _B + _B * lengths / max(1.0, float(lengths.mean())))
        self._lists: dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]] = {}
        for word, pairs in held.items():
            ids = np.array([i for i, _ in pairs], np.int32)
            counts = np.array([count for _, count in pairs], np.float32)
            idf = np.log1p((len(texts) - len(pairs) + 0.5) / (len(pairs) + 0.5))
            self._lists[word] = ids, (idf * counts * (_K1 + 1) / (counts + norm[ids])).astype("f4")

    def search(self, query: str, k: int) -> list[int]:
        """Return at most k text numbers that share a word with the query, best first.

        Ties break on the lower number.
        """
        scores = np.zeros(self._size, np.float32)
        for word in sorted(set(terms(query))):
            if word in self._lists:
                ids, weights = self._lists[word]
                scores[ids] += weights
        best = np.lexsort((np.arange(self._size), -scores))[:k]
        return [int(i) for i in best if scores[i] > 0]
