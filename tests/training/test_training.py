from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import BertConfig, BertModel

from tests.conftest import ROOT
from training import model
from training.batches import Plan, batches
from training.encode import best_span, encode, load_tokenizer, pad, token_span
from training.evaluate import onnx_scorer, torch_scorer
from training.export import to_onnx
from training.negatives import Example, examples, holds
from training.reader import Run, Settings
from training.sources import Item
from training.windows import passages, window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from training.encode import Encoded, Logits

TEXT = (
    "Zoë Ångström denied the deal on 3 May. The mayor (Ann Lee) paid 12 dollars.\n"
    "“Never again”, said Bob. In Paris the river rose by 7 metres, and people left."
)
ITEMS = [
    Item(
        f"What did Person{n} buy at the market of Town{n} in 19{n:02}?",
        f"Person{n} was old. In 19{n:02} he bought thing{n} from Town{n} market. It was dear. "
        + f"Later, in many long years, Person{n + 1} wrote on the market and thing{n + 1 - n % 2}. "
        * 2,
        len(f"Person{n} was old. In 19{n:02} he bought "),
        len(f"Person{n} was old. In 19{n:02} he bought thing{n}"),
        f"article{n % 3}",
    )
    for n in range(40)
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of a few thousand weights, with a vocabulary of single characters."""
    folder = tmp_path_factory.mktemp("base")
    letters = sorted(
        {c for c in TEXT.lower() + "abcdefghijklmnopqrstuvwxyz0123456789?." if c > " "}
    )
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters)]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    fields = {
        "vocab_size": len(tokens),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 512,
    }
    (folder / "config.json").write_text(json.dumps(fields))
    torch.manual_seed(1)
    save_file(BertModel(BertConfig(**fields)).state_dict(), folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def tokenizer(base: Path) -> Tokenizer:
    return load_tokenizer(base / "tokenizer.json")


@pytest.fixture(scope="module")
def rows() -> list[Example]:
    return examples(ITEMS, seed=3)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """More threads would only wait for each other, on weights this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


PLAN = Plan(seed=5, batch_size=8, shortest_window=40, longest_window=90)
SETTINGS = Settings(PLAN, epochs=1.5)


def test_offsets_are_characters_of_the_passage(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "Who?", TEXT)
    read = "".join(TEXT[low:high] for low, high in encoded.offsets)
    assert read == "".join(TEXT.split())


def test_answer_survives_tokens_and_back(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "Who denied it?", TEXT)
    for answer in ("Zoë Ångström", "Ann Lee", "12", "“Never again”", "left"):
        start = TEXT.index(answer)
        first, last = token_span(encoded, start, start + len(answer)) or (0, 0)
        low, high = encoded.offsets[first - encoded.first], encoded.offsets[last - encoded.first]
        assert TEXT[low[0] : high[1]] == answer


def test_too_long_passage_loses_its_end_only(tokenizer: Tokenizer) -> None:
    whole = encode(tokenizer, "Who?", TEXT)
    cut = encode(tokenizer, "Who?", TEXT, max_tokens=30)
    assert len(cut.ids) == 30
    assert cut.ids[:-1] == whole.ids[:29]
    assert cut.ids[-1] == whole.ids[-1]


def test_only_cls_and_passage_may_hold_a_span(tokenizer: Tokenizer) -> None:
    short, long = encode(tokenizer, "Who?", "Bob left."), encode(tokenizer, "Who?", TEXT)
    allowed = pad([short, long]).allowed[0]
    held = range(short.first, short.first + len(short.offsets))
    assert np.flatnonzero(allowed).tolist() == [0, *held]


def test_best_span_never_ends_before_it_starts(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "Who?", TEXT)
    start = np.zeros(len(encoded.ids), np.float32)
    end = start.copy()
    start[encoded.first + 9], end[encoded.first + 2], end[encoded.first + 12] = 5, 6, 4
    found = best_span(encoded, start, end)
    assert (found.start, found.end) == (encoded.offsets[9][0], encoded.offsets[12][1])
    assert found.score == 9


def test_windows_hold_the_answer_and_fit(tokenizer: Tokenizer) -> None:
    start = TEXT.index("Bob")
    found = set()
    for seed in range(40):
        low, high = window(tokenizer, TEXT, (start, start + 3), tokens=90, rng=random.Random(seed))
        assert low <= start < start + 3 <= high
        assert len(tokenizer.encode(TEXT[low:high], add_special_tokens=False).ids) <= 90
        found.add((low, high))
    assert len(found) > 1


def test_passages_cover_every_sentence(tokenizer: Tokenizer) -> None:
    ranges = passages(tokenizer, TEXT, tokens=90)
    assert len(ranges) > 1
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(TEXT)
    assert all(later[0] <= earlier[1] + 1 for earlier, later in pairwise(ranges))


def test_negatives_never_hold_the_answer(rows: list[Example]) -> None:
    answers = {item.question: item.answer for item in ITEMS}
    made = [row for row in rows if row.kind not in {"answer", "swapped", "squad2"}]
    assert {row.kind for row in made} == {"near-same", "near-other", "cut", "mismatch"}
    assert not [row for row in made if holds(row.context, answers[row.question])]


def test_swapped_questions_ask_for_something_else(rows: list[Example]) -> None:
    swapped = [row for row in rows if row.kind == "swapped"]
    assert swapped
    assert not {row.question for row in swapped} & {item.question for item in ITEMS}


def test_negatives_repeat_with_the_seed(rows: list[Example]) -> None:
    assert examples(ITEMS, seed=3) == rows
    assert examples(ITEMS, seed=4) != rows


def test_batches_continue_where_they_stopped(tokenizer: Tokenizer, rows: list[Example]) -> None:
    whole = list(batches(tokenizer, rows, PLAN, epoch=1))
    rest = list(batches(tokenizer, rows, PLAN, epoch=1, begin=2))
    assert len(whole) == len(rest) + 2
    assert all(
        np.array_equal(a.rows.ids, b.rows.ids) and np.array_equal(a.starts, b.starts)
        for a, b in zip(whole[2:], rest, strict=True)
    )


def test_resumed_run_equals_uninterrupted_one(
    base: Path, rows: list[Example], tmp_path: Path
) -> None:
    whole = Run(base, tmp_path / "whole", rows, SETTINGS)
    whole.train()
    for steps in (2, 7, None):
        part = Run(base, tmp_path / "part", rows, replace(SETTINGS, max_steps=steps))
        if steps != 2:
            part.resume()
        part.train()
    assert part.progress.step == whole.progress.step > 7
    weights = part.model.state_dict()
    assert all(torch.equal(weights[name], t) for name, t in whole.model.state_dict().items())
    assert (tmp_path / "part" / "final" / "model.safetensors").exists()


def test_checkpoint_of_other_data_is_refused(
    base: Path, rows: list[Example], tmp_path: Path
) -> None:
    Run(base, tmp_path, rows, replace(SETTINGS, max_steps=1)).train()
    with pytest.raises(ValueError, match="other data"):
        Run(base, tmp_path, rows[1:], SETTINGS).resume()


def test_frozen_weights_do_not_move(base: Path, rows: list[Example], tmp_path: Path) -> None:
    run = Run(base, tmp_path, rows, replace(SETTINGS, max_steps=2, frozen_layers=1))
    before = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    run.train()
    moved = {n for n, t in run.model.state_dict().items() if not torch.equal(t, before[n])}
    assert not [n for n in moved if "embeddings" in n or "layer.0" in n]
    assert [n for n in moved if "layer.1" in n]


def test_exported_reader_gives_the_same_logits(
    base: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    torch.manual_seed(2)
    model.save(model.from_base(base), base, tmp_path)
    to_onnx(model.load(tmp_path), tmp_path / "reader.onnx")
    asked = [encode(tokenizer, "Who?", "Bob left."), encode(tokenizer, "Who denied it?", TEXT)]
    expected = torch_scorer(tmp_path)(asked)
    exported = onnx_scorer(tmp_path / "reader.onnx", threads=1)(asked)
    np.testing.assert_allclose(exported, expected, atol=1e-5)


def test_what_is_shipped_can_be_read_back_and_answers_alike() -> None:
    shipped = ROOT / "askcorpus" / "data" / "reader"
    reader = model.from_shipped(shipped, model.base_folder()).eval()
    tokenizer = load_tokenizer(shipped / "tokenizer.json")
    context = "The bridge over the Aare was built in 1844 by Karl Müller. It replaced a ferry."
    asked = ["Who built the bridge?", "When was it built?", "What did the bridge replace?"]
    encoded = [encode(tokenizer, question, context) for question in asked]

    def torch_score(held: Sequence[Encoded]) -> tuple[Logits, Logits]:
        with torch.inference_mode():
            start, end = model.logits(reader, pad(held))
        return start.numpy(), end.numpy()

    for score in (torch_score, onnx_scorer(shipped / "reader.onnx")):
        starts, ends = score(encoded)
        found = [best_span(row, starts[i], ends[i]) for i, row in enumerate(encoded)]
        said = [context[each.start : each.end] for each in found]
        assert said[:2] == ["Karl Müller", "1844"]
        assert said[2].endswith("ferry")


def test_bfloat16_trains_float32_weights(base: Path, rows: list[Example], tmp_path: Path) -> None:
    run = Run(base, tmp_path, rows, replace(SETTINGS, bf16=True, max_steps=2))
    before = run.model.bert.encoder.layer[0].output.dense.weight.detach().clone()
    run.train()
    after = run.model.bert.encoder.layer[0].output.dense.weight
    assert after.dtype == torch.float32
    assert torch.isfinite(after).all()
    assert not torch.equal(before, after)
