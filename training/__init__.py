"""Trains what askcorpus ships: the span reader and the byte-level BPE; see README.md here."""
