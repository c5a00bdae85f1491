"""Lets `python -m askcorpus` be the command."""

import sys
from pathlib import Path

# Python puts the current folder first: a click.py among somebody's documents must not be run.
here = str(Path.cwd())
sys.path[:] = [entry for entry in sys.path if entry not in ("", here)]

from askcorpus.cli import main  # noqa: E402

main()
