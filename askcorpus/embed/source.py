"""Finds a model's files on this machine, and says what identifies them.

Nothing is downloaded, nothing in a model's folder is executed, and only JSON, vocabulary and
safetensors files are taken: never a pickle.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.config import model_folder
from askcorpus.errors import ModelUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIXES = {".json", ".txt", ".model", ".safetensors"}


class ExportError(Exception):
    """A model was loaded but can't be turned into ONNX; the text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A model's files."""

    label: str
    """The model's name without the folder it was found in."""
    folder: Path
    files: tuple[str, ...]
    """Relative to the folder, with forward slashes, in order."""
    weights: str
    """SHA-256 that identifies the weights."""
    content: str
    """SHA-256 over every file: weights, configuration, tokenizer."""

    def stage(self, folder: Path) -> None:
        """Link the model's files, and no others, into a folder of their own to load them from."""
        for name in self.files:
            link = folder / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to((self.folder / name).resolve())


def find_source(model: str, cache: Path) -> Source:
    """Return the files of a model.

    Args:
        model: A name in the local Hugging Face cache, or a folder, which begins with "/", "./",
            "../" or "~".
        cache: Remembers the hashes of large files, by their size and time of change.

    Raises:
        ModelUnavailableError: There is no such model here, or it isn't stored as safetensors.
    """
    folder = model_folder(model)
    if folder is not None:
        if not folder.is_dir():
            raise ModelUnavailableError(
                f"There is no folder {model!r} with a model.", hint="Check the setting 'model'."
            )
        return _describe(folder.resolve().name, folder.resolve(), cache)
    return _describe(model, _hub_folder(model), cache)


def _hub_folder(model: str) -> Path:
    """Return a model's newest snapshot in the local Hugging Face cache."""
    home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    hub = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")
    for name in (model, f"sentence-transformers/{model}"):
        store = hub / ("models--" + name.replace("/", "--"))
        try:
            revision = (store / "refs" / "main").read_text(encoding="ascii").strip()
        except (OSError, ValueError):  # ValueError: not ASCII, or a name that no file can have
            continue
        if (store / "snapshots" / revision).is_dir():
            return store / "snapshots" / revision
    raise ModelUnavailableError(
        f"There is no model {model!r} on this machine: it isn't in {hub}.",
        hint="For a folder with the model's files, write ./NAME or its whole path; nothing is "
        "downloaded.",
    )


def _describe(label: str, folder: Path, cache: Path) -> Source:
    try:
        files = tuple(sorted(_model_files(folder)))
        weights = [name for name in files if name.endswith(".safetensors")]
        if not weights or ("config.json" not in files and "modules.json" not in files):
            raise ModelUnavailableError(
                f"{folder} holds no sentence-transformers model in safetensors format.",
                hint="Give a folder with modules.json and model.safetensors.",
            )
        _only_known_modules(folder)
        known = _hashes(folder, weights, cache)
        hashes = {name: known.get(name) or sha256_file(folder / name) for name in files}
    except OSError as exc:
        raise ModelUnavailableError(
            f"Can't read the model in {folder}: {exc.strerror or exc}.",
            hint="Check the folder's files and permissions.",
        ) from exc
    content = _combined(hashes)
    main = [hashes[name] for name in weights]
    identity = main[0] if len(main) == 1 else _combined({n: hashes[n] for n in weights})
    return Source(label, folder, files, identity, content)


def _model_files(folder: Path) -> set[str]:
    """Return the files a model is made of: in the folder and one level below."""
    found = [*folder.glob("*"), *folder.glob("*/*")]
    return {
        path.relative_to(folder).as_posix()
        for path in found
        if path.suffix in _SUFFIXES and path.is_file() and path.name != "README.md"
    }


def _only_known_modules(folder: Path) -> None:
    """Refuse a model whose parts are classes of its own: they would be imported and run."""
    path = folder / "modules.json"
    if not path.exists():
        return
    try:
        types = [str(part["type"]) for part in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as exc:
        raise ModelUnavailableError(
            f"{path} is damaged.", hint="Restore the model's files."
        ) from exc
    for name in types:
        if not name.startswith("sentence_transformers."):
            raise ModelUnavailableError(
                f"The model in {folder} needs code of its own ({name}), which is never run.",
                hint="Choose a model that is made of sentence-transformers' own parts.",
            )


def _hashes(folder: Path, names: list[str], cache: Path) -> dict[str, str]:
    """Return the files' SHA-256, remembered in the cache while size and time stay the same."""
    memo = cache / "hashes" / (hashlib.sha256(os.fsencode(folder)).hexdigest()[:24] + ".json")
    try:
        remembered = json.loads(memo.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        remembered = {}
    hashes, stamps = {}, {}
    for name in names:
        stat = (folder / name).stat()
        stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        old = remembered.get(name) if isinstance(remembered, dict) else None
        same = isinstance(old, dict) and old.get("stamp") == stamp
        hashes[name] = str(old["sha256"]) if same and old else sha256_file(folder / name)
        stamps[name] = {"stamp": stamp, "sha256": hashes[name]}
    if stamps != remembered:
        _remember(memo, stamps)
    return hashes


def _remember(memo: Path, stamps: Mapping[str, object]) -> None:
    aside = memo.with_suffix(f".{os.getpid()}.tmp")
    try:
        memo.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(stamps), encoding="utf-8")
        aside.replace(memo)
    except OSError:  # a cache that can't be written costs hashing again next time, no more
        with contextlib.suppress(OSError):
            aside.unlink()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _combined(hashes: dict[str, str]) -> str:
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
