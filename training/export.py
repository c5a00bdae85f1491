"""Exports a reader to int8 ONNX: `python -m training.export MODEL --out DIR`.

DIR gets reader.onnx, tokenizer.json and reader.json, which askcorpus/read/model/shipped.py opens;
its calibration is written by training/calibrate.py. Inputs `ids`, `types`, `attention` (n, length)
int64; outputs `start`, `end` (n, length) float32, unmasked: who reads them bars the question and
the padding (see `encode.Padded.allowed`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from askcorpus import onnx
from askcorpus.evaluate.measures import exact_match, token_f1
from askcorpus.read.judge import NAMES
from askcorpus.read.model.shipped import FILES
from training import model
from training.encode import load_tokenizer
from training.evaluate import (
    INPUTS,
    OUTPUTS,
    PASSAGE_TOKENS,
    Scorer,
    held_out,
    onnx_scorer,
    read_all,
    torch_scorer,
)
from training.sources import SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.encode import Found
    from training.sources import Item

OPSET = 17
WINDOW = 256
"""Tokens that the product reads at once: whole passages. Windows of 120 were no better."""


class _Graph(torch.nn.Module):
    """The reader with positional inputs and a pair of outputs, as the exporter wants it."""

    def __init__(self, reader: model.Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(
        self, ids: torch.Tensor, types: torch.Tensor, attention: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        # A mask of four axes is taken as it stands: the exporter sees one addition, no branches.
        bias = (1.0 - attention[:, None, None, :].float()) * torch.finfo(torch.float32).min
        hidden = self.reader.bert(input_ids=ids, token_type_ids=types, attention_mask=bias)[0]
        both = self.reader.qa_outputs(hidden)
        return both[..., 0], both[..., 1]


def to_onnx(reader: model.Reader, path: Path) -> None:
    """Write the reader as one float32 ONNX file with free batch size and length."""
    reader.set_attn_implementation("eager")
    # Three tensors: one given twice would be exported as one input.
    ids, types, attention = (torch.full((2, 8), n, dtype=torch.int64) for n in (5, 0, 1))
    with warnings.catch_warnings():
        # The newer exporter needs onnxscript, which nothing else here does.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Graph(reader).eval(),
            (ids, types, attention),
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "rows", 1: "length"} for name in INPUTS + OUTPUTS},
            opset_version=OPSET,
            dynamo=False,
        )


def to_int8(source: Path, path: Path) -> None:
    """Write the float32 file with int8 weights, activations quantised as they come.

    Seven bits of the range are used: on processors without VNNI, sums of full int8 products
    overflow 16 bits. The nodes are fused already, so that the file opens faster.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "int8.onnx"
        onnx.quantise(source, plain)
        onnx.optimise(plain, path)


def write_manifest(folder: Path, name: str) -> None:
    """Write the reader.json of an exported file; its calibration weighs the margin alone."""
    manifest = {
        "name": name,
        "window": WINDOW,
        "sha256": {file: _sha256(folder / file) for file in FILES},
        "calibration": {"bias": -1.0, "weights": dict.fromkeys(NAMES, 0.0) | {"margin": 0.5}},
    }
    text = json.dumps(manifest, indent=1) + "\n"
    (folder / "reader.json").write_text(text, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compare(
    scorers: dict[str, Scorer], items: Sequence[Item], *, tokens: int = PASSAGE_TOKENS
) -> dict[str, dict[str, Any]]:
    """Return per scorer its quality and speed, and the spans that differ from the first one's."""
    tokenizer = load_tokenizer(model.base_folder() / "tokenizer.json")
    asked = [(item.question, item.context, "") for item in items]
    results: dict[str, dict[str, Any]] = {}
    reference: list[Found] = []
    for name, score in scorers.items():
        read_all(score, tokenizer, asked[:16], tokens=tokens)  # warm
        begun = time.perf_counter()
        found = read_all(score, tokenizer, asked, tokens=tokens)
        seconds = time.perf_counter() - begun
        reference = reference or found
        texts = [i.context[a.start : a.end] for i, a in zip(items, found, strict=True)]
        pairs = [(t, i.answer) for i, t in zip(items, texts, strict=True)]
        results[name] = {
            "exact_match": round(100 * sum(exact_match(*p) for p in pairs) / len(pairs), 2),
            "f1": round(100 * sum(token_f1(*p) for p in pairs) / len(pairs), 2),
            "spans_that_differ": sum(
                (a.start, a.end) != (b.start, b.end) for a, b in zip(found, reference, strict=True)
            ),
            "answered_differently": sum(
                (a.score > a.no_answer) != (b.score > b.no_answer)
                for a, b in zip(found, reference, strict=True)
            ),
            "ms_per_question": round(1000 * seconds / len(items), 1),
        }
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Export, and compare the exported file with the PyTorch model where data is given."""
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("model", type=Path, help="a trained folder or checkpoint.pt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="askcorpus-reader")
    parser.add_argument("--data", type=Path, help="folder with the question sets, to compare")
    parser.add_argument("--splits", type=Path, default=SPLITS)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args(argv)
    torch.set_num_threads(asked.threads)
    asked.out.mkdir(parents=True, exist_ok=True)
    small = asked.out / "reader.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "reader-fp32.onnx"
        to_onnx(model.load(asked.model), full)
        to_int8(full, small)
        shutil.copyfile(model.base_folder() / "tokenizer.json", asked.out / "tokenizer.json")
        write_manifest(asked.out, asked.name)
        result: dict[str, Any] = {
            path.name: {"megabytes": round(path.stat().st_size / 1e6, 2), "sha256": _sha256(path)}
            for path in (full, small)
        }
        if asked.data:
            items = held_out(asked.data, asked.splits, "dev")
            sample = random.Random(1).sample(items, min(asked.sample, len(items)))
            scorers = {"torch": torch_scorer(asked.model)}
            scorers |= {p.name: onnx_scorer(p, threads=asked.threads) for p in (full, small)}
            result["comparison"] = compare(scorers, sample)
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
