from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.errors import ModelUnavailableError
from askcorpus.language.sentences import sentences
from askcorpus.question.query import Query
from askcorpus.read import DEPTH
from askcorpus.read.edges import tidy
from askcorpus.read.judge import NAMES, Candidate, numbers
from askcorpus.read.model.pairs import PairTokenizer, best_spans, pairs, windows
from askcorpus.read.model.shipped import FILES, load
from askcorpus.read.span import SPANS, SpanReader
from tests.conftest import ROOT
from tests.read.passages import OTHER, TEXT, hit

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = ROOT / "askcorpus" / "data" / "reader"
shipped = pytest.mark.skipif(
    not (SHIPPED / "reader.onnx").exists(), reason="the reader's weights aren't in the package"
)


def tokenizer_bytes() -> bytes:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    letters = "abcdefghijklmnopqrstuvwxyz0123456789$%(),.’“”?"
    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters), "the"]
    words = {token: number for number, token in enumerate(known)}
    built = Tokenizer(models.WordPiece(words, unk_token="[UNK]", max_input_chars_per_word=50))
    built.normalizer = normalizers.BertNormalizer()
    built.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return built.to_str().encode()


def model_bytes() -> bytes:
    """Return a network without weights: a token's logits are the sine and cosine of its place.

    Its number and the sum of all numbers shift the waves, so that other text gives other spans.
    """
    from onnx import TensorProto, helper

    nodes = [
        helper.make_node("Cast", ["ids"], ["number"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["types"], ["kind"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["number"], ["sum"], keepdims=1),
        helper.make_node("CumSum", ["number", "axis"], ["running"]),
        helper.make_node("Sum", ["number", "kind", "sum", "running"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["start"]),
        helper.make_node("Cos", ["phase"], ["end"]),
    ]
    shape = ["rows", "length"]
    graph = helper.make_graph(
        nodes,
        "waves",
        [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("ids", "types")],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in ("start", "end")],
        [helper.make_tensor("axis", TensorProto.INT64, [], [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    contents = dict(zip(FILES, (model_bytes(), tokenizer_bytes()), strict=True))
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    manifest = {
        "name": "waves",
        "window": 256,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        "calibration": {"bias": -1.0, "weights": dict.fromkeys(NAMES, 0.3)},
    }
    (folder / "reader.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> SpanReader:
    return SpanReader.open(folder, threads=2)


QUESTIONS = ["Who paid for the deal?", "Why did it rain?", "When?", "🌊?\x00", "x " * 50_000]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[:12])
def test_spans_are_slices_inside_their_sentences(reader: SpanReader, question: str) -> None:
    hits = [hit(TEXT, 1, at=100), hit(OTHER, 2, at=7)]
    spans = reader.read(question, hits)
    assert spans
    for span in spans:
        own = span.passage
        assert own.text[span.start - own.start : span.end - own.start] == span.text
        assert own.start <= span.sentence_start <= span.start < span.end <= span.sentence_end
        starts, ends = zip(*sentences(own.text), strict=True)
        assert span.sentence_start - own.start in starts
        assert span.sentence_end - own.start in ends
        assert 0 <= span.score <= 1
        assert set(span.scores) == set(NAMES)
    assert [s.score for s in spans] == sorted((s.score for s in spans), reverse=True)


def test_a_passage_gives_several_spans_that_do_not_overlap(reader: SpanReader) -> None:
    found = reader.candidates("Who paid?", [hit(TEXT)])
    assert len(found) == SPANS
    ordered = sorted(found, key=lambda each: each.start)
    assert all(a.end <= b.start for a, b in pairwise(ordered))


def test_a_yes_no_question_is_answered_by_whole_sentences(reader: SpanReader) -> None:
    spans = reader.read("Did the mayor pay for the deal?", [hit(TEXT), hit(OTHER, 2)])
    assert spans
    assert all((s.start, s.end) == (s.sentence_start, s.sentence_end) for s in spans)


def test_a_fragment_of_a_reason_becomes_its_sentence(reader: SpanReader) -> None:
    for span in reader.read("Why did it rain?", [hit(TEXT), hit(OTHER, 2)]):
        is_whole = (span.start, span.end) == (span.sentence_start, span.sentence_end)
        assert is_whole or len(span.text.split()) >= 3


def test_margins_depend_on_neither_threads_nor_other_hits(folder: Path) -> None:
    one, four = (SpanReader.open(folder, threads=n) for n in (1, 4))
    hits = [hit(f"{TEXT} {n} {OTHER}", n + 1) for n in range(6)]
    together = four.candidates("Who paid for it?", hits)
    assert together == one.candidates("Who paid for it?", hits)
    assert together == [c for each in hits for c in one.candidates("Who paid for it?", [each])]
    assert four.read("Who paid?", hits) == one.read("Who paid?", hits)


def test_no_hits_and_no_words_give_no_spans(reader: SpanReader) -> None:
    assert reader.read("Who?", []) == []
    assert reader.read("Who?", [hit("")]) == []
    assert reader.read("Who?", [hit("… !? 🌊")]) == []


def test_only_the_first_hits_are_read(reader: SpanReader) -> None:
    spans = reader.read("Who?", [hit(OTHER, n + 1, at=1000 * n) for n in range(DEPTH + 3)])
    assert {span.passage.id for span in spans} == set(range(1, DEPTH + 1))


def test_a_lead_is_over_the_best_other_words() -> None:
    one, two = hit(OTHER, 1), hit(OTHER, 2, path="b.txt")
    places = [(one, 0, 9, 3.0), (two, 0, 9, 2.0), (two, 17, 25, 1.0), (one, 27, 33, -40.0)]
    found = [Candidate(h, low, high, 0, 26, margin) for h, low, high, margin in places]
    rows = numbers(Query("Who denied it?"), found)
    assert [row["lead"] for row in rows] == [2.0, 1.0, -2.0, -10.0]
    assert [row["margin"] for row in rows] == [3.0, 2.0, 1.0, -15.0]
    assert [row["lead"] for row in numbers(Query("Who?"), found[:2])] == [10.0, 10.0]


def test_names_that_the_passage_lacks_are_counted() -> None:
    found = [Candidate(hit(OTHER), 0, 9, 0, 26, margin=1.0)]
    (row,) = numbers(Query("What did Officials in Paris deny in 1999?"), found)
    assert row["names_missing"] == pytest.approx(2 / 3)


def test_a_long_passage_is_read_in_windows(folder: Path) -> None:
    model = replace(load(folder), window=60)
    narrow = SpanReader(model, model.calibration, threads=1)
    found = narrow.candidates("Who?", [hit(f"{TEXT} {OTHER} {TEXT}")])
    assert len(found) == SPANS


@pytest.mark.parametrize("name", [*FILES, "reader.json"])
@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_a_damaged_file_is_told(folder: Path, tmp_path: Path, name: str, damage: str) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    content = (tmp_path / name).read_bytes()
    if damage == "missing":
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content[:-9] if damage == "cut" else b"[" + content[1:])
    with pytest.raises(ModelUnavailableError, match="reader") as caught:
        SpanReader.open(tmp_path, threads=1)
    assert caught.value.hint


def test_a_calibration_of_other_numbers_is_told(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    del manifest["calibration"]["weights"]["margin"]
    (tmp_path / "reader.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="margin"):
        load(tmp_path)


TIDY = [
    ("12,000", "$12,000"),
    ("12", "$12,000"),
    ("5", "5%"),
    ("ayor", "mayor"),
    (", Ann Lee,", "Ann Lee"),
    ("deal (about 5", "deal (about 5% of the budget)"),
    ("(about 5% of the budget)", "about 5% of the budget"),
    ("on 3 May 1999.", "on 3 May 1999"),
    ("“Never", "Never"),
    ("“Never again”", "Never again"),
    ("Never again”, said", "“Never again”, said"),
    ("U.S", "U.S."),
    ("oë", "Zoë"),
    ("Zoë’s", "Zoë’s"),
    (" the wind ", "the wind"),
]


@pytest.mark.parametrize(("words", "wanted"), TIDY)
def test_edges_stand_where_a_reader_would_put_them(words: str, wanted: str) -> None:
    start = TEXT.index(words)
    place = tidy(TEXT, start, start + len(words))
    assert place
    assert TEXT[slice(*place)] == wanted


def test_an_opening_mark_whose_partner_is_far_is_cut_off() -> None:
    text = "He said (as he had said so many times in all the years before) that it was over."
    assert text[slice(*tidy(text, 0, 10) or ())] == "He said"


def test_decimals_keep_their_point_and_sign() -> None:
    text = "It cost $.25, −40 °C or US$3.5 million."
    for words, wanted in (("25", "$.25"), ("40", "−40 °C"), ("3", "US$3.5")):
        place = tidy(text, text.index(words), text.index(words) + len(words))
        assert place
        assert text[slice(*place)] == wanted


def test_punctuation_alone_is_no_answer() -> None:
    assert tidy("Well — (…) yes", 5, 10) is None


MARKS = st.text(alphabet='ab12 .,$%()[]“”"’\n-', min_size=1, max_size=40)


@given(text=MARKS, data=st.data())
def test_edges_are_never_inside_a_word_and_marks_have_partners(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    place = tidy(text, start, end)
    if place is None:
        return
    low, high = place
    assert 0 <= low < high <= len(text)
    assert low == 0 or not (text[low - 1].isalnum() and text[low].isalnum())
    assert high == len(text) or not (text[high - 1].isalnum() and text[high].isalnum())
    span = text[low:high]
    assert span[0] not in " \n,)]”"
    assert span[-1] not in " \n,([“"
    for opening, closing in ("()", "[]", "“”"):
        assert span.count(opening) == span.count(closing)
    assert span.count('"') % 2 == 0


SENTENCES = st.lists(st.integers(1, 30), min_size=1, max_size=12)


@given(lengths=SENTENCES, room=st.integers(2, 40))
def test_windows_cover_every_token_in_order(lengths: list[int], room: int) -> None:
    total = sum(lengths)
    offsets = [(2 * n, 2 * n + 1) for n in range(total)]
    firsts = np.cumsum([0, *lengths]).tolist()
    ranges = [(2 * a, 2 * b - 1) for a, b in pairwise(firsts)]
    found = windows(offsets, ranges, room)
    assert {n for low, high in found for n in range(low, high)} == set(range(total))
    assert all(0 < high - low <= room for low, high in found)
    assert found == sorted(set(found))


ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)


@given(question=ANY, passage=st.one_of(ANY, st.just(TEXT)))
def test_input_and_best_span_are_as_in_training(question: str, passage: str) -> None:
    from tokenizers import Tokenizer

    from training import encode

    trained = Tokenizer.from_str(tokenizer_bytes().decode())
    tokenizer = PairTokenizer(tokenizer_bytes(), label="The tokenizer")
    wanted = encode.encode(trained, question, passage, max_tokens=10_000)
    asked = tokenizer.pieces(question).ids
    found = pairs(tokenizer, asked, passage, window=10_000)
    assert len(found) == bool(wanted.offsets)
    for pair in found:
        assert pair.ids.tolist() == wanted.ids
        assert pair.types.tolist() == encode.pad([wanted]).types[0].tolist()
        start, end = np.random.default_rng(1).normal(size=(2, len(pair.ids))).astype(np.float32)
        best = encode.best_span(wanted, start, end)
        first = best_spans(pair, start, end, most=1)[0]
        assert (first.start, first.end) == (best.start, best.end)
        assert first.margin == best.score - best.no_answer


@shipped
def test_the_shipped_reader_answers() -> None:
    reader = SpanReader.open(threads=1)
    hits = [hit(OTHER, 1), hit(TEXT, 2, path="b.txt")]
    best = reader.read("How much did Ann Lee pay for the deal?", hits)[0]
    assert best.text == "$12,000"
    assert "1999" in reader.read("When did Ann Lee pay for the deal?", hits)[0].text


@shipped
def test_the_shipped_reader_does_not_depend_on_threads() -> None:
    one, two = (SpanReader.open(threads=n) for n in (1, 2))
    hits = [hit(TEXT, 1), hit(OTHER, 2), hit(f"{OTHER} {TEXT}", 3)]
    assert one.read("Who paid for the deal?", hits) == two.read("Who paid for the deal?", hits)
