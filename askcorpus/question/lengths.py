"""How much of a long question each step looks at, in characters or words.

A pasted page is still a question, and its first words say what it is about. The steps differ in
what a character costs them, and in what a long question can still be.
"""

MAX_CHARS = 200_000
"""What is longer is refused."""
MAX_SPELLED_CHARS = 2_000
"""Slips further on stay: each unknown word is a search through the index's vocabulary."""
MAX_FOLLOW_UP_CHARS = 400
"""What is longer leaves nothing to the conversation. Earlier questions and answers are cut here."""
MAX_SENTENCE_CHARS = 2_000
"""Of the sentence that an earlier answer stands in."""
MAX_TERMS = 64
"""Distinct content words that are looked for, and that a passage should hold."""
