"""A follow-up made a question that stands alone, by its words and, where they leave it open, by the router; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.conversation import Turn
from knowledge.notebook import words_of
from knowledge.search import STOP_WORDS

if TYPE_CHECKING:
    from classifier.decision import Decision

_BEGINNING = re.compile(
    r"^(?:(?:what about|how about|what of|same for|(?:and|or|plus) (?:the|our|my))\b[^?]*|"
    r"(?:and|or|but|also(?!,? (?:who|when|where|what|which|how|why|is|are|do|does|did|can)\b)|plus|"
    r"same question|which one(?! of (?:the|our|my)\b))\b[^?]{0,24})\??$",
    re.IGNORECASE,
)
"""How a follow-up begins; where a question of its own may come after such a word, only one that ends soon."""
_ACKNOWLEDGING = re.compile(
    r"^((ok(ay)?|thanks|thank you|got it|great|perfect|all ?right|right|cool|nice|good|hm+|oh|so|wait|no|i see|yes)\b"
    r"[\s,.!;:-]*)+",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(it|its|that|those|these|they|them|their|he|him|his|she|her|there|then|one|ones)\b", re.IGNORECASE
)
_POINTING_NOWHERE = re.compile(
    r"\b(?:(?:is|are|was|were|be|been|isn[’']?t|aren[’']?t) there(?! yet)|there(?: (?:is|are|was|were)|[’']s)|"
    r"(?:its|their) own|(?:the|a|an|our|my) \w+ that(?= \w)|ones? of (?:the|our|my)|"
    r"one more(?: thing| question)?(?=\s*[:,])|"
    r"(?:is|was|[’']s) it (?:ok|okay|safe|best|better|possible|necessary|allowed|legal|normal) (?:to|for|if|that)|"
    r"it(?: is|[’']s)? (?:rain|snow|freez|hail|storm)\w*)\b",
    re.IGNORECASE,
)
"""Where such a word stands for nothing that was said before: 'is there', 'one of the', 'the man that'."""
_NEGATED = r"(?:is|are|was|were|do|does|did|ca|wo|has|have|had|could|would|should)n[’']?t\b"
_CONTRACTED = re.compile(
    rf"\b{_NEGATED}|(?<=\w)[’'](?:s|d|re|ll|ve|m)\b|"
    r"(?<=\bwhat)s\b|(?<=\bwhere)s\b|(?<=\bwho)s\b|(?<=\bwhen)s\b|(?<=\bhow)s\b",
    re.IGNORECASE,
)
"""What is no word of its own: the end of "what's", "what'd" or 'wheres', and the whole of "isn't"."""
_ASKING = re.compile(r"^(why|who|where|when|how much|how long)\b|^(who|where|when)s\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?<=[\w,]\s)(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)[A-Z][a-z]\w*"
)
"""Who or what is written with a capital further in, as a person is."""
_NAMING = re.compile(
    rf"(?:\b(?i:the|our|my|a|an)\s+\w+|{_NAME.pattern}|"
    r"^(?i:who|when|where)(?i:[’']?s|[’']re|\s(?:is|are|was|were))\s+(?!\w+ed\b)\w+)\W*$"
)
"""An end with a thing of its own: 'where is the stopcock?', 'who is Emma?', 'when is recycling?'."""
_FRAGMENT = re.compile(r"^(?:the|our|my|an?)\b", re.IGNORECASE)
"""The beginning of what is no sentence: 'the gasket?'."""
_POSSESSIVE = re.compile(r"\b(his|her|its|their)\s+(\w+)", re.IGNORECASE)
_OWNING = re.compile(
    r"\b(?:the|our|my|your|this|that|these|those)\s+(?:(?:new|old|other|big|little)\s+)?(\w+)\b"
    r"(?!\s+(?:of|for|from|to|by|about|behind|under|near)\s*$)",
    re.IGNORECASE,
)
"""A thing of which the next words may say 'its', but not 'the manual for its remote'."""
_LYING = re.compile(r"\s(?:in|on|at|inside)\s*$", re.IGNORECASE)
_DOING = re.compile(r"\b(?:do|does|did|has|have|had|will|can|should)\s+(\w+)", re.IGNORECASE)
"""Who does what is asked, whatever the case: 'when did emma get her passport?'."""
_ANYBODY = frozenset("anybody anyone everybody everyone nobody somebody someone".split())
_SHOWING = re.compile(
    rf"\b(?:that|these|those)\s+(?!{_NEGATED})(?:(?:new|old|other|big|little)\s+)?(\w+)(?P<end>\W*$)?",
    re.IGNORECASE,
)
_ASKS_WHAT_IT_DOES = re.compile(r"\b(?:do|does|did|will|can|should|would|could)(?:n[’']?t)?\s+$", re.IGNORECASE)
_ASKS_HOW_IT_IS = re.compile(r"^(?:why |how |and )?(?:is|are|was|were)(?:n[’']?t)?\s+$", re.IGNORECASE)
_OBJECT = re.compile(r"\s+(?:us|me|him|her|it|them|the|an?|our|my|your|any|all|every)\b", re.IGNORECASE)
"""What comes after a verb, and so after no noun: 'what did that set us back?'."""
_NO_NOUN = re.compile(r"\w{3,}(?:ed|ing|ly)", re.IGNORECASE)
_SAID_OF_IT = frozenset(
    "above affect afternoon against already always amount apply away back bad because behind below better between "
    "big break bring built cause change cheap cheaper come contain correct count cover crew depend done down during "
    "end enough evening fall far figure fine firm fit fix give go happen hard help hold hurt include inside "
    "inspection install installation into job keep lady last leak leave legal look man matter mean might morning "
    "must near never new night normal not off ok okay one ones only out outside place possible put repair repairs "
    "replacement require right run safe say season seem separate set shop show since solve sound spot spring start "
    "stay stop store stuff sum summer take thing things though three through too true turn two under use want way "
    "weekend weigh while winter without woman yet".split()
)
"""What is said of 'that' or 'those', or what has no name but by them: 'does that include labor?', 'that crew'."""
_OF_ANYTHING = frozenset(
    "address after again altogether anything available before best bill brand charge charged color colour come "
    "company contact cost costs covered date day days deep detail details due else email ever exactly expensive "
    "expire expired expires explain fast first good guarantee guy guys happened happens idea info information "
    "invoice involved kind later liable long made make many model month more much name new next number often old "
    "other others over paid part pay paying person phone please pls previous price problem quote really reason "
    "receipt responsible same say second serial service since size something soon spend spending spent still sure "
    "then third till time times today total type under until used visit warranty week went while work wrong year "
    "years".split()
)
"""Words that ask something of anything, and name nothing."""
_YEAR = re.compile(r"(?:19|20)\d\d")
MANY_WORDS = 9
"""A question of more words mostly names what it is about, whatever pronouns it has."""


def standalone(question: str, history: Sequence[Turn], decide: Callable[[str], Decision] | None = None) -> str:
    """Return the question as it is searched: a follow-up gets what it leans on put in front.

    'And who did it?' after 'When did we replace the pool pump?' becomes both sentences, which route and search as the
    second one was meant. A question that leans on nothing stays as it is.

    Args:
        decide: the router; asked only of what may lean, by its words, and may not: whether it is surer of what the
            question is about with what was said before it.
    """
    asked = [turn for turn in history if turn.role == "user"]
    earlier = [turn.content for turn in asked]
    if not earlier:
        return question
    # A follow-up to a follow-up: the question that all of them go back to, and the last one.
    subject = next((turn.content for turn in reversed(asked) if _is_subject(turn)), earlier[0])
    *before, last = dict.fromkeys([subject, earlier[-1], question])
    together = " ".join([*map(_ended, before), last])
    if _leans(question) or (_may_lean(question) and decide is not None and _clearer(together, question, decide)):
        return together
    return question


def _ended(question: str) -> str:
    """A question with a mark at its end, so that the next one begins a sentence of its own."""
    return question if question.rstrip().endswith((".", "!", "?")) else f"{question}?"


def _is_subject(turn: Turn) -> bool:
    """Whether others can go back to a question: it leans on none, and names what it is about."""
    question = _ACKNOWLEDGING.sub("", turn.content.strip())
    was_joined = len(str(turn.details.get("standalone") or "")) > len(turn.content)  # the router had it lean
    if was_joined or _leans(question):
        return False
    return not _names_little(question) or bool(_NAMING.search(question) and not _FRAGMENT.search(question))


def _leans(question: str) -> bool:
    question = _ACKNOWLEDGING.sub("", question.strip())
    if not _short(question):
        return False
    return bool(
        _BEGINNING.search(question)
        or _points(question)
        or (_ASKING.search(question) and _names_little(question) and not _NAMING.search(question))
        or _names_nothing(question)
    )


def _points(question: str) -> bool:
    """Whether a word stands for what was said before, and for nothing in the question itself."""
    question = _POINTING_NOWHERE.sub("", question)
    question = _POSSESSIVE.sub(lambda found: found[2] if _is_owned(found) else found[0], question)
    question = _SHOWING.sub(lambda found: found[1] if _shows(found) else found[0], question)
    return bool(_POINTING.search(question))


def _is_owned(possessive: re.Match[str]) -> bool:
    """Whether whoever 'his', 'her', 'its' or 'their' means stands before it: 'does the dog need her shots?'."""
    whose, thing = possessive[1].lower(), possessive[2].lower()
    before = possessive.string[: possessive.start()]
    if thing in STOP_WORDS:  # 'did Emma call her about it?'
        return False
    # A dog is in her bed; but the receipt is in their folder, and that is somebody else's.
    owners = [] if whose in {"its", "their"} and _LYING.search(before) else _OWNING.findall(before)
    if whose != "its":  # people have no 'its'
        owners += [*_NAME.findall(before), *_DOING.findall(before)]
    return any(_is_content(owner) for owner in owners)


def _shows(found: re.Match[str]) -> bool:
    """Whether 'that', 'these' or 'those' goes with a noun of its own: 'those tomatoes', but not 'is that safe?'."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    ends = found["end"] is not None
    if _ASKS_WHAT_IT_DOES.search(before) and (ends or _OBJECT.match(after)):  # 'when did that break?'
        return False
    if _ASKS_HOW_IT_IS.search(before) and ends:
        return False
    return _is_content(found[1]) and not _NO_NOUN.fullmatch(found[1]) and found[1].lower() not in _SAID_OF_IT


def _is_content(word: str) -> bool:
    return word.lower() not in STOP_WORDS | _OF_ANYTHING | _ANYBODY


def _may_lean(question: str) -> bool:
    return _short(question) or _points(question)


def _clearer(together: str, question: str, decide: Callable[[str], Decision]) -> bool:
    alone = decide(question)
    if alone.likely:
        return False
    joined = decide(together)
    return joined.category is not None and joined.confidence > alone.confidence


def _short(question: str) -> bool:
    return len(question.split()) <= MANY_WORDS


def _names_little(question: str) -> bool:
    """Whether a question has one word that means something, or none: 'the cost?', but not 'quantum mechanics'."""
    return len([word for word in _words(question) if word not in STOP_WORDS]) <= 1


def _names_nothing(question: str) -> bool:
    """Whether every word of a question could be asked of anything: 'what was wrong the first time?'."""
    words = _words(question)
    return bool(words) and all(word in STOP_WORDS or word in _OF_ANYTHING or _YEAR.fullmatch(word) for word in words)


def _words(question: str) -> list[str]:
    return words_of(_CONTRACTED.sub(" ", question))
