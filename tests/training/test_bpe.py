from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.chunk import PATTERN
from training.bpe import LAYOUT, Ranks, differing, lines, merge_ranks, train

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TEXTS = ["The deal was denied.", "Nobody denied the deal, and nobody's river rose.", *LAYOUT * 5]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train(TEXTS, size=300)


@pytest.fixture(scope="module")
def ranks(tokenizer: Tokenizer) -> Ranks:
    return merge_ranks(tokenizer)


def test_every_byte_comes_first(ranks: Ranks) -> None:
    assert {token for token, rank in ranks.items() if rank < 256} == {
        bytes([b]) for b in range(256)
    }
    assert sorted(ranks.values()) == list(range(len(ranks)))
    assert len(ranks) > 256


def test_file_lists_the_ranks_in_order(ranks: Ranks) -> None:
    read = [line.split() for line in lines(ranks).splitlines()]
    assert [int(rank) for _, rank in read] == list(range(len(ranks)))
    assert {base64.b64decode(token): int(rank) for token, rank in read} == ranks


def test_tiktoken_gives_the_tokenizers_ids(tokenizer: Tokenizer, ranks: Ranks) -> None:
    assert differing(tokenizer, ranks, [*TEXTS, "1999, naïve 😀\r\n  x", ""]) == 0


def test_differences_are_counted(tokenizer: Tokenizer, ranks: Ranks) -> None:
    longest = max(ranks, key=len)
    fewer = {token: rank for token, rank in ranks.items() if token != longest}
    assert differing(tokenizer, fewer, [longest.decode(), "qqq"]) == 1


@given(st.text())
def test_any_text_survives(text: str) -> None:
    encoding = tiktoken.Encoding(
        "bytes",
        pat_str=PATTERN,
        mergeable_ranks={bytes([byte]): byte for byte in range(256)},
        special_tokens={},
    )
    assert encoding.decode(encoding.encode_ordinary(text)) == text


def test_no_token_joins_a_line_break_to_a_word(tokenizer: Tokenizer) -> None:
    pieces = [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str("end.\nNext, x\r\n y")]
    assert not [piece for piece in pieces if re.search("[ĊčC][A-Za-z.]|[A-Za-z.,][Ċč]", piece)]
