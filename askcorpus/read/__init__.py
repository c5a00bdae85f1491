"""Finds the characters that answer a question in the passages that retrieval ranked.

Two readers stand behind one port; both ask what kind of question it is (`question.py`).

`span.py` runs a trained network over each passage: `shipped.py` opens its files, `pairs.py` makes
its input, `edges.py` moves a span's edges to where words end, `judge.py` says how probable it is.
`brought.py` runs a model that the user brings instead: `folder.py` finds its files, `template.py`
reads the form of its input.

`sentence.py` weighs whole sentences (`features.py`) and cuts the best ones to a phrase where the
kind of question makes that safe (`phrases.py`).
"""
