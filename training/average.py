"""Averages readers and keeps the result in 4 bits.

    python -m training.average OUT.safetensors --deep BASE RUN/checkpoint.pt=.6 OLD.safetensors=.4

The average of two ends of training kept on folders of documents what the second alone had lost
there (eval/LOG.md). One reader alone is written as it is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from training import fourbit, model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch


def averaged(
    readers: Sequence[tuple[Mapping[str, torch.Tensor], float]],
) -> dict[str, torch.Tensor]:
    """Return the weighted mean of the readers' weights; the shares needn't sum to 1."""
    total = sum(share for _, share in readers)
    first = readers[0][0]
    return {
        name: sum(
            (weights[name].float() * (share / total) for weights, share in readers[1:]),
            weight.float() * (readers[0][1] / total),
        )
        for name, weight in first.items()
        if weight.is_floating_point()
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Average as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.average", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("readers", nargs="+", metavar="READER[=SHARE]")
    parser.add_argument("--deep", type=Path, metavar="BASE", help="folder of all-mpnet-base-v2")
    asked = parser.parse_args(argv)
    found = []
    for each in asked.readers:
        path, _, share = each.partition("=")
        found.append((model.load(Path(path), asked.deep).state_dict(), float(share or 1)))
    fourbit.save(averaged(found), asked.out)
    print(f"{asked.out}: {asked.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
