"""Where a run keeps its files, and how it stops and continues without losing a step."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import torch

if TYPE_CHECKING:
    from training.model import Reader

FILE = "checkpoint.pt"


def default_folder() -> Path:
    """Return `ASKCORPUS_TRAINING_DIR`, else `training` in the platform's cache directory."""
    named = os.environ.get("ASKCORPUS_TRAINING_DIR")
    return Path(named) if named else Path(platformdirs.user_cache_dir("askcorpus")) / "training"


@dataclass(slots=True)
class Progress:
    """How far a run has come."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    """The number of the next batch in its epoch."""
    elapsed_s: float = 0.0
    """Wall-clock time in the loop, over all the runs that continued each other."""


def write(
    folder: Path,
    model: Reader,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    *,
    data_sha256: str,
) -> None:
    """Replace the run's checkpoint in one step: a crash leaves the old one or the new one."""
    state = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "progress": asdict(progress),
        "random": torch.get_rng_state(),
        "data_sha256": data_sha256,
    }
    torch.save(state, folder / f"{FILE}.part")
    (folder / f"{FILE}.part").replace(folder / FILE)


def read(
    folder: Path,
    model: Reader,
    optimiser: torch.optim.Optimizer,
    *,
    data_sha256: str,
) -> Progress:
    """Return how far the run in this folder had come, with model and optimiser set to it.

    Raises:
        FileNotFoundError: No checkpoint is there.
        ValueError: It was made from other data, so its position means nothing here.
    """
    state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
    if state["data_sha256"] != data_sha256:
        raise ValueError(f"The checkpoint in {folder} was made from other data or options.")
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["random"])
    return Progress(**state["progress"])
