"""Trains the span reader: `python -m training.reader --data DIR --minutes 100`."""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from training import checkpoint, model
from training.batches import Batch, Plan, batch_count, batches
from training.encode import load_tokenizer
from training.negatives import Example, examples
from training.sources import SPLITS, TRAINING_FILES, training_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import BertForQuestionAnswering

PACKAGES = ("torch", "transformers", "tokenizers", "numpy")
SNAPSHOTS = (0.25, 0.5, 0.75)
LOG_STEPS = 25


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train."""

    plan: Plan
    epochs: float = 1.0
    minutes: float | None = None
    """Let the schedule follow the clock and end after this long, whatever the machine's load."""
    learning_rate: float = 2e-4
    warm_up: float = 0.05
    """The share of the schedule over which the rate rises."""
    weight_decay: float = 0.01
    frozen_layers: int = 0
    device: str = "cpu"
    bf16: bool = False
    """Multiply matrices in bfloat16; weights and optimiser stay float32."""
    checkpoint_s: float = 180.0
    max_steps: int | None = None
    """Stop there with a checkpoint, as an interruption would."""


class Run:
    """One training run: model, optimiser, position and log, in a folder of its own."""

    def __init__(
        self,
        base: Path,
        folder: Path,
        held: Sequence[Example],
        settings: Settings,
        *,
        shipped: Path | None = None,
    ) -> None:
        torch.manual_seed(settings.plan.seed)
        self.base, self.folder, self.held, self.settings = base, folder, held, settings
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer = load_tokenizer(base / "tokenizer.json")
        self.model: BertForQuestionAnswering = (
            model.from_shipped(shipped, base) if shipped else model.from_base(base)
        )
        model.freeze(self.model, layers=settings.frozen_layers)
        self.model.to(settings.device).train()
        self.optimiser = torch.optim.AdamW(
            [p for p in self.model.parameters() if p.requires_grad],
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self.data_sha256 = _hash_of(held, settings.plan)
        self.progress = checkpoint.Progress()
        self.stopping = False

    def resume(self) -> None:
        """Continue from the folder's checkpoint."""
        self.progress = checkpoint.read(
            self.folder, self.model, self.optimiser, data_sha256=self.data_sha256
        )

    def share(self) -> float:
        """Return how much of the schedule is done, from 0; at 1 the run is over."""
        if self.settings.minutes is not None:
            return self.progress.elapsed_s / (60 * self.settings.minutes)
        total = self.settings.epochs * batch_count(self.held, self.settings.plan)
        return self.progress.step / total

    def train(self) -> None:
        """Train to the end of the schedule, or until `stopping` or `max_steps`; then save."""
        begun = time.monotonic() - self.progress.elapsed_s
        saved, mark, losses = time.monotonic(), (time.monotonic(), self.progress.step), []
        while not self._halted():
            for batch in self._epoch():
                before = self.share()
                losses.append(self._step(batch, before))
                self.progress.step += 1
                self.progress.batch += 1
                self.progress.elapsed_s = time.monotonic() - begun
                self._snapshot(before)
                if self.progress.step % LOG_STEPS == 0:
                    self._log_step(losses, mark)
                    mark, losses = (time.monotonic(), self.progress.step), []
                if time.monotonic() - saved > self.settings.checkpoint_s:
                    self._checkpoint()
                    saved = time.monotonic()
                if self._halted():
                    break
            else:
                self.progress.epoch, self.progress.batch = self.progress.epoch + 1, 0
        self._checkpoint()
        if self.share() >= 1:
            model.save(self.model, self.base, self.folder / "final")
            self.log(event="finished", **asdict(self.progress))

    def _epoch(self) -> Any:
        return batches(
            self.tokenizer,
            self.held,
            self.settings.plan,
            epoch=self.progress.epoch,
            begin=self.progress.batch,
        )

    def _halted(self) -> bool:
        limit = self.settings.max_steps
        return (
            self.stopping
            or self.share() >= 1
            or (limit is not None and self.progress.step >= limit)
        )

    def _step(self, batch: Batch, share: float) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.settings, share)
        device = self.settings.device
        with torch.autocast(device, torch.bfloat16, enabled=self.settings.bf16):
            start, end = model.logits(self.model, batch.rows, device=device)
        starts, ends = (torch.from_numpy(a).to(device) for a in (batch.starts, batch.ends))
        loss = model.span_loss(start, end, starts, ends)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        return float(loss.detach())

    def _checkpoint(self) -> None:
        checkpoint.write(
            self.folder,
            self.model,
            self.optimiser,
            self.progress,
            data_sha256=self.data_sha256,
        )

    def _snapshot(self, before: float) -> None:
        """Keep the weights where the schedule passes a quarter: the learning curve."""
        for part in SNAPSHOTS:
            if before < part <= self.share():
                model.save(self.model, self.base, self.folder / f"at-{round(100 * part)}")

    def _log_step(self, losses: Sequence[float], mark: tuple[float, int]) -> None:
        steps, seconds = self.progress.step - mark[1], time.monotonic() - mark[0]
        self.log(
            **asdict(self.progress),
            loss=round(sum(losses) / len(losses), 4),
            rows_per_s=round(steps * self.settings.plan.batch_size / seconds, 2),
            rate=rate(self.settings, self.share()),
            share=round(self.share(), 5),
        )

    def log(self, **fields: Any) -> None:
        """Append one line of JSON to the run's log."""
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")


def rate(settings: Settings, share: float) -> float:
    """Return the learning rate: up in a line over the warm-up, then down in a line to 0."""
    if share < settings.warm_up:
        # Not 0 at the first step, which would be wasted.
        return settings.learning_rate * max(share / settings.warm_up, 0.02)
    return settings.learning_rate * max(0.0, (1 - share) / (1 - settings.warm_up))


def _hash_of(held: Sequence[Example], plan: Plan) -> str:
    digest = hashlib.sha256(json.dumps(asdict(plan)).encode())
    for example in held:
        digest.update(json.dumps(asdict(example)).encode())
    return digest.hexdigest()


def _file_hashes(folder: Path) -> dict[str, str]:
    return {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in TRAINING_FILES}


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.reader", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the question sets")
    parser.add_argument("--out", type=Path, default=checkpoint.default_folder() / "reader")
    parser.add_argument("--base", type=Path, default=None, help="folder of the starting model")
    parser.add_argument(
        "--start-from", type=Path, default=None, help="exported reader to go on from"
    )
    parser.add_argument("--splits", type=Path, default=SPLITS)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=None, help="follow the clock instead")
    parser.add_argument("--max-steps", type=int, default=None)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--window", type=int, nargs=2, default=(64, 120), metavar=("LOW", "HIGH"))
    parser.add_argument("--freeze", type=int, default=0, help="lowest layers that don't learn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--bf16", action="store_true", help="faster where the processor has it")
    parser.add_argument("--resume", action="store_true", help="continue what is in --out")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Train as the command line says."""
    asked = _arguments(argv)
    torch.set_num_threads(asked.threads)
    if not asked.resume and (asked.out / checkpoint.FILE).exists():
        print(f"{asked.out} holds a run: add --resume, or name another --out.", file=sys.stderr)
        return 2
    held = examples(training_items(asked.data, asked.splits), seed=asked.seed)
    settings = Settings(
        Plan(asked.seed, asked.batch, *asked.window),
        epochs=asked.epochs,
        minutes=asked.minutes,
        learning_rate=asked.rate,
        frozen_layers=asked.freeze,
        device=asked.device,
        bf16=asked.bf16,
        max_steps=asked.max_steps,
    )
    base = asked.base or model.base_folder()
    run = Run(base, asked.out, held, settings, shipped=asked.start_from)
    if asked.resume:
        run.resume()
    signal.signal(signal.SIGTERM, lambda *_: setattr(run, "stopping", True))
    signal.signal(signal.SIGINT, lambda *_: setattr(run, "stopping", True))
    kinds = {kind: sum(e.kind == kind for e in held) for kind in sorted({e.kind for e in held})}
    run.log(
        event="resumed" if asked.resume else "begun",
        settings=asdict(settings),
        rows=len(held),
        kinds=kinds,
        rows_sha256=run.data_sha256,
        files_sha256=_file_hashes(asked.data),
        versions={name: version(name) for name in PACKAGES},
    )
    run.train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
