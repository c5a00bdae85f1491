"""Lets `python -m askcorpus` be the command."""

from askcorpus.cli import main

main()
