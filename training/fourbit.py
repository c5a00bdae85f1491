"""Keeps a trained reader in 4 bits a weight: small enough to commit, good enough to train on.

Linear layers are cut into blocks of 32 weights along the input; a block has a float16 scale and a
zero point, and a weight is (q - zero) * scale. Two weights share a byte, the even column in the
low half. Everything else is float16. The word vectors never learn, so they are left out: they are
the base model's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BLOCK = 32
LEVELS = 15
WORDS = "word_embeddings.weight"


def save(weights: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write a reader's weights without its word vectors; a base model's become about 52 MB."""
    held: dict[str, torch.Tensor] = {}
    for name, weight in weights.items():
        if name.endswith(WORDS) or not weight.is_floating_point():
            continue
        if not _is_linear(name, weight):
            held[name] = weight.to(torch.float16).contiguous()
            continue
        blocks = weight.float().reshape(weight.shape[0], -1, BLOCK)
        low, high = blocks.amin(-1), blocks.amax(-1)
        scale = ((high - low) / LEVELS).clamp(min=1e-7).half()
        zero = (-low / scale.float()).round().clamp(0, LEVELS)
        steps = (blocks / scale.float()[..., None] + zero[..., None]).round().clamp(0, LEVELS)
        whole = steps.to(torch.uint8).reshape(weight.shape)
        held[name] = (whole[:, ::2] | (whole[:, 1::2] << 4)).contiguous()
        held[f"{name}.scale"] = scale.contiguous()
        held[f"{name}.zero"] = zero.to(torch.uint8).contiguous()
    save_file(held, path)


def load(path: Path) -> dict[str, torch.Tensor]:
    """Return what `save` wrote as float32 weights; the word vectors are missing."""
    held = load_file(path)
    weights: dict[str, torch.Tensor] = {}
    for name, packed in held.items():
        if name.endswith((".scale", ".zero")):
            continue
        if f"{name}.scale" not in held:
            weights[name] = packed.float()
            continue
        steps = torch.stack((packed & 15, packed >> 4), -1).reshape(packed.shape[0], -1, BLOCK)
        levels = steps.float() - held[f"{name}.zero"].float()[..., None]
        scale = held[f"{name}.scale"].float()[..., None]
        weights[name] = (levels * scale).reshape(packed.shape[0], -1)
    return weights


def _is_linear(name: str, weight: torch.Tensor) -> bool:
    """Return whether it is a linear layer's matrix, but for the span layer's two rows."""
    return (
        weight.ndim == 2
        and weight.shape[0] > 2
        and weight.shape[1] % BLOCK == 0
        and "embeddings" not in name
        and "relative" not in name
    )
