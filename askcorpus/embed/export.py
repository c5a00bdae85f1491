"""Writes a sentence-transformers model as ONNX; run as a child process.

A process of its own, so that PyTorch's memory, threads, warnings and progress bars never enter
the one that indexes and answers. `main` is its whole interface:

    argv     folder of the model, folder to write, precision
    writes   model.onnx, tokenizer.json, result.json
    result   {"precision", "dim", "window", "prompt"},
             or {"error": sentence, "stage": "load" | "export" | "write"}
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from askcorpus import onnx

if TYPE_CHECKING:
    import torch

    from askcorpus.ports import Vectors

Precision = Literal["int8", "fp32"]
EXPORTER = 1
"""Raised whenever the export comes out differently, so that older entries aren't used."""
FILES = ("model.onnx", "tokenizer.json")
LEAST_COSINE = {"fp32": 0.9999, "int8": 0.95}
"""Between the export and sentence-transformers over the probes; below it, int8 gives way to fp32
and fp32 to sentence-transformers."""
PROBES = (
    "Who denied the deal?",
    "A Sentence with Capitals, an accent (café) and the number 1,234.",
    "The committee met on Tuesday to discuss the proposal. " * 12,
    "word " * 2000,
)


def main(argv: list[str]) -> None:
    """Export the model and write what came of it to result.json."""
    source, target, precision = Path(argv[0]), Path(argv[1]), argv[2]
    stage = "load"
    try:
        # The plainest attention: what others add for masks only costs time in ONNX Runtime.
        model = load_model(source, attention="eager")
        stage = "export"
        result = _export(model, target, precision)
    except Exception as exc:  # noqa: BLE001 - any failure of the libraries means the same
        lines = str(exc).strip().splitlines() or [""]
        result = {"error": f"{type(exc).__name__}: {lines[0][:200]}", "stage": stage}
        if isinstance(exc, OSError) and stage == "export":
            result["stage"] = "write"
    (target / "result.json").write_text(json.dumps(result), encoding="utf-8")


def load_model(folder: Path, *, attention: str | None = None) -> Any:
    """Return the sentence-transformers model in a folder, on the processor, from safetensors.

    Args:
        folder: Holds the model's files.
        attention: transformers' name of an implementation; None for its own choice.
    """
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    from sentence_transformers import SentenceTransformer

    chosen = {"attn_implementation": attention} if attention else {}
    return SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True} | chosen,
    ).eval()


def model_window(model: Any) -> int:
    """Return the most tokens that the model reads, special ones included."""
    length = model.max_seq_length
    return int(length) if length and length < 100_000 else 512


def default_prompt(model: Any) -> str:
    """Return what the model's own configuration puts before every text."""
    name = model.default_prompt_name
    return str(model.prompts.get(name, "")) if name else ""


def _export(model: Any, target: Path, precision: str) -> dict[str, object]:
    definition = model.tokenizer.backend_tokenizer.to_str()
    window, prompt = model_window(model), default_prompt(model)
    wanted = model.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)

    def check(path: Path) -> None:
        got = _vectors(path.read_bytes(), definition, window, prompt)
        _compare(wanted, got, LEAST_COSINE[path.stem])

    chosen = fp32 = target / "fp32.onnx"
    try:
        _write_graph(model, fp32, masked=False)
        check(fp32)
    except Exception:  # noqa: BLE001 - whatever it was, the other way is tried
        _write_graph(model, fp32, masked=True)
        check(fp32)
    if precision == "int8":
        int8 = target / "int8.onnx"
        onnx.quantise(fp32, int8)
        with contextlib.suppress(ValueError):
            check(int8)
            chosen = int8
    onnx.optimise(chosen, target / "model.onnx")
    for path in {fp32, chosen}:
        path.unlink()
    (target / "tokenizer.json").write_text(definition, encoding="utf-8")
    dim = int(wanted.shape[1])
    return {"precision": chosen.stem, "dim": dim, "window": window, "prompt": prompt}


def _write_graph(model: Any, path: Path, *, masked: bool) -> None:
    """Write transformer, pooling and normalising as one graph: token numbers in, vectors out.

    Texts are embedded one by one, so that nothing is padded and no mask is needed; a model that
    insists on one (`masked`) gets all ones.
    """
    from torch import inference_mode, nn, tensor
    from torch import onnx as exporter

    class Pipeline(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids}
            if masked:
                features["attention_mask"] = input_ids.new_ones(input_ids.shape)
            vectors: torch.Tensor = self.model(features)["sentence_embedding"]
            return nn.functional.normalize(vectors, dim=1)

    ids = tensor([model.tokenizer.encode(text)[:8] for text in PROBES[:1]] * 2)
    with inference_mode():
        exporter.export(
            Pipeline().eval(),
            (ids,),
            str(path),
            input_names=["input_ids"],
            output_names=["vector"],
            dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, "vector": {0: "batch"}},
            opset_version=17,
            # The tracing exporter needs neither onnxscript nor its 10 seconds.
            dynamo=False,
        )


def _vectors(graph: bytes, definition: str, window: int, prompt: str) -> Vectors:
    session = onnx.Session(graph, label="The exported model")
    tokenizer = onnx.Tokenizer(definition.encode(), label="The exported tokenizer")
    ids = [tokenizer.encode(prompt + text, window=window) for text in PROBES]
    rows = [session.run({"input_ids": np.array([row], dtype=np.int64)})["vector"] for row in ids]
    return np.concatenate(rows)


def _compare(wanted: Vectors, got: Vectors, least: float) -> None:
    """Raise ValueError where the exported model's vectors aren't those of the model."""
    if got.shape != wanted.shape:
        raise ValueError(f"its vectors have shape {got.shape}, not {wanted.shape}")
    lowest = float((wanted * got).sum(axis=1).min())
    if not lowest >= least:  # so that NaN is caught too
        raise ValueError(f"its vectors differ, down to a cosine of {lowest:.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
