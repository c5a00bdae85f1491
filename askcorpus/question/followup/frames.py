"""Earlier questions taken apart, so that they can be asked again with other words in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from askcorpus.language.grammar import AUXILIARIES, BE, PREPOSITIONS, WH
from askcorpus.question.followup.lexicon import IRREGULAR, PARTICIPLES
from askcorpus.question.followup.mentions import of_answer
from askcorpus.question.followup.phrases import is_past, known_names, names, phrases, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.question.followup.phrases import Token

MAX_FILLER_WORDS = 9
_LEAD = re.compile(r"(?:(?:and|but|so|then|ok|okay|well|also)\b[ ,]*)+", re.IGNORECASE)
_ASKS_THING = re.compile(r"(?:\w+ )?(?:who|whom|what|which|how (?:many|much))\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\bhow (?:many|much) (?:of )?(.+)|^(?:what|which) \w+ of (.+)", re.IGNORECASE
)
# The answer goes before what these begin.
_FOLLOWS_OBJECT = {"from", "in", "to", "with", "on", "at", "about", "for"}
_ANY = re.compile(r"\s*\b(?:anything|something|any(?: \w+)?)\b", re.IGNORECASE)
# A verb's root that lost an e before -ed, and those that only look so.
_LOST_E = re.compile(r"(?:[csvzgu]|[^aeiou]l|[^aeiou]at|^.{0,2}at|uir|ir|id|ud|iz|ut)$")
_KEPT = ("ss", "ng", "aid", "oid")


class Frame(NamedTuple):
    """An earlier question, taken apart."""

    asked: str
    """The words that ask: "how many missiles"; "" where yes or no is asked."""
    auxiliary: str
    """"" where the verb stands alone after them: "who denied the deal"."""
    rest: str
    filler: str = ""
    """What stands where it was asked for: the answer, or "missiles"; "" where nothing can."""
    of_subject: bool = False
    """Whether the subject is asked for."""

    @property
    def asks_thing(self) -> bool:
        """Whether somebody, something or a number is asked for, and not a time or a reason."""
        return bool(_ASKS_THING.match(self.asked))

    @property
    def verb(self) -> str:
        """The verb that stands alone, or ""."""
        return "" if self.auxiliary else self.rest.partition(" ")[0]


def strip(text: str) -> str:
    """Return a question without its mark, and without "and" or "so" in front."""
    plain = text.strip().rstrip("?!. ").strip()
    match = _LEAD.match(plain)
    return plain[match.end() :] if match and match.end() < len(plain) else plain


def joins(text: str) -> bool:
    """Whether a question begins with "and", "so" or the like."""
    return bool(_LEAD.match(text.strip()))


def frame(question: str, answer: str, sentence: str) -> Frame | None:
    """Return the parts of a question, or None where it isn't built like one.

    Args:
        question: As it was understood.
        answer: The short answer, or "".
        sentence: The one that it stands in, or "".
    """
    text = re.sub(r"^(who|what|where|when|how)['’]s\b", r"\1 is", strip(question), flags=re.I)
    own = tokens(text)
    start = next((at for at, word in enumerate(own[:5]) if word.low in WH), None)
    if own and own[0].low in AUXILIARIES:
        return Frame("", own[0].low, text[own[0].end :].strip())
    verb = None if start is None else _verb(own, start)
    if start is None or verb is None:
        return None
    asked = text[: own[verb - 1].end]
    filler = _filler(asked, question, answer, sentence)
    if own[verb].low in AUXILIARIES:
        subject = _asks_subject(own, start, verb)
        return Frame(asked, own[verb].low, text[own[verb].end :].strip(), filler, subject)
    return Frame(asked, "", text[own[verb].start :], filler, of_subject=True)


def _verb(own: Sequence[Token], start: int) -> int | None:
    """Return the place of the first auxiliary or verb after the question word, or None."""
    who = own[start].low == "who"
    for at in range(start + 1, min(len(own), start + 9)):
        if own[at].low in AUXILIARIES or (is_past(own[at].low) and (who or at > start + 1)):
            return at
    if own[start].low == "what" and len(own) > start + 1 and is_past(own[start + 1].low):
        return start + 1
    first = start + (1 if who else 2)
    if own[start].low not in {"who", "which", "what"} or len(own) <= first + 1:
        return None
    ended = own[first].low.endswith("s") and not own[first].low.endswith("ss")
    return first if ended else None


def _asks_subject(own: Sequence[Token], start: int, verb: int) -> bool:
    """Whether a verb follows the auxiliary: "who is handling it", "how many tons were seized"."""
    if own[verb].low in {"do", "does", "did"} or verb + 1 >= len(own):
        return False
    if own[start].low not in {"who", "what", "which", "how"} or (
        own[start].low == "how" and verb - start < 3
    ):
        return False
    after = own[verb + 1]
    ending = len(after.low) > 4 and after.low.endswith(("ed", "ing"))
    return (after.low in PARTICIPLES or ending) and after.text[0].islower()


def _filler(asked: str, question: str, answer: str, sentence: str) -> str:
    """Return what stands where the question asks, or ""."""
    counted = _COUNTED.search(asked)
    if counted:
        return counted[1] or counted[2]
    mention = of_answer(answer, question, sentence) if answer else None
    if mention:
        return mention.text
    return answer.strip(" .,;") if len(answer.split()) <= MAX_FILLER_WORDS else ""


def base(verb: str) -> str:
    """Return the plain form of a verb: "denied" to "deny", "stops" to "stop"."""
    low = verb.lower()
    if low in IRREGULAR:
        return IRREGULAR[low]
    if low.endswith(("ied", "ies")):
        return f"{low[:-3]}y"
    if low.endswith("ed"):
        root = low[:-2]
        if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsfz":
            return root[:-1]
        return f"{root}e" if _LOST_E.search(root) and not root.endswith(_KEPT) else root
    if low.endswith(("ches", "shes", "sses", "xes", "oes")):
        return low[:-2]
    return low if low.endswith("ss") else low.removesuffix("s")


def asked_again(wh: str, earlier: Frame, *, negated: bool = False) -> str | None:
    """Return the earlier question asked with other question words, or None.

    Args:
        wh: Such as "when", "how much", "to whom".
        earlier: The question before.
        negated: "why not".
    """
    auxiliary = _negated(earlier.auxiliary) if negated else earlier.auxiliary
    rest = earlier.rest
    if earlier.of_subject and not negated:
        return _without_its_subject(wh, earlier)
    if not auxiliary or not rest:
        return None
    if earlier.asks_thing:
        if auxiliary in BE and not _predicated(rest):
            return None
        wanted = "" if wh in {"how much", "how many"} else earlier.filler or "that"
        rest = filled(rest, wanted)
    elif wh in {"how much", "how many", "who"}:
        rest = _ANY.sub("", rest)
    return f"{wh} {auxiliary} {rest}"


def _without_its_subject(wh: str, earlier: Frame) -> str | None:
    """Return a question for a subject asked again with the subject in its place, or None."""
    if not earlier.filler:
        return None
    if earlier.auxiliary:
        return f"{wh} {earlier.auxiliary} {earlier.filler} {earlier.rest}"
    helper = "did" if is_past(earlier.verb.lower()) else "does"
    after = earlier.rest.removeprefix(earlier.verb)
    return f"{wh} {helper} {earlier.filler} {base(earlier.verb)}{after}"


def _negated(auxiliary: str) -> str:
    odd = {"can": "can't", "will": "won't", "am": "", "shall": "", "may": "", "might": ""}
    if auxiliary.endswith("n't") or not auxiliary:
        return ""
    return odd.get(auxiliary, f"{auxiliary}n't")


def _predicated(rest: str) -> bool:
    """Whether more than a noun phrase follows: not in "who is | the leader of Hamas"."""
    return any(
        (len(word.low) > 4 and word.low.endswith(("ed", "ing")))
        or word.low in PARTICIPLES | {"to", "worth"}
        for word in tokens(rest)
    )


def filled(rest: str, filler: str) -> str:
    """Return the rest of a question with the filler where it was asked for."""
    if not filler:
        return rest
    if rest.endswith(" do") and re.match(r"(?:to )?[a-z]", filler):
        stem = rest.removesuffix(" do").removesuffix(" to")
        return f"{stem} do that" if filler == "that" else f"{stem} to {filler.removeprefix('to ')}"
    own = tokens(rest)
    place = [word for word in own if word.low in _FOLLOWS_OBJECT]
    if place and place[-1].start > 0 and own[-1].low not in PREPOSITIONS:
        return f"{rest[: place[-1].start]}{filler} {rest[place[-1].start :]}"
    return f"{rest} {filler}"


def claim(earlier: Frame, answer: str, sentence: str) -> str | None:
    """Return what the earlier question came to, as a clause, or None."""
    counted = _COUNTED.search(earlier.asked)
    if earlier.asks_thing and not (earlier.filler and answer):
        return None
    if counted:
        number = re.fullmatch(r"[\w.,%]+(?: percent| million| billion)?", answer)
        link = " of" if counted[2] else ""
        said = f"{answer}{link} {earlier.filler} {earlier.auxiliary} {earlier.rest}"
        return " ".join(said.split()) if number else None
    if earlier.of_subject:
        return " ".join(f"{earlier.filler} {earlier.auxiliary} {earlier.rest}".split())
    end = _subject_end(earlier.rest, known_names(answer, sentence))
    subject, rest = earlier.rest[:end], earlier.rest[end:].strip()
    if not (subject and rest and earlier.auxiliary):
        return None
    said = filled(rest, earlier.filler) if earlier.asks_thing else rest
    return f"{subject} {earlier.auxiliary} {said}"


def _subject_end(rest: str, known: frozenset[str]) -> int:
    """Return where the subject ends that follows an auxiliary; 0 where that isn't plain."""
    runs = names(rest, known)
    opening = [high for low, high in (*runs, *phrases(rest, runs)) if low == 0]
    return tokens(rest)[max(opening) - 1].end if opening else 0
