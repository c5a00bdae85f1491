"""Trains the byte-level BPE that counts a passage's tokens: `python -m training.bpe --data DIR`.

The result is a file of merge ranks as tiktoken loads it: a line each, base64 of the token's
bytes, a space, the rank. With `PATTERN` it makes a real `tiktoken.Encoding` that needs no network.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from tokenizers.trainers import BpeTrainer

from askcorpus.chunk import ENCODING as NAME
from askcorpus.chunk import PATTERN
from training.sources import SQUAD, paragraphs, split_titles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as SequenceOf

ROOT = Path(__file__).parents[1]
RANKS = 16_384
# The paragraphs have neither line breaks nor indents: without these, each space would count.
LAYOUT = ("\r\n", "\n\n", "\r\n\r\n", "\t\t", *(" " * n for n in (2, 4, 8, 16)))
LAYOUT_REPEATS = 2000
Ranks = dict[bytes, int]


def train(texts: Iterable[str], *, size: int = RANKS) -> Tokenizer:
    """Return a byte-level BPE with at most that many tokens, no special ones."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = Sequence(
        [
            Split(Regex(PATTERN), behavior="isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = BpeTrainer(
        vocab_size=size, initial_alphabet=ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def merge_ranks(tokenizer: Tokenizer) -> Ranks:
    """Return each token's bytes with its rank, which is its id in the tokenizer.

    Raises:
        ValueError: The single bytes aren't the first 256 tokens.
    """
    letters = {letter: byte for byte, letter in _letters().items()}
    ranks = {
        bytes(letters[letter] for letter in token): rank
        for token, rank in tokenizer.get_vocab().items()
    }
    if {rank for token, rank in ranks.items() if len(token) == 1} != set(range(256)):
        raise ValueError("The 256 single bytes must be the first 256 tokens.")
    return ranks


def _letters() -> dict[int, str]:
    """Return the printable letter that byte-level BPE, since GPT-2, writes for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    written = {byte: chr(byte) for byte in printable}
    return written | {byte: chr(256 + i) for i, byte in enumerate(others)}


def lines(ranks: Ranks) -> bytes:
    """Return the ranks as tiktoken's file format has them, in order."""
    ordered = sorted(ranks.items(), key=lambda pair: pair[1])
    return b"".join(b"%s %d\n" % (base64.b64encode(token), rank) for token, rank in ordered)


def differing(tokenizer: Tokenizer, ranks: Ranks, texts: SequenceOf[str]) -> int:
    """Return for how many texts tiktoken gives other ids than the tokenizer, or another text."""
    import tiktoken

    encoding = tiktoken.Encoding(NAME, pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
    count = 0
    for text in texts:
        ids = encoding.encode_ordinary(text)
        count += ids != tokenizer.encode(text).ids or encoding.decode(ids) != text
    return count


def main(argv: SequenceOf[str] | None = None) -> int:
    """Train, compare with tiktoken on 1,000 paragraphs, write the file."""
    parser = argparse.ArgumentParser(prog="python -m training.bpe", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the question sets")
    parser.add_argument("--splits", type=Path, default=ROOT / "eval" / "splits.json")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "askcorpus" / "data" / f"{NAME}.tiktoken"
    )
    asked = parser.parse_args(argv)
    texts = paragraphs(asked.data / "reader" / SQUAD, titles=split_titles(asked.splits, "train"))
    tokenizer = train([*texts, *LAYOUT * LAYOUT_REPEATS])
    ranks = merge_ranks(tokenizer)
    content = lines(ranks)
    sample = texts[:: max(1, len(texts) // 1000)][:1000]
    result = {
        "paragraphs": len(texts),
        "ranks": len(ranks),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "compared": len(sample),
        "differing": differing(tokenizer, ranks, sample),
        "pattern": PATTERN,
    }
    print(json.dumps(result, indent=1))
    if result["differing"]:
        print("Not written: tiktoken and the tokenizer disagree.", file=sys.stderr)
        return 1
    asked.out.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
