"""Runs ONNX models and tokenizers: the only owner of onnxruntime and tokenizers.

What the two libraries raise leaves this module as ModelUnavailableError. A session may be run
from several threads at once; a tokenizer too.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from askcorpus.errors import ModelUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Array = npt.NDArray[Any]

# Official builds of onnxruntime collect usage data, write a device id under the home directory and
# send both from long-lived processes. It looks at this once, when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# onnxruntime's exceptions derive from Exception one by one, without a base class of their own.
EXCEPTIONS = (
    "DeviceReset",
    "EPFail",
    "EngineError",
    "Fail",
    "InvalidArgument",
    "InvalidGraph",
    "InvalidProtobuf",
    "ModelLoadCanceled",
    "ModelLoaded",
    "ModelRequiresCompilation",
    "NoModel",
    "NoSuchFile",
    "NotFound",
    "NotImplemented",
    "RuntimeException",
)
_ERROR = 3
"""onnxruntime's log level: errors and worse, so that nothing else reaches stderr."""


class Session:
    """A loaded ONNX model.

    Args:
        model: The model's bytes; no file is kept open.
        label: What the model is called in messages.
        threads: Threads inside one run; 1 where the caller runs several at once.
        optimized: The graph was optimised when it was saved, so that loading can skip it.
    """

    def __init__(
        self, model: bytes, *, label: str, threads: int = 1, optimized: bool = False
    ) -> None:
        self._label = label
        with translated(label):
            import onnxruntime

            options = session_options(threads=threads, optimized=optimized)
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            self.inputs = tuple(each.name for each in self._session.get_inputs())
            self.outputs = tuple(each.name for each in self._session.get_outputs())

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Return each output by its name.

        Raises:
            ModelUnavailableError: The inputs don't fit the model, or it fails.
        """
        with translated(self._label):
            values = self._session.run(None, dict(inputs))
        return dict(zip(self.outputs, values, strict=True))


def session_options(*, threads: int = 1, optimized: bool = False) -> Any:
    """Return quiet onnxruntime options for a session on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERROR
    if optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def quantise(path: Path, target: Path) -> None:
    """Write a copy of a model whose weights are int8 and whose activations will be.

    Per channel, and over 7 of the 8 bits: AVX2 adds pairs of products in 16 bits, which the full
    range overflows. eval/LOG.md has the figures.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(path, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def optimise(path: Path, target: Path) -> None:
    """Write a copy of a model with its nodes fused, so that opening it takes half the time."""
    import onnxruntime

    options = session_options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(
        path,
        options,
        providers=["CPUExecutionProvider"],
        # On a processor the fused node is slower than the two that it replaces.
        disabled_optimizers=["SkipLayerNormFusion"],
    )


class Tokenizer:
    """A tokenizer that cuts nothing off unless it is told a window.

    Args:
        definition: The content of a tokenizer.json. Its own truncation and padding, which differ
            from what the model was used with more often than not, are switched off.
        label: What it is called in messages.
    """

    def __init__(self, definition: bytes, *, label: str) -> None:
        self._label = label
        with translated(label):
            import tokenizers

            self._tokenizer = tokenizers.Tokenizer.from_buffer(definition)
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            self._added = int(self._tokenizer.num_special_tokens_to_add(is_pair=False))

    def count(self, text: str) -> int:
        """Return the length of the whole text in tokens, special ones included."""
        with translated(self._label):
            plain = self._tokenizer.encode(encodable(text), add_special_tokens=False)
        return len(plain) + self._added

    def encode(self, text: str, *, window: int) -> list[int]:
        """Return the tokens' numbers, special ones included, at most `window` of them."""
        with translated(self._label):
            plain = self._tokenizer.encode(encodable(text), add_special_tokens=False)
            plain.truncate(max(0, window - self._added))
            ids: Sequence[int] = self._tokenizer.post_process(plain).ids
        return list(ids)

    def located(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the tokens' numbers, without special ones, and each one's character range."""
        with translated(self._label):
            plain = self._tokenizer.encode(encodable(text), add_special_tokens=False)
            return plain.ids, plain.offsets

    def joined(self, first: str, second: str) -> list[tuple[int, int, int | None]]:
        """Return two texts as one input, special tokens included, by the definition's template.

        Each token comes with its number, its type, and the text that it is of: 0, 1, or None for
        a special one.
        """
        with translated(self._label):
            both = self._tokenizer.encode(encodable(first), encodable(second))
            return list(zip(both.ids, both.type_ids, both.sequence_ids, strict=True))

    def number(self, token: str) -> int | None:
        """Return the token's number, or None where there is no such token."""
        with translated(self._label):
            found: int | None = self._tokenizer.token_to_id(token)
        return found


def encodable(text: str) -> str:
    """Return the text without lone surrogates, which no tokenizer takes; "?" stands for each."""
    return text.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def translated(label: str) -> Iterator[None]:
    """Raise what onnxruntime or tokenizers raise inside as ModelUnavailableError."""
    try:
        yield
    except ImportError as exc:
        message = f"{label} can't be run, because {exc.name or 'a library'} can't be imported."
        raise ModelUnavailableError(message, hint="Run: askcorpus doctor") from exc
    except Exception as exc:
        if not foreign(exc):
            raise
        reason = str(exc).strip().splitlines() or [type(exc).__name__]
        raise ModelUnavailableError(
            f"{label} can't be run: {reason[0][:200]}", hint="Run: askcorpus doctor"
        ) from exc


def foreign(exc: BaseException) -> bool:
    """Return whether the exception is onnxruntime's or tokenizers' own."""
    # Besides its own classes onnxruntime raises these two plainly, and tokenizers these three.
    if type(exc) in (Exception, ValueError, RuntimeError):
        return True
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return isinstance(
        exc, tuple(getattr(state, name) for name in EXCEPTIONS if hasattr(state, name))
    )
