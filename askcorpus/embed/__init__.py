"""Turns text into vectors: a model is exported once and then run by ONNX Runtime.

The default model's export comes with the package; any other is made at its first use.

    source    where a model's files are, and what identifies them
    prepared  the exported models, shipped and in the cache, checked when they are opened
    making    a new entry of the cache: made aside by a child process, then published
    export    that child process: sentence-transformers loads the model and writes it as ONNX
    encoders  the embedders: exported, through sentence-transformers, and a hashing double

`import sentence_transformers` takes about ten seconds; onnxruntime 0.2. So the former runs only
in the export (and for a model that can't be exported).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.config import cache_dir, model_folder
from askcorpus.embed.encoders import HashingEmbedder, OnnxEmbedder, SentenceTransformersEmbedder
from askcorpus.embed.prepared import SHIPPED, prepare, shipped
from askcorpus.embed.source import ExportError, find_source
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from askcorpus.config import Settings
    from askcorpus.embed.export import Precision
    from askcorpus.ports import Embedder

__all__ = [
    "HashingEmbedder",
    "OnnxEmbedder",
    "SentenceTransformersEmbedder",
    "open_embedder",
    "open_model",
]


def open_embedder(settings: Settings, notify: Callable[[str], None] | None = None) -> Embedder:
    """Return the embedding model that the settings name.

    Raises:
        ModelUnavailableError: It can't be had.
    """
    return open_model(
        settings.model,
        threads=settings.worker_threads,
        cache=cache_dir(),
        notify=notify,
    )


def open_model(
    model: str,
    *,
    precision: Precision = "int8",
    threads: int,
    cache: Path,
    notify: Callable[[str], None] | None = None,
) -> Embedder:
    """Return the embedder for a model, exporting one that isn't shipped at its first use.

    Args:
        model: "all-MiniLM-L6-v2" (shipped in int8), another sentence-transformers model in the
            local Hugging Face cache, a folder (see `find_source`), or "hashing".
        precision: Arithmetic of the exported model; int8 is about twice as fast as fp32.
        threads: Texts that are embedded at once, one thread each; 1 or more.
        cache: Directory for exported models; made where it is missing.
        notify: Told one sentence about whatever takes long or differs from what was asked.

    Raises:
        ModelUnavailableError: The model's files are missing or damaged, or can't be run.
    """
    tell = notify or _ignore
    if model == "hashing":
        return HashingEmbedder()
    if model_folder(model) is None and _is_here(model):
        tell(f"The folder {one_line(model)} here isn't used as the model; for that, write ./NAME.")
    name = model.removeprefix("sentence-transformers/")
    if (name, precision) == (SHIPPED, "int8"):
        return OnnxEmbedder(shipped(), threads=threads)
    source = find_source(model, cache)
    try:
        return OnnxEmbedder(prepare(source, precision, cache, tell), threads=threads)
    except ExportError as failure:
        tell(
            f"Model {source.label} can't be exported ({failure}); "
            "it runs through sentence-transformers, which is slower."
        )
        return SentenceTransformersEmbedder(source, threads=threads)


def _ignore(_message: str) -> None:
    """Tell nobody."""


def _is_here(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except ValueError:  # a name that no folder can have
        return False
