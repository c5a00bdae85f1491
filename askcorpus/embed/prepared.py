"""The exported models: shipped, or made once in the cache; checked at every opening.

    askcorpus/data/embedder/   model.onnx, tokenizer.json, manifest.json (with the SHA-256 of both)
    CACHE/models/KEY/          the same of another model; replaced when damaged

KEY hashes the model's files, the precision and the exporter's version. An entry is written aside
and renamed into place (see making), so that a reader sees all of it or nothing, and two processes
that export at once don't disturb each other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from askcorpus.embed.export import EXPORTER, FILES
from askcorpus.errors import ModelUnavailableError
from askcorpus.onnx import Session, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from askcorpus.embed.export import Precision
    from askcorpus.embed.source import Source

SHIPPED = "all-MiniLM-L6-v2"
"""The model whose export is part of the package, in int8."""


class DamagedError(Exception):
    """An entry of the cache is not as it was written."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An exported model, loaded."""

    name: str
    precision: str
    """As it was exported: where int8 is too inexact, fp32."""
    dim: int
    window: int
    prompt: str
    """What the model's configuration puts before every text."""
    session: Session
    tokenizer: Tokenizer


def shipped() -> Prepared:
    """Return the shipped model.

    Raises:
        ModelUnavailableError: A file of it is missing, isn't what was shipped, or can't be run.
    """
    try:
        return load(files("askcorpus") / "data" / "embedder")
    except (DamagedError, OSError) as exc:
        raise ModelUnavailableError(
            f"The files of the model {SHIPPED} are missing or damaged.", hint="Reinstall askcorpus."
        ) from exc


def prepare(
    source: Source, precision: Precision, cache: Path, tell: Callable[[str], None]
) -> Prepared:
    """Return the exported model from the cache, exporting it where that isn't done yet.

    Raises:
        ExportError: The model can't be exported.
        ModelUnavailableError: The model's files are damaged, or there is no room to export it.
    """
    key = f"{EXPORTER} {precision} {source.content}"
    entry = cache / "models" / hashlib.sha256(key.encode()).hexdigest()[:32]
    try:
        return load(entry)
    except (DamagedError, ModelUnavailableError):
        tell(f"The prepared model {source.label} is damaged and is made again.")
    except OSError:  # it isn't there, or whatever is wrong with the cache is told when writing
        pass
    from askcorpus.embed import making  # with subprocess and tempfile, which asking needn't load

    tell(f"Preparing the model {source.label} for its first use, about 20 s …")
    with making.workshop(entry.parent, source, tell) as (folder, lasting):
        made = making.export(source, precision, folder)
        prepared = load(made)
        if prepared.precision != precision:
            tell(f"In {precision} the model {source.label} is too inexact; it runs in fp32.")
        if lasting:
            making.publish(made, entry, tell)
    return prepared


def load(entry: Traversable) -> Prepared:
    """Return the model in a folder.

    Raises:
        DamagedError: A file isn't what was written.
        OSError: A file is missing or can't be read.
    """
    try:
        manifest = json.loads((entry / "manifest.json").read_text(encoding="utf-8"))
        content = {name: (entry / name).read_bytes() for name in FILES}
        for name, data in content.items():
            if hashlib.sha256(data).hexdigest() != manifest["files"][name]["sha256"]:
                raise DamagedError(name)
        name = str(manifest["name"])
        return Prepared(
            name=name,
            precision=str(manifest["precision"]),
            dim=int(manifest["dim"]),
            window=int(manifest["window"]),
            prompt=str(manifest["prompt"]),
            session=Session(content["model.onnx"], label=f"The model {name}", optimized=True),
            tokenizer=Tokenizer(content["tokenizer.json"], label=f"The tokenizer of {name}"),
        )
    except (ValueError, KeyError, TypeError) as exc:
        raise DamagedError(str(exc)) from exc
