"""What machine a benchmark ran on."""

from __future__ import annotations

import os
import platform
import time


def describe() -> str:
    """Return the date, the cores, Python and the load, on one line."""
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
