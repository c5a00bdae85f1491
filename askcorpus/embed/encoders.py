"""The embedders: an exported model, one that sentence-transformers runs, and a hashing double."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from askcorpus.errors import ModelUnavailableError
from askcorpus.language.words import content_words
from askcorpus.onnx import encodable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.embed.prepared import Prepared
    from askcorpus.embed.source import Source
    from askcorpus.ports import Vectors


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the warnings, logging and progress bars of PyTorch and its libraries."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    nowhere = io.StringIO()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stderr(nowhere),
            contextlib.redirect_stdout(nowhere),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)


class OnnxEmbedder:
    """Runs an exported model, one text per call and per thread.

    Dynamic quantisation scales by the largest value in a call, so a text's neighbours in a batch
    would change its vector. One text per call also pads nothing, and threads that each run a
    text of their own are at least as fast as one call that shares its work among them.
    """

    def __init__(self, prepared: Prepared, *, threads: int) -> None:
        self._prepared = prepared
        self._threads = threads
        self.name = prepared.name
        self.dim = prepared.dim
        self.window = prepared.window

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special ones included."""
        prompt, tokenizer = self._prepared.prompt, self._prepared.tokenizer
        return [tokenizer.count(prompt + text) for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, L2-normalised rows, in the order of the texts.

        A row is the same to the last bit whatever it is embedded with, on any number of threads.

        Raises:
            ModelUnavailableError: The model fails.
        """
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        if self._threads == 1 or len(texts) <= 1:
            for row, text in enumerate(texts):
                vectors[row] = self._vector(text)
            return vectors
        # On an exception, Ctrl-C included, map cancels what hasn't begun.
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            for row, vector in enumerate(pool.map(self._vector, texts)):
                vectors[row] = vector
        return vectors

    def _vector(self, text: str) -> Vectors:
        ids = self._prepared.tokenizer.encode(self._prepared.prompt + text, window=self.window)
        inputs = {"input_ids": np.array([ids], dtype=np.int64)}
        vector: Vectors = self._prepared.session.run(inputs)["vector"][0]
        return vector


class SentenceTransformersEmbedder:
    """Runs a model that can't be exported through sentence-transformers, which is slower."""

    def __init__(self, source: Source, *, threads: int) -> None:
        import tempfile

        try:
            with quiet(), tempfile.TemporaryDirectory(prefix="askcorpus-") as folder:
                import torch

                from askcorpus.embed import export

                torch.set_num_threads(threads)
                source.stage(Path(folder) / "model")
                self._model: Any = export.load_model(Path(folder) / "model")
                self.dim = int(self._model.encode("").shape[0])
        except Exception as exc:
            raise ModelUnavailableError(
                f"The model {source.label} can't be loaded: {type(exc).__name__}: {exc}",
                hint="Check the model's files.",
            ) from exc
        self.name = f"{source.label}@{source.weights[:12]}/torch"
        self.window = export.model_window(self._model)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special ones included."""
        with quiet():
            return [len(self._model.tokenizer.encode(encodable(text))) for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, L2-normalised rows, in the order of the texts."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        with quiet():
            # One at a time: a row must not depend on how long its neighbours are.
            vectors: Vectors = self._model.encode(
                [encodable(text) for text in texts],
                batch_size=1,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors.astype(np.float32, copy=False)


class HashingEmbedder:
    """A bag of hashed words: no model, no files, the same on every machine.

    A double for tests and the floor of every evaluation, not a choice for users.
    """

    name = "hashing"
    window = 100_000

    def __init__(self, dim: int = 256) -> None:
        self.dim = dim

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of words that carry meaning."""
        return [len(content_words(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, L2-normalised rows, in the order of the texts."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            # A text without words still needs a direction: that of the empty word.
            for word, count in Counter(content_words(text) or [""]).items():
                digest = zlib.crc32(word.encode("utf-8", "replace"))
                sign = 1.0 if digest & 1 else -1.0
                vectors[row, (digest >> 1) % self.dim] += sign * count**0.5
            length = float(np.linalg.norm(vectors[row]))
            if length == 0.0:  # words that cancel each other out
                vectors[row, 0] = length = 1.0
            vectors[row] /= length
        return vectors
