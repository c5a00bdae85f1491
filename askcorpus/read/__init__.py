"""Finds the characters that answer a question in the passages that retrieval ranked.

`sentence.py` is the reader: it weighs whole sentences (`features.py`) and cuts the best ones to a
phrase where the kind of question (`question.py`) makes that safe (`phrases.py`). A trained span
reader goes beside it, behind the same port.
"""
