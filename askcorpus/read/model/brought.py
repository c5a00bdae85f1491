"""A question-answering model that the user brings: any that transformers can open.

A BERT, RoBERTa, DistilBERT, DeBERTa, ALBERT, XLM-R … for question answering, in the files that
folder.py lists. Nothing is downloaded, and no code that lies beside a model is run. Its weights
are read into memory, once for the process.
"""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from askcorpus.errors import ModelUnavailableError
from askcorpus.read.judge import NAMES, Calibration
from askcorpus.read.model.folder import find, go_offline, model_files, options
from askcorpus.read.model.pairs import MAX_QUESTION_TOKENS, PairTokenizer, pairs
from askcorpus.read.model.template import TemplateTokenizer, template_frame

if TYPE_CHECKING:
    from askcorpus.read.model.pairs import Logits, Pair

# A margin is the logarithm of the odds that the model itself gives a span against "no answer".
# They are halved, because networks are surer than they are right. The lead only puts in order
# what lies beyond the margins' bound. Retrieval's scores count nothing: how much they should was
# fitted for the shipped reader alone. `askcorpus calibrate` fits this to a user's own questions.
# With the reader's neutral thresholds it answers where the model prefers a span to "no answer".
NEUTRAL = Calibration(bias=0.0, weights=dict.fromkeys(NAMES, 0.0) | {"margin": 0.5, "lead": 0.05})
MOST_WINDOW = 512
LEAST_WINDOW = MAX_QUESTION_TOKENS + 24
"""Below it, a long question leaves too little of the window to the passage."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The model, in memory."""

    identity: str
    window: int
    tokenizer: PairTokenizer
    network: Any
    accepts: frozenset[str]
    """The names of the inputs that the network takes."""

    def logits(self, pair: Pair) -> tuple[Logits, Logits]:
        """Return the start and end logits of one input, each (length,).

        Raises:
            ModelUnavailableError: The network fails, or gives no numbers.
        """
        import torch

        ids = torch.from_numpy(pair.ids)[None]
        inputs = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "token_type_ids": torch.from_numpy(pair.types)[None],
        }
        try:
            with torch.inference_mode():
                out = self.network(**{k: v for k, v in inputs.items() if k in self.accepts})
            start, end = (each[0].float().numpy() for each in (out.start_logits, out.end_logits))
        except Exception as exc:
            raise _unusable(self.identity, exc) from exc
        if not (start.shape == end.shape == pair.ids.shape and np.isfinite(start + end).all()):
            raise ModelUnavailableError(
                f"The reader {self.identity} doesn't give two numbers for each token.",
                hint="Its weights may be damaged: restore the model's files.",
            )
        return start, end


def load(name: str) -> Brought:
    """Return the model of that name, read again only where its files have changed.

    PyTorch then uses one thread for each passage, in the whole process: passages are read side by
    side instead.

    Args:
        name: Of a folder, or in the local Hugging Face cache.

    Raises:
        ConfigError: There is none.
        ModelUnavailableError: A file is missing or damaged, or it isn't for question answering.
    """
    folder = find(name)
    try:
        states = [(path, path.stat()) for path in model_files(folder)]
        stamps = tuple((path, state.st_size, state.st_mtime_ns) for path, state in states)
        return _loaded(folder, Path(name).name, stamps)
    except OSError as exc:
        raise ModelUnavailableError(
            f"Can't read the reader in {folder}: {exc.strerror or exc}.",
            hint="Check the folder's files and permissions.",
        ) from exc


@lru_cache(maxsize=1)
def _loaded(folder: Path, name: str, stamps: tuple[tuple[Path, int, int], ...]) -> Brought:
    """Return the model; the files' sizes and times are there for the cache to tell them apart."""
    digest = hashlib.sha256()
    for path, *_ in stamps:
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    stated = options(folder)
    tokenizer = TemplateTokenizer(
        (folder / "tokenizer.json").read_bytes(),
        label=f"The tokenizer of the reader {name}",
        frame=lambda each: template_frame(each, no_answer=stated.get("cls_token")),
    )
    network = _network(folder)
    accepts = set(inspect.signature(network.forward).parameters)
    # RoBERTa and its kin take types, but know only one.
    if getattr(network.config, "type_vocab_size", 2) < 2:
        accepts.discard("token_type_ids")
    model = Brought(
        identity=f"{name}@{digest.hexdigest()[:12]}",
        window=_window(network.config, stated.get("model_max_length")),
        tokenizer=tokenizer,
        network=network,
        accepts=frozenset(accepts),
    )
    _try_out(model)
    return model


def _network(folder: Path) -> Any:
    """Return transformers' model, from safetensors, without a word on stderr."""
    go_offline()
    import torch
    from transformers import AutoModelForQuestionAnswering
    from transformers.utils import logging

    torch.set_num_threads(1)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        network, report = AutoModelForQuestionAnswering.from_pretrained(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            # A configuration may ask for an implementation from a hub.
            attn_implementation="eager",
            output_loading_info=True,
        )
    except Exception as exc:
        raise _unusable(folder.name, exc) from exc
    missing = sorted(report["missing_keys"])
    if missing:
        others = f" and {len(missing) - 1} others" if len(missing) > 1 else ""
        raise ModelUnavailableError(
            f"{folder} is no question-answering model: its weights lack {missing[0]}{others}.",
            hint="Use a model that was fine-tuned to answer questions with spans, as on SQuAD.",
        )
    return network.eval()


def _window(config: Any, stated: object) -> int:
    """Return the most tokens that are read at once.

    RoBERTa and its kin count places from behind the padding's number; one less than a BERT has
    does no harm.
    """
    places = getattr(config, "max_position_embeddings", None) or MOST_WINDOW
    padding = getattr(config, "pad_token_id", None) or 0
    most = stated if isinstance(stated, int) and stated > 0 else MOST_WINDOW
    return int(min(MOST_WINDOW, most, places - (padding + 1 if padding < 8 else 0)))


def _try_out(model: Brought) -> None:
    """Read a sentence, so that what doesn't fit is said when the model is opened.

    Raises:
        ModelUnavailableError: The network can't be run on its tokenizer's tokens, or its window
            is too small.
    """
    if model.window < LEAST_WINDOW:
        raise ModelUnavailableError(
            f"The reader {model.identity} reads only {model.window} tokens at once.",
            hint=f"Use a model that reads at least {LEAST_WINDOW}.",
        )
    asked = model.tokenizer.pieces("Who paid?").ids
    for pair in pairs(model.tokenizer, asked, "Ann Lee paid.", window=model.window):
        model.logits(pair)


def _unusable(name: str, exc: Exception) -> ModelUnavailableError:
    reason = next(iter(str(exc).strip().splitlines()), "") or type(exc).__name__
    return ModelUnavailableError(
        f"The reader {name} can't be used: {reason[:200]}",
        hint="Check that its files are whole, and that the model is one for question answering.",
    )
