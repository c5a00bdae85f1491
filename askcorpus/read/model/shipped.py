"""The reader's weights: three files in the package, checked when they are opened.

reader.json   name, window, SHA-256 of the other two, calibration
reader.onnx   int8; inputs ids and types (1, length) int64, outputs start and end (1, length)
tokenizer.json
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from askcorpus.errors import ModelUnavailableError
from askcorpus.onnx import Session
from askcorpus.read.judge import NAMES, Calibration
from askcorpus.read.model.pairs import PairTokenizer
from askcorpus.records import Thresholds

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from askcorpus.read.model.pairs import Logits, Pair

FILES = ("reader.onnx", "tokenizer.json")
# Chosen on the dev half of eval/gold/seeds.jsonl, see eval/LOG.md.
THRESHOLDS = Thresholds(related=0.01, answered=0.08, fair=0.15, strong=0.3)
HINT = "Reinstall askcorpus."


@dataclass(frozen=True, slots=True)
class Model:
    """A reader's network, loaded, and what makes its margins probabilities."""

    name: str
    identity: str
    window: int
    session: Session
    tokenizer: PairTokenizer
    calibration: Calibration

    def logits(self, pair: Pair) -> tuple[Logits, Logits]:
        """Return the start and end logits of one input, each (length,)."""
        inputs = {"ids": pair.ids[None], "types": pair.types[None]}
        if "attention" in self.session.inputs:
            inputs["attention"] = inputs["ids"] * 0 + 1
        outputs = self.session.run(inputs)
        return outputs["start"][0], outputs["end"][0]


def load(folder: Path | None = None) -> Model:
    """Return the model in a folder; that of the package where None.

    Raises:
        ModelUnavailableError: A file is missing, isn't what was written, or can't be run.
    """
    place: Traversable = folder or files("askcorpus") / "data" / "reader"
    try:
        manifest = json.loads((place / "reader.json").read_text(encoding="utf-8"))
        name, fitted = str(manifest["name"]), manifest["calibration"]
        content = {file: (place / file).read_bytes() for file in FILES}
        for file, data in content.items():
            if hashlib.sha256(data).hexdigest() != manifest["sha256"][file]:
                raise _damaged(f"{file} isn't what reader.json says")
        return Model(
            name=name,
            identity=f"{name}@{manifest['sha256']['reader.onnx'][:12]}",
            window=int(manifest["window"]),
            session=Session(content["reader.onnx"], label=f"The reader {name}", optimized=True),
            tokenizer=PairTokenizer(
                content["tokenizer.json"], label=f"The tokenizer of the reader {name}"
            ),
            calibration=Calibration(
                bias=float(fitted["bias"]),
                weights={each: float(fitted["weights"][each]) for each in NAMES},
            ),
        )
    except OSError as exc:
        raise _damaged(exc.strerror or type(exc).__name__) from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise _damaged(f"reader.json lacks or garbles {exc}") from exc


def _damaged(reason: str) -> ModelUnavailableError:
    return ModelUnavailableError(f"The reader's files can't be used: {reason}.", hint=HINT)
