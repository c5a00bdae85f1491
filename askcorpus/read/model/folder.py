"""The files of a model that the user brings, and where they are found.

config.json            what kind of model it is
model.safetensors      or several, with their index; never a pickle, which could run code
tokenizer.json         its template says how question and passage are joined
tokenizer_config.json  optional: the window, and which token stands for "no answer"
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from askcorpus.config import model_folder
from askcorpus.errors import ConfigError, ModelUnavailableError

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack")
_NEEDED = "A folder needs config.json, model.safetensors and tokenizer.json."


def find(name: str) -> Path:
    """Return the folder of a model: that folder, or the snapshot in the local Hugging Face cache.

    A folder begins with "/", "./", "../" or "~"; all else is a name.

    Raises:
        ConfigError: There is neither.
    """
    go_offline()
    from huggingface_hub import constants, snapshot_download

    try:
        folder = model_folder(name)
        if folder and folder.is_dir():
            return folder.resolve()
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError, RuntimeError) as exc:
        raise ConfigError(
            f"There is no reader {name!r}: no folder of that name, "
            f"and no model in {constants.HF_HUB_CACHE}.",
            hint='Use "span", a class of your own as "module:Class", or the folder of a '
            "question-answering model, as ./NAME or its whole path; nothing is downloaded.",
        ) from exc


def model_files(folder: Path) -> list[Path]:
    """Return the files that the model is made of."""
    names = sorted(path.name for path in folder.iterdir())
    weights = [name for name in names if name.endswith(".safetensors")]
    pickled = [name for name in names if name.endswith(_PICKLES)]
    if not weights and pickled:
        raise ModelUnavailableError(
            f"The weights in {folder} are a pickle ({pickled[0]}), which could run code: refused.",
            hint="Save the model as safetensors, with save_pretrained of transformers.",
        )
    if "config.json" not in names or not weights:
        lacking = "weights" if "config.json" in names else "config.json"
        raise ModelUnavailableError(f"{folder} holds no model: {lacking} missing.", hint=_NEEDED)
    if "tokenizer.json" not in names:
        raise ModelUnavailableError(
            f"{folder} has no fast tokenizer: tokenizer.json is missing.",
            hint="Make one with AutoTokenizer of transformers: from_pretrained, save_pretrained.",
        )
    extra = {"config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"}
    return [folder / name for name in names if name in extra or name in weights]


def options(folder: Path) -> dict[str, Any]:
    """Return what the folder says about its tokenizer beyond tokenizer.json."""
    found: dict[str, Any] = {}
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        if (folder / name).exists():
            try:
                found |= dict(json.loads((folder / name).read_text(encoding="utf-8")))
            except (ValueError, TypeError) as exc:
                raise ModelUnavailableError(
                    f"{folder / name} is damaged.", hint="Restore the model's files."
                ) from exc
    return found


def go_offline() -> None:
    """Keep the Hugging Face libraries off the network; they look at this when imported."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
