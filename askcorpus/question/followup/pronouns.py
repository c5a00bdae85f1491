"""What the pronouns of a question mean: the latest name or noun phrase that fits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from askcorpus.language.grammar import BE
from askcorpus.language.words import words
from askcorpus.question.followup.lexicon import (
    AGENT_VERBS,
    ATTRIBUTES,
    CLASSES,
    MUTUAL,
    ORGANISATION,
    PERSON,
    SHORT,
)
from askcorpus.question.followup.mentions import Mention, asked_for, of_answer, of_question
from askcorpus.question.followup.own import unexplained
from askcorpus.question.followup.phrases import known_names, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.question.followup.own import Pronoun

Earlier = tuple[str, str, str]
"""An earlier turn's question, answer and sentence."""

_THAT_ONE = re.compile(rf"\b(?:that|this|the same) ({'|'.join(sorted(CLASSES))})\b", re.IGNORECASE)
_THERE = re.compile(r"(?<=\w )there(?=\s*[?.!]*$)", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|at|from|to|near) ((?:the )?[A-Z]\w+(?: [A-Z]\w+)*)")
# A person for certain; countries and companies say and think too.
_HUMAN = (
    r"\b(?:phoned|married|interview with|conversation with|talks? with|spoke (?:by phone )?(?:with"
    r"|to)|met|president|minister|leader|mr|mrs|ms|dr|who(?: i|')s) {name}\b"
    r"|\b{name}['’]s? (?:wife|husband|brother|sister|son|daughter|conversation|career|job)\b"
    r"|\b(?:is|was) {name} (?:the |an? )?(?:\w+ )?(?:{person})\b"
    r"|\b{name} (?:phoned|and \w+ spoke)\b"
)
_SPEAKS = (
    r"\b(?:did|does|is|was|has|had) {name} (?:say|said|tell|think|believe|phone|meet|speak)\b"
    r"|\b{name} (?:said|says|thinks|defended|spoke|met)\b"
)


class Replacement(NamedTuple):
    """Characters of a question, and what they are read as."""

    start: int
    end: int
    now: str


def resolve(text: str, turns: Sequence[Earlier]) -> list[Replacement]:
    """Return what to put for the words that the question itself doesn't explain, in order.

    Args:
        text: The question.
        turns: The latest first.
    """
    own = tokens(text)
    known = known_names(*(part for turn in turns for part in turn[1:]))
    found: list[Replacement] = []
    taken: list[str] = []
    for pronoun in unexplained(text, known):
        if pronoun.kind == "it" and pronoun.role == "object" and _says(own[pronoun.at - 1].low):
            continue  # what was said is a clause
        meant = (_antecedent(text, pronoun, turn, taken) for turn in turns)
        mention = next(filter(None, meant), None)
        if mention is not None:
            taken.append(mention.text)
            token = own[pronoun.at]
            found.append(Replacement(token.start, token.end, _written(mention, pronoun)))
    if not found and turns:
        found = [*_that_one(text, turns[0]), *_there(text, turns[0])]
    return found


def _says(low: str) -> bool:
    return low in {"say", "said", "says", "think", "thought", "mean", "meant", "believe", "know"}


def _antecedent(text: str, pronoun: Pronoun, turn: Earlier, taken: Sequence[str]) -> Mention | None:
    """Return what of one earlier turn the pronoun most likely means, or None."""
    question, answer, sentence = turn
    # What is named in the new question is not what its pronoun stands for.
    named = {word.removesuffix("s") for word in words(text)}

    def free(mention: Mention) -> bool:
        spoken = words(mention.text)
        return (
            bool(spoken) and mention.text not in taken and spoken[-1].removesuffix("s") not in named
        )

    spoken_of = of_question(question, known_names(answer, sentence))
    own = tokens(text)
    named_again = own[0].low in {"what", "which"} and own[pronoun.at - 1].low in BE
    if named_again and not all(map(free, spoken_of)):
        return None  # "what kind of weapons were they"
    there = list(filter(free, spoken_of))
    said = of_answer(answer, question, sentence) or asked_for(question)
    ours = said if said and free(said) else None
    if pronoun.kind in {"he", "she"}:
        return _person(pronoun, ours, there, turn)
    if pronoun.kind == "it":
        return _thing(text, pronoun, ours, there, turn)
    return _several(text, pronoun, ours, there, turn)


def _asks_who(question: str) -> bool:
    return (words(question) or [""])[0] in {"who", "whom"}


def _person(
    pronoun: Pronoun, ours: Mention | None, there: Sequence[Mention], turn: Earlier
) -> Mention | None:
    """Return the man or the woman that a turn spoke of."""
    female = pronoun.kind == "she"
    for mention in [*([ours] if ours else []), *there]:
        if mention.plural or mention.female is (not female):
            continue
        asked = mention.answer and mention.name and _asks_who(turn[0]) and _may_be_human(mention)
        if mention.person or asked or _is_human(mention, turn, f"{_HUMAN}|{_SPEAKS}"):
            return mention
    return None


def _may_be_human(mention: Mention) -> bool:
    """Whether nothing about a name says that it is a place's or an organisation's."""
    return mention.person is not False and not mention.text.isupper() and "." not in mention.text


def _is_human(mention: Mention, turn: Earlier, pattern: str = _HUMAN) -> bool:
    """Whether the turn's words treat a name as a person's."""
    if not mention.name or not _may_be_human(mention):
        return False
    pattern = pattern.replace("{name}", re.escape(mention.text.lower()))
    pattern = pattern.replace("{person}", "|".join(sorted(PERSON)))
    return any(re.search(pattern, part.lower()) for part in (turn[0], turn[2]))


def _thing(
    text: str, pronoun: Pronoun, ours: Mention | None, there: Sequence[Mention], turn: Earlier
) -> Mention | None:
    """Return the thing, or the country or organisation, that a turn spoke of."""
    fit = [m for m in there if not m.plural and m.person is not True and not _is_human(m, turn)]
    answer = [ours] if ours and not ours.plural and ours.person is not True else []
    things = [m for m in fit if not m.name and words(m.text)[-1] not in ATTRIBUTES]
    named = [m for m in fit if m.name]
    if _acts(text, pronoun):
        order = [*answer, *(m for m in fit if m.name or m in things)]
    elif _asks_who(turn[0]) and (pronoun.role == "object" or (answer and answer[0].name)):
        order = [*things, *answer, *named]
    else:
        # Who did something in the question before is less likely meant than what it was done to.
        doer = things[:1] if len(things) > 1 and _does(things[0], turn[0]) else []
        order = [*answer, *(m for m in things if m not in doer), *doer, *named]
    about = [token.low for token in tokens(text)[pronoun.at + 1 :]] == ["about"]
    return order[0] if order and not (about and order[0].name) else None


def _does(mention: Mention, question: str) -> bool:
    """Whether the question says that this does what only somebody or an organisation does."""
    verbs = "|".join(sorted(AGENT_VERBS))
    return bool(re.search(rf"\b{re.escape(mention.text)} (?:{verbs})\b", question, re.IGNORECASE))


def _acts(text: str, pronoun: Pronoun) -> bool:
    """Whether the question says of its pronoun what only somebody or an organisation does."""
    after = {token.low for token in tokens(text)[pronoun.at + 1 : pronoun.at + 3]}
    return pronoun.role == "subject" and bool(after & AGENT_VERBS)


def _several(
    text: str, pronoun: Pronoun, ours: Mention | None, there: Sequence[Mention], turn: Earlier
) -> Mention | None:
    """Return the people, the things or the organisation that a turn spoke of."""
    named = [mention for mention in there if mention.name and not mention.plural]
    bodies = [m for m in there if not m.name and words(m.text)[-1] in ORGANISATION]
    if set(words(text)) & MUTUAL and len([*named, *bodies]) >= 2:
        one, other = [*named, *bodies][:2]
        return Mention(f"{one.text} and {other.text}", name=True, plural=False, person=None)
    plural = [m for m in there if m.plural and words(m.text)[-1] not in MUTUAL]
    groups = [m for m in named if m.person is not True and not _is_human(m, turn)] + bodies
    answer = [ours] if ours and (ours.plural or ours.person is not True) else []
    if pronoun.role == "object":
        order = [*plural, *groups, *answer]
    elif _acts(text, pronoun):
        people = [m for m in (*answer, *plural) if m.plural and (m.person or m.name)]
        order = [*people, *answer, *groups, *plural]
    else:
        order = [*(m for m in answer if m.plural), *plural, *answer, *groups]
    return order[0] if order else None


def _written(mention: Mention, pronoun: Pronoun) -> str:
    if pronoun.role == "possessive":
        regular = mention.plural and mention.text.endswith("s")
        return f"{mention.text}'" if regular else f"{mention.text}'s"
    return mention.text + SHORT.get(pronoun.ending, "")


def _that_one(text: str, turn: Earlier) -> list[Replacement]:
    """Return what "that country" means: the answer, or the only name of the question."""
    match = _THAT_ONE.search(text)
    if match is None:
        return []
    question, answer, sentence = turn
    noun = match[1].lower()
    said = of_answer(answer, question, sentence)
    asked = set(words(question)[:4])
    by_whom = _asks_who(question) and (noun in ORGANISATION) == (
        said is not None and said.person is False
    )
    named = [m for m in of_question(question, known_names(answer, sentence)) if m.name]
    if said and (noun in asked or by_whom):
        meant = said
    elif len(named) == 1 and not asked & BE & {noun}:
        meant = named[0]
    else:
        return []
    return [Replacement(match.start(), match.end(), meant.text)]


def _there(text: str, turn: Earlier) -> list[Replacement]:
    """Return what a "there" at the end means: the place asked for, or the last one named."""
    match = _THERE.search(text)
    before = tokens(text[: match.start()]) if match else []
    if match is None or not before or before[-1].low in BE:
        return []
    question, answer, _ = turn
    asked = (words(question) or [""])[0] == "where"
    if asked and answer and len(answer.split()) <= 6:
        placed = (
            answer if re.match(r"(?:in|at|on|near|under|beneath)\b", answer) else f"in {answer}"
        )
    elif found := _PLACED.findall(question):
        placed = f"in {found[-1]}"
    else:
        return []
    return [Replacement(match.start(), match.end(), placed)]
