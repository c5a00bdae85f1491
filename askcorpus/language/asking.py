"""The words by which a question says what it asks for: "which city", "how old"."""

from __future__ import annotations

from askcorpus.language.number import NUMBERS

TIMES = frozenset("year date day month time decade century weekday".split())
PLACES = frozenset("city country place town location state region area airport".split())
PEOPLE = frozenset("person people man woman leader official author reporter name".split())
QUANTITIES = frozenset("number percentage percent amount age share proportion quantity".split())
REASONS = frozenset("reason cause motive purpose".split())
MEASURES = frozenset("many much old long far often large big tall high deep".split())
"""After "how" they ask for a number."""
SEVERAL = NUMBERS | frozenset("both several all some".split())
VERBS_IN_S = frozenset("does causes makes gives happens comes means".split())
"""Right after "what" or "which" these are verbs, and no plural nouns."""
