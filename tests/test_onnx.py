"""askcorpus.onnx: sessions, tokenizers, and what their libraries raise."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from askcorpus.errors import ModelUnavailableError
from askcorpus.onnx import EXCEPTIONS, Session, Tokenizer, translated

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "who", "denied", "the", "deal", "?"]


def model_bytes() -> bytes:
    """Return a model with one input, `x`, and two outputs: its double and its shape."""
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [
            helper.make_node("Add", ["x", "x"], ["double"]),
            helper.make_node("Shape", ["x"], ["shape"]),
        ],
        "doubling",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])],
        [
            helper.make_tensor_value_info("double", TensorProto.FLOAT, ["n", 2]),
            helper.make_tensor_value_info("shape", TensorProto.INT64, [2]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def tokenizer_bytes(*, truncation: int | None = None) -> bytes:
    """Return a WordPiece tokenizer.json over WORDS, with a truncation and a padding of its own."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, normalizers, pre_tokenizers, processors

    built = Library(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    built.normalizer = normalizers.BertNormalizer()
    built.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    built.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    if truncation:
        built.enable_truncation(truncation)
        built.enable_padding(length=truncation)
    return built.to_str().encode()


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(model_bytes(), label="The doubling model")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(tokenizer_bytes(truncation=4), label="The tokenizer")


def test_a_session_gives_its_outputs_by_name(session: Session) -> None:
    outputs = session.run({"x": np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)})
    assert outputs["double"].tolist() == [[2, 4], [6, 8], [10, 12]]
    assert outputs["shape"].tolist() == [3, 2]


def test_a_session_names_its_inputs_and_outputs(session: Session) -> None:
    assert (session.inputs, session.outputs) == (("x",), ("double", "shape"))


def test_a_session_runs_in_several_threads(session: Session) -> None:
    rows = [np.full((1, 2), i, dtype=np.float32) for i in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: session.run({"x": x})["double"][0, 0], rows))
    assert found == [2 * i for i in range(200)]


@pytest.mark.parametrize("content", [b"", b"garbage" * 10])
def test_a_damaged_model_is_unavailable(content: bytes) -> None:
    with pytest.raises(ModelUnavailableError, match="The model of clay can't be run"):
        Session(content, label="The model of clay")


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"y": np.zeros((1, 2), dtype=np.float32)},
        {"x": np.zeros((1, 2), dtype=np.int64)},
        {"x": np.zeros((1, 3), dtype=np.float32)},
        {"x": "text"},
    ],
    ids=["missing", "unknown", "type", "shape", "text"],
)
def test_inputs_that_do_not_fit_are_reported(session: Session, inputs: dict[str, object]) -> None:
    with pytest.raises(ModelUnavailableError, match="The doubling model can't be run"):
        session.run(inputs)  # type: ignore[arg-type]


def test_every_exception_of_onnxruntime_is_translated() -> None:
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    classes = {
        name: each
        for name, each in vars(state).items()
        if isinstance(each, type) and issubclass(each, BaseException)
    }
    assert classes
    assert set(classes) <= set(EXCEPTIONS)
    for each in classes.values():
        with pytest.raises(ModelUnavailableError), translated("The model"):
            raise each("deep inside")


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, Exception])
def test_plain_exceptions_of_the_bindings_are_translated(kind: type[Exception]) -> None:
    with pytest.raises(ModelUnavailableError), translated("The model"):
        raise kind("deep inside")


@pytest.mark.parametrize("kind", [KeyError, TypeError, KeyboardInterrupt, MemoryError])
def test_other_exceptions_pass_unchanged(kind: type[BaseException]) -> None:
    with pytest.raises(kind), translated("The model"):
        raise kind


def test_a_missing_library_is_named() -> None:
    with pytest.raises(ModelUnavailableError, match="nosuchlibrary"), translated("The model"):
        importlib.import_module("nosuchlibrary")


def test_a_damaged_tokenizer_is_unavailable() -> None:
    with pytest.raises(ModelUnavailableError, match="The tokenizer can't be run"):
        Tokenizer(b"{}", label="The tokenizer")


def test_the_definitions_own_truncation_and_padding_are_ignored(tokenizer: Tokenizer) -> None:
    text = "who denied the deal?"
    assert tokenizer.encode(text, window=100) == [2, 4, 5, 6, 7, 8, 3]
    assert tokenizer.count(text) == 7


def test_a_window_cuts_the_end_and_keeps_the_special_tokens(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("who denied the deal?", window=5) == [2, 4, 5, 6, 3]


def test_a_text_that_fills_the_window_is_whole(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("who denied the deal?", window=7) == [2, 4, 5, 6, 7, 8, 3]


def test_an_empty_text_has_only_special_tokens(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("", window=7) == [2, 3]
    assert tokenizer.count("") == 2


def test_a_lone_surrogate_is_an_unknown_word(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("who \ud800 the", window=7) == [2, 4, 8, 6, 3]


def test_counting_does_not_cut(tokenizer: Tokenizer) -> None:
    assert tokenizer.count("who " * 1000) == 1002


def test_tokens_are_located_in_the_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.located("the  deal?") == ([6, 7, 8], [(0, 3), (5, 9), (9, 10)])


def test_two_texts_are_joined_as_the_definition_says(tokenizer: Tokenizer) -> None:
    joined = tokenizer.joined("who", "the deal")
    assert joined == [(2, 0, None), (4, 0, 0), (3, 0, None), (6, 1, 1), (7, 1, 1), (3, 1, None)]


def test_a_token_has_a_number_or_none(tokenizer: Tokenizer) -> None:
    assert (tokenizer.number("deal"), tokenizer.number("arms")) == (7, None)
