"""The closed classes of English: the words that hold a sentence together, by what they do.

`words.STOP_WORDS` is about something else: which words say nothing of a question's subject.
"""

from __future__ import annotations

BE = frozenset("is are was were am be been being".split())
_HAVE = frozenset("has have had hasn't haven't hadn't".split())
AUXILIARIES = (
    BE
    | _HAVE
    | frozenset(
        """do does did can could will would shall should may might must isn't aren't wasn't
    weren't don't doesn't didn't can't couldn't won't wouldn't""".split()
    )
)
FINITE = AUXILIARIES - {"be", "been", "being"}
"""Those that a question for yes or no begins with."""
DO_OR_MODAL = AUXILIARIES - BE - _HAVE
"""Those that a plain form follows: "did … deny"."""
WH = frozenset("who whom whose what which when where why how who's what's where's when's".split())
ARTICLES = frozenset(("a", "an", "the"))
DETERMINERS = ARTICLES | frozenset("this that these those its his her their our my your".split())
PRONOUNS = frozenset(
    """i you he him she her hers it they them theirs we us himself herself itself
    themselves there""".split()
)
PREPOSITIONS = frozenset(
    """about above according across after against ahead along among around as at before
    behind below beneath beside besides between by despite during except for from in
    inside into like near of off on onto out outside over per since than through to
    toward towards under until up upon via with within without""".split()
)
CONJUNCTIONS = frozenset("and or but that if whether because while although then so not".split())
