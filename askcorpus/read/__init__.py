"""Finds the characters that answer a question in the passages that retrieval ranked.

open     the reader that the settings name, or one that is given
span     the trained reader: a network over each passage
edges    moves a span's edges to where words end
judge    how probable a span is, beside the others
model/   the networks, ours and the user's own, and their input
layout/  tables, receipts and lists
"""

DEPTH = 8
"""Hits that are read: below the eighth, answers are too rare to pay for the time. Not tuned."""
