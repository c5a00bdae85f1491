"""Question-answering models of transformers that a user brings: small and random ones."""

from __future__ import annotations

import json
import os
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from askcorpus import Corpus, Settings
from askcorpus.errors import AskcorpusError, ConfigError, ModelUnavailableError
from askcorpus.language.sentences import sentences
from askcorpus.onnx import Tokenizer
from askcorpus.question.query import Query
from askcorpus.read.judge import MOST_MARGIN, Candidate, judge
from askcorpus.read.model import brought
from askcorpus.read.model.pairs import Frame, pairs
from askcorpus.read.model.template import template_frame
from askcorpus.read.open import open_reader
from askcorpus.read.span import SpanReader
from tests.read.passages import OTHER, TEXT, hit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUESTION = "Who paid for the deal?"
SHORT = "It rained. The mayor paid for it. " * 8
TEXTS = [TEXT, OTHER, SHORT]
POSITIONS = 130
SMALL = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}


def wordpiece() -> Any:
    """Return BERT's kind of tokenizer, trained on the two texts."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, normalizers, pre_tokenizers, processors, trainers

    built = Library(models.WordPiece(unk_token="[UNK]"))
    built.normalizer = normalizers.BertNormalizer()
    built.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    built.train_from_iterator(
        TEXTS, trainers.WordPieceTrainer(vocab_size=150, special_tokens=special)
    )
    built.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    built.enable_truncation(20)
    return built


def byte_level() -> Any:
    """Return RoBERTa's kind: pairs of bytes, a space belonging to the word behind it."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, pre_tokenizers, processors, trainers

    built = Library(models.BPE())
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    built.train_from_iterator(TEXTS, trainer)
    built.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=False, add_prefix_space=False
    )
    return built


def metaspace() -> Any:
    """Return XLM-R's kind: pieces of sentences that are drawn by their likelihood."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, pre_tokenizers, processors, trainers

    built = Library(models.Unigram())
    built.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    built.train_from_iterator(
        TEXTS,
        trainers.UnigramTrainer(vocab_size=150, special_tokens=special, unk_token="<unk>"),
    )
    built.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B:1 </s>:1",  # a type that the model doesn't know
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return built


def configuration(kind: str, **more: Any) -> Any:
    import transformers

    common = {"vocab_size": 400, "max_position_embeddings": POSITIONS, **more}
    if kind == "distilbert":
        return transformers.DistilBertConfig(dim=16, n_layers=1, n_heads=2, hidden_dim=16, **common)
    if kind == "bert":
        return transformers.BertConfig(hidden_size=16, **SMALL, **common)
    made = {"roberta": transformers.RobertaConfig, "xlm-roberta": transformers.XLMRobertaConfig}
    return made[kind](hidden_size=16, type_vocab_size=1, **SMALL, **common)


TOKENIZERS: dict[str, Callable[[], Any]] = {
    "bert": wordpiece,
    "distilbert": wordpiece,
    "roberta": byte_level,
    "xlm-roberta": metaspace,
}
KINDS = list(TOKENIZERS)


def write_model(folder: Path, kind: str, *, head: bool = True, **more: Any) -> Path:
    """Write a model with random weights, and its tokenizer."""
    import torch
    from transformers import AutoModel, AutoModelForQuestionAnswering
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(1)
    made = (AutoModelForQuestionAnswering if head else AutoModel).from_config(
        configuration(kind, initializer_range=1.0, **more)
    )
    made.save_pretrained(folder)
    TOKENIZERS[kind]().save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("brought")
    return {kind: write_model(place / kind, kind) for kind in KINDS}


@pytest.fixture
def bert(folders: dict[str, Path], tmp_path: Path) -> Path:
    """Return a copy of the BERT that the test may damage."""
    return shutil.copytree(folders["bert"], tmp_path / "model")


def opened(folder: Path, *, threads: int = 2) -> SpanReader:
    return SpanReader(brought.load(str(folder)), brought.NEUTRAL, threads=threads)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("question", [QUESTION, "🌊?\x00", "x " * 5000])
def test_spans_are_slices_inside_their_sentences(
    folders: dict[str, Path], kind: str, question: str
) -> None:
    spans = opened(folders[kind]).read(question, [hit(TEXT, 1, at=100), hit(OTHER, 2, at=7)])
    assert spans
    for span in spans:
        own = span.passage
        assert own.text[span.start - own.start : span.end - own.start] == span.text
        assert span.text == span.text.strip()
        assert own.start <= span.sentence_start <= span.start < span.end <= span.sentence_end
        starts, ends = zip(*sentences(own.text), strict=True)
        assert span.sentence_start - own.start in starts
        assert span.sentence_end - own.start in ends
        assert 0 <= span.score <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_input_is_what_transformers_makes(folders: dict[str, Path], kind: str) -> None:
    from transformers import PreTrainedTokenizerFast

    theirs = PreTrainedTokenizerFast(tokenizer_file=str(folders[kind] / "tokenizer.json"))
    wanted = theirs(QUESTION, OTHER, return_token_type_ids=True, return_offsets_mapping=True)
    model = brought.load(str(folders[kind]))
    (pair,) = pairs(
        model.tokenizer, model.tokenizer.pieces(QUESTION).ids, OTHER, window=model.window
    )
    assert pair.ids.tolist() == wanted["input_ids"]
    assert pair.types.tolist() == wanted["token_type_ids"]
    places = [n for n, owner in enumerate(wanted.sequence_ids()) if owner == 1]
    assert [pair.first + n for n in range(len(pair.offsets))] == places
    for ours, at in zip(pair.offsets, places, strict=True):
        low, high = wanted["offset_mapping"][at]
        assert ours[1] == high
        assert OTHER[slice(*ours)] == OTHER[low:high].lstrip()


@pytest.mark.parametrize("kind", KINDS)
def test_the_logits_are_the_networks_own(folders: dict[str, Path], kind: str) -> None:
    import torch
    from transformers import AutoModelForQuestionAnswering

    theirs = AutoModelForQuestionAnswering.from_pretrained(str(folders[kind]))
    model = brought.load(str(folders[kind]))
    (pair,) = pairs(
        model.tokenizer, model.tokenizer.pieces(QUESTION).ids, OTHER, window=model.window
    )
    inputs = {"input_ids": torch.from_numpy(pair.ids)[None]}
    if kind == "bert":  # the only one here that knows two types
        inputs["token_type_ids"] = torch.from_numpy(pair.types)[None]
    with torch.no_grad():
        out = theirs(**inputs)
    start, end = model.logits(pair)
    np.testing.assert_allclose(start, out.start_logits[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(end, out.end_logits[0].numpy(), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_passage_is_read_in_windows(folders: dict[str, Path], kind: str) -> None:
    model = brought.load(str(folders[kind]))
    long = f"{TEXT} {OTHER} " * 6
    made = pairs(model.tokenizer, model.tokenizer.pieces(QUESTION).ids, long, window=model.window)
    assert len(made) > 2
    assert all(len(pair.ids) <= model.window <= POSITIONS for pair in made)
    found = opened(folders[kind]).candidates(QUESTION, [hit(long)])
    ordered = sorted(found, key=lambda each: each.start)
    assert ordered
    assert all(a.end <= b.start for a, b in pairwise(ordered))


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_begins_with_the_first_token_of_a_sentence(
    folders: dict[str, Path], kind: str
) -> None:
    model = brought.load(str(folders[kind]))
    made = pairs(model.tokenizer, [], SHORT, window=40)
    starts = {low for low, _ in sentences(SHORT)}
    assert len(made) > 2
    assert {pair.offsets[0][0] for pair in made} <= starts


def test_margins_depend_on_neither_threads_nor_other_hits(folders: dict[str, Path]) -> None:
    hits = [hit(f"{TEXT} {n} {OTHER}", n + 1) for n in range(4)]
    one, four = (opened(folders["bert"], threads=n) for n in (1, 4))
    together = four.candidates(QUESTION, hits)
    assert together == one.candidates(QUESTION, hits)
    assert together == [c for each in hits for c in one.candidates(QUESTION, [each])]


LAST = {
    "single": "$A [SEP]",
    "pair": "$A [SEP] $B:1 [SEP]:1 [CLS]:2",
    "special_tokens": [("[SEP]", 3), ("[CLS]", 2)],
}


def test_no_answer_stands_where_the_model_says() -> None:
    from tokenizers import processors

    built = wordpiece()
    built.post_processor = processors.TemplateProcessing(**LAST)
    own = Tokenizer(built.to_str().encode(), label="The tokenizer")
    frame = template_frame(own, no_answer={"content": "[CLS]"})
    assert frame == Frame((), (3,), (3, 2), (0, 0, 0, 1, 1), no_answer=-1)


def test_a_template_without_a_place_for_no_answer_is_told(bert: Path) -> None:
    from tokenizers import processors

    built = wordpiece()
    built.post_processor = processors.TemplateProcessing(**LAST)
    built.save(str(bert / "tokenizer.json"))
    with pytest.raises(ModelUnavailableError, match="no token in front"):
        brought.load(str(bert))


def test_what_training_saves_is_a_reader(tmp_path: Path) -> None:
    import torch

    from training import model

    torch.manual_seed(2)
    base = model.base_folder()
    model.save(model.from_base(base), base, tmp_path / "trained")
    spans = opened(tmp_path / "trained").read(QUESTION, [hit(TEXT, at=30)])
    assert spans
    for span in spans:
        assert TEXT[span.start - 30 : span.end - 30] == span.text


def test_beyond_the_margins_bound_the_larger_one_is_first() -> None:
    places = [(1, 0, 9, MOST_MARGIN + 3), (2, 17, 25, MOST_MARGIN + 5), (3, 27, 33, MOST_MARGIN)]
    found = [Candidate(hit(OTHER, n), low, high, 0, 26, m) for n, low, high, m in places]
    scores = [score for *_, score in judge(Query("Who?"), found, brought.NEUTRAL)]
    assert scores[1] > scores[0] > scores[2] > 0.99


def test_a_model_is_loaded_once_until_its_files_change(bert: Path) -> None:
    first = brought.load(str(bert))
    assert brought.load(str(bert)) is first
    write_model(bert, "bert", pad_token_id=1)
    os.utime(bert / "config.json", ns=(1, 1))  # a clock may be too coarse to tell
    second = brought.load(str(bert))
    assert second is not first
    assert second.identity != first.identity


def test_loading_says_nothing(bert: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from transformers.utils import logging

    logging.enable_progress_bar()
    logging.set_verbosity_warning()
    opened(bert).read(QUESTION, [hit(OTHER)])
    assert capfd.readouterr() == ("", "")


def test_a_name_is_looked_up_in_the_local_cache(
    bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    store = tmp_path / "hub" / "models--someone--answers"
    (store / "refs").mkdir(parents=True)
    (store / "refs" / "main").write_text("a" * 40)
    shutil.copytree(bert, store / "snapshots" / ("a" * 40))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    assert brought.load("someone/answers").identity.startswith("answers@")
    with pytest.raises(ConfigError, match="no reader 'someone/else'") as caught:
        brought.load("someone/else")
    assert "nothing is downloaded" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["spam", "../a b/:", "~nobody/model", "x" * 5000, "a\x00b", "a/b/c"]
)
def test_a_name_of_nothing_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match="There is no reader"):
        brought.load(name)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the weights."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def configure(folder: Path, **values: Any) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | values), encoding="utf-8")


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def not_a_number(weights: dict[str, Any]) -> None:
    weights["qa_outputs.bias"][:] = float("nan")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no configuration": (lambda f: (f / "config.json").unlink(), "config.json missing"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "weights missing"),
    "pickled weights": (pickled, "are a pickle .pytorch_model.bin., .*refused"),
    "no fast tokenizer": (lambda f: (f / "tokenizer.json").unlink(), "no fast tokenizer"),
    "garbled tokenizer": (
        lambda f: (f / "tokenizer.json").write_text("{"),
        "tokenizer of the read",
    ),
    "garbled options": (lambda f: (f / "tokenizer_config.json").write_text("[1"), "is damaged"),
    "cut weights": (lambda f: os.truncate(f / "model.safetensors", 9000), "can't be used"),
    "weights of nothing": (lambda f: rewrite(f, not_a_number), "two numbers for each token"),
    "no head": (
        lambda f: rewrite(f, lambda w: w.pop("qa_outputs.bias")),
        "no question-answering model: its weights lack qa_outputs.bias",
    ),
    "weights of another size": (lambda f: configure(f, hidden_size=32), "can't be used"),
    "another kind of model": (lambda f: configure(f, model_type="vit"), "can't be used"),
    "code of its own": (
        lambda f: configure(f, model_type="odd", auto_map={"AutoConfig": "odd.Odd"}),
        "can't be used",
    ),
    "a narrow window": (
        lambda f: (f / "tokenizer_config.json").write_text('{"model_max_length": 20}'),
        "only 20 tokens",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_wrong_with_a_model_is_told(bert: Path, damage: str) -> None:
    harm, message = DAMAGES[damage]
    harm(bert)
    with pytest.raises(ModelUnavailableError, match=message) as caught:
        brought.load(str(bert))
    assert caught.value.hint


def test_tokens_that_the_network_does_not_know_are_told(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "small", "roberta", vocab_size=20)
    with pytest.raises(ModelUnavailableError, match="can't be used"):
        brought.load(str(folder))


def test_a_model_without_a_span_layer_is_told(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "plain", "distilbert", head=False)
    with pytest.raises(ModelUnavailableError, match="no question-answering model"):
        brought.load(str(folder))


@pytest.mark.parametrize("name", ["./span", "someone/answers", "/models/v1:2"])
def test_what_is_neither_ours_nor_a_class_is_a_models_name(name: str) -> None:
    with pytest.raises(ConfigError, match="no folder of that name"):
        open_reader(Settings(reader=name))


def test_a_question_is_answered_with_a_models_span(
    folders: dict[str, Path], seeds_index: Path
) -> None:
    settings = Settings(index=str(seeds_index), reader=str(folders["roberta"]), dense="exact")
    with Corpus.open(settings=settings) as corpus:
        answer = corpus.ask("Who denied the deal?")
        assert answer.outcome == "answered"  # random weights are as sure as can be
        for citation in answer.citations:
            text = corpus.document(citation.path).text
            assert text[citation.start : citation.end] == citation.quote
    with (
        pytest.raises(AskcorpusError, match="There is no reader"),
        Corpus.open(settings=Settings(index=str(seeds_index), reader="no such folder")) as corpus,
    ):
        corpus.ask("Who denied the deal?")
